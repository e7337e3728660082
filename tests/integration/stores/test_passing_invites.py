"""Visitors' invites leave rows that end by themselves, and a rebuild agrees all along."""

from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from infra.ledger.rebuild import compare, rows_in, rows_of
from tests.builders import GUILD, START, at, changed, joined, look, observe, row
from tests.fakes.cloud import REGION, TABLE
from tests.fakes.worker import Worker
from tests.integration.stores.conftest import aws, dynamo_guilds
from usher.attribution.rows import KEEP_PASSED, PASSING
from usher.contracts.observation import InviteCreated, InviteDeleted, InviteRow
from usher.credit.rebuild import keep_books
from usher.ids import ChannelId, InviteCode, UserId
from usher.invites.notes import KEEP_NOTES, CodeNote, kept_until, write_note
from usher.ledger.line_codec import read_line
from usher.platform.dynamo_scan import WholeTable, dynamo_client
from usher.times import format_time

MADE = InviteCode("made")
ENDS = START + timedelta(seconds=PASSING)
NOTE = CodeNote(made_for=UserId("900"), link="spring-video", ends=format_time(ENDS))


def made() -> InviteCreated:
    bot, channel = UserId("42"), ChannelId("500")
    listed = InviteRow(MADE, bot, channel, 0, 1, PASSING, False, at(1), at(1 + PASSING))
    return InviteCreated(listed, at(1))


@pytest.mark.parametrize("emulation", ["moto", "emulator"])
def test_rows_of_a_visitors_invite_end_and_the_ledger_agrees_all_along(
    emulation: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with aws(emulation, request, monkeypatch), dynamo_guilds() as stored:
        # Given a visitor's invite that was used, and one of a member beside it
        worker = Worker(guilds=stored.guilds)
        worker.handle(
            observe(look=look(row("abc", 3), seconds=0), seconds=0),
            observe(changed(f"code#{MADE}", write_note(NOTE), "n", 0.5), seconds=0.6),
            observe(changed("code#abc", write_note(CodeNote(label="ours")), "m", 0.7), seconds=0.8),
            observe(made(), seconds=1.1),
            observe(
                joined("7", 10),
                InviteDeleted(MADE, at(10.1)),
                look=look(row("abc", 3), seconds=11),
                seconds=11,
            ),
        )
        sdk: Any = boto3.client("dynamodb", region_name=REGION)

        def ttl(sort: str) -> int | None:
            key = {"pk": {"S": f"G#{GUILD}"}, "sk": {"S": sort}}
            item = sdk.get_item(TableName=TABLE, Key=key)["Item"]
            return int(item["ttl"]["N"]) if "ttl" in item else None

        # Then its rows say when they may go, and the member's stay
        assert ttl(f"I#{MADE}") == pytest.approx((at(11) + KEEP_PASSED).timestamp(), abs=30)
        assert ttl(f"S#code#{MADE}") == int((ENDS + KEEP_NOTES).timestamp())
        assert ttl("I#abc") is None
        assert ttl("S#code#abc") is None

        # and the books agree before that, after it, and when the rows are gone
        def differences(now: datetime) -> list[object]:
            live = WholeTable(dynamo_client(REGION), TABLE)
            books = keep_books(map(read_line, worker.objects.under("lines/").values()))
            return list(compare(rows_of(GUILD, books, None, now), rows_in(live, GUILD), now))

        late = ENDS + KEEP_NOTES + timedelta(days=1)
        assert differences(at(20)) == []
        assert differences(late) == []
        for sort in (f"I#{MADE}", f"S#code#{MADE}"):
            sdk.delete_item(TableName=TABLE, Key={"pk": {"S": f"G#{GUILD}"}, "sk": {"S": sort}})
        assert differences(late) == []
        assert len(differences(at(20))) == 1
        sdk.close()


def test_only_notes_with_an_end_go() -> None:
    assert kept_until(f"code#{MADE}", write_note(NOTE)) == ENDS + KEEP_NOTES
    assert kept_until("code#abc", write_note(CodeNote(link="x"))) is None
    assert kept_until("guild#referrals", "on") is None
    assert kept_until(f"code#{MADE}", '{"ends":"x"}') is None
    assert kept_until(f"code#{MADE}", None) is None
