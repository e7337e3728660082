"""Discord's search over members in a history, and whoever asks it on schedule."""

import random
from collections import defaultdict
from typing import Any

from tests.simulator.clock import HOUR, MINUTE, SECOND
from tests.simulator.habits import Habits
from tests.simulator.listener import Line, Listener
from tests.simulator.people import Membership

SCHEDULE = (5 * SECOND, 25 * SECOND, 2 * MINUTE, 15 * MINUTE, 6 * HOUR)
TOGETHER = 2 * SECOND
"""Joins due within this time are asked for at once."""
NOT_READY = {"message": "Index not yet available. Try again later", "code": 110000}


class Search:
    """An index that learns of members late, forgets them when they leave, and may not be ready."""

    def __init__(
        self, seed: int, memberships: list[Membership], listener: Listener, habits: Habits
    ) -> None:
        self._dice = random.Random(f"{seed} search")  # noqa: S311 - a simulation, not a secret
        self._listener = listener
        self._habits = habits
        self._lines: list[Line] = []
        self._known_from = {id(one): one.joined + self._index_lag() for one in memberships}
        self._silent = {id(one) for one in memberships if self._chance(habits.speechless)}
        wanted: dict[int, list[Membership]] = defaultdict(list)
        for one in memberships:
            for pause in SCHEDULE if one.heard is not None and not one.bot else ():
                due = one.heard + SECOND + pause  # type: ignore[operator]
                wanted[-(-due // TOGETHER)].append(one)
        for together in sorted(wanted):
            self._ask(together * TOGETHER, wanted[together])

    @property
    def lines(self) -> list[Line]:
        """The answers."""
        return self._lines

    def _chance(self, probability: float) -> bool:
        return self._dice.random() < probability

    def _index_lag(self) -> int:
        shortest, longest = self._habits.index_lag
        return self._dice.randint(shortest, longest)

    def _ask(self, at: int, wanted: list[Membership]) -> None:
        asked = [one for one in wanted if one.told is None]
        if not asked or self._listener.is_away(at):
            return
        answer: dict[str, Any]
        if self._listener.refused(at):
            answer = {"error": 403}
        elif self._chance(self._habits.not_ready):
            answer = NOT_READY | {"documents_indexed": 0, "retry_after": 15}
        else:
            found = [one for one in asked if one.present(at) and self._known_from[id(one)] <= at]
            for one in found:
                if id(one) not in self._silent:
                    one.told = at
            rows = [one.searched(speechless=id(one) in self._silent) for one in found]
            answer = {"members": rows, "total_result_count": len(rows)}
        self._lines.append((at, "MEMBERS_SEARCH", answer))
