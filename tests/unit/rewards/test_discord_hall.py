"""Roles, members and messages as calls of Discord, and what is made of its answers."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import GUILD, START
from usher.ids import ChannelId, RoleId, UserId
from usher.platform.discord_rest import DiscordError, RefusedError, UnavailableError
from usher.rewards.discord_hall import STALE, DiscordHall
from usher.rewards.hierarchy import MANAGE_ROLES, Obstacle, Role
from usher.rewards.ports import Holder

ROUTE = f"/guilds/{GUILD}"
ROLES = [
    {"id": GUILD, "name": "@everyone", "position": 0, "permissions": "0", "managed": False},
    {"id": "9", "name": "Usher", "position": 5, "permissions": str(MANAGE_ROLES), "managed": True},
]
ANSWERS: dict[str, object] = {
    "GET /users/@me": {"id": "42"},
    f"GET {ROUTE}": {"id": GUILD, "name": "Guild", "owner_id": "1", "roles": ROLES},
    f"GET {ROUTE}/members/42": {"roles": ["9"]},
    f"GET {ROUTE}/members/7": {"roles": ["8"], "pending": True},
    f"PUT {ROUTE}/members/7/roles/8": None,
    f"DELETE {ROUTE}/members/7/roles/8": None,
    "POST /channels/5/messages": {"id": "1"},
}
GIVE = f"PUT {ROUTE}/members/7/roles/8"


@dataclass
class FakeRest:
    """Answers laid-down calls; an exception is raised."""

    answers: dict[str, object]
    asked: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    reasons: list[str | None] = field(default_factory=list)

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        self.asked.append(f"{method} {route}")
        self.bodies.append(body)
        self.reasons.append(reason)
        answer = self.answers[f"{method} {route}"]
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Bench:
    rest: FakeRest
    now: Any = START

    def __post_init__(self) -> None:
        self.hall = DiscordHall(self.rest, lambda: self.now)


def bench(**changes: object) -> Bench:
    named = {"give": GIVE, "guild": f"GET {ROUTE}", "member": f"GET {ROUTE}/members/7"}
    return Bench(FakeRest(ANSWERS | {named[key]: value for key, value in changes.items()}))


def change(made: Bench, *, present: bool = True) -> Obstacle | None:
    who = GUILD, UserId("7"), RoleId("8")
    return made.hall.change_role(*who, present=present, reason="10 invites")


def test_a_guild_is_read_with_usher_s_own_place_and_remembered_for_seconds() -> None:
    made = bench()

    hall = made.hall.hall(GUILD)
    made.hall.hall(GUILD)

    assert hall is not None
    assert (hall.own_id, hall.owner_id) == ("42", "1")
    assert hall.own_roles == {RoleId("9")}
    assert hall.roles[RoleId("9")] == Role(RoleId("9"), "Usher", 5, MANAGE_ROLES, managed=True)
    assert len(made.rest.asked) == 3
    made.hall.hall(GUILD, fresh=True)
    made.now += STALE + timedelta(seconds=1)
    made.hall.hall(GUILD)
    assert len(made.rest.asked) == 7, "who Usher is does not change"


def test_where_usher_is_not_there_is_no_guild_and_who_is_gone_is_no_member() -> None:
    made = bench(guild=RefusedError(403, 50001), member=RefusedError(404, 10007))

    assert made.hall.hall(GUILD) is None
    assert made.hall.holder(GUILD, UserId("7")) is None
    assert bench().hall.holder(GUILD, UserId("7")) == Holder(frozenset({RoleId("8")}), pending=True)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RefusedError(403, 50013), Obstacle.REFUSED),
        (RefusedError(403, 60003), Obstacle.REFUSED),
        (RefusedError(404, 10011), Obstacle.GONE),
        (RefusedError(404, 10007), None),
        (RefusedError(404, 10013), None),
    ],
)
def test_refusals_are_told_apart(error: Exception, expected: Obstacle | None) -> None:
    assert change(bench(give=error)) is expected


def test_a_role_is_given_and_taken_with_the_reason() -> None:
    made = bench()

    assert change(made) is None
    assert change(made, present=False) is None

    assert [one.split()[0] for one in made.rest.asked] == ["PUT", "DELETE"]
    assert made.rest.reasons == ["10 invites"] * 2


@pytest.mark.parametrize("error", [UnavailableError(502), DiscordError(400)])
def test_what_may_pass_is_for_the_queue_to_repeat(error: Exception) -> None:
    with pytest.raises(DiscordError):
        change(bench(give=error))


def test_a_message_is_posted_once_and_mentions_one_member_at_most() -> None:
    made = bench()

    assert made.hall.post(ChannelId("5"), "n" * 25, "hi", UserId("7"))
    assert made.hall.post(ChannelId("5"), "n" * 25, "hi")

    first, second = made.rest.bodies
    assert first["allowed_mentions"] == {"parse": [], "users": ["7"]}
    assert second["allowed_mentions"] == {"parse": []}
    assert (first["nonce"], first["enforce_nonce"]) == ("n" * 25, True)


@pytest.mark.parametrize("guild", [{"owner_id": "1"}, {"roles": [{"id": "8"}], "owner_id": "1"}, 5])
def test_what_no_discord_answers_is_no_answer(guild: object) -> None:
    with pytest.raises(UnavailableError):
        bench(guild=guild).hall.hall(GUILD)
