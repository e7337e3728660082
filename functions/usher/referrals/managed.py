"""An invite of their own for each visitor of a link (SPEC 5.4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import Observation
from usher.ids import ChannelId, GuildId, InviteCode
from usher.invites.notes import CodeNote, note_setting, write_note
from usher.invites.ports import DeskError, Wish
from usher.referrals.clicks import Click
from usher.referrals.model import Campaign, Link, LinkCode, Mode
from usher.referrals.service import Landing

LIFE: Final = timedelta(minutes=10)
MARGIN: Final = timedelta(minutes=1)
"""An invite that ends sooner is not given out again."""
BUDGET: Final = 300
"""Invites of this kind that a guild may have at a time; Discord allows 1,000 of all kinds."""


class InviteRows(Protocol):
    """Which invites were made, and for whom. Every method may raise AwsError."""

    def mine(self, code: LinkCode, visitor: str, after: datetime) -> InviteCode | None:
        """Find the visitor's invite of a link that ends later than `after`."""
        ...

    def keep(self, click: Click, invite: InviteCode, ends: datetime) -> None:
        """Keep the invite that a click led to until it ends, and the click with it for longer."""
        ...

    def made(self, guild_id: GuildId, now: datetime) -> int:
        """Count the invites made for a guild in the last ten minutes and this one."""
        ...

    def add(self, guild_id: GuildId, now: datetime) -> None:
        """Count one more."""
        ...


class Desk(Protocol):
    """Discord."""

    def create(self, wish: Wish, reason: str) -> InviteCode:
        """Make an invite; raises DeskError."""
        ...


class Events(Protocol):
    """The road to the event worker."""

    def send(self, observation: Observation) -> None:
        """Hand an observation over; raises an error of the queue."""
        ...


class Names(Protocol):
    """Knows guilds' names."""

    def name_of(self, guild_id: GuildId) -> str:
        """Read a guild's name as last seen; empty for a guild never seen."""
        ...


class Log(Protocol):
    """What operators are told; a powertools Logger fits."""

    def warning(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Say what did not work."""


@dataclass(frozen=True, slots=True)
class ManagedInvites:
    """Makes invites of one use and ten minutes; falls back to the link's shared invite."""

    rows: InviteRows
    desk: Desk
    events: Events
    names: Names
    log: Log
    clock: Callable[[], datetime]
    base: str
    """Where invites are opened, for example `https://discord.gg`."""
    not_sent: tuple[type[Exception], ...]
    """What the road raises that could not take something."""

    def invite_url(self, landing: Landing, click: Click) -> str | None:
        """Make or find the invite for who clicked; None where there is none to be had.

        Bots have no name as visitors, and are not worth an invite. Raises AwsError.
        """
        link, channel_id = landing.link, landing.campaign.channel_id
        code = link.invite
        if link.mode is Mode.MANAGED and channel_id is not None and click.visitor:
            code = self._own(link, landing.campaign, channel_id, click) or code
        return None if code is None else f"{self.base}/{code}"

    def _own(
        self, link: Link, campaign: Campaign, channel_id: ChannelId, click: Click
    ) -> InviteCode | None:
        now = self.clock()
        if (held := self.rows.mine(link.code, click.visitor, now + MARGIN)) is not None:
            return held
        told = {"guild_id": link.guild_id, "link": link.code}
        if self.rows.made(link.guild_id, now) >= BUDGET:
            self.log.warning("invite budget used up", extra=told)
            return None
        # Counted before it is made: many who come at once see each other.
        self.rows.add(link.guild_id, now)
        wish = Wish(channel_id, int(LIFE.total_seconds()), 1, temporary=False, unique=True)
        try:
            made = self.desk.create(wish, f"Referral link {link.code}")
        except DeskError as error:
            self.log.warning("invite refused", extra=told | {"error": type(error).__name__})
            return None
        try:
            self.events.send(self._note(link, campaign, made, now))
        except self.not_sent as error:
            # An invite of which nobody knows whose it is would count for nobody; it ends by itself.
            self.log.warning("invite not noted", extra=told | {"error": type(error).__name__})
            return None
        self.rows.keep(click, made, now + LIFE)
        return made

    def _note(self, link: Link, campaign: Campaign, made: InviteCode, now: datetime) -> Observation:
        """Tell whose the invite is. The worker hears of it before anybody can have joined by it."""
        note = CodeNote(
            label=link.title,
            source=link.platform or None,
            campaign=campaign.name,
            made_for=link.owner_id,
            link=link.code,
        )
        deed = SettingChanged(
            f"managed.{made}", note_setting(made), write_note(note), link.owner_id, now
        )
        name = self.names.name_of(link.guild_id)
        return Observation(f"deed.{deed.id}", link.guild_id, name, now, (deed,))
