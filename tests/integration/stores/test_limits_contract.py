"""What functions share of Discord's limits: one suite for the fake and both emulations."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.fakes.cloud import REGION, TABLE
from tests.fakes.limits import FakeMoves, FakeShared
from tests.integration.stores.conftest import aws, dynamo_guilds
from tests.integration.stores.test_referrals_contract import Moto
from usher.limits.breaker import Closure, Why
from usher.limits.buckets import Closed, Known, Window
from usher.limits.moves import DynamoMoves
from usher.limits.ports import Shared
from usher.limits.returning import Moves
from usher.limits.rows import Rows
from usher.limits.table import MOST, DynamoLimits
from usher.platform.signed_http import DYNAMODB, SignedClient

NOW = 1_800_000_000.0
KEY = "bucket|channels/1"


@pytest.fixture(params=["fake", "moto", "emulator"])
def state(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Shared, Moves]]:
    if request.param == "fake":
        yield FakeShared(), FakeMoves()
        return
    with aws(request.param, request, monkeypatch), dynamo_guilds():
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        client: Any = Moto(sdk) if request.param == "moto" else SignedClient(DYNAMODB)
        rows = Rows(client, TABLE)
        yield DynamoLimits(rows), DynamoMoves(rows, lambda: NOW)
        if isinstance(client, SignedClient):
            client.close()
        sdk.close()


@pytest.fixture
def shared(state: tuple[Shared, Moves]) -> Shared:
    return state[0]


@pytest.fixture
def moves(state: tuple[Shared, Moves]) -> Moves:
    return state[1]


def test_what_is_known_of_routes_is_kept(shared: Shared) -> None:
    assert shared.routes() == {}

    shared.learn("POST /channels/{}/messages", Known("a", 5, 5.0))
    shared.learn("GET /users/@me", Known("b", 30, 1.5))
    shared.learn("POST /channels/{}/messages", Known("c", 4, 5.25))

    assert shared.routes() == {
        "POST /channels/{}/messages": Known("c", 4, 5.25),
        "GET /users/@me": Known("b", 30, 1.5),
    }


def test_the_board_shows_what_is_still_empty(shared: Shared) -> None:
    assert shared.board(NOW).closed == ()

    shared.close(Closed("a|guilds/1", NOW + 5))
    shared.close(Closed("b", NOW + 60.5))

    assert set(shared.board(NOW).closed) == {
        Closed("a|guilds/1", NOW + 5),
        Closed("b", NOW + 60.5),
    }
    assert shared.board(NOW + 6).closed == (Closed("b", NOW + 60.5),)
    assert shared.board(NOW + 61).closed == ()


def test_a_full_board_hides_no_closure(shared: Shared) -> None:
    closure = Closure(Why.BAN, NOW + 300, 1)
    shared.trip(closure, NOW)
    for number in range(MOST + 5):
        shared.close(Closed(f"b{number}", NOW + 60 + number))

    board = shared.board(NOW)

    assert board.closure == closure
    assert len(board.closed) >= MOST - 1


def test_a_window_is_begun_once_and_holds_so_many(shared: Shared) -> None:
    assert shared.take(KEY, NOW) is None
    assert shared.begin(KEY, Window(2, NOW + 5), NOW)
    assert not shared.begin(KEY, Window(9, NOW + 9), NOW + 1)

    assert shared.take(KEY, NOW + 1) == Window(1, NOW + 5, born=NOW)
    assert shared.take(KEY, NOW + 1) == Window(0, NOW + 5, born=NOW)
    assert shared.take(KEY, NOW + 1) is None
    assert shared.window(KEY) == Window(0, NOW + 5, born=NOW)

    assert shared.take(KEY, NOW + 4.8) is None
    assert shared.begin(KEY, Window(4, NOW + 10), NOW + 5)
    assert shared.take(KEY, NOW + 6) == Window(3, NOW + 10, born=NOW + 5)


def test_a_window_is_corrected_unless_it_is_another_by_now(shared: Shared) -> None:
    shared.begin(KEY, Window(0, NOW + 2), NOW)

    shared.correct(KEY, Window(3, NOW + 5, born=NOW), more=True)
    shared.correct(KEY, Window(4, NOW + 5, born=NOW), more=False)
    assert shared.window(KEY) == Window(3, NOW + 5, born=NOW)
    shared.correct(KEY, Window(1, NOW + 6, born=NOW), more=False)
    shared.correct(KEY, Window(7, NOW + 7, born=NOW - 9), more=True)

    assert shared.window(KEY) == Window(1, NOW + 6, born=NOW)


def test_a_slot_holds_so_many_and_the_last_one_nothing(shared: Shared) -> None:
    assert [shared.token(7, 2) for _ in range(3)] == [True, True, False]
    assert shared.token(8, 2)
    assert not shared.token(7, 3)


def test_discord_is_closed_once_tried_by_one_and_opened(shared: Shared) -> None:
    closure = Closure(Why.TOKEN, NOW + 30, 1)

    assert shared.trip(closure, NOW)
    assert not shared.trip(Closure(Why.BAN, NOW + 900, 2), NOW + 1)
    assert shared.board(NOW + 1).closure == closure

    assert shared.probe(closure, NOW + 31, NOW + 51)
    assert not shared.probe(closure, NOW + 32, NOW + 52)
    assert shared.board(NOW + 32).closure == Closure(Why.TOKEN, NOW + 30, 1, NOW + 51)
    assert shared.probe(closure, NOW + 51, NOW + 71)
    shared.leave(closure)
    assert shared.probe(closure, NOW + 52, NOW + 72)

    again = Closure(Why.TOKEN, NOW + 120, 2)
    assert shared.trip(again, NOW + 53)
    assert not shared.probe(closure, NOW + 200, NOW + 220)
    shared.reopen(closure)
    assert shared.board(NOW + 53).closure == again
    shared.reopen(again)
    assert shared.board(NOW + 53).closure is None


def test_refused_calls_are_counted_by_the_minute(shared: Shared) -> None:
    assert [shared.count_invalid(10), shared.count_invalid(10), shared.count_invalid(12)] == [
        *(1, 2, 1)
    ]

    assert shared.invalid(1, 10) == 2
    assert shared.invalid(11, 20) == 1
    assert shared.invalid(3, 12) == 3


def test_one_message_of_a_move_counts(moves: Moves) -> None:
    assert moves.claim("m.3", "m", only_if_begun=True)  # it was never sent anew

    moves.begin("m.3")
    assert moves.claim("m.3", "copy", only_if_begun=False)
    assert moves.claim("m.3", "copy", only_if_begun=False)
    assert not moves.claim("m.3", "m", only_if_begun=True)

    moves.begin("n.3")
    assert moves.claim("n.3", "n", only_if_begun=True)
    assert not moves.claim("n.3", "copy", only_if_begun=False)

    assert moves.claim("gone.3", "copy", only_if_begun=False)
