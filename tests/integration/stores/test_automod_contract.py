"""Catches and windows are kept the same way by the fake and by the table."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Protocol

import boto3
import pytest

from tests.builders import GUILD, at
from tests.fakes.automod import FakeCatches
from tests.fakes.cloud import REGION, TABLE
from tests.integration.stores.conftest import aws, dynamo_guilds
from tests.integration.stores.test_referrals_contract import Moto
from usher.automod.ports import CatchTable, WindowTable
from usher.automod.raids import Config, Join, Window, watch
from usher.automod.table import SAME, DynamoCatches
from usher.ids import UserId
from usher.platform.signed_http import DYNAMODB, SignedClient

ANA = UserId("7")


class Table(CatchTable, WindowTable, Protocol):
    """Both."""


@pytest.fixture(params=["fake", "moto", "emulator"])
def table(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    if request.param == "fake":
        yield FakeCatches()
        return
    with aws(request.param, request, monkeypatch), dynamo_guilds():
        if request.param == "moto":
            sdk: Any = boto3.client("dynamodb", region_name=REGION)
            yield DynamoCatches(Moto(sdk), TABLE)
            sdk.close()
        else:
            client = SignedClient(DYNAMODB)
            yield DynamoCatches(client, TABLE)
            client.close()


def test_events_close_together_are_one_catch(table: Table) -> None:
    assert table.first(GUILD, "5", ANA, at(0), "a")
    assert not table.first(GUILD, "5", ANA, at(1), "b")
    assert table.first(GUILD, "5", ANA, at(0), "a")
    assert table.first(GUILD, "6", ANA, at(1), "c")
    assert table.first(GUILD, "5", UserId("8"), at(1), "d")
    later = at(0) + SAME + timedelta(milliseconds=1)
    assert table.first(GUILD, "5", ANA, later, "e")


def test_a_window_is_kept_whole_and_by_whoever_was_first(table: Table) -> None:
    assert table.load(GUILD) == Window()
    joins = [Join(UserId(str(n)), at(n), "abc" if n % 2 else "") for n in range(1, 12)]
    after, raid = watch(Window(), joins, Config())
    assert raid is not None

    assert table.save(GUILD, after)
    assert not table.save(GUILD, after)

    kept = table.load(GUILD)
    assert (kept.joins, kept.raid_at, kept.began_at) == (after.joins, after.raid_at, after.began_at)
    assert table.save(GUILD, kept)
