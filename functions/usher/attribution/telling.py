"""Lines told to webhooks, where a guild has any (SPEC 5.10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from usher.attribution.ports import Guilds, Hooks, Ledger
from usher.contracts.observation import Observation
from usher.credit.rules import MemberRecord
from usher.hooks.line_facts import Telling, events_of, tellings
from usher.ids import GuildId, UserId
from usher.ledger.lines import Line


@dataclass(frozen=True, slots=True)
class Teller:
    """Hands over what lines tell. Handing it over again has the effect of once."""

    guilds: Guilds
    ledger: Ledger
    hooks: Hooks

    def of(
        self,
        observation: Observation,
        lines: Sequence[Line],
        before: Mapping[UserId, MemberRecord],
    ) -> tuple[Telling, ...]:
        """Say what is to be told of lines that are about to be written."""
        if not lines or not self.guilds.settings(observation.guild_id).webhooks:
            return ()
        return tellings(lines, before)

    def tell(self, lines: Iterable[Line], told: Sequence[Telling]) -> int:
        """Tell of lines; return the number of events."""
        events = tuple(events_of(lines, told)) if told else ()
        if events:
            self.hooks.send(events)
        return len(events)

    def tell_again(self, guild_id: GuildId, told: Sequence[Telling]) -> int:
        """Tell of lines that were written before: the last try may have ended there."""
        if not told:
            return 0
        return self.tell(
            self.ledger.read(guild_id, [(one.event_id, one.timestamp) for one in told]), told
        )
