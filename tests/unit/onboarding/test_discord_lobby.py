"""Channels and refusals as Discord answers them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from tests.builders import GUILD, START
from tests.fakes.rewards import OWN_ROLE, FakeHall, role
from usher.ids import ChannelId, GuildId, UserId
from usher.onboarding.discord_lobby import STALE, DiscordLobby
from usher.onboarding.ports import Lobby, Room
from usher.onboarding.rooms import SEND, VIEW
from usher.platform.discord_rest import RefusedError, UnavailableError
from usher.slash.replies import Json

LISTED: list[object] = [
    {"id": "1", "name": "rules", "type": 0, "position": 2, "permission_overwrites": [
        {"id": OWN_ROLE, "type": 0, "allow": "0", "deny": str(SEND)},
    ]},
    {"id": "2", "name": "lobby", "type": 0, "position": 1},
    {"id": "3", "name": "Voice", "type": 2, "position": 0},
]  # fmt: skip


@dataclass
class Wire:
    """Implements Rest and Post."""

    answer: object = None
    error: RefusedError | None = None
    calls: list[str] = field(default_factory=list)

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        del body, reason
        self.calls.append(f"{method} {route}")
        if self.error:
            raise self.error
        return self.answer

    def send(self, guild_id: GuildId, channel_id: ChannelId, message_id: str, body: Json) -> None:
        del body
        self.call("POST", f"{guild_id} {channel_id} {message_id}")

    def send_directly(self, user_id: UserId, message_id: str, body: Json) -> bool:
        del body
        self.call("POST", f"{user_id} {message_id}")
        return True


@dataclass
class There:
    wire: Wire = field(default_factory=lambda: Wire(LISTED))
    hall: FakeHall = field(default_factory=FakeHall)
    now: datetime = START

    def __post_init__(self) -> None:
        self.hall.put(role(GUILD, 0, VIEW | SEND))
        self.lobby = DiscordLobby(self.wire, self.hall, self.wire, lambda: self.now)


def test_channels_are_read_with_what_may_be_done_there_and_remembered_for_seconds() -> None:
    there = There()
    first = there.lobby.lobby(GUILD, ())

    assert first == Lobby(
        "A *guild*",
        None,
        (
            Room(ChannelId("1"), "rules", 2, writable=False, visible=True),
            Room(ChannelId("2"), "lobby", 1, writable=True, visible=True),
        ),
    )
    assert there.lobby.lobby(GUILD, ()) == first
    assert len(there.wire.calls) == 1
    there.now += STALE + timedelta(seconds=1)
    there.lobby.lobby(GUILD, ())
    assert len(there.wire.calls) == 2


def test_where_usher_may_not_look_there_are_no_channels() -> None:
    there = There(Wire(error=RefusedError(403, 50001)))
    assert there.lobby.lobby(GUILD, ()).rooms == ()
    there = There()
    there.hall.inside = False
    assert there.lobby.lobby(GUILD, ()) == Lobby("", None, ())
    with pytest.raises(UnavailableError):
        There(Wire({"message": "?"})).lobby.lobby(GUILD, ())


def test_refusals_are_answers() -> None:
    there = There()
    assert there.lobby.say(GUILD, ChannelId("2"), "m", {})
    assert there.lobby.say_directly(UserId("7"), "m", {})
    there.wire.error = RefusedError(403, 50013)
    assert not there.lobby.say(GUILD, ChannelId("2"), "m", {})
    assert not there.lobby.say_directly(UserId("7"), "m", {})
