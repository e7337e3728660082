"""Counting each membership for the link it came by, with every step it takes (SPEC 5.6 to 5.8)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from usher.contracts.effect import CountReferral
from usher.funnel.model import (
    NO_TRACE,
    Conversion,
    Journey,
    Outcome,
    Place,
    Standing,
    Trace,
    turned,
)
from usher.funnel.ports import (
    Arrival,
    Converted,
    JourneyRows,
    Judge,
    Review,
    Started,
    Teller,
)
from usher.funnel.signals import RECENT, is_recent
from usher.ids import GuildId, UserId
from usher.referrals.model import Link
from usher.referrals.ports import StaleError

ATTEMPTS: Final = 6

type _Step = Callable[[Journey], Journey]
type _Taken = tuple[Outcome, Journey | None]


@dataclass(frozen=True, slots=True)
class Journeys:
    """Implements Steps, Reviews and Settling: once each, however often and in whatever order."""

    rows: JourneyRows
    judge: Judge
    teller: Teller
    clock: Callable[[], datetime]

    def check(self, order: CountReferral) -> None:
        """Look by which link a member came, and whether they left.

        Raises AwsError, and StaleError when others would not stop.
        """
        self._stepped(order.guild_id, order.user_id, None, lambda journey: journey)

    def onboarding_started(self, step: Started) -> Outcome:
        """Record that the onboarding was begun."""

        def begin(journey: Journey) -> Journey:
            if journey.onboarded_at is not None:
                return journey
            claimed = journey.claimed or step.claimed
            return replace(journey, onboarded_at=step.at, claimed=claimed)

        return self._stepped(step.guild_id, step.user_id, step.joined_at, begin)

    def converted(self, step: Converted) -> Outcome:
        """Record a conversion and count it, or hold it where something speaks against it."""

        def convert(journey: Journey) -> Journey:
            if journey.conversion is not None:
                return journey
            claimed = journey.claimed or step.claimed
            won = Conversion(step.at, step.value, step.metadata)
            return replace(journey, conversion=won, claimed=claimed)

        return self._stepped(step.guild_id, step.user_id, step.joined_at, convert)

    def review(self, review: Review) -> Journey | None:
        """Let a held conversion count, or never; the first word stays."""

        def decide(journey: Journey) -> Journey:
            won = journey.conversion
            if won is None or won.standing is not Standing.HELD:
                return journey
            standing = Standing.APPROVED if review.approve else Standing.REJECTED
            decided = replace(won, standing=standing, reviewed_by=review.by, reviewed_at=review.at)
            return replace(journey, conversion=decided)

        self._take(review.guild_id, review.user_id, review.joined_at, decide)
        for one in self.rows.journeys(review.guild_id, review.user_id):
            if one.joined_at == review.joined_at:
                return None if one.conversion is None else one
        return None

    def settle(self, guild_id: GuildId, user_id: UserId, joined_at: datetime) -> None:
        """Tell others what they are still to hear of a conversion."""
        self._take(guild_id, user_id, joined_at, lambda journey: journey)

    def _stepped(
        self, guild_id: GuildId, user_id: UserId, joined_at: datetime | None, step: _Step
    ) -> Outcome:
        """Take a step, and hold what it speaks against: of others, and what it raced with."""
        outcome, journey = self._take(guild_id, user_id, joined_at, step)
        if journey is None or journey.place is None or not is_recent(journey, self.clock()):
            return outcome
        link = self.rows.link(journey.place.link)
        if link is None:
            return outcome
        others = self.judge.others(journey, link, self._trace(journey), self.clock())
        for other in sorted(others):
            _repeated(partial(self._take_back, guild_id, other))
        won = journey.conversion
        if won is None or won.standing is not Standing.COUNTED:
            return outcome
        taken = _repeated(partial(self._take_back, guild_id, user_id))
        return Outcome.HELD if taken else outcome

    def _take_back(self, guild_id: GuildId, user_id: UserId) -> bool:
        """Hold a member's conversion that counts, where what came since speaks against it."""
        taken, now = False, self.clock()
        for one in self.rows.journeys(guild_id, user_id):
            won = one.conversion
            if won is None or won.standing is not Standing.COUNTED or now - won.at > RECENT:
                continue
            link = None if one.place is None else self.rows.link(one.place.link)
            if link is None:
                continue
            trace = self._trace(one)
            signals = self.judge.late(one, link, trace)
            if signals:
                held = replace(won, signals=signals, standing=Standing.HELD, held_at=now)
                after = turned(replace(one, conversion=held))
                self.rows.save(one, after, trace)
                self._tell(replace(after, version=one.version + 1), trace)
                taken = True
        return taken

    def _take(
        self, guild_id: GuildId, user_id: UserId, joined_at: datetime | None, step: _Step
    ) -> _Taken:
        return _repeated(partial(self._tried, guild_id, user_id, joined_at, step))

    def _tried(
        self, guild_id: GuildId, user_id: UserId, joined_at: datetime | None, step: _Step
    ) -> _Taken:
        arrival = self.rows.arrival(guild_id, user_id)
        known = self.rows.journeys(guild_id, user_id)
        if arrival is not None:
            self._ended(known, arrival)
        meant = joined_at or (arrival.joined_at if arrival else None)
        latest = arrival if arrival is not None and arrival.joined_at == meant else None
        found = next((one for one in known if one.joined_at == meant), None)
        if meant is None or (found is None and latest is None):
            return Outcome.UNKNOWN, None
        before = found or Journey(guild_id, user_id, meant)
        after, trace = self._settled(before, step(before), latest)
        after = turned(after)
        if after != before:
            self.rows.save(before, after, trace)
        self._tell(replace(after, version=before.version + (after != before)), trace)
        return Outcome.REPEATED if after == before else _outcome(after), after

    def _ended(self, known: tuple[Journey, ...], arrival: Arrival) -> None:
        """Note of those before the latest that they ended, at the latest when it began."""
        for one in known:
            if one.joined_at < arrival.joined_at and one.left_at is None:
                ended = replace(one, left_at=arrival.joined_at)
                self.rows.save(one, ended, self._trace(one))

    def _settled(
        self, before: Journey, after: Journey, arrival: Arrival | None
    ) -> tuple[Journey, Trace]:
        """Put a journey where attribution knows it to belong now, and judge what is new of it."""
        wanted = after.place.link if after.place is not None else after.claimed
        same = arrival is not None and arrival.forgotten and arrival.invite == before.invite
        if arrival is not None and not (same and after.place is not None):
            wanted = arrival.link or after.claimed
            after = replace(after, invite=arrival.invite if arrival.link else None)
        link = None if wanted is None else self.rows.link(wanted)
        if link is None or link.guild_id != after.guild_id:
            return replace(after, place=None, invite=None), NO_TRACE
        trace = self.rows.trace(link.code, after.user_id, after.invite)
        if after.place is None or after.place.link != link.code:
            place = Place(link.code, link.campaign_id, trace.variant)
            after = replace(after, place=place)
        if arrival is not None and after.left_at is None:
            after = replace(after, left_at=arrival.left_at)
        return self._judged(before, after, link, trace), trace

    def _judged(self, before: Journey, after: Journey, link: Link, trace: Trace) -> Journey:
        """Judge a conversion that is new, or counts for another link now; no reviewer's word."""
        won = after.conversion
        if won is None or won.reviewed_at is not None:
            return after
        if before.conversion is not None and before.place == after.place:
            return after
        signals = self.judge.signals(after, link, trace)
        standing, held_at = Standing.COUNTED, None
        if signals:
            standing, held_at = Standing.HELD, won.held_at or self.clock()
        judged = replace(won, signals=signals, standing=standing, held_at=held_at)
        return replace(after, conversion=judged)

    def _tell(self, journey: Journey, trace: Trace) -> None:
        """Tell others whether a conversion counts, once; after a crash the next look tells it."""
        won = journey.conversion
        if won is None or journey.place is None or won.told >= won.turns:
            return
        for before in range(won.told, won.turns):
            telling = replace(journey, conversion=replace(won, told=before))
            if before % 2:
                self.teller.conversion_withdrawn(telling)
            else:
                self.teller.conversion_recorded(telling)
        try:
            told = replace(journey, conversion=replace(won, told=won.turns))
            self.rows.save(journey, told, trace)
        except StaleError:
            return  # whoever changed it tells again, which is harmless

    def _trace(self, journey: Journey) -> Trace:
        if journey.place is None:
            return NO_TRACE
        return self.rows.trace(journey.place.link, journey.user_id, journey.invite)


def _repeated[T](attempt: Callable[[], T]) -> T:
    """Try again where others were faster; raises StaleError when they would not stop."""
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except StaleError:
            continue
    return attempt()


def _outcome(journey: Journey) -> Outcome:
    if journey.place is None:
        return Outcome.NO_LINK
    won = journey.conversion
    return Outcome.HELD if won is not None and won.standing is Standing.HELD else Outcome.RECORDED
