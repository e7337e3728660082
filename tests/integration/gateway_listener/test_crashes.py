"""Wherever a listener ends, the next one goes on so that the worker arrives at the same.

Every call is tried: to Discord, to the queue, to the lease's row, to the recording.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from tests.fakes.fifo import Message
from tests.fakes.fuse import Fuse
from tests.fakes.virtual_time import VirtualLoop
from tests.integration.gateway_listener.life import DEEDS, Known, known
from tests.integration.gateway_listener.process import EndedError, Lives, Process, Row, close
from tests.integration.gateway_listener.stage import START, FaultError, Stage


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
    assert found.recovered == frozenset()
    live = {
        who: tally.effective for (who, period), tally in found.tallies.items() if period == "all"
    }
    assert live == {"900": 5, "901": 1, "902": 1}
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
        assert known(stage, lives.sent) == expected, f"{step}: {name}"


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

        only_the_unseen_is_not_known(known(stage, lives.sent), expected, f"{step}: {name}")


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("searchable", [True, False], ids=["searched", "listed"])
def test_a_process_that_ends_while_it_reads_what_was_missed_is_followed_by_one_that_reads_it(
    searchable: bool, before: bool
) -> None:
    # Given a Discord that forgets sessions at once, and a process that ends in a burst
    expected, _ = whole()
    first = _step_at(172)
    tried: set[str] = set()
    for step in range(first + 1, first + 60):
        # When the next one ends too, wherever it is by then
        fuse = _Twice(first, before, EndedError, again=step)
        lives = Lives(Stage(fuse, searchable, timedelta(0)), DEEDS).run()
        tried.add(fuse.log[step - 1])

        only_the_unseen_is_not_known(known(lives.stage, lives.sent), expected, step)
    read = {
        "guilds",
        "audit_log",
        "search",
        "lease read",
        "lease write",
        "invites",
        "vanity",
        "sqs",
    }
    assert read <= tried
    assert searchable or "members" in tried


def only_the_unseen_is_not_known(found: Known, expected: Known, told: object) -> None:
    """Who came and went, or went, while nobody listened is not known; all else is."""
    assert found.joins <= expected.joins, told
    assert found.present >= expected.present, told
    for user in expected.present:
        mine, theirs = found.members[user].word, expected.members[user].word
        assert (mine.code, mine.inviter_id, mine.kind, mine.confidence) == (
            (theirs.code, theirs.inviter_id, theirs.kind, theirs.confidence)
        ), told


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
    return known(stage, sent, lag)


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
