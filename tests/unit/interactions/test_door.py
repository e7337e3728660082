"""Answered now, deferred, or told in a sentence; never an error towards Discord."""

import json

from tests.unit.interactions.doors import FakeDeferrals, Front
from tests.unit.slash.fakes import BrokenReads, FakeServices, StoreDownError
from tests.unit.slash.payloads import (
    GUILD,
    MANAGE_GUILD,
    MEMBER,
    OTHER,
    TOKEN,
    data,
    interaction,
    option,
    press,
    slash,
    user,
)
from usher.ids import GuildId, UserId
from usher.slash.actions import action
from usher.slash.buttons import Button
from usher.slash.context import Ctx
from usher.slash.replies import Reply
from usher.slash.router import Router


def test_a_command_is_answered_with_a_message() -> None:
    status, body = Front().send(slash("invite view"))

    assert status == 200
    assert body["type"] == 4


def test_a_deferred_command_is_queued_whole_and_then_deferred_for_its_reader_only() -> None:
    front = Front()
    sent = slash("export_invite_logs", permissions=MANAGE_GUILD)

    assert front.send(sent) == (200, {"type": 5, "data": {"flags": 64}})
    assert front.deferrals.sent == [sent]
    assert isinstance(front.services, FakeServices)
    assert front.services.exports.asked == []


def test_a_deferral_without_permission_is_refused_before_the_queue() -> None:
    front = Front()

    _, body = front.send(slash("invite reset", option("user", OTHER, 6)))

    assert told(body) == "You need Manage Server for `/invite reset`."
    assert front.deferrals.sent == []


def test_a_deferral_with_a_wrong_option_is_refused_before_the_queue() -> None:
    front = Front()
    wrong = slash(
        "export_invite_logs", {"name": "from", "type": 4, "value": 5}, permissions=MANAGE_GUILD
    )

    assert "`from`" in told(front.send(wrong)[1])
    assert front.deferrals.sent == []


def test_a_queue_that_refuses_is_told_and_logged() -> None:
    front = Front(deferrals=FakeDeferrals(error=StoreDownError()))

    _, body = front.send(slash("export_invite_logs", permissions=MANAGE_GUILD))

    assert "try again" in told(body)
    [(level, _, extra)] = front.log.lines
    assert level == "exception"
    assert extra["error"] == "StoreDownError"


def test_a_table_that_cannot_be_read_is_told_and_logged_with_its_ids() -> None:
    class Down:
        credit = BrokenReads()

    front = Front(services=Down())

    _, body = front.send(slash("invite view"))

    assert "try again" in told(body)
    [(level, _, extra)] = front.log.lines
    assert level == "exception"
    assert extra.pop("duration_ms") >= 0  # type: ignore[attr-defined] # a dict of ours
    assert extra == {
        "interaction_id": "786008729715212338",
        "guild_id": GUILD,
        "command": "invite view",
        "error": "StoreDownError",
    }
    assert front.failures == 1


def test_what_a_member_did_wrong_is_no_failure() -> None:
    front = Front()

    front.send(slash("none"))

    assert front.failures == 0


def test_tokens_and_bodies_are_never_logged() -> None:
    front = Front(deferrals=FakeDeferrals(error=StoreDownError()))

    front.send(slash("export_invite_logs", permissions=MANAGE_GUILD))
    front.send(slash("invite view"))
    front.send(slash("none"))

    assert len(front.log.lines) == 3
    assert TOKEN not in repr(front.log.lines)
    assert "Mason" not in repr(front.log.lines)


def test_a_form_that_nobody_opened_has_expired() -> None:
    status, body = Front().send(interaction(5, {"custom_id": "x", "components": []}))

    assert status == 200
    assert "expired" in told(body)


def test_a_button_that_nobody_made_has_expired() -> None:
    status, body = Front().send(interaction(3, {"custom_id": "x", "component_type": 2}))

    assert status == 200
    assert "expired" in told(body)


@action("test.later", defer=True)
def later(ctx: Ctx[object]) -> Reply:
    raise AssertionError("runs in the command worker")


def test_a_deferred_button_is_queued_whole_and_its_message_stays() -> None:
    # Given a message with a button whose action takes long
    front = Front(router=Router((), (later,)))
    reply = Reply("x", rows=((Button("Go", later.press()),),))
    drawn = front.presses.drawn(reply, GuildId(GUILD), UserId(MEMBER), front.now)

    # When it is pressed
    pressed = press(drawn.components, "Go")

    # Then
    assert front.send(pressed) == (200, {"type": 6})
    assert front.deferrals.sent == [pressed]


def test_autocomplete_gets_no_choices() -> None:
    front = Front()

    assert front.send(interaction(4, data("invite view"))) == (
        200,
        {"type": 8, "data": {"choices": []}},
    )


def test_a_context_menu_gets_a_sentence() -> None:
    menu = interaction(2, {"id": "1", "name": "Report", "type": 2, "target_id": "5"})

    assert "do not know" in told(Front().send(menu)[1])


def test_direct_messages_get_a_sentence() -> None:
    body = slash("invite view")
    del body["member"], body["guild_id"]

    assert "in a server" in told(Front().send(body | {"user": user()})[1])


def told(body: dict[str, object]) -> str:
    """The sentence of an ephemeral message."""
    assert body["type"] == 4
    message = body["data"]
    assert isinstance(message, dict)
    assert message["flags"] == 64, json.dumps(body)
    return str(message["content"])
