"""Effects as calls of Discord, and what is made of its answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import urllib3
from urllib3.exceptions import ConnectTimeoutError

from effects.doing import DiscordEffects
from tests.builders import GUILD
from usher.contracts.effect import (
    ChangeRole,
    CheckStanding,
    CountReferral,
    Effect,
    EndDue,
    Greet,
    MendRank,
    SendMessage,
    SweepStandings,
    TellHeld,
    decode_effect,
    encode_effect,
)
from usher.contracts.onboarding_effects import FollowOnboarding, OfferOnboarding
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.platform.discord_rest import (
    ATTEMPTS,
    DiscordError,
    DiscordRest,
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
    UnavailableError,
)

BASE = "http://127.0.0.1:1/api/v10"
MESSAGE = SendMessage("f" * 25, GUILD, ChannelId("5"), "hello @everyone")


@dataclass
class Reply:
    """One answer of Discord."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class FakeToken:
    """A token, and how often it was given up."""

    forgotten: int = 0

    def get(self) -> str:
        return "t0ken"

    def forget(self) -> None:
        self.forgotten += 1


@dataclass
class FakePool:
    """Answers calls in turn, the last answer for ever."""

    replies: list[Reply | Exception]
    calls: list[dict[str, Any]] = field(default_factory=list)

    def request(self, method: str, url: str, **more: Any) -> Reply:  # noqa: ANN401
        self.calls.append({"method": method, "url": url, **more})
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply


