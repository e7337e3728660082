"""The books of a guild from its ledger alone: members, counters, codes, accuracy. Pure (SPEC 4.4).

The same lines in the order in which they were booked, each event once, give the same books. What
is evidence and not attribution (codes, open groups, marks of events) is not in the ledger: the next
look at Discord restores it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from usher.attribution.accuracy import Accuracy, measure
from usher.attribution.code_counts import CodeCount, count_codes
from usher.attribution.tracking import Spans, switch
from usher.credit.booking import book
from usher.credit.queries import OFF, TRACKING, Tally
from usher.credit.rules import Counter, MemberRecord, counters
from usher.ids import InviteCode, UserId
from usher.ledger.chain import booking_order
from usher.ledger.lines import Line, withdrawn_in


@dataclass(slots=True)
class Books:
    """What a guild's ledger amounts to."""

    members: dict[UserId, MemberRecord] = field(default_factory=dict)
    counters: dict[Counter, Tally] = field(default_factory=dict)
    """Rows that came to nothing are among them."""
    accuracy: dict[date, Accuracy] = field(default_factory=dict)
    codes: dict[InviteCode, CodeCount] = field(default_factory=dict)
    settings: dict[str, Line] = field(default_factory=dict)
    """The lines that say what the settings are, by the settings' names."""
    lines: int = 0
    version: int = 0
    """The highest of a head that lines were recorded for: a head that follows must be higher."""
    since: datetime | None = None
    """Time of the earliest line."""
    until: datetime | None = None
    """Time of the latest line."""
    off: Spans = ()
    """When tracking was off."""

    def enter(self, line: Line) -> None:
        """Book the next line."""
        self.lines += 1
        self.version = max(self.version, line.seq[0] if line.seq else 0)
        self.since = min(self.since or line.timestamp, line.timestamp)
        self.until = max(self.until or line.timestamp, line.timestamp)
        if line.name == TRACKING:
            self.off = switch(self.off, line.timestamp, off=line.value == OFF)
        if line.name is not None:
            self.settings.pop(line.name, None)
            if line.value is not None:
                self.settings[line.name] = line
        record = None if line.user_id is None else self.members.get(line.user_id)
        booking = book(line, record)
        if line.user_id is not None and booking.record is not None:
            self.members[line.user_id] = booking.record
        for counter, tally in counters(booking.changes).items():
            self.counters[counter] = self.counters.get(counter, Tally()) + tally
        for code, count in count_codes(booking.changes).items():
            self.codes[code] = self.codes.get(code, CodeCount()) + count
        for day, accuracy in measure([line]).items():
            self.accuracy[day] = self.accuracy.get(day, Accuracy()) + accuracy


def keep_books(lines: Iterable[Line]) -> Books:
    """Book a guild's lines, in whatever order they are given; they are in memory meanwhile.

    An event that was seen on both sides of midnight may have two lines: the first one counts. What
    was withdrawn has never been booked.
    """
    books = Books()
    ordered = sorted(lines, key=booking_order)
    seen = set(withdrawn_in(ordered))
    for line in ordered:
        if line.event_id not in seen:
            seen.add(line.event_id)
            books.enter(line)
    return books
