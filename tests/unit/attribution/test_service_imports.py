"""What the event worker does with imported members, and when it sees a guild for the first time."""

import pytest

from tests.builders import GUILD, START, at, joined, look, observe, person, row
from tests.fakes.backfill import FakeSteps
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.story import told
from tests.fakes.worker import Worker
from usher.attribution.backfill_install import INSTALL, BackfillAtInstall
from usher.contracts.observation import MemberSearched, Observation
from usher.ids import InviteCode, UserId

YEAR = 365 * 86400


def imported(user: str, code: str | None = "abc") -> MemberSearched:
    invite = None if code is None else InviteCode(code)
    return MemberSearched(person(user), at(-YEAR), at(60), 5, invite, UserId("900"), imported=True)


def first() -> Observation:
    return observe(look=look(row("abc", 9), seconds=0), seconds=0, id="first")


def test_imported_members_are_counted_apart_and_told_to_nobody() -> None:
    worker = told(Worker())
    worker.handle(first())

    report = worker.handle(observe(imported("1"), imported("2", None), seconds=60))

    assert (report.imported, report.joins, report.duplicates) == (2, {}, 0)
    assert worker.effects.sent == []
    assert worker.confirmations.sent == []


def test_a_repetition_follows_nothing_up_either() -> None:
    worker = told(Worker())
    worker.handle(first())
    again = observe(imported("1"), seconds=60, id="again")

    worker.handle(again, again)

    assert worker.effects.sent == []
    assert worker.confirmations.sent == []
    assert len(worker.objects.under("lines")) == 1


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("at_step", range(1, 13))
def test_a_hundred_members_are_recorded_once_wherever_it_breaks_off(
    at_step: int, before: bool
) -> None:
    members = [imported(str(n), "abc" if n % 2 else None) for n in range(12)]
    page = observe(*members, seconds=60, id="page")
    whole = Worker(room=20)
    whole.handle(first(), page)

    worker = Worker(room=20)
    worker.handle(first())
    worker.burn(Fuse(at_step * 2, before))
    with pytest.raises(BrokenOffError):
        worker.handle(page)
    worker.burn(Fuse())
    worker.handle(page)

    assert isinstance(worker.guilds, FakeGuilds)
    assert isinstance(whole.guilds, FakeGuilds)
    there, expected = worker.guilds.guilds[GUILD], whole.guilds.guilds[GUILD]
    assert there.counters == expected.counters
    assert {u: m.now for u, m in there.members.items()} == {
        u: m.now for u, m in expected.members.items()
    }
    assert worker.objects.under("lines") == whole.objects.under("lines")


def test_the_first_observation_of_a_guild_begins_an_import() -> None:
    steps = FakeSteps()
    worker = Worker(first_seen=BackfillAtInstall(steps, 10_000))

    worker.handle(first(), observe(joined("7"), seconds=12))

    [(step, _)] = steps.waiting
    assert (step.guild_id, step.run, step.most) == (GUILD, INSTALL, 10_000)
    assert (step.started_by, step.due_at) == (None, START)


def test_it_is_begun_again_where_the_worker_broke_off() -> None:
    steps = FakeSteps(Fuse(1))
    worker = Worker(first_seen=BackfillAtInstall(steps, 10_000))
    with pytest.raises(BrokenOffError):
        worker.handle(first())

    worker.handle(first())

    assert len(steps.waiting) == 1


def test_what_was_only_asked_for_is_no_first_sight() -> None:
    steps = FakeSteps()

    Worker(first_seen=BackfillAtInstall(steps, 10_000)).handle(observe(imported("1")))

    assert steps.waiting == []
