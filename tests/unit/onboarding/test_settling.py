"""What follows from an onboarding, once a membership, whatever happens on the way."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.builders import GUILD, at
from tests.fakes.fuse import BREAKS, Fuse
from tests.fakes.greeting import NEW
from tests.fakes.onboarding import Stage
from tests.fakes.rewards import role
from tests.referring import CODE, SPRING
from tests.unit.onboarding.scene import GIFT, LOOK, STAY, done, session, stage
from usher.contracts.onboarding_effects import OfferOnboarding
from usher.ids import RoleId
from usher.onboarding.following import started
from usher.rewards.hierarchy import ADMINISTRATOR
from usher.rewards.ports import Holder

SECOND = RoleId("71")


def completed_on(**changes: object) -> Stage:
    there = stage(**changes)  # type: ignore[arg-type]
    there.do(LOOK)
    there.do(done(there))
    return there


def test_roles_are_given_and_the_conversion_counts_with_its_value() -> None:
    there = completed_on(value=Decimal("25.99"))

    assert GIFT in there.hall.members[NEW].roles
    assert there.recorder.conversions == {
        STAY: (
            Decimal("25.99"),
            {"onboarding_fields_completed": 3, "roles_assigned": "role 70"},
            None,
        )
    }
    assert there.recorder.told[STAY].link == CODE
    found = session(there)
    assert (found.completed_at, found.fields, found.given, found.owed) == (at(60), 3, (GIFT,), ())
    assert found.settled_at is not None
    assert there.told() == []


def test_again_changes_nothing() -> None:
    there = completed_on()
    calls = list(there.hall.calls)
    there.do(replace(done(there), id="again", at="2027-01-01T00:00:00.000000+00:00"))
    assert there.hall.calls == calls
    assert session(there).completed_at == at(60)


def test_a_beginning_is_recorded_once_at_its_time() -> None:
    there = stage()
    there.do(LOOK)
    there.do(started(session(there), at(30)))
    there.do(replace(started(session(there), at(45)), id="later"))
    assert there.recorder.begun == {STAY: (at(30), None)}
    there.do(done(there))
    assert session(there).started_at == at(30)


def test_what_a_program_claimed_is_told_as_claimed() -> None:
    there = stage(None)
    there.do(OfferOnboarding("ask", GUILD, NEW, SPRING, CODE))
    there.do(done(there))
    assert there.recorder.conversions[STAY][2] == CODE


def test_roles_by_hand_are_named_to_the_admins_once() -> None:
    there = completed_on(automatic_roles=False)
    there.do(replace(done(there), id="again"))
    assert there.hall.members[NEW].roles == frozenset()
    (told,) = there.told()
    assert f"<@{NEW}>" in told
    assert f"<@&{GIFT}>" in told
    assert there.recorder.conversions[STAY][1]["roles_assigned"] == ""


def test_a_role_above_ours_is_told_once_and_given_when_that_is_mended() -> None:
    # Given a role that stands above Usher's own
    there = stage(role_ids=(GIFT, SECOND))
    there.hall.put(role(GIFT, 60), role(SECOND, 11))
    there.do(LOOK)
    there.do(done(there))

    # Then the other is given, the conversion counts, and the admins hear of it once
    assert there.hall.members[NEW].roles == {SECOND}
    assert there.recorder.conversions[STAY][1]["roles_assigned"] == "role 71"
    assert session(there).owed == (GIFT,)
    there.do(replace(done(there), id="again"))
    (told,) = there.told()
    assert "not below my own role" in told

    # When it is moved below, the clock finds that out
    there.now += timedelta(minutes=5)
    there.mend(f"onboarding#{GIFT}")
    assert len(there.told()) == 1
    there.hall.put(role(GIFT, 10))
    there.now += timedelta(minutes=10)
    there.mend(f"onboarding#{GIFT}")
    assert there.hall.members[NEW].roles == {GIFT, SECOND}
    assert (session(there).owed, set(session(there).given)) == ((), {GIFT, SECOND})
    assert "I can give" in there.told()[-1]
    assert len(there.recorder.conversions) == 1


def test_discord_refusing_for_no_reason_is_told_and_tried_for_one_member() -> None:
    there = stage()
    there.hall.refusing = True
    there.do(LOOK)
    there.do(done(there))
    there.do(replace(done(there), id="again"))
    assert len(there.hall.calls) == 1
    there.now += timedelta(minutes=5)
    there.mend(f"onboarding#{GIFT}")
    assert len(there.hall.calls) == 2
    there.hall.refusing = False
    there.now += timedelta(minutes=10)
    there.mend(f"onboarding#{GIFT}")
    assert session(there).owed == ()


def test_a_deleted_role_is_told_and_not_owed() -> None:
    there = stage()
    there.hall.roles.pop(GIFT)
    there.do(LOOK)
    there.do(done(there))
    assert session(there).owed == ()
    assert "is deleted" in there.told()[0]


def test_a_role_that_became_dangerous_is_not_given() -> None:
    there = stage()
    there.hall.put(role(GIFT, 10, ADMINISTRATOR))
    there.do(LOOK)
    there.do(done(there))
    assert there.hall.members[NEW].roles == frozenset()
    assert "can harm the server" in there.told()[0]


def test_a_role_lets_nobody_past_the_screening() -> None:
    there = stage()
    there.do(LOOK)
    there.hall.members[NEW] = Holder(frozenset(), pending=True)
    there.do(done(there))
    assert there.hall.calls == []
    assert session(there).owed == (GIFT,)
    there.hall.members[NEW] = Holder(frozenset())
    there.do(LOOK)
    there.settle()
    assert GIFT in there.hall.members[NEW].roles


def test_a_join_that_is_not_on_record_yet_is_waited_for() -> None:
    there = stage()
    there.do(LOOK)
    there.recorder.joined = False
    there.do(done(there))
    assert GIFT in there.hall.members[NEW].roles
    assert session(there).settled_at is None
    there.recorder.joined = True
    there.do(LOOK)
    there.settle()
    assert STAY in there.recorder.conversions
    assert (session(there).settled_at is None, session(there).given) == (False, (GIFT,))


def test_who_has_left_gets_no_role_and_counts_all_the_same() -> None:
    there = stage()
    there.do(LOOK)
    there.hall.members = {}
    there.do(done(there))
    assert there.hall.calls == []
    assert STAY in there.recorder.conversions
    assert session(there).owed == ()


@pytest.mark.parametrize(("before", "error"), BREAKS)
@pytest.mark.parametrize("by_hand", [False, True])
def test_breaking_off_anywhere_ends_as_if_it_had_not(
    before: bool,
    error: type[BaseException],
    by_hand: bool,
) -> None:
    def whole(fuse: Fuse) -> Stage:
        there = stage(automatic_roles=not by_hand, role_ids=(GIFT, SECOND))
        there.hall.put(role(SECOND, 60))
        orders = (lambda: LOOK, lambda: started(session(there), at(30)), lambda: done(there))
        there.fuse = fuse
        for order in orders:
            try:
                there.do(order())
            except error:
                there.fuse = Fuse()
                there.do(order())  # the queue delivers it again
        return there

    counting = Fuse()
    untouched = whole(counting)
    assert counting.steps > 20
    for number in range(1, counting.steps + 1):
        there = whole(Fuse(number, before=before, error=error))
        assert there.sessions.held == untouched.sessions.held, number
        assert list(there.door.posted) == list(untouched.door.posted), number
        assert there.recorder.conversions == untouched.recorder.conversions, number
        assert there.recorder.begun == untouched.recorder.begun, number
        assert there.hall.members == untouched.hall.members, number
        assert there.told() == untouched.told(), number
