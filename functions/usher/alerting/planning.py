"""What the channel is to show, and what must be done that it does. Pure.

One message an incident; but when many begin at once, one message with a list of them. What a
message shows is a function of the board, and the board knows what was shown last: whatever was
interrupted is found by comparing the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from usher.alerting.incidents import incidents, pruned, taken
from usher.alerting.model import (
    Board,
    Change,
    Facts,
    Incident,
    Member,
    Message,
    News,
    Notice,
    Severity,
    Watch,
)
from usher.alerting.words import Rendered, Wording, severity_of

MOST_AT_ONCE: Final = 3
"""Messages that may begin within WHILE; what begins besides is put into a list."""
WHILE: Final = timedelta(minutes=10)
GATHERS: Final = timedelta(minutes=30)
"""How long a list takes in what begins."""
MOST_WAITING: Final = 50
"""Notices that wait for a webhook: DynamoDB's item holds 400 KB."""
MOST_NOTICED: Final = 100
"""Ids of notices that are remembered."""


@dataclass(frozen=True, slots=True)
class Ring:
    """An incident with its alarm."""

    alarm: str
    facts: Facts
    incident: Incident


@dataclass(frozen=True, slots=True)
class Post:
    """A message to be posted."""

    rendered: Rendered
    members: tuple[Member, ...] = ()
    many: bool = False
    calls: bool = False
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A message to be changed."""

    rendered: Rendered
    message: Message


type Task = Post | Edit


def take(board: Board, news: News) -> Board:
    """Take news in; the same board where they were known."""
    if isinstance(news, Change):
        before = board.watches.get(news.alarm, Watch())
        after = taken(before, news)
        return board if after is before else _with(board, news.alarm, after)
    if news.id in board.noticed:
        return board
    noticed = (*board.noticed, news.id)[-MOST_NOTICED:]
    return replace(board, waiting=(*board.waiting, news)[-MOST_WAITING:], noticed=noticed)


def tidy(board: Board, now: datetime) -> Board:
    """Forget what is long over, with its messages: the archive knows it for longer."""
    watches = {name: pruned(watch, now) for name, watch in board.watches.items()}
    held = {
        (ring.alarm, ring.incident.began)
        for name, watch in watches.items()
        for ring in _rings(name, watch)
    }
    messages = tuple(
        message
        for message in board.messages
        if any((ring.alarm, ring.incident.began) in held for ring in _shown(board, message))
        or now - message.born < GATHERS
    )
    return replace(board, watches=watches, messages=messages)


def rings(board: Board) -> tuple[Ring, ...]:
    """List all incidents that are remembered, oldest first."""
    found = [ring for name, watch in board.watches.items() for ring in _rings(name, watch)]
    return tuple(sorted(found, key=lambda ring: (ring.incident.began, ring.alarm)))


def next_task(board: Board, wording: Wording, now: datetime) -> Task | None:
    """Say what is to be done first; None where the channel shows what it should."""
    for message in board.messages:
        rendered = _render(board, message, wording)
        if rendered is not None and rendered.fingerprint != message.shown:
            return Edit(rendered, message)
    untold = [ring for ring in rings(board) if not _is_told(board, ring)]
    if untold:
        return _begin(board, untold, wording, now)
    if board.waiting:
        return Post(wording.notice(board.waiting[0]), notice=board.waiting[0])
    return None


def posted(board: Board, post: Post, message_id: str, now: datetime) -> Board:
    """Note that a message was posted."""
    if post.notice is not None:
        waiting = tuple(one for one in board.waiting if one.id != post.notice.id)
        return replace(board, waiting=waiting)
    shown = post.rendered.fingerprint
    message = Message(message_id, now, post.members, shown, post.many, post.calls)
    return replace(board, messages=(*board.messages, message))


def edited(board: Board, edit: Edit) -> Board:
    """Note that a message shows what it should."""
    changed = replace(edit.message, shown=edit.rendered.fingerprint)
    # Those that could not be posted have no id to tell them apart, but what they begin with.
    mine = (changed.id, changed.members[0])
    kept = (changed if (one.id, one.members[0]) == mine else one for one in board.messages)
    return replace(board, messages=tuple(kept))


def gone(board: Board, message: Message) -> Board:
    """Note that somebody deleted a message: what it told is untold."""
    return replace(board, messages=tuple(one for one in board.messages if one.id != message.id))


def _begin(board: Board, untold: list[Ring], wording: Wording, now: datetime) -> Task:
    members = tuple(Member(ring.alarm, ring.incident.began) for ring in untold)
    gathering = [one for one in board.messages if one.many and now - one.born < GATHERS]
    # Nobody is notified of a changed message: what cannot wait joins a list that called somebody.
    if gathering and (gathering[-1].called or not any(map(_pages, untold))):
        message = replace(gathering[-1], members=(*gathering[-1].members, *members))
        return Edit(wording.many(_shown(board, message)), message)
    recent = sum(now - one.born < WHILE for one in board.messages)
    if recent + len(untold) > MOST_AT_ONCE:
        calls = any(map(_pages, untold))
        return Post(wording.many(tuple(untold)), members, many=True, calls=calls)
    ring = untold[0]
    rendered = wording.one(ring.alarm, ring.facts, ring.incident)
    return Post(rendered, members[:1], calls=_pages(ring))


def _pages(ring: Ring) -> bool:
    return severity_of(ring.alarm) is Severity.PAGE and ring.incident.ended is None


def _render(board: Board, message: Message, wording: Wording) -> Rendered | None:
    shown = _shown(board, message)
    if not shown:
        return None
    if message.many:
        return wording.many(shown)
    ring = shown[0]
    return wording.one(ring.alarm, ring.facts, ring.incident)


def _shown(board: Board, message: Message) -> tuple[Ring, ...]:
    """Find the incidents of a message, in its order, each once."""
    found: dict[tuple[str, datetime], Ring] = {}
    for member in message.members:
        for ring in _rings(member.alarm, board.watches.get(member.alarm, Watch())):
            if ring.incident.spans(member.anchor):
                found[ring.alarm, ring.incident.began] = ring
    return tuple(found.values())


def _is_told(board: Board, ring: Ring) -> bool:
    return any(
        member.alarm == ring.alarm and ring.incident.spans(member.anchor)
        for message in board.messages
        for member in message.members
    )


def _rings(alarm: str, watch: Watch) -> Iterator[Ring]:
    for incident in incidents(watch.turns):
        yield Ring(alarm, watch.facts, incident)


def _with(board: Board, alarm: str, watch: Watch) -> Board:
    return replace(board, watches={**board.watches, alarm: watch})
