"""A channel, a board and an archive in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from usher.alerting.model import Board
from usher.alerting.periods import Period
from usher.alerting.ports import (
    ChannelGoneError,
    ContentRefusedError,
    File,
    Held,
    HeldError,
    MessageGoneError,
    Past,
    StaleError,
)
from usher.alerting.report_table import TURN as REPORT_TURN
from usher.alerting.table import TURN
from usher.alerting.words import Rendered
from usher.times import format_time


@dataclass
class FakeChannel:
    """A Channel; `raises` is raised by the next calls, in order."""

    messages: dict[str, Rendered] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    posts: int = 0
    mentioned: list[str] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)

    def post(self, rendered: Rendered, file: File | None = None) -> str:
        self._fail()
        self.posts += 1
        name = str(self.posts + 1_000)
        self.messages[name] = rendered
        if rendered.role:
            self.mentioned.append(rendered.role)
        if file is not None:
            self.files[name] = file
        return name

    def edit(self, message_id: str, rendered: Rendered) -> None:
        self._fail()
        if message_id not in self.messages:
            raise MessageGoneError
        self.messages[message_id] = rendered

    def _fail(self) -> None:
        if self.raises:
            raise self.raises.pop(0)

    @property
    def titles(self) -> list[str]:
        return [str(one.embed["title"]) for one in self.messages.values()]


@dataclass
class FakeBoards:
    """A Boards: one row."""

    board: Board = field(default_factory=Board)
    version: int = 0
    until: datetime | None = None

    def hold(self, now: datetime) -> Held:
        if self.until is not None and self.until > now:
            raise HeldError
        self.version, self.until = self.version + 1, now + TURN
        return Held(self.board, self.version, self.until)

    def save(self, held: Held, board: Board) -> Held:
        self._put(held, board, held.until)
        return Held(board, self.version, held.until)

    def release(self, held: Held) -> None:
        self._put(held, held.board, None)

    def _put(self, held: Held, board: Board, until: datetime | None) -> None:
        if held.version != self.version:
            raise StaleError
        self.version, self.board, self.until = self.version + 1, board, until


@dataclass
class FakeArchive:
    """An Archive."""

    rows: dict[str, Past] = field(default_factory=dict)

    def keep(self, incidents: Sequence[Past]) -> None:
        for one in incidents:
            self.rows[f"{format_time(one.began)}#{one.alarm}"] = one

    def between(self, first: datetime, last: datetime) -> Sequence[Past]:
        return [one for _, one in sorted(self.rows.items()) if first <= one.began < last]


@dataclass
class FakeReportLog:
    """A ReportLog."""

    since: datetime | None = None
    claims: dict[str, datetime] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)

    def began(self, now: datetime) -> datetime:
        self.since = self.since or now
        return self.since

    def claim(self, period: Period, now: datetime) -> bool:
        last = self.claims.get(period.key)
        if period.key in self.done or (last is not None and now - last < REPORT_TURN):
            return False
        self.claims[period.key] = now
        return True

    def made(self, period: Period, message_id: str, now: datetime) -> None:
        self.done[period.key] = message_id


@dataclass
class FakeSink:
    """A Sink."""

    gone: int = 0
    refusals: int = 0

    def channel_gone(self, error: ChannelGoneError) -> None:
        self.gone += 1

    def refused(self, error: ContentRefusedError) -> None:
        self.refusals += 1


@dataclass
class FakeClock:
    """A clock that is moved by hand, and by pauses."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