@dataclass
class FakeStandings:
    """Implements Standings, Trouble, Greetings and Endings; remembers what was ordered."""

    orders: list[Effect] = field(default_factory=list)
    silenced: list[ChannelId] = field(default_factory=list)
    looked: list[UserId] = field(default_factory=list)

    def check(self, order: CheckStanding | CountReferral) -> None:
        self.orders.append(order)

    def sweep(self, order: SweepStandings) -> None:
        self.orders.append(order)

    def mend(self, order: MendRank) -> None:
        self.orders.append(order)

    def greet(self, order: Greet) -> None:
        self.orders.append(order)

    def tell(self, order: TellHeld) -> None:
        self.orders.append(order)

    def end(self, order: EndDue) -> None:
        self.orders.append(order)

    def offer(self, order: OfferOnboarding) -> None:
        self.orders.append(order)

    def follow(self, order: FollowOnboarding) -> None:
        self.orders.append(order)

    def look(self, guild_id: GuildId, user_id: UserId) -> None:
        assert guild_id == GUILD
        self.looked.append(user_id)

    def silent(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        assert guild_id == GUILD
        self.silenced.append(channel_id)


class Nothing:
    """Moderation that has nothing to do."""

    def do(self, effect: Effect) -> None:
        raise AssertionError(effect)


@dataclass
class Discord:
    """A client in front of laid-down answers."""

    replies: list[Reply | Exception]
    token: FakeToken = field(default_factory=FakeToken)
    pauses: list[float] = field(default_factory=list)
    standings: FakeStandings = field(default_factory=FakeStandings)

    def __post_init__(self) -> None:
        self.pool = FakePool(self.replies)

    def do(self, effect: Effect = MESSAGE) -> None:
        pool = cast("urllib3.PoolManager", self.pool)
        rest = DiscordRest(BASE, self.token, pool, self.pauses.append)
        others = self.standings
        each = (others, others, others, others, others, Nothing(), others, others)
        DiscordEffects(rest, *each).do(effect)


def test_a_message_mentions_nobody_and_is_posted_once_by_its_nonce() -> None:
    discord = Discord([Reply(200, {"id": "1"})])

    discord.do()

    [call] = discord.pool.calls
    assert (call["method"], call["url"]) == ("POST", f"{BASE}/channels/5/messages")
    assert call["headers"]["Authorization"] == "Bot t0ken"
    assert call["headers"]["User-Agent"].startswith("DiscordBot (https://")
    assert json.loads(call["body"]) == {
        "content": "hello @everyone",
        "nonce": "f" * 25,
        "enforce_nonce": True,
        "allowed_mentions": {"parse": []},
    }


@pytest.mark.parametrize("status", [403, 404])
def test_a_channel_that_cannot_be_written_to_is_told_of(status: int) -> None:
    discord = Discord([Reply(status, {"code": 50001})])

    with pytest.raises(RefusedError):
        discord.do()

    assert discord.standings.silenced == ["5"]


def test_a_message_may_mention_one_member() -> None:
    discord = Discord([Reply(200, {})])

    discord.do(SendMessage("x" * 40, GUILD, ChannelId("5"), "hi", mention=UserId("7")))
    discord.do(SendMessage("x" * 40 + "y", GUILD, ChannelId("5"), "hi"))

    first, second = (json.loads(call["body"]) for call in discord.pool.calls)
    assert first["allowed_mentions"] == {"parse": [], "users": ["7"]}
    assert len(first["nonce"]) == 25
    assert first["nonce"] != second["nonce"]


@pytest.mark.parametrize(("present", "method"), [(True, "PUT"), (False, "DELETE")])
def test_a_role_is_given_or_taken_with_a_reason(present: bool, method: str) -> None:
    discord = Discord([Reply(204, b"")])

    discord.do(
        ChangeRole("e", GUILD, UserId("7"), RoleId("8"), present=present, reason="10 invités\n")
    )

    [call] = discord.pool.calls
    assert call["method"] == method
    assert call["url"] == f"{BASE}/guilds/{GUILD}/members/7/roles/8"
    assert call["headers"]["X-Audit-Log-Reason"] == "10%20invit%C3%A9s%0A"
    assert call["body"] is None


def test_a_short_rate_limit_is_waited_out() -> None:
    limited = Reply(429, {"retry_after": 0.7, "global": False}, {"Retry-After": "1"})
    discord = Discord([limited, Reply(200, {})])

    discord.do()

    assert discord.pauses == [0.7]
    assert len(discord.pool.calls) == 2


@pytest.mark.parametrize(
    ("reply", "seconds", "everywhere"),
    [
        (Reply(429, {"retry_after": 60.5, "global": False}), 60.5, False),
        (Reply(429, {"retry_after": 61, "global": True}), 61, True),
        (Reply(429, {"message": "slow down"}, {"Retry-After": "12"}), 12, False),
        (Reply(429, b"<html>blocked</html>", {"Retry-After": "900"}), 900, True),
        (Reply(429, b"<html>blocked</html>"), 300, True),
    ],
)
def test_a_long_rate_limit_is_told_at_once(reply: Reply, seconds: float, everywhere: bool) -> None:
    discord = Discord([reply])

    with pytest.raises(RateLimitedError) as limited:
        discord.do()

    assert (limited.value.retry_after, limited.value.everywhere) == (seconds, everywhere)
    assert discord.pauses == []


def test_a_rate_limit_that_does_not_end_is_told() -> None:
    discord = Discord([Reply(429, {"retry_after": 0.1})])

    with pytest.raises(RateLimitedError):
        discord.do()
    assert len(discord.pool.calls) == ATTEMPTS


@pytest.mark.parametrize("failure", [Reply(502, b"bad gateway"), ConnectTimeoutError()])
def test_a_passing_failure_is_tried_again(failure: Reply | Exception) -> None:
    discord = Discord([failure, failure, Reply(200, {})])

    discord.do()

    assert len(discord.pool.calls) == 3
    assert discord.pauses[0] < discord.pauses[1]


@pytest.mark.parametrize(("failure", "status"), [(Reply(503), 503), (ConnectTimeoutError(), 0)])
def test_a_lasting_failure_is_told(failure: Reply | Exception, status: int) -> None:
    discord = Discord([failure])

    with pytest.raises(UnavailableError) as unavailable:
        discord.do()
    assert unavailable.value.status == status


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, DiscordError),
        (401, UnauthorizedError),
        (403, RefusedError),
        (404, RefusedError),
        (302, DiscordError),
    ],
)
def test_a_refusal_is_told_by_its_kind_and_not_repeated(
    status: int, kind: type[DiscordError]
) -> None:
    discord = Discord([Reply(status, {"code": 50013, "message": "Missing Permissions"})])

    with pytest.raises(DiscordError) as refused:
        discord.do()

    assert type(refused.value) is kind
    assert (refused.value.status, refused.value.code) == (status, 50013)
    assert len(discord.pool.calls) == 1
    assert discord.token.forgotten == (status == 401)


def test_orders_about_ranks_and_onboardings_reach_who_looks_after_them() -> None:
    discord = Discord([Reply(200, {})])
    orders: list[Effect] = [
        CheckStanding("c", GUILD, UserId("7"), (RoleId("8"),), "2026-11-20T12:00:00.000000Z"),
        SweepStandings("s", GUILD, "{}", (RoleId("8"), RoleId("9"))),
        MendRank("m", GUILD, "8", "2026-11-20T12:00:00.000000Z"),
        MendRank("o", GUILD, "onboarding#8", "2026-11-20T12:00:00.000000Z"),
        CountReferral("r", GUILD, UserId("7")),
        TellHeld("h", GUILD, "2026-11-20T12:00:00.000000Z"),
        EndDue("e", GUILD, "X#ban#7", "2026-11-20T12:00:00.000000Z", "v1"),
        FollowOnboarding("f", GUILD, UserId("7"), "t", "1", "code", "join", "started", "t"),
        OfferOnboarding("g", GUILD, UserId("7"), "1", None),
    ]

    for order in orders:
        discord.do(decode_effect(encode_effect(order)))

    assert discord.standings.orders == orders
    assert discord.standings.looked == ["7"]
    assert discord.pool.calls == []
