"""What is done about differences: repaired, reported once, told as solved. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from usher.integrity.model import WAITS, Found, Kind, Known

TRIES: Final = 2
"""Repairs of a difference; at the third time it is reported."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one check of a guild leads to."""

    keep: tuple[Known, ...]
    """Differences to be written down, those to be told not yet marked as told."""
    mend: tuple[Found, ...]
    tell: tuple[Known, ...]
    """To be reported now."""
    solved: tuple[Known, ...]
    """Reported before, and gone."""
    healed: tuple[Known, ...]
    """Gone without having been reported: repaired, or gone by themselves."""


def judge(
    found: Iterable[Found], known: Iterable[Known], looked: Collection[Kind], now: datetime
) -> Judgement:
    """Decide, given what is known and which kinds were looked for everywhere."""
    before = {one.key: one for one in known if one.solved is None}
    seen = {one.key: one for one in found}
    keep: list[Known] = []
    mend: list[Found] = []
    tell: list[Known] = []
    for key, one in seen.items():
        note = _seen(before.get(key), one, now)
        if not note.told and now - note.first >= WAITS[one.kind]:
            if one.mendable and note.tries < TRIES:
                mend.append(one)
                note = replace(note, tries=note.tries + 1)
            else:
                tell.append(note)
        keep.append(note)
    gone = [
        replace(one, solved=now)
        for key, one in before.items()
        if key not in seen and one.kind in looked
    ]
    return Judgement(
        keep=(*keep, *gone),
        mend=tuple(mend),
        tell=tuple(tell),
        solved=tuple(one for one in gone if one.told),
        healed=tuple(one for one in gone if not one.told),
    )


def _seen(known: Known | None, found: Found, now: datetime) -> Known:
    """Go on with a difference, or begin anew where the table, told of first, says something else.

    Discord's counts go on while the table stands still: that is the same difference.
    """
    if known is None or (WAITS[found.kind] and not known.told and _ours(known) != _ours(found)):
        return Known(found.kind, found.subject, found.says, now, now, moment=found.moment)
    return replace(known, last=now, says=found.says)


def _ours(one: Known | Found) -> str:
    return one.says.partition(", ")[0]
