"""What the ledger says of memberships beyond who brought them: fake or not, tracked or not. Pure.

A verdict is given once, by the rules in force at that time, and stands on the line. Changed rules
are for what comes later, until the past is judged again on request (SPEC 2.3).
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from usher.attribution.outcomes import Kind
from usher.attribution.tracking import Spans, is_untracked
from usher.contracts.deeds import RecountAsked
from usher.contracts.observation import MemberJoined, Observation, Person
from usher.credit.fake import Facts, Rule, Rules, in_order, judge, judge_inviter, version_of
from usher.credit.rules import MemberRecord, inviter_of
from usher.ids import GuildId, UserId
from usher.ledger.lines import Line, LineType, verdict_id

DID_REJOIN: Final = 1 << 0
"""Discord's flag of a guild member (API reference: Guild Member Flags)."""


@dataclass(frozen=True, slots=True)
class Law:
    """By what memberships are judged."""

    rules: Rules = field(default_factory=Rules)
    off: Spans = ()
    """When tracking was off."""


def returned_in(observation: Observation) -> frozenset[tuple[UserId, datetime]]:
    """Name the joins that Discord marks as those of former members."""
    return frozenset(
        (event.person.user_id, event.joined_at)
        for event in observation.events
        if isinstance(event, MemberJoined) and event.flags & DID_REJOIN
    )


def judged_join(
    line: Line, person: Person, record: MemberRecord | None, law: Law, *, returned: bool
) -> Line:
    """Judge a join; `record` is what was known of its user before."""
    if line.joined_at is None:
        return line
    later = record if record is not None and line.joined_at < record.joined_at else None
    facts = Facts(
        user_id=person.user_id,
        joined_at=line.joined_at,
        inviter_id=inviter_of(line.word),
        left_at=later.joined_at if later else None,
        has_avatar=person.has_avatar,
        returned=returned or (record is not None and record.joined_at < line.joined_at),
    )
    return replace(
        line,
        verdict=() if person.bot else tuple(judge(law.rules, facts)),
        rules=version_of(law.rules),
        has_avatar=facts.has_avatar,
        returned=facts.returned,
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
    verdict = in_order({*record.verdict, Rule.LEFT_WITHIN})
    return replace(line, verdict=verdict, rules=version_of(law.rules))


def judged_again(
    guild_id: GuildId,
    asked: RecountAsked,
    user_id: UserId,
    record: MemberRecord,
    law: Law,
    id_: str,
) -> Line | None:
    """Judge the latest membership by all rules now in force; None where nothing changes."""
    verdict = verdict_of(user_id, record, law.rules)
    if verdict == record.verdict:
        return None
    return Line(
        type=LineType.VERDICT,
        event_id=verdict_id(guild_id, user_id, record.joined_at, id_),
        timestamp=asked.at,
        guild_id=guild_id,
        user_id=user_id,
        joined_at=record.joined_at,
        word=None,
        by=asked.by,
        verdict=verdict,
        rules=version_of(law.rules),
        lacks=record.lacks,
    )


def verdict_of(user_id: UserId, record: MemberRecord, rules: Rules) -> tuple[str, ...]:
    """Say by which rules the latest membership is fake."""
    return () if _is_bot(record) else tuple(judge(rules, _facts(user_id, record)))


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
