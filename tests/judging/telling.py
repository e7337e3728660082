"""A history told to Usher: the observations that its listeners and its search would send."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from gateway_listener.look import Known, diff_look, known_rows
from infra.replay.lines import Line
from infra.replay.session import GuildSession
from tests.simulator import listener
from tests.simulator.clock import moment
from tests.simulator.history import History
from tests.simulator.invites import GUILD
from usher.attribution.watching import LAG
from usher.contracts.observation import Observation
from usher.ids import GuildId, InviteCode

GUILD_ID = GuildId(GUILD)
_ALONE = frozenset({"MEMBERS_SEARCH", "USHER", "MEMBERS", "AUDIT_LOG"})
"""What is told at once, in messages of its own."""


def observations(
    history: History, *, second_listener: bool = False, partial: bool = True
) -> list[Observation]:
    """Everything in the order in which it is sent, and at last that the evidence's time is over.

    `partial`: looks tell only what changed, as the running listener's do; recordings hold all.
    """
    told = [*_heard("first", history.heard, partial), *_asked(history.searched)]
    if second_listener:
        told += _heard("second", history.heard_by_another(), partial)
    told.sort(key=lambda observation: observation.at)
    end = told[-1].at + 3 * LAG + timedelta(seconds=1)
    return [*told, Observation("end", GUILD_ID, "", end)]


def _heard(name: str, lines: Iterable[listener.Line], partial: bool) -> Iterator[Observation]:
    session = GuildSession(GUILD_ID)
    rows: dict[InviteCode, Known] | None = None
    for observation in _sessions(name, session, lines):
        look = observation.look
        if observation.gap:
            rows = None
        if look is None:
            yield observation
            continue
        yield replace(observation, look=diff_look(rows, look) if partial else look)
        if look.ok:
            rows = known_rows(look)


def _sessions(
    name: str, session: GuildSession, lines: Iterable[listener.Line]
) -> Iterator[Observation]:
    for line in lines:
        if line[1] in _ALONE:
            yield from _alone(f"{name} {line[1]}", line)
        else:
            yield from (_named(name, one) for one in session.take(_line(line)))
    yield from (_named(name, one) for one in session.flush())


def _asked(lines: Iterable[listener.Line]) -> Iterator[Observation]:
    for line in lines:
        yield from _alone("search", line)


def _alone(name: str, line: listener.Line) -> Iterator[Observation]:
    session = GuildSession(GUILD_ID)
    for one in (*session.take(_line(line)), *session.flush()):
        yield replace(one, id=f"{name} {line[0]}")


def _named(name: str, observation: Observation) -> Observation:
    return replace(observation, id=f"{name} {observation.id}")


def _line(line: listener.Line) -> Line:
    at, kind, data = line
    return Line(at, moment(at), kind, GUILD_ID, data)
