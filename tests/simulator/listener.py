"""A listener in a history: what it hears when, when it looks, and what it asks after an absence."""

import heapq
import random
from typing import Any

from tests.simulator.clock import MINUTE, SECOND, clock
from tests.simulator.discord import Discord, Event
from tests.simulator.habits import Habits
from tests.simulator.invites import GUILD
from tests.simulator.people import Membership
from tests.simulator.planning import LAST, Planning, Shown

RETRIES = (2_000, 10_000, 30_000, 120_000)
"""Pauses after looks that failed."""
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
        self._echoes = random.Random(f"{seed} echoes {number}")  # noqa: S311 - a simulation
        self._discord = discord
        self._memberships = memberships
        self._habits = habits
        self._end = end + habits.longest_delay + SECOND
        self._heard: list[Line] = []
        self._looks: list[tuple[int, Line, Line]] = []
        self._arrivals: list[tuple[int, Membership]] = []
        self._deletions: list[tuple[int, str]] = []
        self._looked_at = -MINUTE
        self.absences = self._apart(self._stretches(habits.away, MINUTE, habits.longest_absence))
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

    def _apart(self, stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Let the next begin when one is over, and all end before the history does."""
        apart: list[tuple[int, int]] = []
        for began, back in stretches:
            free = max(began, *(last + MINUTE for _, last in apart[-1:]), 0)
            apart.append((free, min(free + back - began, max(self._end, free + MINUTE))))
        return apart

    # ------------------------------------------------------------ hearing

    def _hear(self) -> None:
        """Discord tells of each person's coming and going in order, and of the rest in any."""
        latest: dict[str, int] = {}
        came: dict[str, tuple[int, Event]] = {}
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
            if event.kind == "GUILD_MEMBER_REMOVE":
                self._echo(heard, came.get(event.about.user))
                continue
            if self.is_away(heard):
                # Told for the first time after the leave, it would look like a return.
                came.pop(event.about.user, None)
                continue
            came[event.about.user] = heard, event
            if twice:
                self._take(max(again, heard + 1), event)

    def _echo(self, left: int, came: tuple[int, Event] | None) -> None:
        """Repeat a join after its leave, with luck even after the next one."""
        if came is None or left - came[0] >= MINUTE:
            return
        if self._echoes.random() < self._habits.echo:
            self._take(left + self._echoes.randrange(1, 1_500), came[1])

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
            self._deletions.append((heard, event.data["code"]))
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
        asked = [*(heard for heard, _ in self._arrivals), *(heard for heard, _ in self._deletions)]
        wishes = [(at + SECOND, at, 0) for at in asked]
        wishes += [(back, back, 0) for _, back in self.absences]
        heapq.heapify(wishes)
        plan, gone = Planning(), [began for began, _ in self.absences]
        self._count(plan, -MINUTE, 0, self._look(0, sure=True))
        answered = 0
        while wishes or plan.next() is not None:
            planned = plan.next()
            if planned is not None and not (wishes and wishes[0][0] <= planned):
                due, needless, tries = planned, planned - 1, 0
                plan.made(planned)
            else:
                due, needless, tries = heapq.heappop(wishes)
            while gone and gone[0] <= due:
                plan = Planning() if self._habits.restarts else plan
                plan.lost()
                gone.pop(0)
            due = max(due, self._looked_at + SECOND)
            if self._looked_at >= needless or self.is_away(due + ANSWERED):
                continue
            plan.made(due)
            if (shown := self._look(due)) is not None:
                self._count(plan, answered, due, shown)
                answered = due + ANSWERED
            elif tries < 2 * len(RETRIES):
                pause = RETRIES[min(tries, len(RETRIES) - 1)]
                heapq.heappush(wishes, (due + pause, due + pause - 1, tries + 1))
        for at in (self._end, self._end + LAST):
            self._look(max(at, self._looked_at + SECOND), sure=True)

    def _count(self, plan: Planning, before: int, now: int, shown: Shown | None) -> None:
        """Tell what was heard since the look before, and what this one shows."""
        if shown is not None:
            end = now + ANSWERED
            joins = sum(before < heard <= end for heard, _ in self._arrivals)
            ended = [code for heard, code in self._deletions if before < heard <= end]
            plan.looked(now, shown, joins, ended)

    def _look(self, at: int, *, sure: bool = False) -> Shown | None:
        """Ask both questions; return what is shown, if they are answered."""
        self._looked_at = at
        answered, end = at + ANSWERED // 2, at + ANSWERED
        invites: object = {"error": 500}
        vanity: object = {"error": 500}
        shown: Shown | None = None
        failed = self._dice.random() < self._habits.failed_look
        hidden = self._dice.random() < 0.5
        refused = self.refused(at) and not sure
        if refused:
            vanity = {"error": 403}
            invites = self._discord.listed(answered, hidden=True) if hidden else {"error": 403}
        elif sure or not failed:
            listed, counter = (
                self._discord.listed(answered, hidden=False),
                self._discord.vanity(answered),
            )
            invites, vanity, shown = listed, counter, (listed, counter["uses"])
        self._looks.append((end, (end, "INVITES", invites), (end, "VANITY", vanity)))
        return shown

    # ------------------------------------------------------------ coming back

    def _return(self) -> None:
        """After an absence it reads the audit log and the members there are."""
        for began, back in self.absences:
            self._heard.append((back - 1, "GAP", None))
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
