"""Cutting what an observation changes into transactions. Pure.

A transaction holds 100 actions (DynamoDB's limit). What does not fit one is cut; lines keep their
order, so that a member's joins and leaves are applied as they came, and only the last part advances
the head (DESIGN 2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from usher.attribution.accuracy import Accuracy, day_of, measure
from usher.attribution.code_counts import CodeCount, count_codes
from usher.attribution.model import CodeState, Group
from usher.credit.booking import book
from usher.credit.queries import Tally
from usher.credit.rules import Change, Counter, MemberRecord, counters
from usher.ids import InviteCode, UserId
from usher.ledger.lines import Line

ROOM: Final = 98
"""Actions of a part beside those on the head and on the observation itself."""


@dataclass(frozen=True, slots=True)
class Part:
    """One transaction's share: events that must be new, and the rows they lead to."""

    lines: tuple[Line, ...] = ()
    members: Mapping[UserId, MemberRecord] = field(default_factory=dict)
    counters: Mapping[Counter, Tally] = field(default_factory=dict)
    accuracy: Mapping[date, Accuracy] = field(default_factory=dict)
    settings: Mapping[str, Line] = field(default_factory=dict)
    """Lines that change settings, by the settings' names."""
    counted: Mapping[InviteCode, CodeCount] = field(default_factory=dict)
    codes: tuple[CodeState, ...] = ()
    closed: tuple[Group, ...] = ()
    reopened: tuple[Group, ...] = ()


@dataclass(slots=True)
class _Open:
    """A part being filled."""

    lines: list[Line] = field(default_factory=list)
    members: dict[UserId, MemberRecord] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    settings: dict[str, Line] = field(default_factory=dict)
    codes: list[CodeState] = field(default_factory=list)
    closed: list[Group] = field(default_factory=list)
    reopened: list[Group] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    """Days whose accuracy the lines may change."""

    def rows(self) -> int:
        """Count its actions apart from counters."""
        single = (self.lines, self.members, self.settings, self.codes, self.closed, self.reopened)
        return sum(len(one) for one in single) + len(self.days)

    def close(self) -> Part:
        return Part(
            tuple(self.lines),
            self.members,
            counters(self.changes),
            measure(self.lines),
            self.settings,
            count_codes(self.changes),
            tuple(self.codes),
            tuple(self.closed),
            tuple(self.reopened),
        )


def cut(
    lines: Iterable[Line],
    members: Mapping[UserId, MemberRecord],
    codes: Iterable[CodeState] = (),
    closed: Iterable[Group] = (),
    reopened: Iterable[Group] = (),
    room: int = ROOM,
) -> tuple[Part, ...]:
    """Cut into parts of at most `room` actions; one part, perhaps empty, at least.

    `members` are the records as they are now; lines must not have been applied yet.
    """
    records = dict(members)
    parts = [_Open()]
    for line in lines:
        booking = book(line, None if line.user_id is None else records.get(line.user_id))
        if not _takes(parts[-1], line, booking.changes, room):
            parts.append(_Open())
        part = parts[-1]
        part.lines.append(line)
        part.days.update(day_of(line))
        if line.name is not None:
            part.settings[line.name] = line
        part.changes.extend(booking.changes)
        if line.user_id is not None and booking.record is not None:
            if booking.record != records.get(line.user_id):
                part.members[line.user_id] = booking.record
            records[line.user_id] = booking.record
    for code in codes:
        _room(parts, room).codes.append(code)
    for group in closed:
        _room(parts, room).closed.append(group)
    for group in reopened:
        _room(parts, room).reopened.append(group)
    return tuple(part.close() for part in parts)


def _takes(part: _Open, line: Line, changes: Iterable[Change], room: int) -> bool:
    """Whether a line fits, with its member, counters and the accuracy of its day."""
    member = line.user_id is not None and line.user_id not in part.members
    days = len(part.days.union(day_of(line)) - part.days)
    setting = line.name is not None
    counted = _counted([*part.changes, *changes])
    return part.rows() + 1 + member + days + setting + counted <= room


def _room(parts: list[_Open], room: int) -> _Open:
    if parts[-1].rows() + _counted(parts[-1].changes) >= room:
        parts.append(_Open())
    return parts[-1]


def _counted(changes: Iterable[Change]) -> int:
    every = [*changes]
    return len(counters(every)) + len(count_codes(every))
