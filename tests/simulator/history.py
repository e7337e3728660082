"""Random histories of a guild with the truth beside them; knows nothing of Usher.

Discord applies every join at once; its counts may be shown late, its events may arrive late, and a
listener looks a second after the first join it hears of.
"""

from typing import Any

from tests.simulator.discord import Discord
from tests.simulator.habits import Habits
from tests.simulator.life import Life
from tests.simulator.listener import Line, Listener, recording
from tests.simulator.people import Membership
from tests.simulator.search import Search


class History:
    """What happened (`memberships`, `discord`), and what was recorded of it (`lines`)."""

    def __init__(self, seed: int, joins: int, codes: int, habits: Habits) -> None:
        self._seed = seed
        self.habits = habits
        self.discord = Discord(seed, habits)
        life = Life(seed, joins, codes, habits, self.discord)
        self.memberships: list[Membership] = life.memberships
        self._end = life.end
        self._listener = self._listen(0)
        self.searched: list[Line] = []
        if habits.searched:
            self.searched = Search(seed, self.memberships, self._listener, habits).lines

    @property
    def heard(self) -> list[Line]:
        """What the listener recorded: time in milliseconds, type and data."""
        return self._listener.lines

    def heard_by_another(self) -> list[Line]:
        """What a second listener, there all the time, recorded of the same."""
        return self._listen(1).lines

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The recording, as `usher replay` reads it."""
        return recording(sorted([*self.heard, *self.searched], key=lambda line: line[0]))

    @property
    def refused(self) -> list[tuple[int, int]]:
        """When Discord showed no counts."""
        return self._listener.blind

    def uses(self, code: str) -> int:
        """How many joins really used a code."""
        return sum(1 for one in self.memberships if one.code == code)

    def _listen(self, number: int) -> Listener:
        return Listener(self._seed, self.discord, self.memberships, self.habits, self._end, number)
