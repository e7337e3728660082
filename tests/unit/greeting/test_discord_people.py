"""What is asked of Discord for greetings, and what is made of its answers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from usher.greeting.discord_people import DiscordPeople, DiscordPost
from usher.greeting.model import Place
from usher.ids import ChannelId, GuildId, UserId
from usher.platform.discord_rest import DiscordError, RefusedError

GUILD = GuildId("1")
NOOR = UserId("175928847299117063")
USER = {"id": NOOR, "username": "noor", "global_name": "Noor", "discriminator": "0", "avatar": None}


def nobody(guild_id: GuildId, channel_id: ChannelId) -> None:
    raise AssertionError(f"{channel_id} of {guild_id} is told of")


@dataclass
class Rest:
    """Answers as laid down; remembers what was asked."""

    answers: list[object]
    asked: list[tuple[str, str, object]] = field(default_factory=list)

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        assert reason is None
        self.asked.append((method, route, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_member_has_the_name_of_the_server_and_their_picture() -> None:
    member = {
        "user": {**USER, "avatar": "a_1f"},
        "nick": "Nono",
        "joined_at": "2026-11-20T12:00:00+00:00",
    }
    rest = Rest([member])
    face = DiscordPeople(rest).member(GuildId("1"), NOOR)
    assert rest.asked == [("GET", f"/guilds/1/members/{NOOR}", None)]
    assert face is not None
    assert (face.display_name, face.tag) == ("Nono", "noor")
    assert face.joined_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert face.avatar == f"https://cdn.discordapp.com/avatars/{NOOR}/a_1f.png?size=256"
    assert face.created_at == datetime(2016, 4, 30, 11, 18, 25, 796000, UTC)


def test_a_user_without_a_picture_has_discord_s_own() -> None:
    face = DiscordPeople(Rest([{**USER, "discriminator": "0042", "bot": True}])).user(NOOR)
    assert face is not None
    assert face.avatar == f"https://cdn.discordapp.com/embed/avatars/{(int(NOOR) >> 22) % 6}.png"
    assert (face.tag, face.bot, face.joined_at) == ("noor#0042", True, None)


@pytest.mark.parametrize("code", [10007, 10013])
def test_who_is_not_there_is_nobody(code: int) -> None:
    people = DiscordPeople(Rest([RefusedError(404, code), RefusedError(404, code)]))
    assert people.member(GuildId("1"), NOOR) is None
    assert people.user(NOOR) is None


def test_a_guild_that_refuses_is_no_absence() -> None:
    with pytest.raises(RefusedError):
        DiscordPeople(Rest([RefusedError(404, 10004)])).member(GuildId("1"), NOOR)


def test_a_guild_tells_its_name_and_number() -> None:
    rest = Rest([{"name": "A guild", "approximate_member_count": 7}, {"name": "A guild"}])
    people = DiscordPeople(rest)
    assert people.place(GuildId("1")) == Place("A guild", 7)
    assert people.place(GuildId("1")) == Place("A guild", None)
    assert rest.asked[0] == ("GET", "/guilds/1?with_counts=true", None)


def test_a_message_carries_its_id_as_nonce() -> None:
    rest = Rest([{"id": "9"}])
    DiscordPost(rest, nobody).send(GUILD, ChannelId("5"), "g1", {"content": "Hi"})
    body = {"content": "Hi", "nonce": "g1", "enforce_nonce": True}
    assert rest.asked == [("POST", "/channels/5/messages", body)]


def test_a_direct_message_opens_its_channel_first() -> None:
    rest = Rest([{"id": "77"}, {"id": "9"}])
    assert DiscordPost(rest, nobody).send_directly(NOOR, "g1", {"content": "Hi"})
    assert rest.asked[0] == ("POST", "/users/@me/channels", {"recipient_id": NOOR})
    assert rest.asked[1][1] == "/channels/77/messages"


@pytest.mark.parametrize("code", [50007, 50278])
def test_closed_direct_messages_are_no_error(code: int) -> None:
    rest = Rest([{"id": "77"}, RefusedError(403, code)])
    assert not DiscordPost(rest, nobody).send_directly(NOOR, "g1", {"content": "Hi"})


def test_a_channel_that_holds_no_messages_is_a_refusal_and_an_outage_is_none() -> None:
    post = DiscordPost(Rest([DiscordError(400, 50008), DiscordError(503)]), nobody)
    with pytest.raises(RefusedError):
        post.send(GUILD, ChannelId("5"), "g1", {"content": "Hi"})
    with pytest.raises(DiscordError) as raised:
        post.send(GUILD, ChannelId("5"), "g1", {"content": "Hi"})
    assert not isinstance(raised.value, RefusedError)


def test_other_refusals_are() -> None:
    with pytest.raises(RefusedError):
        DiscordPost(Rest([RefusedError(403, 40003)]), nobody).send_directly(NOOR, "g1", {})


def test_a_channel_that_cannot_be_written_to_is_told_of() -> None:
    told: list[tuple[GuildId, ChannelId]] = []
    post = DiscordPost(
        Rest([RefusedError(403, 50013), DiscordError(400, 50035)]), lambda *one: told.append(one)
    )
    for _ in range(2):
        with pytest.raises(RefusedError):
            post.send(GUILD, ChannelId("5"), "g1", {"content": "Hi"})
    assert told == [(GUILD, ChannelId("5"))]
