"""The two ways in of which it is known for sure who came (SPEC 5.5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.contracts.observation import MemberAdded, Observation
from usher.ids import InviteCode
from usher.referrals.entering import (
    Door,
    Ending,
    NoEntryError,
    Readiness,
    Signed,
    Standing,
)
from usher.referrals.invite_books import Events, InviteBooks, Log, Names
from usher.referrals.model import Mode
from usher.referrals.service import Landing

LOOKS: Final = 12
"""How often Discord is asked whether an invite's list is ready."""
PAUSE_SECONDS: Final = 0.4


@dataclass(frozen=True, slots=True)
class ExactEntry:
    """Lets people in who signed in: by an invite for them alone, or by adding them."""

    door: Door
    books: InviteBooks
    events: Events
    names: Names
    log: Log
    clock: Callable[[], datetime]
    fresh: Callable[[], str]
    """Names a request, so that the queue tells it from others."""
    pause: Callable[[float], None]
    base: str
    """Where invites are opened, for example `https://discord.gg`."""
    not_sent: tuple[type[Exception], ...]
    """What the road raises that could not take something."""

    def let_in(self, landing: Landing, signed: Signed) -> str | None:
        """Let somebody in: the address of their invite, or None where they are inside now.

        Raises NoEntryError and AwsError.
        """
        try:
            self._welcome(landing, signed)
            if landing.link.mode is Mode.ADDED:
                self._add(landing, signed)
                return None
            return self._invite(landing, signed)
        except NoEntryError as error:
            if error.ending is not Ending.MEMBER:
                self._tell(landing, error.ending.value)
            raise

    def _welcome(self, landing: Landing, signed: Signed) -> None:
        match self.door.standing(landing.link.guild_id, signed.user_id):
            case Standing.MEMBER:
                raise NoEntryError(Ending.MEMBER)
            case Standing.BANNED:
                raise NoEntryError(Ending.BANNED)
            case Standing.STRANGER:
                pass

    def _invite(self, landing: Landing, signed: Signed) -> str:
        channel_id = landing.campaign.channel_id
        if channel_id is None:
            raise NoEntryError(Ending.UNABLE)
        for _ in range(2):
            code = self.books.own(
                landing,
                f"@{signed.user_id}",
                lambda why: self.door.invite(channel_id, signed.user_id, why),
                signed.user_id,
            )
            if code is None:
                raise NoEntryError(Ending.CROWDED)
            if self._is_ready(code):
                return f"{self.base}/{code}"
            self.books.drop(landing, f"@{signed.user_id}", code)  # used, or revoked
        raise NoEntryError(Ending.UNAVAILABLE)

    def _is_ready(self, code: InviteCode) -> bool:
        """Wait until Discord knows whom an invite is for; False where there is none any more."""
        for look in range(LOOKS):
            match self.door.ready(code):
                case Readiness.READY:
                    return True
                case Readiness.GONE:
                    return False
                case Readiness.PENDING if look < LOOKS - 1:
                    self.pause(PAUSE_SECONDS)
        raise NoEntryError(Ending.CROWDED)  # who comes back finds the same invite

    def _add(self, landing: Landing, signed: Signed) -> None:
        """Add somebody, saying so before and after.

        What was said before is enough, where the answer is lost, for Discord's own record of the
        join to name the link.
        """
        link, at = landing.link, self.clock()
        request = self.fresh()
        asked = MemberAdded(signed.user_id, at, link.owner_id, link.code, done=False)
        if not self._said(landing, f"adding.{request}", asked):
            raise NoEntryError(Ending.UNAVAILABLE)
        if not self.door.add(link.guild_id, signed):
            raise NoEntryError(Ending.MEMBER)  # by another way, a moment ago
        done = MemberAdded(signed.user_id, at, link.owner_id, link.code)
        self._said(landing, f"added.{request}", done)

    def _said(self, landing: Landing, id_: str, event: MemberAdded) -> bool:
        guild_id = landing.link.guild_id
        name = self.names.name_of(guild_id)
        try:
            self.events.send(Observation(id_, guild_id, name, event.at, (event,)))
        except self.not_sent as error:
            self._tell(landing, type(error).__name__)
            return False
        return True

    def _tell(self, landing: Landing, why: str) -> None:
        told = {"guild_id": landing.link.guild_id, "link": landing.link.code, "why": why}
        self.log.warning("sign-in let nobody in", extra=told)
