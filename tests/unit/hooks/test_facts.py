"""What is told is what the document describes, adds up to the counters, and names nobody."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest

from referral_api.v1.hook_document import FIELDS, payload_schema, webhooks_section
from tests.builders import GUILD, at, joined, left, look, observe, row, searched
from tests.fakes.guilds import FakeGuilds
from tests.fakes.story import story, told
from tests.fakes.worker import Worker
from tests.referring import campaign, click, link
from usher.attribution.ports import GuildSettings
from usher.contracts.hook_event import (
    MOST_EVENTS,
    SUBSCRIBED,
    HookEvent,
    HookType,
    encode_events,
)
from usher.contracts.hook_order import decode_hook
from usher.credit.rules import ALL_TIME
from usher.hooks.facts import click_recorded, conversion_recorded, link_created, member_qualified
from usher.hooks.line_facts import Move, Telling, read_tellings, write_tellings
from usher.hooks.rules import body_of
from usher.ids import UserId
from usher.referrals.model import CampaignId


@pytest.fixture(scope="module")
def lived() -> Worker:
    worker = told(Worker())
    worker.handle(*story())
    return worker


def payload(event: HookEvent) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(body_of(event))
    return read


def kinds(worker: Worker) -> Counter[str]:
    return Counter(event.type.value for event in worker.hooks.sent)


def test_everything_that_lines_tell_is_as_described(lived: Worker) -> None:
    for event in lived.hooks.sent:
        jsonschema_rs.validate(payload_schema(event.type), payload(event))
        assert set(event.data) == set(FIELDS[event.type][1])
    assert {event.type for event in lived.hooks.sent} == {
        HookType.JOIN_RECORDED,
        HookType.JOIN_ATTRIBUTED,
        HookType.ATTRIBUTION_REVISED,
        HookType.CREDIT_GRANTED,
        HookType.CREDIT_REVERSED,
        HookType.MEMBER_LEFT,
    }


def test_credit_that_is_told_adds_up_to_the_counters(lived: Worker) -> None:
    sums: Counter[object] = Counter()
    for event in lived.hooks.sent:
        if event.type in (HookType.CREDIT_GRANTED, HookType.CREDIT_REVERSED):
            sign = 1 if event.type is HookType.CREDIT_GRANTED else -1
            amount = event.data["amount"]
            assert isinstance(amount, int)
            sums[event.data["inviter_id"]] += sign * amount

    assert isinstance(lived.guilds, FakeGuilds)
    counters = lived.guilds.guilds[GUILD].counters
    counted = {
        who: tally.effective
        for (who, period), tally in counters.items()
        if period == ALL_TIME and who != "VANITY"
    }
    assert {who: n for who, n in sums.items() if n} == {w: n for w, n in counted.items() if n}


def test_every_id_is_told_once_and_again_after_a_repetition() -> None:
    once, twice, observations = told(Worker()), told(Worker()), story()
    for one in observations:
        once.handle(one)
        twice.handle(one, one)

    assert len(once.hooks.told()) == len(once.hooks.sent)
    assert twice.hooks.told() == once.hooks.told()
    assert len(twice.hooks.sent) == 2 * len(once.hooks.sent)


def test_a_guild_without_webhooks_tells_nothing() -> None:
    worker = Worker()
    worker.handle(*story())

    assert worker.hooks.sent == []


def test_a_join_that_is_explained_later_is_attributed_then() -> None:
    # Given two joins by two codes of two inviters: open
    worker = Worker()
    assert isinstance(worker.guilds, FakeGuilds)
    worker.guilds.configured[GUILD] = GuildSettings(webhooks=True)
    seen = (row("abc", 0), row("def", 0, "901"))
    worker.handle(
        observe(look=look(*seen, seconds=-700), seconds=-700),
        observe(
            joined("1", 10),
            joined("2", 10.5),
            look=look(row("abc", 1), row("def", 1, "901"), seconds=12),
            seconds=12,
        ),
    )
    before = kinds(worker)

    # When Discord's own record tells of one
    worker.handle(observe(searched("1", 10, "abc", "900"), seconds=20))

    # Then
    assert before["join.recorded"] == 2
    assert before["join.attributed"] == 0
    later = kinds(worker) - before
    assert later["join.attributed"] >= 1
    assert later["join.attribution_revised"] == 0


def test_a_leave_says_whom_it_took_the_credit_from() -> None:
    worker = Worker()
    assert isinstance(worker.guilds, FakeGuilds)
    worker.guilds.configured[GUILD] = GuildSettings(webhooks=True)
    worker.handle(
        observe(look=look(row("abc", 0), seconds=-700), seconds=-700),
        observe(joined("1", 10), look=look(row("abc", 1), seconds=11), seconds=11),
        observe(left("1", 20), seconds=21),
    )

    *_, gone, reversed_ = worker.hooks.sent
    assert (gone.type, gone.data["code"]) == (HookType.MEMBER_LEFT, "abc")
    assert (reversed_.type, reversed_.data["inviter_id"]) == (HookType.CREDIT_REVERSED, "900")
    assert reversed_.data["reason"] == "left"


def test_what_referrals_tell_is_as_described() -> None:
    events = [
        link_created(link(expires_at=at(60))),
        click_recorded(GUILD, campaign().id, click()),
        member_qualified(GUILD, UserId("1"), at(1), at(2)),
        conversion_recorded(
            GUILD,
            "c1",
            UserId("1"),
            at(2),
            code=link().code,
            campaign_id=CampaignId("100"),
            value=Decimal("9.50"),
            metadata={"onboarding_fields_completed": 3},
        ),
    ]
    for event in events:
        jsonschema_rs.validate(payload_schema(event.type), payload(event))
        assert set(event.data) == set(FIELDS[event.type][1])
    assert len({event.id for event in events}) == len(events)


def test_the_document_has_every_event_that_can_be_chosen() -> None:
    assert set(webhooks_section()) == {kind.value for kind in (*SUBSCRIBED, HookType.TEST)}


def test_events_travel_in_as_few_messages_as_hold_them() -> None:
    many = [click_recorded(GUILD, CampaignId("1"), click(id=str(n))) for n in range(120)]

    bodies = list(encode_events(many))

    assert len(bodies) == -(-120 // MOST_EVENTS)
    read = [event for body in bodies for event in decode_hook(body)]  # type: ignore[union-attr]
    assert read == many


def test_what_stands_on_the_mark_is_read_as_it_was_written() -> None:
    some = (
        Telling("a" * 32, at(1.000001)),
        Telling("b" * 32, at(2), (Move(UserId("900"), 1), Move(UserId("901"), -1))),
    )

    assert read_tellings(write_tellings(some)) == some
    assert write_tellings(()) is None
    assert read_tellings(None) == ()
