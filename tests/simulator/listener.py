"""A listener in a history: what it hears when, when it looks, and what it asks after an absence."""

import heapq
import random
from typing import Any

from tests.simulator.clock import MINUTE, SECOND, clock
from tests.simulator.discord import Discord, Event
from tests.simulator.habits import Habits
from tests.simulator.invites import GUILD
from tests.simulator.people import Membership

RETRIES = (2_000, 10_000, 30_000, 120_000)
"""Pauses after looks that failed."""
AGAIN = (2_000, 10_000)
"""Looks after one that did not explain every join."""
LAST = 585_000
"""From a join to the last look for its use, and from the end of an absence: who is found then may
have joined in its last moment."""

DOUBTED = 10 * MINUTE
"""For so long after an absence every join keeps its last look."""

ANSWERED = 50
"""From the question to the answer of a look; the counts are those of half the time."""

type Line = tuple[int, str, Any]


class Listener:
    """Tells a life as a recording. Another `number` hears the same at other moments."""

    def __init__(
        self,
        seed: int,
        discord: Discord,
        memberships: list[Membership],
        habits: Habits,
        end: int,
        number: int = 0,
    ) -> None:
        self._dice = random.Random(f"{seed} listener {number}")  # noqa: S311 - a simulation
        self._discord = discord
        self._memberships = memberships
        self._habits = habits
        self._end = end + habits.longest_delay + SECOND
        self._heard: list[Line] = []
        self._looks: list[tuple[int, Line, Line]] = []
        self._arrivals: list[tuple[int, Membership]] = []
        self._deletions: list[int] = []
        self._looked_at = -MINUTE
        spread = self._end // (2 * habits.away + 1)
        self.absences = self._stretches(
            habits.away, MINUTE, max(MINUTE, min(habits.longest_absence, spread))
        )
        self.blind = self._stretches(habits.blind, 30 * SECOND, habits.longest_blind)
        self._hear()
        self._look_as_needed()
        self._return()

    @property
    def lines(self) -> list[Line]:
        """What was recorded, in its order; time, type and data."""
        looks = [line for _, invites, vanity in self._looks for line in (invites, vanity)]
        return sorted([*self._heard, *looks], key=lambda line: line[0])

    def is_away(self, at: int) -> bool:
        """Whether nobody listens at a moment."""
        return any(began <= at < back for began, back in self.absences)

    def refused(self, at: int) -> bool:
        """Whether Discord shows no counts at a moment."""
        return any(began <= at < seen for began, seen in self.blind)

    def _stretches(self, number: int, shortest: int, longest: int) -> list[tuple[int, int]]:
        """Spread stretches of time over the history."""
        stretches = []
        for n in range(number):
            began = self._end * (2 * n + 1) // (2 * number + 1)
            stretches.append((began, began + self._dice.randint(shortest, longest)))
        return stretches

    # ------------------------------------------------------------ hearing

    def _hear(self) -> None:
        """Discord tells of each person's coming and going in order, and of the rest in any."""
        latest: dict[str, int] = {}
        for event in sorted(self._discord.events, key=lambda event: event.at):
            heard = event.at + self._delay(event)
            again = heard + 100 + int(self._dice.random() * 1_400)
            twice = self._dice.random() < self._habits.duplicate
            if event.about is None:
                late = heard - event.at > MINUTE  # what comes sooner is read in the audit log
                self._take(self._before_absence(event.at, heard) if late else heard, event)
                continue
            heard = max(heard, latest.get(event.about.user, 0) + 1)
            latest[event.about.user] = heard
            heard = self._before_absence(event.at, heard)
            self._take(heard, event)
            if twice and event.kind == "GUILD_MEMBER_ADD":
                self._take(max(again, heard + 1), event)

    def _delay(self, event: Event) -> int:
        chance, length = self._dice.random(), self._dice.random()
        if event.prompt or chance >= self._habits.late_event:
            return 20
        return 500 + int(length * (self._habits.longest_delay - 500))

    def _before_absence(self, at: int, heard: int) -> int:
        """No session ends with events owed: what was before an absence is heard before it."""
        for began, back in self.absences:
            if at < began <= heard < back:
                return began - 1
        return heard

    def _take(self, heard: int, event: Event) -> None:
        if self.is_away(heard):
            return
        self._heard.append((heard, event.kind, event.data))
        about = event.about
        if event.kind == "INVITE_DELETE":
            self._deletions.append(heard)
        elif about is not None and event.kind == "GUILD_MEMBER_REMOVE":
            about.departure_heard = True
        elif about is not None:
            about.heard = heard if about.heard is None else min(about.heard, heard)
            if not about.bot:
                self._arrivals.append((heard, about))

    # ------------------------------------------------------------ looking

    def _look_as_needed(self) -> None:
        """A second after the first join since the last look; again while it explains too little.

        Each wish says which earlier look makes it needless, and how often it was tried.
        """
        asked = [*(heard for heard, _ in self._arrivals), *self._deletions]
        wishes = [(at + SECOND, at, 0) for at in asked]
        for _, back in self.absences:
            wishes += [(back, back, 0), (back + LAST, back + LAST - 1, 0)]
        heapq.heapify(wishes)
        self._look(0, sure=True)
        answered = 0
        while wishes:
            due, needless, tries = heapq.heappop(wishes)
            due = max(due, self._looked_at + SECOND)
            if self._looked_at >= needless or self.is_away(due + ANSWERED):
                continue
            if self._look(due):
                for at in self._plan(answered, due):
                    if not (self._habits.restarts and self._absent_between(due, at)):
                        heapq.heappush(wishes, (at, at - 1, 0))
                answered = due
            elif tries < 2 * len(RETRIES):
                pause = RETRIES[min(tries, len(RETRIES) - 1)]
                heapq.heappush(wishes, (due + pause, due + pause - 1, tries + 1))
        for at in (self._end, self._end + LAST):
            self._look(max(at, self._looked_at + SECOND), sure=True)

    def _absent_between(self, planned: int, due: int) -> bool:
        """Whether an absence began after a look was planned, and before it was due."""
        return any(planned < began <= due for began, _ in self.absences)

    def _plan(self, before: int, now: int) -> set[int]:
        """When to look again for those who were heard of between two looks."""
        missing = self._unexplained(now)
        fresh = any(before < heard <= now for heard, _ in self._arrivals)
        doubted = any(back <= now < back + DOUBTED for _, back in self.absences)
        planned = {now + LAST} if fresh and doubted else set()
        if not any(heard > before for heard, _ in missing):
            return planned
        last = {one.joined + LAST for _, one in missing if one.joined + LAST > now}
        return planned | last | {now + pause for pause in AGAIN}

    def _unexplained(self, at: int) -> list[tuple[int, Membership]]:
        """Who was heard of lately and whose use is not shown, if there is one.

        The real listener cannot know who they are: it counts.
        """
        return [
            (heard, one)
            for heard, one in self._arrivals
            if at - 10 * MINUTE < heard <= at and (one.shown is None or one.shown > at)
        ]

    def _look(self, at: int, *, sure: bool = False) -> bool:
        """Ask both questions; say whether they were answered."""
        self._looked_at = at
        answered, end = at + ANSWERED // 2, at + ANSWERED
        invites: object = {"error": 500}
        vanity: object = {"error": 500}
        failed = self._dice.random() < self._habits.failed_look
        hidden = self._dice.random() < 0.5
        refused = self.refused(at) and not sure
        if refused:
            vanity = {"error": 403}
            invites = self._discord.listed(answered, hidden=True) if hidden else {"error": 403}
        elif sure or not failed:
            invites = self._discord.listed(answered, hidden=False)
            vanity = self._discord.vanity(answered)
        self._looks.append((end, (end, "INVITES", invites), (end, "VANITY", vanity)))
        return not refused and (sure or not failed)

    # ------------------------------------------------------------ coming back

    def _return(self) -> None:
        """After an absence it reads the audit log and the members there are."""
        for began, back in self.absences:
            self._heard.append((began, "GAP", None))
            log = [e for made, e in self._discord.audit_log if began - 90_000 <= made <= back]
            self._heard.append((back + 150, "AUDIT_LOG", {"audit_log_entries": log[::-1]}))
            asked = back + 200
            here = [
                membership
                for membership in self._memberships
                if membership.present(asked - 100) and membership.joined >= began - 90_000
            ]
            for membership in here:
                if membership.heard is None:
                    membership.heard = asked
            self._heard.append((asked, "MEMBERS", [membership.member for membership in here]))


def recording(lines: list[Line]) -> list[dict[str, Any]]:
    """Write lines as `usher replay` reads them."""
    return [
        {"at": clock(at), "type": kind, "guild_id": GUILD, "data": data} for at, kind, data in lines
    ]
