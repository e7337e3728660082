"""From the facts of a decision to ledger lines. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from usher.attribution.model import (
    Decision,
    Fact,
    Group,
    JoinRecorded,
    JoinRevised,
    MemberDeparted,
    Membership,
    OpenJoin,
    PoolCredited,
)
from usher.attribution.outcomes import Outcome
from usher.attribution.wording import outcome_of, word_of
from usher.attribution.words import names_same
from usher.contracts.observation import Observation
from usher.credit.rules import MemberRecord, book, ended_by
from usher.ids import VANITY, UserId
from usher.ledger.lines import (
    Line,
    LineType,
    correction_id,
    credit_id,
    join_id,
    leave_id,
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
            case JoinRevised() | MemberDeparted():
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
) -> Recording:
    """Write facts as lines, in the order in which they are to be booked.

    `records` are as they were before this observation; `version` is that of the head it leads to.
    """
    now = dict(records)
    lines: dict[str, Line] = {}
    names: list[Names] = []
    usernames = dict(observation.names)
    for fact in facts:
        line = _line(fact, observation, now)
        if line is None or line.event_id in lines:
            continue
        line = replace(line, seq=(version, len(lines)))
        lines[line.event_id] = line
        names.extend(_names(fact, line, observation, usernames))
        if line.user_id is not None:
            after = book(line, now.get(line.user_id)).record
            if after is not None:
                now[line.user_id] = after
    return Recording(tuple(lines.values()), tuple(names))


def _line(
    fact: Fact, observation: Observation, records: Mapping[UserId, MemberRecord]
) -> Line | None:
    guild_id = observation.guild_id
    match fact:
        case JoinRecorded(person=person, joined_at=joined_at):
            return Line(
                type=LineType.JOIN,
                event_id=join_id(guild_id, person.user_id, joined_at),
                timestamp=fact.at,
                guild_id=guild_id,
                user_id=person.user_id,
                joined_at=joined_at,
                word=word_of(fact.outcome),
                recovered=fact.recovered,
            )
        case JoinRevised(user_id=user_id, joined_at=joined_at):
            after = word_of(fact.after)
            agrees = names_same(fact.before, fact.after)
            return Line(
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
            return _leave(fact, observation, records.get(fact.user_id))
        case PoolCredited():
            return Line(
                type=LineType.CREDIT,
                event_id=credit_id(fact.group_id, fact.inviter_id, observation.id),
                timestamp=fact.at,
                guild_id=guild_id,
                user_id=None,
                joined_at=None,
                word=None,
                delta=fact.delta,
                staff_id=fact.inviter_id,
            )
        case _:
            assert_never(fact)


def _leave(
    fact: MemberDeparted, observation: Observation, record: MemberRecord | None
) -> Line | None:
    """Write a leave; None when the same one is on record already."""
    known = ended_by(record, fact.at)
    if known is not None and known.left_at is not None:
        return None
    began = known.joined_at if known else None
    return Line(
        type=LineType.LEAVE,
        event_id=leave_id(observation.guild_id, fact.user_id, began or fact.at),
        timestamp=fact.at,
        guild_id=observation.guild_id,
        user_id=fact.user_id,
        joined_at=began,
        word=known.word if known else None,
        credit_reversed_from=known.word.inviter_id if known and known.booked else None,
    )


def _names(
    fact: Fact, line: Line, observation: Observation, usernames: Mapping[UserId, str]
) -> list[Names]:
    names: list[Names] = []
    if isinstance(fact, JoinRecorded):
        names.append(JoinerNames(line, fact.person, observation.guild_name))
    if isinstance(fact, JoinRecorded | JoinRevised) and line.word is not None:
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
