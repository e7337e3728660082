"""Wherever a listener ends, the next one goes on so that the worker arrives at the same.

Every call is tried: to Discord, to the queue, to the lease's row, to the recording.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from tests.fakes.crash_world import World
from tests.fakes.fifo import Message, message
from tests.fakes.fuse import Fuse
from tests.fakes.virtual_time import VirtualLoop
from tests.integration.gateway_listener.process import Deed, EndedError, Lives, Process, Row, close
from tests.integration.gateway_listener.stage import GUILD, START, FaultError, Stage
from usher.ledger.line_codec import read_line
from usher.ledger.lines import LineType


def opening(stage: Stage) -> None:
    stage.invite("abc", "900")
    stage.invite("def", "901")


def joins(user: str, code: str | None) -> Deed:
    return lambda stage: stage.join(user, code)


def leaves(user: str) -> Deed:
    return lambda stage: stage.leave(user)


DEEDS: list[tuple[float, Deed]] = [
    (0, opening),
    # a listener that has not been there for a while has no session to go on with
    (121, joins("11", "abc")),
    (131, joins("13", "def")),
    (141, joins("12", "abc")),
    # leaves and comes back, in one message and in two
    (151, leaves("11")),
    (151.4, joins("11", "abc")),
    (161, leaves("12")),
    (164, joins("12", "abc")),
    # several at once
    *((171 + n / 10, joins(str(20 + n), "abc")) for n in range(3)),
    # an invite that is made, used up and gone between two looks
    (181, lambda stage: stage.invite("once", "902", max_uses=1)),
    (181.2, joins("31", "once")),
    # by no invite, and then by one
    (201, joins("32", None)),
    (221, joins("33", "def")),
    (231, leaves("33")),
]


@dataclass(frozen=True)
class Known:
    """What the event worker arrives at."""

    joins: Counter[tuple[str | None, datetime | None]]
    """By ledger lines, who joined when, and how often that was recorded."""
    leaves: Counter[tuple[str | None, datetime | None]]
    present: frozenset[str]
    codes: dict[str, str | None]
    credit: dict[str, int]

    def is_but_for_doubt(self, other: "Known") -> bool:
        """Whether it is the other, but that who has left may have come by nobody knows which code.

        After an absence counts prove less for ten minutes, and Discord's record knows nobody who
        has left: certainty is lost then, never correctness.
        """
        told = {u: code for u, code in self.codes.items() if u in self.present or code is not None}
        return replace(self, codes=other.codes) == other and told.items() <= other.codes.items()


def known(stage: Stage, sent: list[Message]) -> Known:
    """Let the worker process what was sent, and what Discord's own record tells later."""
    world = World().play([*sent, message(stage.recorded())])
    lines = [read_line(content) for content in world.objects("lines/").values()]
    members = world.guilds.guilds[GUILD].members
    assert world.credit(GUILD) == world.credit_of_lines(GUILD)
    return Known(
        Counter((line.user_id, line.joined_at) for line in lines if line.type is LineType.JOIN),
        Counter((line.user_id, line.joined_at) for line in lines if line.type is LineType.LEAVE),
        frozenset(user for user, member in members.items() if member.now.left_at is None),
        {user: member.now.word.code for user, member in members.items()},
        {str(inviter): number for inviter, number in world.credit(GUILD).items()},
    )


def whole() -> tuple[Known, Fuse]:
    """What is known when nothing ends, and all the steps to that."""
    fuse = Fuse()
    lives = Lives(Stage(fuse), DEEDS).run()
    return known(lives.stage, lives.sent), fuse


def test_the_story_is_told_right() -> None:
    found, fuse = whole()

    assert found.joins.total() == len(found.joins) == 11
    assert found.leaves.total() == len(found.leaves) == 3
    assert found.present == {"11", "12", "13", "20", "21", "22", "31", "32"}
    assert found.credit == {"900": 5, "901": 1, "902": 1}
    calls = {"lease read", "lease write", "record", "invites", "vanity", "sqs"}
    assert set(fuse.log) == calls


