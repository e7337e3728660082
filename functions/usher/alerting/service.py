"""Telling the channel of alarms.

News are taken in first, then the channel is brought to what the board says, one message at a time,
and each is noted before the next: who repeats goes on where the one before stopped. A crash between
a post and its note costs one more message, since a webhook cannot ask what it posted (Discord has
no nonce for webhooks: API reference, Execute Webhook).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from usher.alerting.model import Board, Change, News, Watch
from usher.alerting.planning import (
    Edit,
    Task,
    edited,
    gone,
    next_task,
    posted,
    rings,
    take,
    tidy,
)
from usher.alerting.ports import (
    Archive,
    Boards,
    Channel,
    ChannelGoneError,
    ChannelUnavailableError,
    ContentRefusedError,
    Held,
    HeldError,
    MessageGoneError,
    Past,
)
from usher.alerting.words import Rendered, Wording

WAITS: Final = 12
"""How often a board that another run holds is asked for again."""
WAIT_SECONDS: Final = 1.0
MOST_TASKS: Final = 200
"""Steps of a run: an end, should two messages ever undo each other."""


class Sink(Protocol):
    """Is told what an operator of this very function must know."""

    def channel_gone(self, error: ChannelGoneError) -> None:
        """Say that nobody is told, since the webhook is missing."""
        ...

    def refused(self, error: ContentRefusedError) -> None:
        """Say that Discord did not want a message's content."""
        ...


@dataclass(frozen=True, slots=True)
class Alerting:
    """Brings news to the channel. `channel` is None where there is none: then news are kept."""

    boards: Boards
    archive: Archive
    channel: Channel | None
    wording: Wording
    clock: Callable[[], datetime]
    pause: Callable[[float], None]
    sink: Sink

    def run(self, news: Iterable[News] = ()) -> int:
        """Take news in and tell what is untold; return how many messages were posted or changed.

        May be repeated with the same news. Raises HeldError, StaleError, ChannelUnavailableError
        and AwsError: then the same is to be tried later. A webhook that is gone raises nothing:
        later would be no better.
        """
        turn = _Turn(self.boards, self._hold())
        self._take(turn, news)
        try:
            told = self._tell(turn)
        except ChannelUnavailableError:
            turn.end(turn.held.board)  # or who comes next waits until the turn has passed
            raise
        turn.end(tidy(turn.held.board, self.clock()))
        return told

    def _hold(self) -> Held:
        for _ in range(WAITS):
            try:
                return self.boards.hold(self.clock())
            except HeldError:
                self.pause(WAIT_SECONDS)
        return self.boards.hold(self.clock())

    def _take(self, turn: "_Turn", news: Iterable[News]) -> None:
        board, touched = turn.held.board, set[str]()
        for one in news:
            board = take(board, one)
            if isinstance(one, Change):
                touched.add(one.alarm)
        self.archive.keep(_pasts(turn.held.board, board, touched))
        if board is not turn.held.board:
            turn.save(board)

    def _tell(self, turn: "_Turn") -> int:
        if self.channel is None:
            return 0
        for told in range(MOST_TASKS):
            now = self.clock()
            task = next_task(turn.held.board, self.wording, now)
            if task is None:
                return told
            try:
                turn.save(self._do(self.channel, turn.held.board, task, now))
            except ChannelGoneError as error:
                self.sink.channel_gone(error)
                return told
        return MOST_TASKS

    def _do(self, channel: Channel, board: Board, task: Task, now: datetime) -> Board:
        if isinstance(task, Edit):
            if not task.message.id:  # refused twice when it was posted
                return edited(board, task)
            try:
                self._try(lambda one: channel.edit(task.message.id, one), task.rendered)
            except MessageGoneError:
                return gone(board, task.message)
            return edited(board, task)
        message_id = self._try(channel.post, task.rendered)
        return posted(board, task, message_id or "", now)

    def _try[T](self, say: Callable[[Rendered], T], rendered: Rendered) -> T | None:
        """Say it; or, should Discord not want the content, its title and sentence alone."""
        try:
            return say(rendered)
        except ContentRefusedError as error:
            self.sink.refused(error)
        try:
            return say(rendered.bare())
        except ContentRefusedError:
            return None


@dataclass(slots=True)
class _Turn:
    """A run's turn with the board."""

    boards: Boards
    held: Held

    def save(self, board: Board) -> None:
        """Write the board."""
        self.held = self.boards.save(self.held, board)

    def end(self, board: Board) -> None:
        """Write the board and let others have their turn."""
        self.boards.release(replace(self.held, board=board))


def _pasts(before: Board, after: Board, touched: set[str]) -> Sequence[Past]:
    """List the incidents of alarms that news came of; and which have become part of another."""
    held = {(past.alarm, past.began): past for past in _listed(after, touched)}
    merged = [
        replace(past, ended=past.began, times=0)
        for past in _listed(before, touched)
        if (past.alarm, past.began) not in held
    ]
    return [*held.values(), *merged]


def _listed(board: Board, touched: set[str]) -> Sequence[Past]:
    mine = replace(board, watches={name: board.watches.get(name, Watch()) for name in touched})
    return [
        Past(ring.alarm, ring.incident.began, ring.incident.ended, ring.incident.times)
        for ring in rings(mine)
    ]
