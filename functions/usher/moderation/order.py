"""What moderators and the server's own rules ask for."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.moderation.guard import Action, Actor, Refusal
from usher.moderation.model import Case, Evidence, Kind, Source, Told
from usher.moderation.ports import Files
from usher.moderation.settings import ModSettings


class RefusedError(Exception):
    """The guard refuses."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


class Rulebook(Protocol):
    """What servers have set."""

    def read(self, guild_id: GuildId) -> ModSettings:
        """Read a server's settings; may raise an error of its store."""
        ...


@frozen
class Order:
    """What is to be done about somebody."""

    guild_id: GuildId
    key: str
    """Names the order: the same again is done once."""
    action: Action
    user_id: UserId
    actor: Actor
    reason: str
    at: datetime
    until: datetime | None = None
    points: int = 0
    delete_seconds: int = 0
    about: int | None = None
    evidence: tuple[Evidence, ...] = ()
    confirmed: bool = False
    quiet: bool = False
    """The member is not told."""


def with_copies(order: Order, files: Files | None) -> Order:
    """Keep copies of an order's files, once the guard has let it pass."""
    if files is None:
        return order
    kept = (files.keep(order.guild_id, order.user_id, one) for one in order.evidence)
    return replace(order, evidence=tuple(kept))


def draft(order: Order) -> Case:
    """Write the case of an order; it has no number yet."""
    by_rule, mass = order.actor.by_rule, order.action is Action.MASSBAN
    return Case(
        guild_id=order.guild_id,
        number=0,
        key=order.key,
        kind=Kind.BAN if mass else Kind(order.action.value),
        user_id=order.user_id,
        by=None if by_rule else order.actor.user_id,
        reason=order.reason,
        at=order.at,
        source=Source.RULE if by_rule else Source.MASS if mass else Source.COMMAND,
        until=order.until,
        points=order.points,
        delete_seconds=order.delete_seconds,
        about=order.about,
        evidence=order.evidence,
        told=Told.OFF if order.quiet else Told.NOT_YET,
    )
