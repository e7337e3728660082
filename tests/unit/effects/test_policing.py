"""An invite against the policy is revoked, its maker told; whoever is above it is left alone."""

from dataclasses import dataclass, field, fields

import pytest

from effects.policing import Policing
from tests.builders import GUILD
from usher.contracts.effect import CheckInvite
from usher.ids import ChannelId, InviteCode, RoleId, UserId
from usher.platform.discord_rest import DiscordError, RateLimitedError, RefusedError

USER, ROLE = UserId("900"), RoleId("500")
ORDER = CheckInvite(
    "id", GUILD, InviteCode("abc"), USER, 0, 0, None, 86_400, None, None, ChannelId("77")
)
DELETE = "DELETE /invites/abc"
DM = "POST /users/@me/channels"
TOLD = "POST /channels/66/messages"
NOTICE = "POST /channels/77/messages"


@dataclass
class FakeDiscord:
    """A guild with a maker of invites; `refusing` routes raise."""

    roles: tuple[str, ...] = ()
    permissions: int = 0
    """Of @everyone."""
    bot: bool = False
    owner: str = "1"
    invites: int = 1
    """Of the maker; `abc` is the latest."""
    others: list[dict[str, object]] = field(default_factory=list)
    refusing: dict[str, DiscordError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    reasons: list[str | None] = field(default_factory=list)

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        asked = f"{method} {route}"
        self.asked.append(asked)
        if asked in self.refusing:
            raise self.refusing[asked]
        if isinstance(body, dict) and "content" in body:
            self.said.append(body["content"])
        if method == "DELETE":
            self.reasons.append(reason)
        return {
            f"GET /guilds/{GUILD}": {
                "name": "A *guild*",
                "owner_id": self.owner,
                "roles": [
                    {"id": GUILD, "permissions": str(self.permissions)},
                    {"id": ROLE, "name": "Re_cruiter", "permissions": "0"},
                    {"id": "600", "permissions": "32"},
                ],
            },
            f"GET /guilds/{GUILD}/members/900": {
                "roles": list(self.roles),
                "user": {"id": "900", "bot": self.bot},
            },
            f"GET /guilds/{GUILD}/invites": [
                *self.others,
                *(
                    {
                        "code": "abc" if n == self.invites else f"c{n}",
                        "created_at": f"2026-11-20T12:00:{n:02}+00:00",
                        "inviter": {"id": USER},
                    }
                    for n in range(1, self.invites + 1)
                ),
            ],
            DM: {"id": "66"},
        }.get(asked)

    def revoked(self, order: CheckInvite = ORDER) -> bool:
        Policing(self).check(order)
        return DELETE in self.asked


def order(**changes: object) -> CheckInvite:
    held = {one.name: getattr(ORDER, one.name) for one in fields(CheckInvite)}
    return CheckInvite(**{**held, "longest": None, **changes})


def test_the_invite_is_revoked_with_a_reason_and_its_maker_told() -> None:
    discord = FakeDiscord()

    assert discord.revoked()
    assert discord.reasons == ["Against the server's invite policy: invites may last at most 1 day"]
    assert discord.said == [
        r"Your invite `abc` to **A \*guild\*** is no longer valid: invites may last at most 1 day."
    ]
    assert TOLD in discord.asked


@pytest.mark.parametrize(
    "discord",
    [
        FakeDiscord(roles=("600",)),
        FakeDiscord(permissions=8),
        FakeDiscord(owner=USER),
        FakeDiscord(bot=True),
    ],
    ids=["manages", "administers", "owns", "is a bot"],
)
def test_who_may_manage_the_server_is_above_it_and_so_are_bots(discord: FakeDiscord) -> None:
    assert not discord.revoked()
    assert discord.said == []


@pytest.mark.parametrize(("roles", "revoked"), [((), True), ((str(ROLE),), False)])
def test_only_the_role_may_make_invites(roles: tuple[str, ...], revoked: bool) -> None:
    discord = FakeDiscord(roles=roles)

    assert discord.revoked(order(role_id=ROLE)) is revoked
    if revoked:
        assert r"the role Re\_cruiter may" in discord.said[0]
        assert "the role Re_cruiter may" in str(discord.reasons[0])


@pytest.mark.parametrize(("invites", "revoked"), [(2, False), (3, True)])
def test_active_invites_are_counted_as_discord_has_them(invites: int, revoked: bool) -> None:
    assert FakeDiscord(invites=invites).revoked(order(most_active=2)) is revoked


def test_of_several_made_at_once_the_first_ones_stay() -> None:
    later: dict[str, object] = {
        "code": "later",
        "created_at": "2026-11-20T12:00:59+00:00",
        "inviter": {"id": USER},
    }
    discord = FakeDiscord(invites=2, others=[later, {**later, "inviter": {"id": "5"}}])

    assert not discord.revoked(order(most_active=2))
    discord.invites = 0
    assert not discord.revoked(order(most_active=2))


def test_invites_that_discord_does_not_show_are_not_counted() -> None:
    refusing: dict[str, DiscordError] = {f"GET /guilds/{GUILD}/invites": RefusedError(403)}

    assert not FakeDiscord(invites=9, refusing=refusing).revoked(order(most_active=2))


def test_a_maker_who_is_gone_is_held_against_the_policy_all_the_same() -> None:
    discord = FakeDiscord(refusing={f"GET /guilds/{GUILD}/members/900": RefusedError(404, 10007)})

    assert discord.revoked()


def test_an_invite_that_is_gone_already_is_told_of_alike() -> None:
    discord = FakeDiscord(refusing={DELETE: RefusedError(404, 10006)})

    discord.revoked()
    assert "no longer valid" in discord.said[0]


def test_who_takes_no_direct_messages_is_told_in_the_notice_channel() -> None:
    discord = FakeDiscord(refusing={TOLD: RefusedError(403, 50007)})

    assert discord.revoked()
    assert discord.asked[-1] == NOTICE
    assert discord.said == [
        "The invite `abc` of <@900> is no longer valid: invites may last at most 1 day."
    ]


def test_a_missing_permission_is_reported_and_the_effect_refused() -> None:
    discord = FakeDiscord(refusing={DELETE: RefusedError(403, 50013)})

    with pytest.raises(RefusedError):
        discord.revoked()
    assert discord.asked[-1] == NOTICE
    assert "I need Manage Server" in discord.said[0]


def test_a_telling_that_must_wait_is_tried_again() -> None:
    discord = FakeDiscord(refusing={DM: RateLimitedError(60, everywhere=False)})

    with pytest.raises(RateLimitedError):
        discord.revoked()
