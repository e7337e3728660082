"""Examining a guild: every probe by itself, so that one that fails hides nothing of the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from usher.doctor.facts import Books, Server, Session, Settings
from usher.doctor.look_rules import INVITES, look_findings
from usher.doctor.model import Finding, ProbeError, State, worst_first
from usher.doctor.needs import Use, alert_uses, demands, gifts, is_moderated, uses
from usher.doctor.permission_rules import (
    PERMISSIONS,
    channel_findings,
    of_channel,
    permission_findings,
    placeless_findings,
)
from usher.doctor.ports import DiscordProbe, TableProbe
from usher.doctor.role_rules import role_findings
from usher.doctor.standing_rules import check_findings, standing_findings
from usher.doctor.watching_rules import (
    JOINS,
    LISTENING,
    door_findings,
    intent_findings,
    join_findings,
    search_findings,
    session_findings,
)
from usher.ids import ChannelId, GuildId
from usher.referrals.model import Campaign
from usher.slash.say import say


@dataclass(frozen=True, slots=True)
class GuildDoctor:
    """Examines guilds."""

    discord: DiscordProbe
    table: TableProbe

    def examine(self, guild_id: GuildId, now: datetime) -> tuple[Finding, ...]:
        """Find everything about a guild, the worst first. Raises nothing that a probe raises."""
        return worst_first(_Examination(self, guild_id, now).findings())

    def channel(
        self, guild_id: GuildId, channel_id: ChannelId, now: datetime
    ) -> tuple[Finding, ...]:
        """Find everything about one channel, the worst first."""
        return worst_first(_Examination(self, guild_id, now).of_channel(channel_id))

    def gone(self, guild_id: GuildId, now: datetime) -> tuple[str, ...]:
        """Name the settings that name deleted channels and roles; raises ProbeError."""
        settings = self.table.settings(guild_id)
        named = uses(settings, (), now)
        server = self.discord.server(guild_id, {one.channel_id for one in named})
        channels = [
            one.setting
            for one in named
            if one.channel_id not in server.channels and one.channel_id not in server.hidden
        ]
        roles = [
            one.setting
            for one in gifts(settings, (), now)
            if one.role_id not in server.hall.roles and one.setting
        ]
        return (*channels, *roles)


class _Examination:
    """One examination: what was read, and what could not be."""

    def __init__(self, doctor: GuildDoctor, guild_id: GuildId, now: datetime) -> None:
        self._doctor = doctor
        self._guild_id = guild_id
        self._now = now
        self._silent: list[Finding] = []

    def findings(self) -> Iterable[Finding]:
        table, now, guild = self._doctor.table, self._now, self._guild_id
        settings = self._ask(say("Settings"), lambda: table.settings(guild)) or Settings()
        campaigns = self._ask(say("Campaigns"), lambda: table.campaigns(guild)) or ()
        books = self._ask(say(INVITES), lambda: table.books(guild, now))
        used = (*uses(settings, campaigns, now), *self._alerts(settings))
        server = self._server(used)
        found = [*self._permitted(server, settings, campaigns, books, used)]
        found += self._heard(server)
        if books is not None:
            found += look_findings(books, server, now)
            found += join_findings(books, settings)
            found += standing_findings(books, now)
            found += check_findings(books, now)
        search = self._ask(say(JOINS), lambda: table.search(guild))
        found += [] if search is None else search_findings(settings, search, now)
        found += [] if server is None else door_findings(server, settings, now)
        return [*found, *self._silent]

    def of_channel(self, channel_id: ChannelId) -> Iterable[Finding]:
        table, guild = self._doctor.table, self._guild_id
        settings = self._ask(say("Settings"), lambda: table.settings(guild)) or Settings()
        campaigns = self._ask(say("Campaigns"), lambda: table.campaigns(guild)) or ()
        used = uses(settings, campaigns, self._now)
        asked = self._doctor.discord
        server = self._ask(say("Channels"), lambda: asked.server(guild, {channel_id}))
        found = [] if server is None else of_channel(server, channel_id, used)
        return [*found, *self._silent]

    def _alerts(self, settings: Settings) -> Iterable[Use]:
        if not settings.automod:
            return ()
        asked = self._doctor.discord
        return alert_uses(
            self._ask(say("Auto Moderation"), lambda: asked.alerts(self._guild_id)) or ()
        )

    def _server(self, used: Iterable[Use]) -> Server | None:
        channels = {one.channel_id for one in used}
        asked = self._doctor.discord
        return self._ask(say(PERMISSIONS), lambda: asked.server(self._guild_id, channels))

    def _permitted(
        self,
        server: Server | None,
        settings: Settings,
        campaigns: Iterable[Campaign],
        books: Books | None,
        used: tuple[Use, ...],
    ) -> Iterable[Finding]:
        if server is None:
            return ()
        offers = tuple(campaigns)
        terms = frozenset[str]() if books is None else books.terms
        return (
            *permission_findings(server, demands(settings, offers, terms, self._now)),
            *channel_findings(server, used),
            *placeless_findings(settings),
            *role_findings(
                server.hall, gifts(settings, offers, self._now), moderated=is_moderated(settings)
            ),
        )

    def _heard(self, server: Server | None) -> Iterable[Finding]:
        found: list[Finding] = []
        session: Session | None = None
        if server is not None:
            own, table = server.hall.own_id, self._doctor.table
            asked = self._ask(say(LISTENING), lambda: (table.session(self._guild_id, own),))
            if asked is not None:
                [session] = asked
                found += session_findings(session, self._now)
        application = self._ask(
            say("Server Members Intent"), lambda: self._doctor.discord.application()
        )
        if application is not None:
            found += intent_findings(application, session)
        return found

    def _ask[T](self, what: str, probe: Callable[[], T]) -> T | None:
        """Ask; None where that fails, which is a finding of its own."""
        try:
            return probe()
        except ProbeError as error:
            said = say("It could not be asked: {why}", why=error.why)
            remedy = say("Look again in a moment.")
            self._silent.append(Finding(say("Not known"), what, State.UNKNOWN, said, remedy))
            return None
