"""Differences reported: to operators in the log, to admins where they can do something."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from usher.contracts.effect import SendMessage
from usher.ids import ChannelId, GuildId
from usher.integrity.judging import Judgement
from usher.integrity.model import FOR_ADMINS, Kind, Known
from usher.integrity.ports import Effects
from usher.rewards.owed import effect_id
from usher.slash.say import say, say_count

SHOWN: Final = 6
"""Differences of a kind that one message names: all of them fit its 2,000 characters."""


class Reporting(Protocol):
    """Takes what operators are told."""

    def report(self, guild_id: GuildId, what: str, known: Known) -> None:
        """Tell that a difference was found, repaired or solved; `what` says which."""
        ...


class Channels(Protocol):
    """Knows where admins are told."""

    def admin_channel(self, guild_id: GuildId) -> ChannelId | None:
        """Say where a guild's admins are told of what is wrong; may raise an error of AWS."""
        ...


@dataclass(frozen=True, slots=True)
class Teller:
    """Implements Telling."""

    operators: Reporting
    channels: Channels
    effects: Effects

    def tell(self, guild_id: GuildId, judged: Judgement) -> None:
        """Report what is new and what is solved."""
        for what, some in (
            ("difference", judged.tell),
            ("solved", judged.solved),
            ("healed", judged.healed),
        ):
            for one in some:
                self.operators.report(guild_id, what, one)
        new = [one for one in judged.tell if one.kind in FOR_ADMINS]
        solved = [one for one in judged.solved if one.kind in FOR_ADMINS]
        if not (new or solved):
            return
        channel_id = self.channels.admin_channel(guild_id)
        if channel_id is not None:
            named = [f"{one.kind.value} {one.subject} {one.first}" for one in [*new, *solved]]
            id_ = effect_id("integrity", guild_id, str(bool(new)), *named)
            self.effects.send([SendMessage(id_, guild_id, channel_id, sentences(new, solved))])


def sentences(new: Sequence[Known], solved: Sequence[Known]) -> str:
    """Write what admins are told."""
    lines = [*_listed(new, _said)]
    lines += _listed(solved, _settled)
    return "\n".join(lines)


def _listed(some: Sequence[Known], write: "_Writer") -> Iterable[str]:
    for one in some[:SHOWN]:
        yield write(one)
    if len(some) > SHOWN:
        yield say_count("And {number} more.", "And {number} more.", len(some) - SHOWN)


class _Writer(Protocol):
    def __call__(self, known: Known, /) -> str: ...


def _said(known: Known) -> str:
    match known.kind:
        case Kind.BAN:
            return say(
                "<@{user}> is banned by my record, but Discord knows of no ban. Ban them again "
                "with `/ban`, or take it off the record with `/unban`.",
                user=known.subject,
            )
        case Kind.MUTE:
            return say(
                "<@{user}> is muted by my record, but Discord knows of no timeout. Mute them again "
                "with `/mute`, or take it off the record with `/unmute`.",
                user=known.subject,
            )
        case _:
            return say(
                "I may not see the invites of this server, so I cannot tell who brings whom. Give "
                "my role the permission Manage Server under Server Settings, Roles."
            )


def _settled(known: Known) -> str:
    match known.kind:
        case Kind.BAN:
            return say("The ban of <@{user}> is as it is on record again.", user=known.subject)
        case Kind.MUTE:
            return say("The mute of <@{user}> is as it is on record again.", user=known.subject)
        case _:
            return say("I see the invites of this server again.")