@pytest.mark.parametrize("restart", [2, 70], ids=["at_once", "after_a_while"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_process_that_ends_at_any_call_changes_nothing(before: bool, restart: float) -> None:
    expected, fuse = whole()
    for step, name in enumerate(fuse.log, start=1):
        stage = Stage(Fuse(step, before, EndedError))
        lives = Lives(stage, DEEDS, timedelta(seconds=restart)).run()

        assert lives.ends == 1
        assert known(stage, lives.sent).is_but_for_doubt(expected), f"{step}: {name}"


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_process_that_ends_in_a_replay_changes_nothing(before: bool) -> None:
    # Given a process that ends among the leaves and returns
    expected, fuse = whole()
    first = _step_at(164.5)
    assert fuse.steps > first
    for step in range(first + 1, first + 30):
        # When the next one ends too, wherever it is by then
        stage = Stage(_Twice(first, before, EndedError, again=step))
        lives = Lives(stage, DEEDS).run()

        assert lives.ends >= 1  # two calls may have been under way at once
        assert known(stage, lives.sent) == expected, step


@pytest.mark.parametrize("searchable", [True, False], ids=["searched", "listed"])
def test_where_no_session_can_be_taken_up_who_is_there_is_found_and_nothing_is_wrong(
    searchable: bool,
) -> None:
    # Given a Discord that forgets sessions at once
    expected, fuse = whole()
    for step, name in enumerate(fuse.log, start=1):
        stage = Stage(Fuse(step, False, EndedError), searchable, timedelta(0))
        lives = Lives(stage, DEEDS).run()

        # Then only who came and went, or went, unseen is not known
        found = known(stage, lives.sent)
        assert found.joins <= expected.joins, (step, name)
        assert found.present >= expected.present, (step, name)
        assert {user: found.codes[user] for user in expected.present} == {
            user: expected.codes[user] for user in expected.present
        }, (step, name)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_call_that_fails_changes_nothing(before: bool) -> None:
    expected, fuse = whole()
    for step, name in enumerate(fuse.log, start=1):
        stage = Stage(Fuse(step, before, FaultError))
        lives = Lives(stage, DEEDS).run()

        assert lives.ends == 0
        assert known(stage, lives.sent) == expected, f"{step}: {name}"


@pytest.mark.parametrize("until", [130, 163, 400])
@pytest.mark.parametrize("lag", [0, 0.3, 0.9, 1.7])
def test_two_listeners_at_once_are_one(lag: float, until: float) -> None:
    # Given a second listener that lags behind, until the first one ends
    expected, _ = whole()

    assert at_once(lag, until).is_but_for_doubt(expected)


@pytest.mark.parametrize("lag", [5, 20, 50])
def test_a_second_listener_that_lags_by_seconds_ends_no_return(lag: float) -> None:
    expected, _ = whole()

    assert at_once(lag, 400).is_but_for_doubt(expected)


def at_once(lag: float, until: float) -> Known:
    """Let a second listener, that hears everything later, tell all that the first one tells."""
    loop = VirtualLoop(START)
    stage = Stage(now=loop.now)
    sent: list[Message] = []

    async def both() -> None:
        first = Process(stage, "first", Row(stage), sent)
        second = Process(stage, "second", Row(stage), sent, lag)
        tasks = [asyncio.create_task(first.listen())]
        await asyncio.sleep(1)
        tasks.append(asyncio.create_task(second.listen()))
        ended = False
        for seconds, deed in [*DEEDS, (400.0, lambda _: None)]:
            if not ended and seconds > until:
                tasks[0].cancel()
                ended = True
            await asyncio.sleep(max(0.0, seconds - (loop.now() - START).total_seconds()))
            deed(stage)
        await first.end()
        await second.end()
        for task in tasks:
            task.cancel()

    loop.run_until_complete(both())
    close(loop)
    return known(stage, sent)


@dataclass
class _Twice(Fuse):
    """Ends at two steps."""

    again: int = 0

    def _burn(self, name: str, number: int) -> None:
        if number == self.again:
            raise self.error(name)
        super()._burn(name, number)


def _step_at(seconds: float) -> int:
    """Tell the first step that is made after a moment."""
    moments: list[datetime] = []
    stage = Stage()

    class Timed(Fuse):
        def enter(self, name: str) -> int:
            moments.append(stage.now())
            return super().enter(name)

    stage.fuse = Timed()
    Lives(stage, DEEDS).run()
    return 1 + sum(moment < START + timedelta(seconds=seconds) for moment in moments)
