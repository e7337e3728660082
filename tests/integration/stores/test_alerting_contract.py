"""The board of alerts, their archive and the reports' log: the fakes, and the table twice."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest

from tests.fakes.alerting import FakeArchive, FakeBoards, FakeReportLog
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.integration.stores.conftest import aws
from tests.integration.stores.test_referrals_contract import Client, Moto
from usher.alerting.model import (
    Board,
    Facts,
    Member,
    Message,
    Notice,
    State,
    Turn,
    Watch,
)
from usher.alerting.periods import Calendar
from usher.alerting.ports import Archive, Boards, HeldError, Past, StaleError
from usher.alerting.report_table import DynamoReportLog
from usher.alerting.reporting import ReportLog
from usher.alerting.table import TURN, DynamoArchive, DynamoBoards
from usher.platform.signed_http import DYNAMODB, SignedClient

NOW = datetime(2026, 11, 29, 9, 0, 0, 123_456, tzinfo=UTC)
TURNS = (
    Turn(NOW, State.ALARM, State.NO_DATA),
    Turn(NOW + timedelta(minutes=1), State.OK, State.ALARM),
    Turn(NOW + timedelta(minutes=2), State.NO_DATA, State.OK),
)
FULL = Board(
    watches={
        "usher-prod-page-ä": Watch(TURNS, Facts("It is wrong.", "docs/x.md#y", "1", "r", "a"), NOW),
        "quiet": Watch(),
    },
    messages=(
        Message("1", NOW, (Member("usher-prod-page-ä", NOW),), "f00d", many=True, called=True),
    ),
    waiting=(Notice("n2", NOW, "Budget", "Text", (("Limit", "$20"),)),),
    noticed=("n1", "n2"),
)


@dataclass
class Stored:
    boards: Boards
    archive: Archive
    log: ReportLog


@pytest.fixture(params=["fake", "moto", "emulator"])
def stored(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stored]:
    if request.param == "fake":
        yield Stored(FakeBoards(), FakeArchive(), FakeReportLog())
        return
    with aws(request.param, request, monkeypatch):
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        make_table(sdk)
        client: Client = Moto(sdk) if request.param == "moto" else SignedClient(DYNAMODB)
        yield Stored(
            DynamoBoards(client, TABLE),
            DynamoArchive(client, TABLE),
            DynamoReportLog(client, TABLE),
        )
        if isinstance(client, SignedClient):
            client.close()
        sdk.close()


def test_a_board_is_empty_at_first_and_comes_back_as_it_was_written(stored: Stored) -> None:
    held = stored.boards.hold(NOW)
    assert held.board == Board()

    held = stored.boards.save(held, FULL)
    stored.boards.release(held)

    assert stored.boards.hold(NOW).board == FULL


def test_one_run_at_a_time_has_the_board(stored: Stored) -> None:
    held = stored.boards.hold(NOW)
    with pytest.raises(HeldError):
        stored.boards.hold(NOW + timedelta(seconds=1))

    stored.boards.release(held)
    stored.boards.hold(NOW + timedelta(seconds=1))


def test_who_is_longer_than_its_turn_has_lost_it(stored: Stored) -> None:
    late = stored.boards.hold(NOW)
    next_one = stored.boards.hold(NOW + TURN)

    with pytest.raises(StaleError):
        stored.boards.save(late, FULL)
    with pytest.raises(StaleError):
        stored.boards.release(late)
    stored.boards.release(replace(stored.boards.save(next_one, Board()), board=FULL))
    assert stored.boards.hold(NOW + TURN).board == FULL


def test_incidents_are_kept_over_what_was_known_and_found_by_their_beginning(
    stored: Stored,
) -> None:
    first = Past("usher-prod-page-a#b", NOW, None, 1)
    second = Past("b", NOW + timedelta(hours=1), NOW + timedelta(hours=2), 3)

    stored.archive.keep([second, first])
    stored.archive.keep([replace(first, ended=NOW + timedelta(minutes=9), times=2)])

    known = replace(first, ended=NOW + timedelta(minutes=9), times=2)
    assert [*stored.archive.between(NOW, NOW + timedelta(hours=3))] == [known, second]
    assert [*stored.archive.between(NOW, NOW + timedelta(hours=1))] == [known]
    assert [*stored.archive.between(NOW + timedelta(seconds=1), NOW + timedelta(hours=1))] == []


def test_a_report_is_taken_on_by_one_and_made_once(stored: Stored) -> None:
    daily, weekly, _ = Calendar(ZoneInfo("UTC"), "UTC", 8).due(NOW)

    assert stored.log.began(NOW) == NOW
    assert stored.log.began(NOW + timedelta(hours=1)) == NOW
    assert stored.log.claim(daily, NOW)
    assert not stored.log.claim(daily, NOW + timedelta(minutes=9))
    assert stored.log.claim(daily, NOW + timedelta(minutes=11))  # whoever had it died
    stored.log.made(daily, "1", NOW + timedelta(minutes=11))
    assert not stored.log.claim(daily, NOW + timedelta(days=9))
    assert stored.log.claim(weekly, NOW)
