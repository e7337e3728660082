"""Presses are kept the same way by the fake and by the table."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from infra.local.emulator import Emulator
from tests.fakes.presses import FakePressStore
from tests.integration.front.conftest import TABLE, moto, wire
from usher.ids import GuildId, UserId
from usher.platform.press_table import PressTable
from usher.slash.buttons import Press
from usher.slash.presses import KeptPresses, PressStore

KEPT = KeptPresses(
    GuildId("613425648685547541"),
    UserId("53908232506183680"),
    datetime(2026, 11, 20, 13, 0, 0, 250_000, tzinfo=UTC),
    (
        Press("logs.turn", {"page": 2, "code": None, "trail": ["a", "b"], "all": True}),
        Press("logs.stop"),
    ),
)


@pytest.fixture(params=["fake", "moto", "emulator"])
def store(request: pytest.FixtureRequest, emulator: Emulator) -> Iterator[PressStore]:
    if request.param == "fake":
        yield FakePressStore()
    elif request.param == "moto":
        with moto() as cloud:
            yield PressTable(cloud.dynamodb, TABLE)
    else:
        with wire(emulator) as cloud:
            yield PressTable(cloud.dynamodb, TABLE)


def test_what_was_kept_is_found_whole(store: PressStore) -> None:
    store.keep("token", KEPT)

    assert store.find("token") == KEPT


def test_presses_for_anybody_are_kept_too(store: PressStore) -> None:
    store.keep("token", replace(KEPT, user_id=None))

    assert store.find("token") == replace(KEPT, user_id=None)


def test_an_unknown_token_finds_nothing(store: PressStore) -> None:
    store.keep("token", KEPT)

    assert store.find("tokens") is None
