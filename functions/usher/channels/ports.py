"""What slowmodes, locks and purges ask of the world."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from usher.channels.model import Channel, Message, Overwrite
from usher.contracts.effect import Effect
from usher.frozen import frozen
from usher.ids import ChannelId, GuildId
from usher.invites.ports import DeskError, DeskRefusedError
from usher.rewards.hierarchy import Hall
from usher.slash.replies import Reply
from usher.slash.say import later
from usher.timing.terms import Term


class DeskGoneError(DeskRefusedError):
    """The channel, overwrite or message is not there any more."""

    words = later("That is not there any more.")


class ChannelDesk(Protocol):
    """Discord, with the bot's token. Every method may raise DeskError."""

    def channel(self, channel_id: ChannelId) -> Channel | None:
        """Read a channel or thread; None where there is none any more."""
        ...

    def channels(self, guild_id: GuildId) -> Sequence[Channel]:
        """Read a guild's channels, threads apart."""
        ...

    def put(self, channel_id: ChannelId, overwrite: Overwrite, reason: str) -> None:
        """Write an overwrite, whole."""
        ...

    def remove(self, channel_id: ChannelId, overwrite_id: str, reason: str) -> None:
        """Remove an overwrite; one that is gone is no error."""
        ...

    def slow(self, channel_id: ChannelId, seconds: int, reason: str) -> None:
        """Set how long members wait between two messages."""
        ...

    def lock_thread(self, channel_id: ChannelId, reason: str, *, locked: bool) -> None:
        """Lock a thread, or unlock it."""
        ...

    def paused_until(self, guild_id: GuildId) -> datetime | None:
        """Read until when Discord lets nobody in by an invite; None for not at all."""
        ...

    def pause(self, guild_id: GuildId, until: datetime | None, reason: str) -> None:
        """Pause invites and direct messages among strangers until then; None for no more."""
        ...


class Terms(Protocol):
    """The rows of what holds for a time; reads are consistent. May raise an error of the store."""

    def read(self, guild_id: GuildId, key: str) -> Term | None:
        """Read a term; None where there never was one."""
        ...

    def under(self, guild_id: GuildId, kind: str) -> Sequence[Term]:
        """Read all terms of a kind, those that have ended too."""
        ...

    def write(self, term: Term, over: Term | None) -> bool:
        """Write a version over the one that was read; False where that is no longer the last."""
        ...

    def end(self, term: Term, at: datetime) -> bool:
        """Mark a term as ended; False where it no longer is as it was read."""
        ...


class Orders(Protocol):
    """The effects queue."""

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        """Hand effects over, to be done after `delay` seconds; raises an error of the queue."""
        ...


class Halls(Protocol):
    """Discord's roles."""

    def hall(self, guild_id: GuildId, *, fresh: bool = False) -> Hall | None:
        """Read a guild's roles; None where Usher is not in it. May raise an error of Discord's."""
        ...


class Together(Protocol):
    """Does the same to many, several at a time, in whatever order; returns in theirs."""

    def __call__[A, R](self, do: Callable[[A], R], many: Iterable[A], /) -> Iterable[R]:
        """Do it to each."""
        ...


class MessageDesk(Protocol):
    """A channel's messages, with the bot's token. Every method may raise DeskError."""

    def messages(self, channel_id: ChannelId, before: str | None, limit: int) -> Sequence[Message]:
        """Read messages, the newest first, that are older than one; None for the newest of all."""
        ...

    def delete(self, channel_id: ChannelId, ids: Sequence[str], reason: str) -> None:
        """Delete up to 100 messages of the last 14 days; those that are gone are no error."""
        ...


class Progress(Protocol):
    """The reply that a member is waiting at."""

    def show(self, token: str, reply: Reply) -> None:
        """Show how far it is; what cannot be shown is not."""
        ...


@frozen
class Tools:
    """All that slowmodes, locks and purges need."""

    desk: ChannelDesk
    halls: Halls
    terms: Terms
    orders: Orders
    messages: MessageDesk
    progress: Progress
    together: Together


def done_or_gone(do: Callable[[], None]) -> DeskError | None:
    """Do something to what may be gone, which is as well; return what else was in the way."""
    try:
        do()
    except DeskGoneError:
        return None
    except DeskError as error:
        return error
    return None
