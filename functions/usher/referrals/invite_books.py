"""Invites that are made while somebody waits: counted, noted with their link, kept for who asked.

Whoever makes one tells the event worker whose it is before it is given out, so that no join by it
is ahead of the note.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import GatewayEvent, InviteTargeted, Observation
from usher.funnel.model import Trace, trace_of
from usher.ids import GuildId, InviteCode, UserId
from usher.invites.notes import CodeNote, note_setting, write_note
from usher.referrals.clicks import Click
from usher.referrals.model import Campaign, Link, LinkCode
from usher.referrals.service import Landing
from usher.times import format_time

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

    def keep(self, code: LinkCode, visitor: str, invite: InviteCode, ends: datetime) -> None:
        """Keep a visitor's invite until it ends."""
        ...

    def remember(self, code: LinkCode, who: str, trace: Trace, at: datetime) -> None:
        """Keep the click of who comes by an invite, or of `@<member>`, as clicks are kept."""
        ...

    def made(self, guild_id: GuildId, now: datetime) -> int:
        """Count the invites made for a guild in the last ten minutes and this one."""
        ...

    def add(self, guild_id: GuildId, now: datetime) -> None:
        """Count one more."""
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
class InviteBooks:
    """Keeps the books of invites."""

    rows: InviteRows
    events: Events
    names: Names
    log: Log
    clock: Callable[[], datetime]
    not_sent: tuple[type[Exception], ...]
    """What the road raises that could not take something."""

    def own(
        self,
        landing: Landing,
        visitor: str,
        make: Callable[[str], InviteCode],
        only: UserId | None = None,
        click: Click | None = None,
    ) -> InviteCode | None:
        """Find a visitor's invite, or make it; None where the budget or the road has no room.

        `make` is told the reason to give, `only` who alone can use it, `click` what led to it.
        Raises AwsError, and whatever `make` raises.
        """
        link, now = landing.link, self.clock()
        if (held := self.rows.mine(link.code, visitor, now + MARGIN)) is not None:
            return held
        told = {"guild_id": link.guild_id, "link": link.code}
        if self.rows.made(link.guild_id, now) >= BUDGET:
            self.log.warning("invite budget used up", extra=told)
            return None
        # Counted before it is made: many who come at once see each other.
        self.rows.add(link.guild_id, now)
        made = make(f"Referral link {link.code}")
        try:
            self.events.send(self._note(link, landing.campaign, made, only, now))
        except self.not_sent as error:
            # An invite of which nobody knows whose it is would count for nobody; it ends by itself.
            self.log.warning("invite not noted", extra=told | {"error": type(error).__name__})
            return None
        self.rows.keep(link.code, visitor, made, now + LIFE)
        if click is not None:
            self.rows.remember(link.code, made, trace_of(click), now)
        return made

    def drop(self, landing: Landing, visitor: str, invite: InviteCode) -> None:
        """Give a visitor's invite out no more. Raises AwsError."""
        self.rows.keep(landing.link.code, visitor, invite, self.clock())

    def _note(
        self, link: Link, campaign: Campaign, made: InviteCode, only: UserId | None, now: datetime
    ) -> Observation:
        """Tell whose the invite is. The worker hears of it before anybody can have joined by it."""
        note = CodeNote(
            label=link.title,
            source=link.platform or None,
            campaign=campaign.name,
            made_for=link.owner_id,
            link=link.code,
            ends=format_time(now + LIFE),
        )
        deed = SettingChanged(
            f"managed.{made}", note_setting(made), write_note(note), link.owner_id, now
        )
        events: tuple[GatewayEvent, ...] = (deed,)
        if only is not None:
            events = (deed, InviteTargeted(made, (only,), now))
        name = self.names.name_of(link.guild_id)
        return Observation(f"deed.{deed.id}", link.guild_id, name, now, events)
