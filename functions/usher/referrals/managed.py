"""An invite of their own for each visitor of a link (SPEC 5.4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.ids import ChannelId, InviteCode
from usher.invites.ports import DeskError, Wish
from usher.referrals.clicks import Click
from usher.referrals.invite_books import LIFE, Events, InviteBooks, InviteRows, Log, Names
from usher.referrals.model import Mode
from usher.referrals.service import Landing
from usher.referrals.ways import EXACT


class Desk(Protocol):
    """Discord."""

    def create(self, wish: Wish, reason: str) -> InviteCode:
        """Make an invite; raises DeskError."""
        ...


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

        Bots have no name as visitors, and are not worth an invite. Who is to sign in first gets
        none here. Raises AwsError.
        """
        link, channel_id = landing.link, landing.campaign.channel_id
        if link.mode in EXACT:
            return None
        code = link.invite
        if link.mode is Mode.MANAGED and channel_id is not None and click.visitor:
            code = self._own(landing, channel_id, click) or code
        return None if code is None else f"{self.base}/{code}"

    @property
    def _books(self) -> InviteBooks:
        return InviteBooks(self.rows, self.events, self.names, self.log, self.clock, self.not_sent)

    def _own(self, landing: Landing, channel_id: ChannelId, click: Click) -> InviteCode | None:
        wish = Wish(channel_id, int(LIFE.total_seconds()), 1, temporary=False, unique=True)

        def make(why: str) -> InviteCode:
            return self.desk.create(wish, why)

        try:
            return self._books.own(landing, click.visitor, make, click=click)
        except DeskError as error:
            told = {"guild_id": landing.link.guild_id, "link": landing.link.code}
            self.log.warning("invite refused", extra=told | {"error": type(error).__name__})
            return None
