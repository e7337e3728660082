"""Many banned at once, whatever breaks: each once, with one case, and nobody is left out."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.court import EVERYTHING, OWNER, Court
from tests.fakes.fuse import BREAKS, BrokenOffError, DiedError, Fuse, Meanwhile
from usher.ids import UserId
from usher.moderation.guard import Action, Refusal
from usher.moderation.massing import MassBan, Massed
from usher.moderation.model import Status
from usher.moderation.order import Order
from usher.moderation.ports import ActError, ForbiddenError, LimitedError, UncertainError

RAIDERS = tuple(UserId(str(10**17 + number)) for number in range(3))
MINUTE = timedelta(minutes=1)
AGAIN = 12 * MINUTE
"""After which the queue brings a command once more that was not finished (template.yaml)."""
MANAGE = 1 << 5


def ordered(court: Court) -> Order:
    order = court.order(Action.MASSBAN, RAIDERS[0])
    return replace(order, actor=replace(order.actor, permissions=EVERYTHING | MANAGE))


def ban(court: Court, order: Order) -> Massed:
    massed = MassBan(court.sanctions).ban(order, RAIDERS)
    court.work()
    return massed


def assert_each_once(court: Court) -> None:
    """Everybody is banned, by one act of Discord's and one case, which the log shows once."""
    assert court.desk.bans.keys() == set(RAIDERS)
    assert sorted(court.desk.acts) == [f"ban {user}" for user in RAIDERS]
    cases = list(court.book.cases.values())
    assert sorted(case.user_id for case in cases) == list(RAIDERS)
    for case in cases:
        assert case.status is Status.ACTIVE, case
        assert case.logged == case.version
        assert len([one for one in court.log() if f"Case {case.number} ·" in one]) == 1
        slot = court.slot(user=case.user_id)
        assert (slot.case, slot.pending) == (case.number, None)
    assert all(court.dms(user) == [] for user in RAIDERS)


def _steps() -> int:
    court = Court()
    order = ordered(court)
    court.fuse = Fuse()
    ban(court, order)
    return court.fuse.steps


STEPS = range(1, _steps() + 1)


def _begin(fuse: Fuse) -> tuple[Court, Order]:
    court = Court()
    order = ordered(court)
    court.fuse = fuse
    with suppress(BrokenOffError, DiedError):
        ban(court, order)
    court.effects.sent.clear()
    court.fuse = Fuse()
    return court, order


@pytest.mark.parametrize("at", STEPS)
@pytest.mark.parametrize(("before", "error"), BREAKS)
@pytest.mark.parametrize("later", [timedelta(seconds=1), AGAIN])
def test_what_broke_off_is_done_when_the_queue_brings_it_again(
    at: int, before: bool, error: type[BaseException], later: timedelta
) -> None:
    court, order = _begin(Fuse(at, before, error))

    court.passes(later)
    massed = ban(court, order)
    court.passes(5 * MINUTE)

    assert massed.refused == ()
    assert_each_once(court)


@pytest.mark.parametrize("at", STEPS)
def test_a_second_delivery_beside_the_first_changes_nothing(at: int) -> None:
    court = Court()
    order = ordered(court)

    def beside() -> None:
        court.fuse = Fuse()
        MassBan(court.sanctions).ban(order, RAIDERS)

    court.fuse = Meanwhile(at, happens=beside)
    ban(court, order)
    court.passes(5 * MINUTE)

    assert_each_once(court)


@pytest.mark.parametrize("at", STEPS)
@pytest.mark.parametrize("error", [LimitedError(60), UncertainError()])
@pytest.mark.parametrize("before", [True, False])
def test_a_failure_at_any_call_loses_nobody(at: int, error: ActError, before: bool) -> None:
    class Failing(Fuse):
        def _burn(self, name: str, number: int) -> None:
            if number == self.at and name in ("ban_many", "banned", "member", "hall"):
                raise error

    court = Court()
    order = ordered(court)
    court.fuse = Failing(at, before)
    with suppress(ActError):
        ban(court, order)
    court.work()
    court.fuse = Fuse()
    court.passes(5 * MINUTE)
    if not court.book.cases:  # nothing was done, which was said: they ask again
        ban(court, order)

    assert_each_once(court)


@pytest.mark.parametrize("error", [LimitedError(60), UncertainError(), ForbiddenError()])
def test_who_was_banned_before_the_crash_is_not_taken_for_a_failure(error: ActError) -> None:
    court = Court()
    order = ordered(court)
    court.fuse = steps = Fuse()
    ban(court, order)
    court, order = _begin(Fuse(steps.log.index("ban_many") + 1, False, DiedError))
    works = court.desk.banned

    def failing(*_: object) -> None:
        raise error

    court.desk.banned = failing  # type: ignore[method-assign,assignment]
    ban(court, order)
    court.desk.banned = works  # type: ignore[method-assign]
    court.passes(5 * MINUTE)

    assert_each_once(court)


def test_who_was_banned_before_the_crash_is_on_record_though_discord_refuses_now() -> None:
    court = Court()
    order = ordered(court)
    court.fuse = steps = Fuse()
    ban(court, order)
    court, order = _begin(Fuse(steps.log.index("ban_many") + 1, False, DiedError))
    works = court.desk.ban_many

    def refusing(*_: object) -> None:
        raise ForbiddenError

    court.desk.ban_many = refusing  # type: ignore[method-assign,assignment]
    with pytest.raises(ForbiddenError):
        ban(court, order)
    court.desk.ban_many = works  # type: ignore[method-assign]
    court.passes(5 * MINUTE)

    assert_each_once(court)


def test_a_limit_is_waited_for_and_the_moderator_reads_so() -> None:
    court = Court()
    court.desk.refuses = LimitedError(600)

    massed = ban(court, ordered(court))
    assert [case.status for case in massed.cases] == [Status.PENDING] * 3
    court.passes(5 * MINUTE)
    assert court.desk.bans == {}
    court.desk.refuses = None
    court.passes(5 * MINUTE)

    assert_each_once(court)


def test_who_is_banned_already_is_no_failure() -> None:
    court = Court()
    court.ban(user=RAIDERS[1])

    massed = ban(court, ordered(court))

    assert [case.status for case in massed.cases] == [Status.ACTIVE] * 3
    assert court.case(1).status is Status.ENDED


@pytest.mark.parametrize("later", [timedelta(0), AGAIN])
def test_what_discord_refuses_is_refused_once_and_for_all(later: timedelta) -> None:
    court = Court()
    order = ordered(court)
    court.desk.refuses = ForbiddenError()
    with pytest.raises(ForbiddenError):
        ban(court, order)
    court.desk.refuses = None
    court.passes(later)

    massed = ban(court, order)

    assert [case.status for case in massed.cases] == [Status.FAILED] * 3
    assert court.desk.bans == {}


def test_who_cannot_be_banned_is_told_apart() -> None:
    court = Court()
    court.desk.unknown.add(RAIDERS[1])

    massed = MassBan(court.sanctions).ban(ordered(court), (*RAIDERS, OWNER))

    states = {case.user_id: case.status for case in massed.cases}
    assert states.pop(RAIDERS[1]) is Status.FAILED
    assert set(states.values()) == {Status.ACTIVE}
    assert massed.refused == ((OWNER, Refusal.OWNER),)
