"""Effects as calls of Discord's REST API."""

from dataclasses import dataclass
from typing import Protocol, assert_never
from urllib.parse import quote

from effects.policing import Policing
from usher.contracts.case_effects import CheckMute, LogCase, NoteByHand, PostCard
from usher.contracts.effect import (
    ChangeRole,
    CheckInvite,
    CheckStanding,
    CountReferral,
    Effect,
    EndDue,
    Greet,
    MendRank,
    SendMessage,
    SweepStandings,
    TellHeld,
)
from usher.contracts.guarding import ReactToAutomod, WatchRaid
from usher.contracts.onboarding_effects import FollowOnboarding, OfferOnboarding
from usher.ids import ChannelId, GuildId, UserId
from usher.invites.ports import DeskError
from usher.moderation.ports import ActError
from usher.platform.discord_messages import Rest, send
from usher.platform.discord_rest import DiscordError, RefusedError
from usher.rewards.problems import ONBOARDING


class Standings(Protocol):
    """What members have earned by their invites."""

    def check(self, order: CheckStanding) -> None:
        """Look at one member; raises DiscordError, and errors of table and queue."""

    def sweep(self, order: SweepStandings) -> None:
        """Have a page of members looked at, and the next one after it."""


class Trouble(Protocol):
    """What keeps ranks from working."""

    def mend(self, order: MendRank) -> None:
        """Look whether a problem is mended; raises DiscordError, and errors of table and queue."""

    def silent(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        """Note that a channel cannot be written to; raises the same."""


class Greetings(Protocol):
    """What says welcome and farewell."""

    def greet(self, order: Greet) -> None:
        """Say a greeting, once; raises DiscordError, and errors of the table."""
        ...


class Referrals(Protocol):
    """Which link brought whom."""

    def check(self, order: CountReferral) -> None:
        """Look at one member; raises errors of the table."""
        ...


class Holding(Protocol):
    """What admins hear of conversions that are held."""

    def tell(self, order: TellHeld) -> None:
        """Tell what is new; raises DiscordError, and errors of table and queue."""
        ...


class Endings(Protocol):
    """What ends bans, mutes, slowmodes and locks."""

    def end(self, order: EndDue) -> None:
        """End what is due; raises DiscordError, and errors of table and queue."""
        ...


type Cases = LogCase | NoteByHand | CheckMute | PostCard


class Moderation(Protocol):
    """What keeps cases as they are."""

    def do(self, effect: Cases | ReactToAutomod | WatchRaid) -> None:
        """Do an effect about cases; raises ActError, DiscordError, errors of table and queue."""
        ...


class Onboarding(Protocol):
    """What newcomers are led through. Methods raise DiscordError, and errors of table and queue."""

    def look(self, guild_id: GuildId, user_id: UserId) -> None:
        """Look whether a member is to be sent the button."""
        ...

    def offer(self, order: OfferOnboarding) -> None:
        """Send the button that a program asks for."""
        ...

    def follow(self, order: FollowOnboarding) -> None:
        """Do what follows from how far somebody is."""
        ...

    def mend(self, order: MendRank) -> None:
        """Look whether a role can be given that could not."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordEffects:
    """Does effects. Doing one twice within minutes has the effect of once."""

    rest: Rest
    standings: Standings
    trouble: Trouble
    greetings: Greetings
    referrals: Referrals
    endings: Endings
    moderation: Moderation
    onboarding: Onboarding
    holding: Holding

    def do(self, effect: Effect) -> None:
        """Do an effect; raises DiscordError."""
        try:
            self._do(effect)
        except (ActError, DeskError) as error:
            if isinstance(error.__cause__, DiscordError):
                raise error.__cause__ from error
            raise

    def _do(self, effect: Effect) -> None:
        match effect:
            case SendMessage():
                self._send(effect)
            case ChangeRole():
                self._change_role(effect)
            case CheckInvite():
                Policing(self.rest).check(effect)
            case CheckStanding() | SweepStandings() | MendRank():
                self._reward(effect)
            case Greet():
                self.greetings.greet(effect)
            case CountReferral() | TellHeld() | FollowOnboarding() | OfferOnboarding():
                self._lead_in(effect)
            case EndDue():
                self.endings.end(effect)
            case (
                LogCase() | NoteByHand() | CheckMute() | PostCard() | ReactToAutomod() | WatchRaid()
            ):
                self.moderation.do(effect)
            case _:
                assert_never(effect)

    def _reward(self, effect: CheckStanding | SweepStandings | MendRank) -> None:
        match effect:
            case CheckStanding():
                self.standings.check(effect)
            case SweepStandings():
                self.standings.sweep(effect)
            case MendRank(key=key) if key.startswith(ONBOARDING):
                self.onboarding.mend(effect)
            case MendRank():
                self.trouble.mend(effect)

    def _lead_in(
        self, effect: CountReferral | TellHeld | FollowOnboarding | OfferOnboarding
    ) -> None:
        match effect:
            case TellHeld():
                self.holding.tell(effect)
            case CountReferral():
                self.referrals.check(effect)
                self.onboarding.look(effect.guild_id, effect.user_id)
            case FollowOnboarding():
                self.onboarding.follow(effect)
            case OfferOnboarding():
                self.onboarding.offer(effect)

    def _send(self, effect: SendMessage) -> None:
        try:
            send(self.rest, effect)
        except RefusedError:
            self.trouble.silent(effect.guild_id, effect.channel_id)
            raise

    def _change_role(self, effect: ChangeRole) -> None:
        guild, user, role = _part(effect.guild_id), _part(effect.user_id), _part(effect.role_id)
        method = "PUT" if effect.present else "DELETE"
        route = f"/guilds/{guild}/members/{user}/roles/{role}"
        self.rest.call(method, route, reason=effect.reason)


def _part(text: str) -> str:
    return quote(text, safe="")
