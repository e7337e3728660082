"""However a message breaks off, and however often it comes, the outcome is that of coming once."""

import random

import pytest

from tests.builders import GUILD
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.story import outcome, story, told
from tests.fakes.worker import Worker
from usher.contracts.observation import Observation
from usher.ledger.line_codec import read_line
from usher.ledger.lines import LineType

STORY = story()
ROOMS = (98, 12)


def undisturbed(room: int) -> Worker:
    worker = told(Worker(room=room))
    worker.handle(*STORY)
    return worker


def live(worker: Worker, observations: tuple[Observation, ...]) -> int:
    """Process, giving back what breaks off as a queue would; return how often it did."""
    broken = 0
    for observation in observations:
        while True:
            try:
                worker.handle(observation)
            except BrokenOffError:
                broken += 1
                worker.burn(Fuse())
            else:
                break
    return broken


@pytest.mark.parametrize("room", ROOMS)
def test_the_story_is_worth_telling(room: int) -> None:
    # Given the story undisturbed
    worker = undisturbed(room)
    assert isinstance(worker.guilds, FakeGuilds)

    # Then it has lines of every type that is not of things given up, members gone and back, and
    # pooled credit
    lines = [read_line(content) for content in worker.objects.under("lines/").values()]
    assert {line.type for line in lines} == {*LineType} - {LineType.WITHDRAWAL}
    guild = worker.guilds.guilds[GUILD]
    assert guild.gone, "a closed group was reopened"
    assert any(step.startswith("transaction 3") for step in worker.fuse.log) == (room == 12)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("room", ROOMS)
def test_breaking_off_at_any_step_changes_nothing(room: int, before: bool) -> None:
    whole = undisturbed(room)
    for step in range(1, whole.fuse.steps + 1):
        # Given a worker that breaks off at this step
        worker = told(Worker(fuse=Fuse(at=step, before=before), room=room))

        # When the message is delivered again
        assert live(worker, STORY) == 1

        # Then everything is as if it had not broken off
        assert outcome(worker) == outcome(whole), whole.fuse.log[step - 1]


@pytest.mark.parametrize("seed", range(30))
def test_breaking_off_many_times_changes_nothing(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - chooses steps, guards nothing
    whole = undisturbed(12)
    worker = told(Worker(room=12))
    for observation in STORY:
        for _ in range(rng.randrange(4)):
            worker.burn(Fuse(at=rng.randrange(1, 20), before=rng.random() < 0.5))
            try:
                worker.handle(observation)
            except BrokenOffError:
                continue
        worker.burn(Fuse())
        worker.handle(observation)
    assert outcome(worker) == outcome(whole)


@pytest.mark.parametrize("room", ROOMS)
def test_every_message_twice_changes_nothing(room: int) -> None:
    # When each message is delivered twice in a row
    worker = told(Worker(room=room))
    for observation in STORY:
        worker.handle(observation)
        assert worker.handle(observation).repeated

    # Then
    assert outcome(worker) == outcome(undisturbed(room))


@pytest.mark.parametrize("seed", range(20))
def test_old_messages_delivered_again_later_change_nothing(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    worker = told(Worker(room=12))
    for number, observation in enumerate(STORY):
        worker.handle(observation)
        for old in rng.sample(STORY[: number + 1], rng.randrange(number + 1)):
            assert worker.handle(old).repeated
    assert outcome(worker) == outcome(undisturbed(12))
