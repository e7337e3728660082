"""What a guild's ledger amounts to, as the rows of the table."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from usher.attribution.accuracy import Accuracy
from usher.attribution.accuracy_store import PREFIX, accuracy_row
from usher.attribution.code_counts import CodeCount
from usher.attribution.code_counts_store import PREFIX as CODES
from usher.attribution.code_counts_store import code_count_item
from usher.attribution.guild_settings import setting_row
from usher.attribution.model import CodeState, Head
from usher.attribution.rows import KEEP_PASSED, PASSING, code_row, head_row
from usher.credit.queries import Tally
from usher.credit.rebuild import Books
from usher.credit.store import counter_key, counter_row, has_expired, member_key, member_row
from usher.ids import GuildId
from usher.invites.notes import KEEP_NOTES, kept_until, made_for
from usher.ledger.chain import Link, digest, write_link
from usher.ledger.head_store import CHAIN, ChainRow
from usher.ledger.lines import Line
from usher.platform.dynamo import Row
from usher.platform.dynamo_scan import Item

KINDS: Final = (PREFIX, "C#", "M#", CODES, "S#", CHAIN)
"""What the ledger tells of: rows whose sort keys begin so."""
COMPARED: Final = (PREFIX, "C#", "M#", CODES, "S#")
"""Those that the hourly check compares: the chain's head is proven by `usher ledger verify`."""


def rows_of(guild_id: GuildId, books: Books, last: Link | None, now: datetime) -> Iterator[Item]:
    """Write books as the rows of a table, in order of their sort keys.

    Beside what the ledger tells of there is a head without evidence: it goes on with the versions,
    since these order the lines, and says since when the guild is known, when it was last seen, and
    when tracking was off.
    """
    kept = {name: line for name, line in books.settings.items() if not _is_over(name, line, now)}
    # Of a guild with many members only keys are in memory: rows are built one after another.
    keyed: list[tuple[str, Callable[[], Row]]] = [
        (f"{PREFIX}{day.isoformat()}", partial(accuracy_row, guild_id, day, accuracy))
        for day, accuracy in books.accuracy.items()
        if accuracy != Accuracy()
    ]
    keyed += [
        (counter_key(guild_id, counter)[1], partial(counter_row, guild_id, counter, tally))
        for counter, tally in books.counters.items()
        if tally != Tally() and not has_expired(counter, now)
    ]
    keyed += [
        (member_key(guild_id, user)[1], partial(member_row, guild_id, user, record))
        for user, record in books.members.items()
    ]
    rows: list[Row] = [setting_row(guild_id, name, line) for name, line in kept.items()]
    rows += [code_row(guild_id, books.version, state, None) for state in _made(kept.values(), now)]
    if books.version:
        head = Head(since=books.since, seen_at=books.until, off=books.off)
        rows.append(head_row(guild_id, books.version, head, None))
    if last is not None:
        hashed = digest(write_link(last))
        key = f"G#{guild_id}", CHAIN
        rows.append(ChainRow(*key, head=hashed, day=last.day.isoformat(), number=last.number))
    others: list[Item] = [row.serialize() for row in rows]
    others += [
        code_count_item(guild_id, code, count)
        for code, count in books.codes.items()
        if count != CodeCount()
    ]
    keyed.sort(key=lambda one: one[0])
    others.sort(key=lambda item: str(item["sk"]["S"]))
    built = (build().serialize() for _, build in keyed)
    return heapq.merge(built, others, key=lambda item: str(item["sk"]["S"]))


def _is_over(name: str, line: Line, now: datetime) -> bool:
    """Whether a setting's row may be gone from the table by now."""
    until = kept_until(name, line.value)
    return until is not None and until <= now


def _made(settings: Iterable[Line], now: datetime) -> Iterator[CodeState]:
    """Codes that Usher made for members: of all else of a code the next look tells."""
    for line in settings:
        made = made_for(line.name or "", line.value)
        until = kept_until(line.name or "", line.value)
        if made is None or (until is not None and until - KEEP_NOTES + KEEP_PASSED <= now):
            continue
        code, user_id = made
        uses, age = (0, 0) if until is None else (1, PASSING)
        blank = CodeState(code, user_id, None, None, uses, age, False, None, None)
        yield replace(blank, made_for=user_id)
