"""Judging the past again: what it would change, and the chain of steps that does it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import (
    GUILD,
    at,
    by,
    by_vanity,
    changed,
    joined,
    left,
    look,
    observe,
    open_between,
    row,
)
from tests.fakes.fuse import Fuse
from tests.fakes.recount import Recounter
from tests.fakes.worker import Worker
from usher.attribution.outcomes import Outcome
from usher.attribution.wording import word_of
from usher.contracts.recount import RecountStep
from usher.credit import recount_service
from usher.credit.fake import Rules
from usher.credit.fake_queries import Survey
from usher.credit.queries import Tally
from usher.credit.recounting import look_at
from usher.credit.rules import MemberRecord
from usher.ids import UserId

STRICT = Rules(self_invite=False, rejoin=True, default_avatar=True)


def member(outcome: Outcome, *verdict: str, back: bool = False) -> MemberRecord:
    word = word_of(outcome)
    return MemberRecord(at(0), None, word, verdict=verdict, has_avatar=True, returned=back)


def test_a_survey_counts_by_rule_and_by_inviter_and_changes_nothing() -> None:
    members = {
        "1": member(by("900")),
        "2": member(by("900"), back=True),
        "3": replace(member(by("900")), epochs=2, has_avatar=False),
        "4": member(by("901"), "self_invite"),
        "5": member(by("901"), "self_invite", back=True),
        "6": member(by_vanity(), back=True),
        "7": replace(member(by("900"), back=True), left_at=at(9)),
        "8": member(open_between("a", "b"), back=True),
        "9": replace(member(by("900"), back=True), untracked=True),
    }

    found = look_at(((UserId(u), record) for u, record in members.items()), STRICT, Survey())

    assert (found.looked, found.changes) == (9, 8)
    assert (found.fake, found.genuine, found.reasons, found.held) == (6, 1, 1, 1)
    assert found.gained == {"rejoin": 7, "default_avatar": 1}
    assert found.lost == {"self_invite": 2}
    assert found.inviters == {"900": -2, "901": 1, "VANITY": -1}


def town(members: int) -> Worker:
    """A guild where everybody came by one code, without an avatar."""
    worker = Worker()
    worker.handle(observe(look=look(row("abc"), seconds=-700), seconds=-700))
    people = [joined(str(1000 + n), 10 + n / 100) for n in range(members)]
    seen = look(row("abc", members), seconds=30)
    worker.handle(observe(*people, look=seen, seconds=30))
    worker.handle(observe(left("1000", 40), seconds=40))
    worker.handle(observe(changed("fake#default_avatar", "on", "rule"), seconds=50))
    return worker


def tally(world: Recounter) -> Tally:
    return world.guilds.guilds[GUILD].counters[UserId("900"), "all"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts so small that a town has several."""
    for name, size in (("PAGE", 4), ("MOST_LOOKED", 9), ("MOST_SENT", 6), ("SLICE", 2)):
        monkeypatch.setattr(recount_service, name, size)


def test_everybody_is_judged_part_by_part_and_the_end_is_told() -> None:
    world = Recounter(town(20))
    assert tally(world) == Tally(tracked=20, left=1)

    world.command()
    world.run()

    assert tally(world) == Tally(tracked=20, fake=20)
    assert world.progress.said[-1] == "Done. 20 members looked at, 20 judged again."
    assert all(len(one.events[0].users) <= 2 for one in world.sent)  # type: ignore[union-attr]


def test_a_second_run_sends_nobody() -> None:
    world = Recounter(town(20))
    world.command("1")
    world.run()
    sent = len(world.sent)

    world.command("2")
    world.run()

    assert len(world.sent) == sent
    assert world.progress.said[-1] == "Done. 20 members looked at, 0 judged again."


def test_the_next_part_waits_for_the_worker_and_gives_up_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recount_service, "MOST_POSTPONED", 5)
    world = Recounter(town(20), working=False)
    world.command()

    steps = world.run()

    assert steps == 2 + 5
    assert len(world.sent) == 3
    assert "is not recorded yet, so I stop" in world.progress.said[-1]

    # and once it works, asking again goes on
    world.working = True
    world.command("again")
    world.run()
    assert tally(world) == Tally(tracked=20, fake=20)


def test_rules_that_change_meanwhile_end_the_run() -> None:
    world = Recounter(town(20))
    world.command()
    world.one()

    world.worker.handle(observe(changed("fake#default_avatar", None, "x"), seconds=60))
    world.run()

    assert world.progress.said[-1].startswith("The rules have changed meanwhile.")


def test_a_step_before_its_time_waits() -> None:
    world = Recounter(town(4))
    world.command()
    [(step, _)] = world.steps
    world.steps = [(replace(step, due_at=world.now + timedelta(seconds=50)), 1)]

    world.one()

    assert [delay for _, delay in world.steps] == [49]


@pytest.mark.parametrize("before", [True, False])
def test_breaking_off_anywhere_and_steps_that_come_twice_change_nothing(before: bool) -> None:
    whole = Recounter(town(12))
    whole.command()
    whole.run()
    assert whole.fuse.steps > 6
    for step in range(1, whole.fuse.steps + 1):
        world = Recounter(town(12), Fuse(at=step, before=before))
        world.command()
        twice: list[RecountStep] = []
        while world.steps:
            if len(twice) < 4:
                twice.append(world.steps[0][0])
                world.steps.append((twice[-1], 5))
            world.one()

        assert world.broken == 1
        assert tally(world) == tally(whole) == Tally(tracked=12, fake=12)
        assert {u: m.now for u, m in world.guilds.guilds[GUILD].members.items()} == {
            u: m.now for u, m in whole.guilds.guilds[GUILD].members.items()
        }
