"""What follows from an observation once it is written: effects, and questions to Discord."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from usher.attribution.announcing import announce
from usher.attribution.confirming import SCHEDULE, requests_for
from usher.attribution.model import Membership
from usher.attribution.noticing import Notice, tell
from usher.attribution.ports import Confirmations, Effects, GuildSettings
from usher.contracts.effect import Effect
from usher.contracts.observation import Observation
from usher.ledger.lines import Line
from usher.policy.checking import checks
from usher.rewards.owed import Owed, orders


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Sends what follows. Sending it again has the effect of once."""

    effects: Effects
    confirmations: Confirmations

    def send(
        self,
        observation: Observation,
        settings: GuildSettings,
        notices: Collection[Notice],
        owed: Owed,
        lines: Callable[[], Iterable[Line]],
    ) -> tuple[int, int]:
        """Send notices, whom and which invites to look at, and what follows from joins.

        `lines` only if needed. Return the number of effects, and of joins to be confirmed.
        """
        looks = (
            *orders(
                observation.guild_id,
                observation.id,
                owed,
                watched=settings.standings,
                referrals=settings.referrals,
            ),
            *checks(observation, settings.policy, settings.notice_channel_id),
        )
        if looks:
            self.effects.send(looks)
        told = len(looks) + self._tell(observation, settings, notices)
        if settings.join_log_channel_id is None and not settings.members_search:
            return told, 0
        joins = list(lines())
        effects: tuple[Effect, ...] = ()
        if settings.join_log_channel_id is not None:
            by_membership = {membership_of(line): line for line in joins}
            effects = announce(observation, by_membership, settings.join_log_channel_id)
            self.effects.send(effects)
        requests = requests_for(observation, joins) if settings.members_search else []
        if requests:
            delay = int(SCHEDULE[0].total_seconds())
            self.confirmations.send([(request, delay) for request in requests])
        return told + len(effects), sum(len(request.joins) for request in requests)

    def _tell(
        self, observation: Observation, settings: GuildSettings, notices: Collection[Notice]
    ) -> int:
        if not notices or settings.notice_channel_id is None:
            return 0
        effects = tell(observation.guild_id, notices, settings.notice_channel_id)
        self.effects.send(effects)
        return len(effects)


def membership_of(line: Line) -> Membership:
    """Name the membership that a line is about; raises ValueError for a line of none."""
    if line.user_id is None or line.joined_at is None:
        raise ValueError("line of no membership")
    return line.user_id, line.joined_at
