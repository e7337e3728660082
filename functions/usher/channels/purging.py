"""Which of a channel's messages a purge deletes, and deleting them (SPEC 7.1)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from usher.channels.model import Message
from usher.channels.ports import MessageDesk
from usher.frozen import frozen
from usher.ids import ChannelId, UserId
from usher.invites.ports import DeskError

PAGE: Final = 100
"""Messages of one request, to read them and to delete them (Discord docs)."""
MOST_READ: Final = 5_000
TOO_OLD: Final = timedelta(days=14) - timedelta(minutes=5)
"""Discord deletes nothing older together with others; a margin for the time that it takes."""
DISCORD_EPOCH: Final = 1_420_070_400_000
"""First millisecond of 2015 (Discord docs: Snowflakes)."""
_MESSAGE: Final = re.compile(
    r"\s*(?:https://(?:\w+\.)?discord(?:app)?\.com/channels/\d+/(\d{1,20})/)?(\d{15,20})\s*"
)


@frozen
class Wanted:
    """The messages that are to go: the newest ones first."""

    channel_id: ChannelId
    count: int
    before: str
    """Older than this one."""
    after: str | None = None
    """Newer than this one; None for any."""
    user_id: UserId | None = None
    bots: bool | None = None
    """Of apps only, or of none; None for both."""

    def takes(self, message: Message) -> bool:
        """Whether a message is meant."""
        mine = self.user_id is None or message.author_id == self.user_id
        return mine and self.bots in (None, message.bot) and not message.pinned


@dataclass(slots=True)
class Purged:
    """How a purge went."""

    deleted: int = 0
    pinned: int = 0
    """Left because they are pinned."""
    old: bool = False
    """It met messages of more than 14 days, which stay."""
    cut: bool = False
    """It has read as many messages as it may, and there are more."""
    problem: DeskError | None = None
    _waiting: list[str] = field(default_factory=list)


def purge(
    desk: MessageDesk, wanted: Wanted, audit: str, now: datetime, told: Callable[[Purged], None]
) -> Purged:
    """Delete messages, telling of each hundred. What is in the way ends it and is told."""
    went = Purged()
    waiting: list[str] = []
    try:
        for message in _read(desk, wanted, now, went):
            waiting.append(message.id)
            if len(waiting) == PAGE:
                _delete(desk, wanted, waiting, audit, went)
                told(went)
            if went.deleted + len(waiting) >= wanted.count:
                break
        _delete(desk, wanted, waiting, audit, went)
    except DeskError as error:
        went.problem = error
    return went


def sent_at(message_id: str) -> datetime:
    """Tell when a message was sent from its id."""
    milliseconds = (int(message_id) >> 22) + DISCORD_EPOCH
    return datetime.fromtimestamp(milliseconds / 1_000, UTC)


def read_message(typed: str, channel_id: ChannelId) -> str | None:
    """Read a message's id from what a member typed, an id or a link; None for neither.

    A link into another channel is none either.
    """
    found = _MESSAGE.fullmatch(typed)
    if found is None or found[1] not in (None, channel_id):
        return None
    return found[2]


def _read(desk: MessageDesk, wanted: Wanted, now: datetime, went: Purged) -> Iterator[Message]:
    before, read = wanted.before, 0
    while True:
        page = desk.messages(wanted.channel_id, before, PAGE)
        for message in page:
            if wanted.after is not None and int(message.id) <= int(wanted.after):
                return
            if now - sent_at(message.id) > TOO_OLD:
                went.old = True
                return
            went.pinned += message.pinned
            if wanted.takes(message):
                yield message
        read += len(page)
        if len(page) < PAGE:
            return
        if read >= MOST_READ:
            went.cut = True
            return
        before = page[-1].id


def _delete(
    desk: MessageDesk, wanted: Wanted, waiting: list[str], audit: str, went: Purged
) -> None:
    if waiting:
        desk.delete(wanted.channel_id, tuple(waiting), audit)
        went.deleted += len(waiting)
        waiting.clear()
