"""Whom to greet after an observation, where the guild greets at all."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from usher.attribution.following import membership_of
from usher.attribution.model import Membership
from usher.attribution.ports import Effects, Guilds
from usher.contracts.effect import CountReferral, Effect
from usher.contracts.observation import MemberJoined, Observation
from usher.greeting.rules import Ended, farewells, let_in, welcomes
from usher.greeting.settings import Occasion
from usher.ids import GuildId
from usher.ledger.lines import Line
from usher.rewards.owed import effect_id
from usher.times import format_time


@dataclass(frozen=True, slots=True)
class Greeter:
    """Sends greetings to be said. Sending them again has the effect of once."""

    guilds: Guilds
    effects: Effects

    def greet(
        self,
        observation: Observation,
        joins: Callable[[], Iterable[Line]],
        ended: Collection[Ended],
    ) -> int:
        """Greet who came, passed the screening or went; return how many greetings were sent.

        `joins` are the lines of joins that the observation recorded, asked for only if needed.
        """
        came = any(isinstance(event, MemberJoined) for event in observation.events)
        passed = let_in(observation)
        if not (came or passed or ended):
            return 0
        guild_id = observation.guild_id
        on = self.guilds.greets(guild_id)
        found: tuple[tuple[Effect, int], ...] = ()
        if Occasion.FAREWELL in on:
            found = farewells(observation, ended)
        welcoming = Occasion.WELCOME in on and bool(came or passed)
        referring = bool(passed) and self.guilds.settings(guild_id).referrals
        screened: frozenset[Membership] = frozenset()
        if passed and (welcoming or referring):
            screened = self.guilds.screened(guild_id, passed)
        if welcoming:
            words = {membership_of(line): line for line in joins()} if came else {}
            found = (*found, *welcomes(observation, words, screened))
        if referring:
            found = (*found, *((look, 0) for look in referred(guild_id, screened)))
        for effect, delay in found:
            self.effects.send([effect], delay)
        return len(found)


def referred(guild_id: GuildId, screened: Iterable[Membership]) -> tuple[CountReferral, ...]:
    """Have those looked at who are past the screening: who came by a link is welcomed now."""
    return tuple(
        CountReferral(
            effect_id("screened", guild_id, user_id, format_time(joined_at)), guild_id, user_id
        )
        for user_id, joined_at in sorted(screened)
    )
