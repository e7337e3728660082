"""Channels as calls of Discord's REST API, held to Discord's own description of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.builders import GUILD, at
from usher.channels.discord_channels import DiscordChannels
from usher.channels.model import Channel, Kind, Message, Overwrite
from usher.channels.ports import DeskGoneError
from usher.ids import ChannelId
from usher.invites.ports import DeskError, DeskLimitedError, DeskRefusedError
from usher.platform.discord_rest import (
    DiscordError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)

ROOM = ChannelId("55")
CHANNEL: dict[str, object] = {
    "id": "55",
    "guild_id": GUILD,
    "type": 0,
    "name": "general",
    "parent_id": "44",
    "rate_limit_per_user": 5,
    "permission_overwrites": [
        {"id": "7", "type": 1, "allow": "2251799813685248", "deny": "0"},
        {"id": GUILD, "type": 0, "allow": "0", "deny": "2048"},
    ],
}


@dataclass
class FakeRest:
    """Answers every call alike, and remembers it."""

    answer: object = None
    calls: list[tuple[str, str, object, str | None]] = field(default_factory=list)

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        self.calls.append((method, route, body, reason))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_channel_is_read_with_its_overwrites() -> None:
    rest = FakeRest(CHANNEL)

    found = DiscordChannels(rest).channel(ROOM)

    assert found == Channel(
        ROOM,
        GUILD,
        Kind.TEXT,
        "general",
        ChannelId("44"),
        (Overwrite("7", True, 1 << 51, 0), Overwrite(GUILD, False, 0, 2048)),
        5,
    )
    assert rest.calls == [("GET", "/channels/55", None, None)]


def test_a_thread_is_read_with_its_flags() -> None:
    body = {**CHANNEL, "type": 11, "thread_metadata": {"locked": True, "archived": False}}

    found = DiscordChannels(FakeRest(body)).channel(ROOM)

    assert found is not None
    assert (found.kind, found.locked, found.archived) == (Kind.PUBLIC_THREAD, True, False)


def test_a_guild_s_channels_are_read_in_one_call() -> None:
    rest = FakeRest([{**CHANNEL, "id": "1"}, {**CHANNEL, "id": "2"}])

    assert [one.id for one in DiscordChannels(rest).channels(GUILD)] == ["1", "2"]
    assert rest.calls[0][1] == f"/guilds/{GUILD}/channels"


def test_what_is_gone_is_no_channel_but_what_is_not_seen_is() -> None:
    assert DiscordChannels(FakeRest(RefusedError(404, 10003))).channel(ROOM) is None

    with pytest.raises(DeskRefusedError):
        DiscordChannels(FakeRest(RefusedError(403, 50001))).channel(ROOM)


def test_an_overwrite_is_written_whole_and_removed() -> None:
    rest = FakeRest()
    desk = DiscordChannels(rest)

    desk.put(ROOM, Overwrite("7", True, 1 << 51, 2048), "why")
    desk.remove(ROOM, "7", "why")

    body = {"type": 1, "allow": str(1 << 51), "deny": "2048"}
    route = "/channels/55/permissions/7"
    assert rest.calls == [("PUT", route, body, "why"), ("DELETE", route, None, "why")]


def test_slowmodes_threads_and_pauses_are_set() -> None:
    rest = FakeRest()
    desk = DiscordChannels(rest)

    desk.slow(ROOM, 30, "why")
    desk.lock_thread(ROOM, "why", locked=True)
    desk.pause(GUILD, at(60), "why")
    desk.pause(GUILD, None, "why")

    moment = at(60).isoformat()
    assert [call[2] for call in rest.calls] == [
        {"rate_limit_per_user": 30},
        {"archived": False, "locked": True},
        {"invites_disabled_until": moment, "dms_disabled_until": moment},
        {"invites_disabled_until": None, "dms_disabled_until": None},
    ]


def test_a_pause_is_read() -> None:
    paused = {"incidents_data": {"invites_disabled_until": at(60).isoformat()}}

    assert DiscordChannels(FakeRest(paused)).paused_until(GUILD) == at(60)
    assert DiscordChannels(FakeRest({"incidents_data": None})).paused_until(GUILD) is None


def test_messages_are_read_and_deleted_together_or_one_by_one() -> None:
    rest = FakeRest(
        [
            {"id": "3", "author": {"id": "7"}, "pinned": True},
            {"id": "2", "author": {"id": "8", "bot": True}},
            {"id": "1", "author": {"id": "9"}, "webhook_id": "9"},
        ]
    )
    desk = DiscordChannels(rest)

    assert desk.messages(ROOM, "4", 100) == [
        Message("3", "7", bot=False, pinned=True),
        Message("2", "8", bot=True),
        Message("1", "9", bot=True),
    ]
    desk.delete(ROOM, ("2", "1"), "why")
    desk.delete(ROOM, ("3",), "why")
    desk.delete(ROOM, (), "why")

    assert [call[:3] for call in rest.calls] == [
        ("GET", "/channels/55/messages?limit=100&before=4", None),
        ("POST", "/channels/55/messages/bulk-delete", {"messages": ["2", "1"]}),
        ("DELETE", "/channels/55/messages/3", None),
    ]


def test_what_is_gone_already_needs_no_removal() -> None:
    DiscordChannels(FakeRest(RefusedError(404, 10009))).remove(ROOM, "7", "why")
    DiscordChannels(FakeRest(RefusedError(404, 10008))).delete(ROOM, ("7",), "why")


CALLS: list[Callable[[DiscordChannels], object]] = [
    lambda desk: desk.channel(ROOM),
    lambda desk: desk.channels(GUILD),
    lambda desk: desk.put(ROOM, Overwrite("7"), ""),
    lambda desk: desk.remove(ROOM, "7", ""),
    lambda desk: desk.slow(ROOM, 1, ""),
    lambda desk: desk.pause(GUILD, None, ""),
    lambda desk: desk.paused_until(GUILD),
    lambda desk: desk.messages(ROOM, None, 100),
    lambda desk: desk.delete(ROOM, ("1", "2"), ""),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (RefusedError(403, 50013), DeskRefusedError),
        (RateLimitedError(30, everywhere=False), DeskLimitedError),
        (UnavailableError(502), DeskError),
        (DiscordError(400, 50035), DeskError),
    ],
)
def test_every_failure_is_told_as_commands_know_it(
    call: Callable[[DiscordChannels], object], answer: DiscordError, kind: type[DeskError]
) -> None:
    with pytest.raises(kind) as told:
        call(DiscordChannels(FakeRest(answer)))

    assert told.value.__cause__ is answer, "the effects door knows when to stop by it"
    assert not isinstance(told.value, DeskGoneError)


@pytest.mark.parametrize("call", CALLS[2:5])
def test_a_channel_that_is_gone_is_told_apart(call: Callable[[DiscordChannels], object]) -> None:
    with pytest.raises(DeskGoneError):
        call(DiscordChannels(FakeRest(RefusedError(404, 10003))))
