"""What is done about whoever one of Discord's rules has caught, once a message (SPEC 7.4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from usher.automod.model import Policy, Reaction, Step, chosen
from usher.automod.ports import CatchTable, Wishes
from usher.contracts.guarding import ReactToAutomod
from usher.ids import GuildId
from usher.moderation.guard import Action, Actor
from usher.moderation.model import Case
from usher.moderation.order import Order, RefusedError, Rulebook
from usher.moderation.ports import ForbiddenError, MissingError
from usher.rewards.hierarchy import Hall
from usher.slash.say import later, say, speaking
from usher.times import parse_time

_BY_RULE: Final = later("Auto moderation: {rule}")
_BY_WORD: Final = later("Auto moderation: {rule} ({word})")


class Court(Protocol):
    """Carries out sanctions."""

    def do(self, order: Order) -> Case:
        """Carry out an order once; raises RefusedError, ActError, and errors of the table."""
        ...


class Halls(Protocol):
    """Discord's roles."""

    def hall(self, guild_id: GuildId, *, fresh: bool = False) -> Hall | None:
        """Read a guild's roles; None where Usher is not in it. May raise ActError."""
        ...


@dataclass(frozen=True, slots=True)
class Reactions:
    """Acts on what Discord's rules have caught.

    Discord tells of every action of a rule, so of one message up to three times, and of a blocked
    one without an id: what the same rule catches of the same member within 15 seconds is one catch.
    """

    wishes: Wishes
    catches: CatchTable
    court: Court
    halls: Halls
    rulebook: Rulebook

    def react(self, order: ReactToAutomod) -> None:
        """React, once; raises ActError for what may work later, and errors of the table."""
        policy = self.wishes.policies(order.guild_id).get(order.rule_id)
        reaction = None if policy is None else chosen(policy, order.keyword)
        if policy is None or reaction is None:
            return
        at = parse_time(order.at)
        if not self.catches.first(order.guild_id, order.rule_id, order.user_id, at, order.id):
            return
        hall = self.halls.hall(order.guild_id)
        if hall is None:
            return
        with speaking(self.rulebook.read(order.guild_id).locale):
            wanted = _order(order, policy, reaction, Actor(hall.own_id, by_rule=True), at)
        try:
            self.court.do(wanted)
        except (RefusedError, ForbiddenError, MissingError):
            return  # above us, or gone: the case, if there is one, says so


def _order(
    order: ReactToAutomod, policy: Policy, reaction: Reaction, actor: Actor, at: datetime
) -> Order:
    words = _BY_RULE if order.keyword is None else _BY_WORD
    return Order(
        guild_id=order.guild_id,
        key=f"automod.{order.id}",
        action=Action(reaction.step.value),
        user_id=order.user_id,
        actor=actor,
        reason=say(words, rule=policy.rule_name, word=order.keyword),
        at=at,
        until=None if reaction.length is None else at + reaction.length,
        points=reaction.points if reaction.step is Step.WARN else 0,
    )
