"""Counting a ledger with pencil and paper, as somebody would who never saw the program."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tests.builders import START
from usher.attribution.code_counts import CodeCount
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.credit.queries import Tally
from usher.ids import UserId
from usher.ledger.lines import LATER_WORDS, Line, LineType


@dataclass
class Membership:
    """What the ledger says of one membership."""

    word: Word
    ended: bool = False
    fake: bool = False
    untracked: bool = False


@dataclass
class Count:
    """What a ledger amounts to."""

    tallies: dict[str, Tally]
    live: dict[str, int]
    """Live credits for each member."""
    codes: dict[str, CodeCount]


def recount(lines: Iterable[Line]) -> Count:
    """Count credit by inviter, live credits of each member, joins by code."""
    every = sorted(lines, key=lambda line: line.seq or (0, 0))
    withdrawn = {line.corrects for line in every if line.type is LineType.WITHDRAWAL}
    ordered = [line for line in every if line.event_id not in withdrawn]
    kept = _memberships(ordered)
    sums: dict[str, Tally] = defaultdict(Tally)
    live: dict[str, int] = defaultdict(int)
    codes: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for line in ordered:
        if line.type is LineType.CREDIT:
            sums[str(line.staff_id)] += Tally(tracked=line.delta or 0)
        elif line.type is LineType.GRANT:
            sums[str(line.staff_id)] += Tally(added=line.delta or 0)
    for (user, joined_at), one in kept.items():
        ended = one.ended or any(who == user and when > joined_at for who, when in kept)
        inviter = one.word.inviter_id
        credited = one.word.outcome is OutcomeName.ATTRIBUTED and not one.untracked
        if credited and inviter is not None:
            left = ended and not one.fake
            sums[inviter] += Tally(tracked=1, fake=int(one.fake), left=int(left))
            live[user] += not ended and not one.fake
        if one.word.code is not None:
            codes[one.word.code].append((joined_at.hour, not ended))
    return Count(
        {inviter: tally for inviter, tally in sums.items() if tally != Tally()},
        live,
        {
            code: CodeCount(len(by), sum(here for _, here in by), Counter(hour for hour, _ in by))
            for code, by in codes.items()
        },
    )


def _memberships(ordered: list[Line]) -> dict[tuple[UserId, datetime], Membership]:
    """Every membership there ever was, with the last word on it."""
    kept: dict[tuple[UserId, datetime], Membership] = {}
    for line in ordered:
        key = (UserId(str(line.user_id)), line.joined_at or START)
        if line.type is LineType.JOIN and line.word is not None:
            fake = bool(line.verdict)
            kept.setdefault(key, Membership(line.word, fake=fake, untracked=line.untracked))
        elif key in kept and line.type in (*LATER_WORDS, LineType.LEAVE, LineType.VERDICT):
            one = kept[key]
            one.ended |= line.type is LineType.LEAVE
            if line.type in LATER_WORDS and line.word is not None:
                one.word = line.word
            if line.verdict is not None:
                one.fake = bool(line.verdict)
    return kept
