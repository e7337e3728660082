"""Whom to greet after an observation, where the guild greets at all."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from usher.attribution.following import membership_of
from usher.attribution.ports import Effects, Guilds
from usher.contracts.observation import MemberJoined, Observation
from usher.greeting.rules import Ended, farewells, let_in, welcomes
from usher.greeting.settings import Occasion
from usher.ledger.lines import Line


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
        on = self.guilds.greets(observation.guild_id)
        found = farewells(observation, ended) if Occasion.FAREWELL in on else ()
        if Occasion.WELCOME in on and (came or passed):
            words = {membership_of(line): line for line in joins()} if came else {}
            screened = self.guilds.screened(observation.guild_id, passed) if passed else frozenset()
            found = (*found, *welcomes(observation, words, screened))
        for effect, delay in found:
            self.effects.send([effect], delay)
        return len(found)
