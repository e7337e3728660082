"""The record of an invite: its state, what became of its joins, and what people say of it."""

from datetime import UTC
from typing import Any

import boto3

from tests.builders import GUILD, at, joined, left, look, observe, row, searched, vanity
from tests.fakes.cloud import REGION, TABLE
from tests.fakes.worker import Worker
from tests.integration.front.conftest import SdkCaller
from tests.integration.stores.conftest import StoredGuilds
from usher.attribution.code_choice_reads import DynamoCodeChoices
from usher.attribution.code_choices import suggest
from usher.attribution.code_reads import DynamoCodeRecords
from usher.attribution.code_records import CodeRecord
from usher.attribution.model import CodeStatus
from usher.contracts.deeds import SettingChanged
from usher.ids import InviteCode, UserId
from usher.invites.notes import CodeNote
from usher.platform.dynamo_reads import DynamoReads


def record(code: str, seconds: float = 100) -> CodeRecord | None:
    client: Any = boto3.client("dynamodb", region_name=REGION)
    try:
        records = DynamoCodeRecords(DynamoReads(SdkCaller(client), TABLE))
        return records.code(GUILD, InviteCode(code), at(seconds))
    finally:
        client.close()


def test_a_record_tells_of_uses_of_joins_and_of_who_stayed(table: StoredGuilds) -> None:
    # Given a code by which two came, of whom one has gone, and a vanity code by which one came
    worker = Worker(guilds=table.guilds)
    worker.handle(
        observe(look=look(row("abc", 3), seconds=-700), vanity=vanity("us", 5, -700), seconds=-700),
        observe(joined("1", 10), look=look(row("abc", 4), seconds=11), seconds=11),
        observe(joined("2", 7200), look=look(row("abc", 5), seconds=7201), seconds=7201),
        observe(
            joined("3", 8000),
            look=look(row("abc", 5), seconds=8001),
            vanity=vanity("us", 6, 8001),
            seconds=8001,
        ),
        observe(left("1", 8010), seconds=8011),
    )
    said = SettingChanged("1", "code#abc", '{"campaign":"spring"}', UserId("9"), at(8020))
    worker.handle(observe(said, seconds=8020))

    # Then
    found = record("abc")
    assert found is not None
    assert (found.uses, found.joins, found.present, found.conversion) == (5, 2, 1, 0.5)
    assert found.inviter_id == "900"
    assert (found.by_hour[12], found.by_hour[14], sum(found.by_hour)) == (1, 1, 2)
    assert (found.status, found.last_used_at) == (CodeStatus.ACTIVE, at(7201))
    assert (found.note, found.vanity) == (CodeNote(campaign="spring"), False)
    ours = record("us")
    assert ours is not None
    assert (ours.vanity, ours.joins, ours.uses) == (True, 1, 6)
    assert record("never") is None


def test_codes_are_suggested_with_their_uses_and_labels(table: StoredGuilds) -> None:
    worker = Worker(guilds=table.guilds)
    said = SettingChanged("1", "code#abc", '{"label":"Bio"}', UserId("9"), at(20))
    worker.handle(
        observe(look=look(row("abc", 3), row("def", 1), seconds=1), seconds=1),
        observe(look=look(row("abc", 3), seconds=700), seconds=700),
        observe(said, seconds=701),
    )

    client: Any = boto3.client("dynamodb", region_name=REGION)
    found = DynamoCodeChoices(DynamoReads(SdkCaller(client), TABLE)).choices(GUILD, "")
    client.close()

    assert suggest(found, "bio") == [("abc · Bio · 3 uses", "abc")]
    assert suggest(found, "d") == [("def · 1 use · ended", "def")]


def test_a_corrected_join_moves_from_code_to_code(table: StoredGuilds) -> None:
    worker = Worker(guilds=table.guilds)
    worker.handle(
        observe(look=look(row("abc", 3), row("xyz", 0), seconds=-700), seconds=-700),
        observe(joined("1", 10), look=look(row("abc", 4), row("xyz", 0), seconds=11), seconds=11),
        observe(left("1", 20), seconds=21),
        observe(searched("1", 10, "xyz", "900"), seconds=40),
    )

    before, after = record("abc"), record("xyz")
    assert before is not None
    assert after is not None
    assert (before.joins, before.present, sum(before.by_hour)) == (0, 0, 0)
    assert (after.joins, after.present, after.by_hour[12]) == (1, 0, 1)


def test_a_code_that_went_with_all_its_uses_spent_is_exhausted(table: StoredGuilds) -> None:
    worker = Worker(guilds=table.guilds)
    worker.handle(
        observe(look=look(row("abc", 3, max_uses=3), row("def", 2, max_uses=3), seconds=1)),
        observe(look=look(seconds=700), seconds=700),
    )

    spent, gone = record("abc", 800), record("def", 800)
    assert spent is not None
    assert gone is not None
    assert (spent.status, gone.status) == (CodeStatus.EXHAUSTED, CodeStatus.GONE)


def test_a_code_past_its_end_is_expired_before_anybody_says_so(table: StoredGuilds) -> None:
    worker = Worker(guilds=table.guilds)
    ending = row("abc", 3, expires=50)
    worker.handle(observe(look=look(ending, seconds=-700), seconds=-700))

    found, later = record("abc", 49), record("abc", 50)
    assert found is not None
    assert later is not None
    assert (found.status, later.status) == (CodeStatus.ACTIVE, CodeStatus.EXPIRED)
    assert found.expires_at == at(50).astimezone(UTC)
