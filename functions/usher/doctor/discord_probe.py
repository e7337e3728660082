"""A guild and the bot's application through Discord's REST API, with the bot's token."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from usher.automod.discord_rules import DiscordRules
from usher.channels.model import Channel
from usher.channels.ports import ChannelDesk
from usher.contracts.wire import as_fields
from usher.doctor.facts import Alert, Application, Server
from usher.doctor.model import ProbeError
from usher.doctor.probing import probing
from usher.ids import ChannelId, GuildId
from usher.invites.ports import DeskError, DeskRefusedError
from usher.platform.discord_messages import Rest
from usher.rewards.ports import Discord
from usher.slash.say import say
from usher.times import parse_time

MOST_ALONE: Final = 10
"""Channels that are not in the guild's list, as threads are not, and are asked for one by one."""


@dataclass(frozen=True, slots=True)
class RestProbe:
    """Implements DiscordProbe."""

    rest: Rest
    desk: ChannelDesk
    halls: Discord

    def server(self, guild_id: GuildId, used: Collection[ChannelId]) -> Server:
        """Read a guild with its channels, and of those that are used the threads too."""
        with probing():
            hall = self.halls.hall(guild_id, fresh=True)
            if hall is None:
                raise ProbeError(say("Discord does not show me this server."))
            guild = as_fields(self.rest.call("GET", f"/guilds/{quote(guild_id, safe='')}"), "guild")
            channels = {one.id: one for one in self._listed(guild_id)}
            hidden = self._alone(guild_id, channels, [one for one in used if one not in channels])
            features, incidents = guild.get("features"), guild.get("incidents_data")
            paused = (
                incidents.get("invites_disabled_until") if isinstance(incidents, dict) else None
            )
            return Server(
                hall,
                channels,
                frozenset(map(str, features if isinstance(features, list) else ())),
                parse_time(paused) if isinstance(paused, str) else None,
                frozenset(hidden),
            )

    def alerts(self, guild_id: GuildId) -> tuple[Alert, ...]:
        """Read where Discord's own rules tell moderators; none where Usher may not see them."""
        with probing():
            try:
                rules = DiscordRules(self.rest).rules(guild_id)
            except DeskRefusedError:
                return ()
            except DeskError as error:
                raise ProbeError(error.sentence) from error
            return tuple(
                Alert(rule.name, ChannelId(str(told["channel_id"])))
                for rule in rules
                if rule.enabled
                for action in rule.does
                if isinstance(told := action.get("metadata"), dict) and "channel_id" in told
            )

    def application(self) -> Application:
        """Read the bot's application."""
        with probing():
            flags = as_fields(self.rest.call("GET", "/applications/@me"), "application").get(
                "flags"
            )
            return Application(flags if isinstance(flags, int) else 0)

    def _listed(self, guild_id: GuildId) -> Collection[Channel]:
        try:
            return self.desk.channels(guild_id)
        except DeskError as error:
            raise ProbeError(error.sentence) from error

    def _alone(
        self, guild_id: GuildId, known: dict[ChannelId, Channel], rest: list[ChannelId]
    ) -> list[ChannelId]:
        """Add what is found; name what is there and not shown."""
        hidden: list[ChannelId] = []
        for one in rest[:MOST_ALONE]:
            try:
                found = self.desk.channel(one)
            except DeskRefusedError:
                hidden.append(one)
                continue
            except DeskError as error:
                raise ProbeError(error.sentence) from error
            if found is not None and found.guild_id == guild_id:
                known[one] = found
        return hidden
