"""What the ledger says of memberships beyond who brought them: fake or not, tracked or not. Pure.

A verdict is given once, by the rules in force at that time, and stands on the line. Changed rules
are for what comes later, until the past is judged again on request (SPEC 2.3).
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Final

from usher.attribution.model import Membership
from usher.attribution.outcomes import Kind
from usher.attribution.tracking import Spans, is_untracked
from usher.contracts.deeds import RecountAsked
from usher.contracts.observation import MemberJoined, MemberUpdated, Observation, Person
from usher.credit.fake import Facts, Rule, Rules, in_order, judge, judge_inviter, version_of
from usher.credit.rules import MemberRecord, inviter_of
from usher.ids import RoleId, UserId
from usher.ledger.lines import Line, LineType, verdict_id

DID_REJOIN: Final = 1 << 0
"""Discord's flag of a guild member (API reference: Guild Member Flags)."""


JUDGED: Final = (RecountAsked, MemberUpdated)
"""Events after which a membership on record may be judged otherwise."""


@dataclass(frozen=True, slots=True)
class Law:
    """By what memberships are judged."""

    rules: Rules = field(default_factory=Rules)
    off: Spans = ()
    """When tracking was off."""


def joins_in(observation: Observation) -> dict[Membership, MemberJoined]:
    """Pick the joins that were seen: what Discord told with them is known."""
    return {
        (event.person.user_id, event.joined_at): event
        for event in observation.events
        if isinstance(event, MemberJoined)
    }


def judged_join(
    line: Line,
    person: Person,
    record: MemberRecord | None,
    law: Law,
    seen: MemberJoined | None,
) -> Line:
    """Judge a join; `record` is what was known of its user before, `seen` the event if any."""
    if line.joined_at is None:
        return line
    later = record if record is not None and line.joined_at < record.joined_at else None
    marked = seen is not None and bool(seen.flags & DID_REJOIN)
    facts = Facts(
        user_id=person.user_id,
        joined_at=line.joined_at,
        inviter_id=inviter_of(line.word),
        left_at=later.joined_at if later else None,
        has_avatar=person.has_avatar,
        returned=marked or (record is not None and record.joined_at < line.joined_at),
        lacks=_lacks(seen.roles if seen else None, law.rules),
    )
    return replace(
        line,
        verdict=() if person.bot else judge(law.rules, facts),
        rules=version_of(law.rules),
        has_avatar=facts.has_avatar,
        returned=facts.returned,
        lacks=facts.lacks,
        untracked=is_untracked(law.off, line.joined_at),
    )


def judged_correction(line: Line, record: MemberRecord | None, law: Law) -> Line:
    """Judge a join anew whose inviter is another now.

    Of a membership before the latest the verdict stands: it ended, and counts for nothing.
    """
    if record is None or line.user_id is None or line.joined_at != record.joined_at:
        return line
    if inviter_of(record.word) == inviter_of(line.word):
        return line
    facts = _facts(line.user_id, replace(record, word=line.word or record.word))
    verdict = judge_inviter(law.rules, facts, record.verdict)
    return replace(line, verdict=verdict, rules=version_of(law.rules))


def judged_leave(line: Line, record: MemberRecord | None, law: Law) -> Line:
    """Judge a membership by how soon it ended."""
    if record is None or line.user_id is None or line.joined_at != record.joined_at:
        return line
    facts = _facts(line.user_id, replace(record, left_at=line.timestamp))
    if _is_bot(record) or Rule.LEFT_WITHIN not in judge(law.rules, facts):
        return line
    verdict = in_order({*record.verdict, Rule.LEFT_WITHIN.value})
    return replace(line, verdict=verdict, rules=version_of(law.rules))


def concerned(observation: Observation, rules: Rules) -> frozenset[UserId]:
    """Name the users whose latest membership the observation has judged again."""
    found: set[UserId] = set()
    for event in observation.events:
        match event:
            case RecountAsked(users=users):
                found.update(users)
            case MemberUpdated(user_id=user_id) if rules.missing_role is not None:
                found.add(user_id)
            case _:
                pass
    return frozenset(found)


def judged_again(
    observation: Observation, user_id: UserId, record: MemberRecord, law: Law
) -> Line | None:
    """Judge the latest membership again; None where nothing changes.

    On request all rules now in force are asked; a role that came or went changes nothing else.
    """
    after, by, at = record, None, observation.at
    for event in observation.events:
        match event:
            case RecountAsked(users=users) if user_id in users:
                after = replace(after, verdict=verdict_of(user_id, after, law.rules))
                by, at = event.by, event.at
            case MemberUpdated() if (event.user_id, event.joined_at) == (user_id, record.joined_at):
                after, at = _with_roles(after, event.roles, law.rules), event.at
            case _:
                pass
    if after == record:
        return None
    return Line(
        type=LineType.VERDICT,
        event_id=verdict_id(observation.guild_id, user_id, record.joined_at, observation.id),
        timestamp=at,
        guild_id=observation.guild_id,
        user_id=user_id,
        joined_at=record.joined_at,
        word=record.word,
        by=by,
        verdict=after.verdict,
        rules=version_of(law.rules),
        lacks=after.lacks,
    )


def _with_roles(record: MemberRecord, roles: Collection[RoleId], rules: Rules) -> MemberRecord:
    if rules.missing_role is None or _is_bot(record):
        return record
    lacks = _lacks(roles, rules)
    names = {name for name in record.verdict if name != Rule.MISSING_ROLE}
    if lacks is not None:
        names.add(Rule.MISSING_ROLE.value)
    return replace(record, lacks=lacks, verdict=in_order(names))


def _lacks(roles: Collection[RoleId] | None, rules: Rules) -> RoleId | None:
    """Say which required role is missing; None for none, and where the roles are not known."""
    needed = rules.missing_role
    return None if roles is None or needed is None or needed in roles else needed


def verdict_of(user_id: UserId, record: MemberRecord, rules: Rules) -> tuple[str, ...]:
    """Say by which rules the latest membership is fake."""
    return () if _is_bot(record) else judge(rules, _facts(user_id, record))


def _facts(user_id: UserId, record: MemberRecord) -> Facts:
    return Facts(
        user_id=user_id,
        joined_at=record.joined_at,
        inviter_id=inviter_of(record.word),
        left_at=record.left_at,
        has_avatar=record.has_avatar,
        returned=record.returned or record.epochs > 1,
        lacks=record.lacks,
    )


def _is_bot(record: MemberRecord) -> bool:
    return record.word.kind is Kind.BOT
