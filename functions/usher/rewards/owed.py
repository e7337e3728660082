"""What the effects door has to look at after ledger lines were booked. Pure.

It is told whose standing may have changed, never how: it reads what is so when it looks.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import batched
from typing import Final

from usher.contracts.effect import CheckStanding, CountReferral, Effect, SweepStandings
from usher.credit.rules import MemberRecord, inviter_of
from usher.ids import VANITY, GuildId, RoleId, UserId
from usher.ledger.lines import Line, LineType
from usher.rewards.ranks import GROUP
from usher.rewards.settings import MILESTONE_CHANNEL, MILESTONES, ON, RANK_MODE, REWARDS

EFFECT_ID_LENGTH: Final = 25
FEW: Final = 5
TOGETHER: Final = 50
"""Members of one message where there are more than a few: an import names a thousand inviters, and
messages are sent one by one."""
_RANK: Final = f"{GROUP}#"
_NEITHER: Final = (None, None)


@dataclass(frozen=True, slots=True)
class Owed:
    """Whose standing is to be looked at."""

    users: tuple[UserId, ...] = ()
    everybody: bool = False
    """All who have counters, since what ranks are, or whether, has changed."""
    retired: tuple[RoleId, ...] = ()
    """Roles that are no ranks any more."""
    members: tuple[UserId, ...] = ()
    """Who may have come by another invite than was thought, or has left: a referral link may be
    concerned."""

    def __bool__(self) -> bool:
        return bool(self.users or self.everybody or self.members)


NOTHING: Final = Owed()


def owed_by(lines: Iterable[Line], known: Mapping[UserId, MemberRecord]) -> Owed:
    """Say whose standing lines may have changed; `known` are the members as they were before."""
    users: dict[UserId, None] = {}
    members: dict[UserId, None] = {}
    everybody, retired = False, []
    for line in lines:
        users |= dict.fromkeys(_inviters(line, known))
        if line.user_id is not None and _concerns_link(line):
            members[line.user_id] = None
        joiner = line.user_id if line.type is LineType.JOIN and not line.imported else None
        if joiner is not None and joiner in known:
            users[joiner] = None  # roles that they had are gone with their last membership
        if line.type is LineType.SETTING and line.name is not None:
            everybody = everybody or _concerns_all(line.name, line.value)
            if line.name.startswith(_RANK) and line.value is None:
                retired.append(RoleId(line.name.removeprefix(_RANK)))
    return Owed(tuple(users), everybody, tuple(retired), tuple(members))


def orders(
    guild_id: GuildId, observation_id: str, owed: Owed, *, watched: bool, referrals: bool = False
) -> tuple[Effect, ...]:
    """Write what is owed as effects.

    `watched` says whether ranks or milestones are on, `referrals` whether there are links.
    """
    checks: list[Effect] = [
        CountReferral(effect_id("referral", guild_id, observation_id, user), guild_id, user)
        for user in (owed.members if referrals else ())
    ]
    if watched and len(owed.users) <= FEW:
        checks += [
            CheckStanding(effect_id("check", guild_id, observation_id, user), guild_id, user)
            for user in owed.users
        ]
    elif watched:
        checks += [
            SweepStandings(
                effect_id("checks", guild_id, observation_id, some[0]), guild_id, users=some
            )
            for some in batched(owed.users, TOGETHER, strict=False)
        ]
    if owed.everybody:
        id_ = effect_id("sweep", guild_id, observation_id)
        checks.append(SweepStandings(id_, guild_id, retired=owed.retired))
    return tuple(checks)


def write_owed(owed: Owed) -> str | None:
    """Write what is owed as text; None for nothing."""
    if not owed:
        return None
    fields: dict[str, object] = {
        "users": owed.users,
        "everybody": owed.everybody,
        "retired": owed.retired,
    }
    if owed.members:
        fields["members"] = owed.members
    return json.dumps(fields, separators=(",", ":"))


def read_owed(text: str | None) -> Owed:
    """Read what `write_owed` wrote."""
    if not text:
        return NOTHING
    fields = json.loads(text)
    return Owed(
        tuple(fields["users"]),
        fields["everybody"],
        tuple(fields["retired"]),
        tuple(fields.get("members", ())),
    )


def effect_id(*parts: str) -> str:
    """Name an effect."""
    return sha256("|".join(parts).encode()).hexdigest()[:EFFECT_ID_LENGTH]


def _inviters(line: Line, known: Mapping[UserId, MemberRecord]) -> Iterable[UserId]:
    """Whose counters a line may change: what agrees changes none.

    A verdict names nobody, and a return may reveal a leave: so whoever brought the member before is
    among them.
    """
    if line.type in (LineType.UPGRADE, LineType.LEAVE_CAUSE):
        return ()
    before, after = inviter_of(line.previous), inviter_of(line.word)
    if line.type is LineType.CONFIRMATION and before == after:
        return ()
    record = None if line.user_id is None else known.get(line.user_id)
    brought_by = None if record is None else inviter_of(record.word)
    whom = (before, after, line.credit_reversed_from, line.staff_id, brought_by)
    return [one for one in whom if one is not None and one != VANITY]


def _concerns_link(line: Line) -> bool:
    """Whether a line may change by which invite or link a member came, or for how long."""
    if line.type is LineType.LEAVE:
        return True
    if line.imported or line.type not in (
        LineType.JOIN,
        LineType.CORRECTION,
        LineType.CONFIRMATION,
    ):
        return False
    before = None if line.previous is None else (line.previous.code, line.previous.link)
    after = None if line.word is None else (line.word.code, line.word.link)
    return (before or _NEITHER) != (after or _NEITHER)


def _concerns_all(name: str, value: str | None) -> bool:
    if name == REWARDS:
        return value == ON
    if name == MILESTONE_CHANNEL:
        return value is not None
    return name in (RANK_MODE, MILESTONES) or name.startswith(_RANK)
