"""/sync_member_invites in words, and the look behind it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from tests.unit.command_worker.desk import Desk, labels, words
from usher.attribution.discord_looks import DiscordLooks
from usher.attribution.sync import Difference, Fault, Held, Listed
from usher.attribution.sync_ports import (
    Comparison,
    LookError,
    LookLimitedError,
    LookRefusedError,
    LookUnavailableError,
    Repaired,
    TokenRefusedError,
)
from usher.ids import VANITY, GuildId, InviteCode, UserId
from usher.platform.discord_rest import (
    DiscordError,
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
    UnavailableError,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDA = UserId("900")


def differ(
    code: str, fault: Fault = Fault.BEHIND, ours: int | None = 3, theirs: int | None = 5
) -> Difference:
    return Difference(InviteCode(code), fault, Held(ours, IDA), Listed(theirs, IDA))


def test_agreement_is_told_without_a_button() -> None:
    desk = Desk()
    desk.services.syncs.comparison = Comparison(3, 1, ())

    reply = desk.run("sync_member_invites")

    assert "Discord lists 3 invites, Usher holds 1 active one.\nThey agree." in words(reply)
    assert labels(reply) == {}


def test_differences_are_listed_and_can_be_repaired() -> None:
    desk = Desk()
    desk.services.syncs.comparison = Comparison(
        2,
        3,
        (
            differ("a"),
            Difference(InviteCode("b"), Fault.MISSING, None, Listed(2, IDA)),
            Difference(InviteCode("c"), Fault.ENDED, Held(1, IDA), None),
            differ("d", Fault.AHEAD, 5, 3),
            Difference(InviteCode("e"), Fault.NO_INVITER, Held(1, None), Listed(1, IDA)),
            differ("f", Fault.REVIVED),
            Difference(InviteCode("g"), Fault.BEHIND, Held(1, VANITY), Listed(2, VANITY)),
        ),
    )

    reply = desk.run("sync_member_invites")

    told = words(reply)
    for line in (
        "**7 differences**",
        "`a` by <@900>: Discord has 5 uses, Usher 3 uses",
        "`b` by <@900>: Usher does not know it; Discord has 2 uses",
        "`c` by <@900>: it has ended; Usher holds it for active",
        "`d` by <@900>: Discord shows 3 uses; Usher has seen 5 uses",
        "`e` by <@900>: Usher does not know who made it; Discord does",
        "`f` by <@900>: Discord lists it; Usher was told that it ended",
        "`g` (vanity): Discord has 2 uses, Usher 1 use",
    ):
        assert line in told
    assert labels(reply) == {"Repair": True}


def test_a_thousand_differences_fit() -> None:
    desk = Desk()
    many = tuple(differ("x" * 90 + str(n)) for n in range(1000))
    desk.services.syncs.comparison = Comparison(1000, 1000, many)
    desk.services.syncs.repaired = Repaired(many, many)

    reply = desk.run("sync_member_invites")

    assert "and 980 more" in words(reply)
    desk.press(reply, "Repair")


def test_what_no_repair_changes_has_no_use_for_one() -> None:
    desk = Desk()
    desk.services.syncs.comparison = Comparison(1, 1, (differ("d", Fault.AHEAD, 5, 3),))

    assert labels(desk.run("sync_member_invites")) == {"Repair": False}


def test_a_repair_says_what_it_did_and_what_stands() -> None:
    desk = Desk()
    left = differ("d", Fault.AHEAD, 5, 3)
    desk.services.syncs.comparison = Comparison(2, 2, (differ("a"), left))
    desk.services.syncs.repaired = Repaired((differ("a"),), (left,))

    reply = desk.press(desk.run("sync_member_invites"), "Repair")

    told = words(reply)
    assert "Repaired **1 difference**.\n`a` by <@900>" in told
    assert "These stand" in told
    assert told.index("These stand") < told.index("`d`")
    assert labels(reply) == {}


def test_a_repair_asks_for_permission_and_may_have_to_wait() -> None:
    desk = Desk()
    desk.services.syncs.comparison = Comparison(1, 1, (differ("a"),))
    reply = desk.run("sync_member_invites")

    assert desk.refused(reply, "Repair", rights=0).startswith("You need Manage Server")
    assert "in a moment" in desk.refused(reply, "Repair")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (LookRefusedError(), "does not show me the invites of this server: please give my role"),
        (LookLimitedError(7.2), "Discord asks me to wait 8 seconds."),
        (TokenRefusedError(), "Discord refuses my token"),
        (LookUnavailableError(), "Discord did not answer."),
    ],
)
def test_every_refusal_says_what_to_do(error: LookError, told: str) -> None:
    desk = Desk()
    desk.services.syncs.comparison = Comparison(1, 1, (differ("a"),))
    reply = desk.run("sync_member_invites")
    desk.services.syncs.error = error

    assert told in desk.run("sync_member_invites").content
    assert told in desk.refused(reply, "Repair")


def test_hidden_counts_need_manage_server() -> None:
    desk = Desk()
    desk.services.syncs.comparison = Comparison(1, 1, (), hidden=True)

    told = desk.run("sync_member_invites").content

    assert "the use counts" in told
    assert "**Manage Server**" in told


@dataclass
class FakeRest:
    """Answers by route, or raises."""

    answers: dict[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        assert (method, body, reason) == ("GET", None, None)
        self.asked.append(route)
        answer = self.answers[route]
        if isinstance(answer, Exception):
            raise answer
        return answer


INVITE = {
    "code": "abc",
    "type": 0,
    "inviter": {"id": "900", "username": "ida"},
    "channel": {"id": "5"},
    "uses": 3,
    "max_uses": 0,
    "max_age": 0,
    "temporary": False,
    "created_at": "2026-11-01T00:00:00+00:00",
}


def looks(invites: object, vanity: object = None) -> tuple[DiscordLooks, FakeRest]:
    rest = FakeRest({"/guilds/1/invites": invites, "/guilds/1/vanity-url": vanity})
    return DiscordLooks(rest, lambda: NOON), rest


def test_a_look_is_whole_and_has_the_inviters_names() -> None:
    looking, rest = looks([INVITE, None, {**INVITE, "type": 1}])

    seen = looking.look(GuildId("1"), vanity=False)

    [row] = seen.look.rows
    assert (row.code, row.uses, row.inviter_id) == ("abc", 3, "900")
    assert (seen.look.full, seen.look.ok, seen.look.at) == (True, True, NOON)
    assert seen.names == ((IDA, "ida"),)
    assert seen.vanity is None
    assert rest.asked == ["/guilds/1/invites"]


def test_the_vanity_code_is_asked_for_where_one_is_known_and_may_refuse() -> None:
    heard = looks([], {"code": "cool", "uses": 9})[0].look(GuildId("1"), vanity=True).vanity
    refused = looks([], RefusedError(403))[0].look(GuildId("1"), vanity=True).vanity
    strange = looks([], {"code": 5})[0].look(GuildId("1"), vanity=True).vanity

    assert heard is not None
    assert (heard.code, heard.uses, heard.ok) == ("cool", 9, True)
    assert (refused, strange) == (None, None)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (RefusedError(403, 50013), LookRefusedError),
        (RateLimitedError(9.0, everywhere=False), LookLimitedError),
        (UnauthorizedError(401), TokenRefusedError),
        (UnavailableError(503), LookUnavailableError),
        (DiscordError(400), LookUnavailableError),
        ({"message": "?"}, LookUnavailableError),
        ([{"code": 5}], LookUnavailableError),
    ],
)
def test_every_failure_is_an_error_and_never_an_empty_list(
    answer: object, error: type[LookError]
) -> None:
    with pytest.raises(error):
        looks(answer)[0].look(GuildId("1"), vanity=False)
