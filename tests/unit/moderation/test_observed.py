"""What an observation tells moderation: acts by hand, and members who come back."""

import json
from dataclasses import replace

import pytest

from gateway_listener.dispatch import translate
from tests.builders import GUILD, at, banned, joined, observe
from usher.contracts.audit_acts import AuditAct
from usher.contracts.case_effects import NoteByHand
from usher.contracts.effect import decode_effect, encode_effect
from usher.contracts.observation import AuditEntry, MemberUnbanned
from usher.contracts.observation_codec import decode, encode
from usher.ids import UserId
from usher.moderation.observed import AFTERWARDS, by_hand, returns

ENTRY = str((1 << 62) + 7)
UNTIL = "2026-12-01T00:00:00+00:00"


def told(action: int, *, changes: object = None, reason: str | None = "rude") -> AuditEntry | None:
    """An entry as the gateway sends it."""
    data = {
        "guild_id": GUILD,
        "id": ENTRY,
        "action_type": action,
        "user_id": "9",
        "target_id": "5",
        "reason": reason,
        "changes": changes or [],
    }
    event = translate("GUILD_AUDIT_LOG_ENTRY_CREATE", data, at(3))
    assert event is None or isinstance(event, AuditEntry)
    return event


def timeout(new: str | None) -> list[dict[str, object]]:
    change: dict[str, object] = {"key": "communication_disabled_until"}
    return [change | ({"new_value": new} if new else {"old_value": UNTIL})]


@pytest.mark.parametrize(
    ("action", "changes", "what", "until"),
    [
        (20, None, "kick", None),
        (22, None, "ban", None),
        (23, None, "unban", None),
        (24, timeout(UNTIL), "mute", "2026-12-01T00:00:00.000000+00:00"),
        (24, timeout(None), "unmute", None),
    ],
)
def test_entries_tell_what_was_done_by_whom(
    action: int, changes: object, what: str, until: str | None
) -> None:
    event = told(action, changes=changes)
    assert event is not None
    assert event.act is not None
    sent = observe(event)
    assert decode(encode(sent)) == sent
    [(order, delay)] = by_hand(sent)
    assert (order.what, order.by, order.user_id, order.reason, order.until, delay) == (
        what,
        "9",
        "5",
        "rude",
        until,
        0,
    )
    assert decode_effect(encode_effect(order)) == order
    again = observe(replace(event, at=at(60)))
    assert [one.id for one, _ in by_hand(again)] == [order.id]


def test_other_updates_of_members_are_nobodys_business() -> None:
    assert told(24, changes=[{"key": "nick", "new_value": "x"}]) is None
    assert told(25) is None


def test_messages_of_an_older_release_say_nothing() -> None:
    entry = AuditEntry(22, UserId("9"), "5", None, at(3), act=AuditAct(ENTRY))
    written = json.loads(encode(observe(entry)))
    for event in written["events"]:
        event.pop("act", None)
    assert list(by_hand(decode(json.dumps(written)))) == []


def test_bans_without_an_entry_are_looked_at_later() -> None:
    data = {"guild_id": GUILD, "user": {"id": "5", "username": "x"}}
    unbanned = translate("GUILD_BAN_REMOVE", data, at(30))
    assert unbanned == MemberUnbanned(UserId("5"), at(30))
    assert unbanned is not None
    sent = observe(banned("5", 20), unbanned)
    assert decode(encode(sent)) == sent
    found = list(by_hand(sent))
    assert [(order.what, order.by, delay) for order, delay in found] == [
        ("ban", None, AFTERWARDS),
        ("unban", None, AFTERWARDS),
    ]
    assert len({order.id for order, _ in found}) == 2
    assert all(isinstance(order, NoteByHand) for order, _ in found)


def test_members_who_come_are_looked_at_bots_are_not() -> None:
    found = list(returns(observe(joined("5"), joined("6", bot=True))))
    assert [one.user_id for one in found] == ["5"]
