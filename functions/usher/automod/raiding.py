"""Raids: who came is looked at together; the door closes, and the moderators are told (SPEC 7.4).

First the door, then the word to the moderators, then the note of both: what breaks off is done
again, and closing a closed door, or a message with the same id, has the effect of once.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from usher.automod.ports import Gate, Orders, WindowTable, Wishes
from usher.automod.raids import Config, Raid, read_join, watch
from usher.contracts.effect import SendMessage
from usher.contracts.guarding import WatchRaid
from usher.ids import GuildId
from usher.invites.ports import DeskRefusedError
from usher.moderation.order import Rulebook
from usher.slash import text
from usher.slash.say import later, say, say_count, speaking

ATTEMPTS: Final = 20
SHOWN: Final = 60
"""Users whose ids fit into one message."""

_SEEN: Final = later("**This looks like a raid**: {members} within a short time.")
_ALIKE: Final = later("**This looks like a raid**: {members} with names alike.")
_CLOSED: Final = later(
    "Invites and direct messages among strangers are paused until {until}; `/raid off` ends that."
)
_OPEN: Final = later("Invites are not paused, since this server wants to be told alone.")
_REFUSED: Final = later("Discord does not let me pause invites: I need Manage Server for that.")
_WHO: Final = later("To ban them, `/massban` takes these ids:")


class RaidedError(Exception):
    """Others were quicker again and again."""


@dataclass(frozen=True, slots=True)
class Raids:
    """Watches joins."""

    wishes: Wishes
    windows: WindowTable
    gate: Gate
    orders: Orders
    rulebook: Rulebook

    def watch(self, order: WatchRaid) -> None:
        """Look at joins; raises DeskError for what may work later, errors of table and queue."""
        config = self.wishes.raid(order.guild_id)
        if config is None:
            return
        joins = [read_join(one) for one in order.joins]
        for _ in range(ATTEMPTS):
            before = self.windows.load(order.guild_id)
            after, raid = watch(before, joins, config)
            if after == before:
                return
            if raid is not None and raid.new:
                self._act(order.guild_id, raid, config)
            if self.windows.save(order.guild_id, after):
                return
        raise RaidedError

    def _act(self, guild_id: GuildId, raid: Raid, config: Config) -> None:
        settings = self.rulebook.read(guild_id)
        with speaking(settings.locale):
            words = [_seen(raid), self._close(guild_id, raid, config), say(_WHO), _ids(raid)]
        if settings.desk is None:
            return
        told = sha256(f"raid|{guild_id}|{raid.number}".encode()).hexdigest()[:25]
        self.orders.send([SendMessage(told, guild_id, settings.desk, "\n".join(words))])

    def _close(self, guild_id: GuildId, raid: Raid, config: Config) -> str:
        """Pause invites, unless they are paused for longer; say what was done."""
        if not config.pause:
            return say(_OPEN)
        until = raid.began_at + config.pause
        try:
            held = self.gate.paused_until(guild_id)
            if held is None or held < until:
                self.gate.pause(guild_id, until, "Raid")
        except DeskRefusedError:
            return say(_REFUSED)
        return say(_CLOSED, until=text.when(max(until, held or until), "t"))


def _seen(raid: Raid) -> str:
    members = say_count("{number} member", "{number} members", len(raid.users))
    return say(_ALIKE if raid.alike else _SEEN, members=members)


def _ids(raid: Raid) -> str:
    return f"```\n{' '.join(raid.users[:SHOWN])}\n```"
