"""From the facts of a decision to ledger lines. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from usher.attribution.facts import (
    Fact,
    JoinRecorded,
    JoinRevised,
    MemberDeparted,
    MemberRemoved,
    PoolCredited,
)
from usher.attribution.judging import (
    Law,
    concerned,
    joins_in,
    judged_again,
    judged_correction,
    judged_join,
    judged_leave,
)
from usher.attribution.leaving import leave_before, leave_line, removal_line
from usher.attribution.model import Decision, Group, Membership, OpenJoin
from usher.attribution.outcomes import Outcome
from usher.attribution.returning import Returns
from usher.attribution.wording import outcome_of, word_of
from usher.attribution.words import names_same
from usher.contracts.observation import MemberJoined, Observation
from usher.credit.booking import book
from usher.credit.rules import MemberRecord
from usher.ids import VANITY, UserId
from usher.ledger.lines import (
    LATER_WORDS,
    Line,
    LineType,
    correction_id,
    credit_id,
    join_id,
)
from usher.ledger.names import JoinerNames, Names, StaffName


@dataclass(frozen=True, slots=True)
class Recording:
    """What a decision adds to the ledger, in the order of its facts."""

    lines: tuple[Line, ...]
    names: tuple[Names, ...]


def users_of(facts: tuple[Fact, ...]) -> frozenset[UserId]:
    """Whose records the facts concern."""
    found: set[UserId] = set()
    for fact in facts:
        match fact:
            case JoinRecorded():
                found.add(fact.person.user_id)
            case JoinRevised() | MemberDeparted() | MemberRemoved():
                found.add(fact.user_id)
            case PoolCredited():
                pass
            case _:
                assert_never(fact)
    return frozenset(found)


def record_facts(
    facts: tuple[Fact, ...],
    observation: Observation,
    records: Mapping[UserId, MemberRecord],
    version: int = 1,
    law: Law | None = None,
) -> Recording:
    """Write facts as lines, in the order in which they are to be booked.

    `records` are as they were before this observation; `version` is that of the head it leads to.
    `law` says by what memberships are judged.
    """
    law = law or Law()
    now = dict(records)
    lines: dict[str, Line] = {}
    names: list[Names] = []
    usernames = dict(observation.names)
    returns, seen = Returns(observation.events), joins_in(observation)
    for fact in facts:
        if isinstance(fact, MemberDeparted) and returns.are_known(fact, now.get(fact.user_id)):
            continue
        for line in _lines(fact, observation, now):
            if line.event_id in lines:
                continue
            line = _judged(line, fact, now, law, seen)
            line = replace(line, seq=(version, len(lines)))
            lines[line.event_id] = line
            names.extend(_names(fact, line, observation, usernames))
            if line.user_id is not None:
                after = book(line, now.get(line.user_id)).record
                if after is not None:
                    now[line.user_id] = after
    for user_id in sorted(concerned(observation, law.rules) & now.keys()):
        verdict = judged_again(observation, user_id, now[user_id], law)
        if verdict is not None:
            lines[verdict.event_id] = replace(verdict, seq=(version, len(lines)))
    return Recording(tuple(lines.values()), tuple(names))


def _judged(
    line: Line,
    fact: Fact,
    records: Mapping[UserId, MemberRecord],
    law: Law,
    seen: Mapping[Membership, MemberJoined],
) -> Line:
    if line.user_id is None:
        return line
    record = records.get(line.user_id)
    match line.type:
        case LineType.JOIN if isinstance(fact, JoinRecorded):
            event = seen.get((line.user_id, fact.joined_at))
            return judged_join(line, fact.person, record, law, event)
        case LineType.CORRECTION:
            return judged_correction(line, record, law)
        case LineType.LEAVE:
            return judged_leave(line, record, law)
        case _:
            return line


def _lines(
    fact: Fact, observation: Observation, records: Mapping[UserId, MemberRecord]
) -> Iterable[Line]:
    guild_id = observation.guild_id
    match fact:
        case JoinRecorded(person=person, joined_at=joined_at):
            unseen = leave_before(fact, guild_id, records.get(person.user_id))
            if unseen is not None:
                yield unseen
            yield Line(
                type=LineType.JOIN,
                event_id=join_id(guild_id, person.user_id, joined_at),
                timestamp=fact.at,
                guild_id=guild_id,
                user_id=person.user_id,
                joined_at=joined_at,
                word=word_of(fact.outcome),
                recovered=fact.recovered,
                imported=fact.imported,
            )
        case JoinRevised(user_id=user_id, joined_at=joined_at):
            after = word_of(fact.after)
            agrees = names_same(fact.before, fact.after)
            yield Line(
                type=LineType.CONFIRMATION if agrees else LineType.CORRECTION,
                event_id=correction_id(guild_id, user_id, joined_at, after, observation.id),
                timestamp=fact.at,
                guild_id=guild_id,
                user_id=user_id,
                joined_at=joined_at,
                word=after,
                corrects=join_id(guild_id, user_id, joined_at),
                previous=word_of(fact.before),
            )
        case MemberDeparted():
            line = leave_line(fact, guild_id, records.get(fact.user_id))
            yield from () if line is None else (line,)
        case MemberRemoved():
            line = removal_line(fact, guild_id, records.get(fact.user_id))
            yield from () if line is None else (line,)
        case PoolCredited():
            yield Line(
                type=LineType.CREDIT,
                event_id=credit_id(fact.group_id, fact.inviter_id, observation.id),
                timestamp=fact.at,
                guild_id=guild_id,
                user_id=None,
                joined_at=None,
                word=None,
                delta=fact.delta,
                staff_id=fact.inviter_id,
                imported=fact.imported is not None,
                code=fact.imported,
            )
        case _:
            assert_never(fact)


def _names(
    fact: Fact, line: Line, observation: Observation, usernames: Mapping[UserId, str]
) -> list[Names]:
    names: list[Names] = []
    if isinstance(fact, JoinRecorded) and line.type is LineType.JOIN:
        names.append(JoinerNames(line, fact.person, observation.guild_name))
    if line.type in (LineType.JOIN, *LATER_WORDS) and line.word is not None:
        staff = line.word.inviter_id
        if staff not in (None, VANITY, line.user_id) and staff in usernames:
            names.append(StaffName(line, staff, usernames[staff]))
    return names


def believe(decision: Decision, lines: Mapping[Membership, Line]) -> Decision:
    """Put the words of lines that were in the ledger already in place of the decision's own.

    Where the ledger said something else of a join before, that is what later evidence revises.
    """
    if not lines:
        return decision
    said: dict[Membership, Outcome] = {
        membership: outcome_of(line.word)
        for membership, line in lines.items()
        if line.word is not None
    }
    return replace(
        decision,
        head=replace(decision.head, open=_believe(decision.head.open, said)),
        closed=tuple(_believe(group, said) for group in decision.closed),
    )


def _believe(group: Group, said: Mapping[Membership, Outcome]) -> Group:
    def heard(join: OpenJoin) -> OpenJoin:
        outcome = said.get((join.person.user_id, join.joined_at))
        return join if outcome is None else replace(join, outcome=outcome)

    return replace(group, joins=tuple(heard(join) for join in group.joins))
