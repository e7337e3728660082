"""Many links at once: what becomes of every row, and what is to be made. Pure.

A row that says what is there already changes nothing, so a file that was exported can be imported
again; what is merely counted of a link is passed over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from usher.referrals.bulk_model import MOST_LINKS, Fault, Ground, Result, Row, Status
from usher.referrals.bulk_rows import Reading, read_row
from usher.referrals.model import Link, LinkCode
from usher.slash.say import say


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made, and what is said of every row."""

    results: tuple[Result, ...]
    links: Mapping[int, Link] = field(default_factory=dict)
    """By row."""

    @property
    def failed(self) -> int:
        """How many rows are wrong."""
        return sum(one.status is Status.FAILED for one in self.results)

    def count(self, status: Status) -> int:
        """Count rows by what becomes of them."""
        return sum(one.status is status for one in self.results)

    def fail(self, row: int, fault: Fault) -> "Plan":
        """Let a row fail after all."""
        changed = tuple(
            replace(one, status=Status.FAILED, faults=(fault,)) if one.row == row else one
            for one in self.results
        )
        links = {number: link for number, link in self.links.items() if number != row}
        return Plan(changed, links)

    def skipped(self) -> "Plan":
        """Make nothing."""
        changed = tuple(
            replace(one, status=Status.SKIPPED) if one.status is Status.CREATED else one
            for one in self.results
        )
        return Plan(changed)


def plan(rows: Iterable[Row], ground: Ground) -> Plan:
    """Say what becomes of each row, and which links are to be made."""
    results: list[Result] = []
    links: dict[int, Link] = {}
    seen: dict[LinkCode, int] = {}
    for number, row in enumerate(rows, start=1):
        reading = Reading(row)
        link = read_row(reading, number, ground)
        if link.code in seen:
            first = seen[link.code]
            reading.wrong("code", say("Row {row} has the same code.", row=first))
        seen.setdefault(link.code, number)
        there = ground.known.get(link.code)
        if there is not None and not reading.faults:
            if _says_the_same(link, there):
                results.append(Result(number, _status_of(there, link), link.code))
                continue
            reading.wrong("code", say("The code is taken, by a link that is not like this."))
        if not reading.faults and ground.held + len(links) >= MOST_LINKS:
            reading.wrong("", say("A server has at most {most} links.", most=f"{MOST_LINKS:,}"))
        if reading.faults:
            shown = link.code if reading.row.get("code") else None
            results.append(Result(number, Status.FAILED, shown, tuple(reading.faults)))
            continue
        links[number] = link
        results.append(Result(number, Status.CREATED, link.code))
    return Plan(tuple(results), links)


def _status_of(there: Link, link: Link) -> Status:
    """Tell a link that an earlier try of the same import made from one that was there before."""
    return Status.CREATED if there.made_by == link.made_by else Status.UNCHANGED


def _says_the_same(link: Link, there: Link) -> bool:
    """Whether a row says nothing else than what is there."""
    return all(
        getattr(link, name) == getattr(there, name)
        for name in (
            *("guild_id", "campaign_id", "owner_id", "title", "description", "platform"),
            *("mode", "active", "expires_at"),
        )
    )
