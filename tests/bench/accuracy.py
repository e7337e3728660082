"""How often each rule credits the wrong person, on the same histories."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from tests.judging.judge import Judgement, judge
from tests.simulator.habits import Habits
from tests.simulator.history import History
from tests.simulator.invites import VANITY_CODE
from tests.simulator.listener import Line
from tests.simulator.worlds import ABSENT, BLIND, CONFIRMED, MIXED, ORDERLY, POOLS, SLOW

HISTORIES: Final = 60
JOINS: Final = 40
CODES: Final = 6

BENCHED: Final = {
    "calm": ORDERLY,
    "bursts": replace(ORDERLY, burst=0.5),
    "bursts, late events and counts": replace(ORDERLY, burst=0.4, late_count=0.1, late_event=0.1),
    "single-use pools": POOLS,
    "everything at once": MIXED,
    "counts up to ten minutes late": SLOW,
    "counts refused for minutes": BLIND,
    "absences of the listener": ABSENT,
    "members who stay longer": CONFIRMED,
}


def first_match(lines: Iterable[Line]) -> dict[tuple[str, str], str | None]:
    """The seeds' rule: a join is given the first code whose count rose since the last list.

    Where none rose, it is the first limited code that has vanished. A list that failed counts as
    an empty one, as it does there (research/invites.md, section 2).
    """
    before: dict[str, Any] = {}
    waiting: list[tuple[str, str]] = []
    credit: dict[tuple[str, str], str | None] = {}
    for _, kind, data in lines:
        if kind == "GUILD_MEMBER_ADD":
            key = data["user"]["id"], data["joined_at"]
            if key not in credit:
                credit[key] = None
                waiting.append(key)
        elif kind == "INVITES":
            now = {row["code"]: row for row in data} if isinstance(data, list) else {}
            for key in waiting:
                risen = (c for c in now if _uses(now[c]) > _uses(before.get(c, {})))
                ended = (c for c, row in before.items() if c not in now and row.get("max_uses"))
                credit[key] = next(risen, next(ended, None))
            waiting, before = [], now
    return credit


def _uses(row: dict[str, Any]) -> int:
    return int(row.get("uses", 0))


def _rival(history: History) -> tuple[int, int]:
    """How many joins the seeds' rule credits at all, and how many of them to the wrong person."""
    credit = first_match(history.heard)
    named = wrong = 0
    for one in history.memberships:
        guess = credit.get((one.user, one.member["joined_at"]))
        if guess is not None:
            named += 1
            owner = next(i.inviter for i in history.discord.invites if i.code == guess)
            wrong += owner != one.inviter and one.code != VANITY_CODE
    return named, wrong


def _row(name: str, habits: Habits) -> str:
    alone, confirmed = Judgement(), Judgement()
    joins = named = wrong = 0
    for seed in range(HISTORIES):
        history = History(seed, JOINS, CODES, replace(habits, searched=False))
        alone.add(judge(history))
        confirmed.add(judge(History(seed, JOINS, CODES, replace(habits, searched=True))))
        joins += len(history.memberships)
        guessed, mistaken = _rival(history)
        named, wrong = named + guessed, wrong + mistaken
    return f"{name:31} {_of(alone)}   {_of(confirmed)}   {named / joins:9.2%} {wrong / joins:7.2%}"


def _of(total: Judgement) -> str:
    return f"{total.certainty:9.2%} {len(total.wrong) / total.joins:7.2%}"


def measure() -> list[str]:
    """Shares of joins that are credited for certain, and to the wrong person."""
    return [
        f"{'':31} {'Usher, counts alone':^17}   {'Usher, confirmed':^17}   {'first match':^17}",
        f"{'':31} "
        + "   ".join([f"{'certain':>9} {'wrong':>7}"] * 2 + [f"{'named':>9} {'wrong':>7}"]),
        *(_row(name, habits) for name, habits in BENCHED.items()),
    ]
