"""A dead letter is told by kind and ids: no name, no word of a member, no token."""

import json
from datetime import timedelta

import pytest

from infra.dlq.letter import Letter, is_expired, tell
from infra.dlq.redriving import Result
from infra.dlq.showing import HIDDEN, line_of, shown, summary, whole
from tests.builders import GUILD, START, joined, observe
from usher.contracts.deferred import DeferredCommand
from usher.contracts.effect import SendMessage, encode_effect
from usher.contracts.observation_codec import encode
from usher.ids import ChannelId

TOKEN = "aW50ZXJhY3Rpb246c2VjcmV0"
COMMAND = DeferredCommand(
    {
        "id": "77",
        "token": TOKEN,
        "guild_id": str(GUILD),
        "member": {"user": {"id": "9", "username": "ida", "global_name": "Ida"}},
        "data": {
            "name": "invite",
            "type": 1,
            "options": [
                {
                    "name": "create",
                    "type": 1,
                    "options": [{"name": "label", "type": 3, "value": "my secret plan"}],
                }
            ],
        },
    }
).encode()


def letter(body: str, minutes: int = 1) -> Letter:
    return Letter("m-1", body, START - timedelta(minutes=minutes), "receipt")


@pytest.mark.parametrize(
    ("queue", "body", "kind", "subject"),
    [
        ("commands", COMMAND, "/invite create", "77"),
        (
            "effects",
            encode_effect(SendMessage("e1", GUILD, ChannelId("5"), "Hello Ida")),
            "send_message",
            "e1",
        ),
    ],
)
def test_what_it_is_is_told_by_kind_and_id(queue: str, body: str, kind: str, subject: str) -> None:
    told = tell(queue, letter(body))

    assert (told.kind, told.guild_id, told.subject) == (kind, str(GUILD), subject)


def test_an_observation_is_told_by_its_events() -> None:
    body = encode(observe(joined("7"), joined("8")))

    assert "2 MemberJoined" in tell("events", letter(body)).kind


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"v":9}', "null", '{"v":1,"interaction":3}', "[" * 99_999]
)
@pytest.mark.parametrize("queue", ["events", "commands", "effects", "confirmations", "hooks", "x"])
def test_what_nobody_understands_is_said_to_be_so(queue: str, body: str) -> None:
    assert tell(queue, letter(body)).kind


def test_nothing_shown_names_anybody_or_opens_anything() -> None:
    said = "\n".join(
        (
            *line_of("commands", letter(COMMAND), "", START),
            *whole("commands", letter(COMMAND), "TimeoutError: too slow", START),
        )
    )

    for secret in (TOKEN, "ida", "Ida", "secret plan"):
        assert secret not in said
    assert "TimeoutError: too slow" in said
    assert f'"guild_id": "{GUILD}"' in said


def test_the_shape_of_a_body_is_kept() -> None:
    body = json.dumps({"id": "7", "n": 3, "on": True, "name": "ida", "list": ["5", "x", None]})

    assert shown(body) == {
        "id": "7",
        "n": 3,
        "on": True,
        "name": HIDDEN,
        "list": ["5", HIDDEN, None],
    }
    assert shown("no JSON, but a name: ida") == HIDDEN


def test_commands_alone_run_out() -> None:
    assert is_expired("commands", letter(COMMAND, 16), START)
    assert not is_expired("commands", letter(COMMAND, 14), START)
    assert not is_expired("events", letter("{}", 1_000), START)


def test_a_summary_says_what_is_left_to_do() -> None:
    assert summary("events", Result(moved=3)) == "events: 3 put back"
    assert "--drop" in summary("commands", Result(moved=1, expired=2))
