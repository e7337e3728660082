"""Sanctions from the order to Discord, the member, the case and the log."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import GUILD, START
from tests.fakes.court import (
    ACTOR,
    EVERYTHING,
    HALL,
    HIGH,
    LOG,
    LOW,
    MEMBER,
    MOD,
    MODS,
    OWNER,
    USHER,
    Court,
)
from tests.fakes.fuse import BREAKS, BrokenOffError, DiedError, Fuse
from usher.contracts.case_effects import CheckMute, NoteByHand
from usher.ids import UserId
from usher.moderation.guard import Action, Actor, Refusal
from usher.moderation.ladder import Rung
from usher.moderation.model import Case, Kind, Slot, SlotKind, Source, Status, Told
from usher.moderation.order import RefusedError
from usher.moderation.ports import (
    ActError,
    ForbiddenError,
    LimitedError,
    MissingError,
    UncertainError,
)
from usher.moderation.settings import ModSettings
from usher.rewards.hierarchy import Hall, Role
from usher.times import format_time

BLIND = replace(HALL, roles={**HALL.roles, HIGH: Role(HIGH, "Usher", 9, EVERYTHING)})
"""Usher may not see the audit log."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def test_a_ban_is_told_done_recorded_and_logged() -> None:
    court = Court()
    case = court.ban(DAY)
    assert (case.number, case.status, case.told) == (1, Status.ACTIVE, Told.YES)
    assert court.desk.bans == {MEMBER: "Case 1: spam (by 3)"}
    assert len(court.dms()) == 1
    assert len(court.log()) == 1
    assert court.slot() == Slot(GUILD, SlotKind.BAN, MEMBER, 2, 1, START + DAY)
    court.passes(DAY)
    assert court.desk.bans == {}
    assert court.case(1).status is Status.ENDED
    assert len(court.log()) == 1
    assert "over" in court.log()[0]
    assert court.slot().case is None


@pytest.mark.parametrize(("action", "failing"), [(Action.BAN, "banned"), (Action.SOFTBAN, "unban")])
def test_what_fails_after_the_ban_is_settled_by_the_clock(action: Action, failing: str) -> None:
    court = Court()
    works = getattr(court.desk, failing)

    def limited(*_: object) -> None:
        raise LimitedError(60)

    setattr(court.desk, failing, limited)
    with pytest.raises(UncertainError):
        court.do(court.order(action))
    setattr(court.desk, failing, works)
    assert court.case(1).status is Status.PENDING
    court.passes(3 * MINUTE)
    assert (court.case(1).status, court.case(1).told) == (Status.ACTIVE, Told.YES)
    assert (MEMBER in court.desk.bans) is (action is Action.BAN)


def test_the_same_order_again_is_the_same_case() -> None:
    court = Court()
    order = court.order(Action.BAN)
    assert court.do(order) == court.do(order)
    assert court.desk.acts == [f"ban {MEMBER}"]
    assert len(court.dms()) == len(court.log()) == 1


def test_what_the_guard_refuses_leaves_nothing() -> None:
    court = Court()
    for user, why in ((MOD, Refusal.SELF), (OWNER, Refusal.OWNER), (USHER, Refusal.USHER)):
        with pytest.raises(RefusedError) as caught:
            court.do(court.order(Action.BAN, user))
        assert caught.value.why is why
    court.desk.unknown.add(UserId("99"))
    with pytest.raises(MissingError):
        court.do(court.order(Action.BAN, UserId("99")))
    court.desk.halls = None
    with pytest.raises(RefusedError):
        court.ban()
    assert court.book.cases == {}


def test_who_is_not_there_can_be_banned() -> None:
    court = Court()
    case = court.ban(user=UserId("77"))
    assert (case.status, case.told) == (Status.ACTIVE, Told.CLOSED)
    assert UserId("77") in court.desk.bans


@pytest.mark.parametrize("error", [ForbiddenError(), LimitedError(60), MissingError()])
def test_a_ban_that_fails_takes_its_message_back(error: ActError) -> None:
    court = Court()
    court.ban(DAY, UserId("8"))
    court.desk.refuses = error
    with pytest.raises(type(error)):
        court.ban(DAY)
    court.work()
    case = court.case(2)
    assert (case.status, case.told) == (Status.FAILED, Told.RETRACTED)
    assert court.dms() == []
    assert court.slot().case is None
    assert court.slot().pending is None
    assert "not carried out" in court.log()[1]


@pytest.mark.parametrize("action", [Action.BAN, Action.KICK])
def test_what_a_rule_orders_while_discord_is_limited_is_done_by_the_clock(action: Action) -> None:
    court = Court()
    court.desk.refuses = LimitedError(60)
    with pytest.raises(LimitedError):
        court.do(court.order(action, actor=Actor(USHER, by_rule=True)))
    court.passes(3 * MINUTE)
    assert court.case(1).status is Status.PENDING
    court.desk.refuses = None
    court.passes(30 * MINUTE)
    assert court.case(1).status is not Status.PENDING
    assert court.desk.acts == [f"{action.value} {MEMBER}"]
    assert len(court.dms()) == len(court.log()) == 1


def test_what_a_rule_ordered_for_a_time_that_is_over_is_given_up() -> None:
    court = Court()
    court.desk.refuses = LimitedError(60)
    rule = Actor(USHER, by_rule=True)
    with pytest.raises(LimitedError):
        court.do(court.order(Action.BAN, actor=rule, until=START + MINUTE))
    court.desk.refuses = None
    court.passes(30 * MINUTE)
    assert (court.case(1).status, court.desk.acts) == (Status.FAILED, [])


def test_a_failed_ban_leaves_the_one_in_force_as_it_was() -> None:
    court = Court()
    court.ban(DAY)
    court.desk.refuses = ForbiddenError()
    with pytest.raises(ForbiddenError):
        court.ban(2 * DAY)
    court.desk.refuses = None
    assert (court.slot().case, court.slot().until) == (1, START + DAY)
    court.passes(DAY)
    assert court.desk.bans == {}


def test_no_answer_is_settled_two_minutes_later() -> None:
    for arrives in (True, False):
        court = Court()
        court.desk.refuses = UncertainError()
        with pytest.raises(UncertainError):
            court.ban(DAY)
        assert court.case(1).status is Status.PENDING
        court.desk.refuses = None
        if arrives:
            court.desk.ban(GUILD, MEMBER, 0, "Case 1: spam (by 3)")
        court.passes(3 * MINUTE)
        assert court.case(1).status is (Status.ACTIVE if arrives else Status.FAILED)
        assert len(court.dms()) == int(arrives)
        assert len(court.log()) == 1
        court.passes(DAY)
        assert court.desk.bans == {}


@pytest.mark.parametrize("action", list(Action))
def test_broken_off_anywhere_everything_agrees_in_the_end(action: Action) -> None:
    """Before and after every call of a table, of Discord and of the queue."""
    if action in (Action.PARDON, Action.EDIT, Action.MASSBAN):
        return
    steps = Fuse()
    _break_off(action, steps, again=False)
    assert steps.steps > 5
    for at in range(1, steps.steps + 1):
        for before, error in BREAKS:
            for again in (False, True):
                _break_off(action, Fuse(at, before, error), again=again)


def _break_off(action: Action, fuse: Fuse, *, again: bool) -> None:
    court = Court()
    if action is Action.UNBAN:
        court.ban(DAY)
    if action is Action.UNMUTE:
        court.do(court.order(Action.MUTE, until=START + DAY))
    until = court.now + HOUR if action in (Action.BAN, Action.MUTE, Action.WARN) else None
    order, first = court.order(action, until=until), len(court.book.cases)
    court.fuse = fuse
    try:
        court.sanctions.do(order)
        court.work()
    except (BrokenOffError, DiedError):
        court.effects.sent.clear()
    court.fuse = Fuse()
    if again:  # the queue brings the command once more, twelve minutes later
        court.now += 12 * MINUTE
        court.sanctions.do(order)
        court.work()
    court.passes(3 * MINUTE)
    _agrees(court, order.key, first)


def _agrees(court: Court, key: str, first: int) -> None:
    """Discord, case, message and log tell the same story."""
    case = court.book.by_key(GUILD, key)
    if case is None:
        assert court.desk.bans.keys() <= {MEMBER}
        assert len(court.dms()) == first
        assert len(court.log()) == first
        return
    assert case.number == first + 1 == len(court.book.cases)
    assert case.status in (Status.ACTIVE, Status.FAILED)
    done = case.status is Status.ACTIVE
    assert _in_discord(court, case) is done
    told = [one for one in court.dms() if f"Case {case.number} ·" in one]
    beforehand = case.kind in (Kind.BAN, Kind.KICK, Kind.SOFTBAN)
    if beforehand:
        assert len(told) == int(done)
    else:
        assert len(told) == int(case.told is Told.YES)
    logged = [one for one in court.log() if f"Case {case.number} ·" in one]
    assert len(logged) == 2 - 1
    assert ("not carried out" in logged[0]) is not done
    for kind in SlotKind:
        slot = court.slot(kind)
        assert slot.pending is None
        if slot.case == case.number:
            assert done


def _in_discord(court: Court, case: Case) -> bool:
    found = court.desk.members.get(MEMBER)
    match case.kind:
        case Kind.BAN:
            return MEMBER in court.desk.bans
        case Kind.UNBAN:
            return MEMBER not in court.desk.bans
        case Kind.KICK | Kind.SOFTBAN:
            return found is None and MEMBER not in court.desk.bans
        case Kind.MUTE:
            return found is not None and found.muted_until == case.until
        case Kind.UNMUTE:
            return found is not None and found.muted_until is None
        case _:
            return True


def by_hand(court: Court, what: str, by: UserId | None = OWNER, **changes: object) -> None:
    """Somebody does it in Discord, and the listener tells of it."""
    court.keys += 1
    order = NoteByHand(f"a{court.keys}", GUILD, MEMBER, what, by, format_time(court.now))
    court.effects.send([replace(order, **changes)])  # type: ignore[arg-type]
    court.work()


@pytest.mark.parametrize("hears", ["audit", "events", "nothing"])
def test_an_old_tempban_never_lifts_a_ban_made_by_hand(hears: str) -> None:
    court = Court()
    if hears == "events":
        court.desk.halls = BLIND
    court.ban(DAY)
    court.now += HOUR
    court.desk.bans.clear()
    by = OWNER if hears == "audit" else None
    if hears != "nothing":
        by_hand(court, "unban", by)
    court.now += HOUR
    court.desk.bans[MEMBER] = ""
    if hears != "nothing":
        by_hand(court, "ban", by)
    court.passes(3 * DAY)
    assert MEMBER in court.desk.bans
    assert court.case(1).status is Status.ENDED
    if hears != "nothing":
        assert [one.kind for one in court.book.latest(GUILD, None, 9)] == [
            Kind.BAN,
            Kind.UNBAN,
            Kind.BAN,
        ]
        assert court.case(3).source is Source.BY_HAND


def test_tempban_unban_permanent_ban_and_the_old_time_passes() -> None:
    court = Court()
    court.ban(DAY)
    court.do(court.order(Action.UNBAN))
    assert court.case(1).status is Status.ENDED
    court.ban(None)
    court.passes(3 * DAY)
    assert MEMBER in court.desk.bans
    assert court.slot().case == 3


@pytest.mark.parametrize("hall", [HALL, BLIND])
def test_own_acts_are_not_recorded_twice(hall: Hall) -> None:
    court = Court()
    court.desk.halls = hall
    court.ban(DAY)
    by_hand(court, "ban", USHER)
    by_hand(court, "ban", None)
    court.passes(DAY)
    by_hand(court, "unban", USHER)
    by_hand(court, "unban", None)
    assert len(court.book.cases) == 1


def test_an_act_by_hand_that_is_told_late_undoes_nothing_newer() -> None:
    court = Court()
    court.desk.bans[MEMBER] = ""
    earlier = format_time(court.now)
    court.now += MINUTE
    court.desk.bans.clear()
    court.ban(DAY)
    by_hand(court, "unban", at=earlier)
    assert court.slot().case == 1
    court.passes(DAY)
    assert court.desk.bans == {}


def test_a_long_mute_is_renewed_and_ends() -> None:
    court = Court()
    court.do(court.order(Action.MUTE, until=START + 60 * DAY))
    court.passes(59 * DAY)
    held = court.desk.members[MEMBER].muted_until
    assert held == START + 60 * DAY
    assert len(court.desk.acts) >= 3
    court.passes(DAY)
    assert court.case(1).status is Status.ENDED


def test_a_mute_for_good_goes_on() -> None:
    court = Court()
    court.do(court.order(Action.MUTE))
    court.passes(100 * DAY)
    held = court.desk.members[MEMBER].muted_until
    assert held is not None
    assert held > court.now + 20 * DAY
    assert court.case(1).status is Status.ACTIVE


def test_who_comes_back_is_muted_still() -> None:
    court = Court()
    court.do(court.order(Action.MUTE, until=START + 2 * DAY))
    gone = replace(court.desk.members.pop(MEMBER), muted_until=None)
    court.now += DAY
    for left, muted in ((DAY, True), (timedelta(seconds=59), False)):
        court.now = START + 2 * DAY - left
        court.desk.members[MEMBER] = gone
        court.effects.send([CheckMute("c", GUILD, MEMBER)])
        court.work()
        held = court.desk.members[MEMBER].muted_until
        assert held == (START + 2 * DAY if muted else None)


def test_nothing_ends_while_it_is_not_known_what_is_in_force() -> None:
    court = Court()
    court.ban(HOUR)
    court.now += HOUR - timedelta(seconds=30)
    court.desk.refuses = UncertainError()
    with pytest.raises(UncertainError):
        court.ban(None)
    court.desk.refuses = None
    court.passes(DAY)
    assert MEMBER in court.desk.bans
    assert (court.slot().case, court.slot().until) == (2, None)
    assert court.case(1).status is Status.ENDED


def test_a_case_that_is_settled_late_takes_no_newer_one_s_place() -> None:
    court = Court()
    court.desk.refuses = UncertainError()
    with pytest.raises(UncertainError):
        court.ban(HOUR)
    court.desk.refuses = None
    court.ban(None)
    court.passes(DAY)
    assert court.case(1).status is Status.ENDED
    assert court.slot().case == 2
    assert MEMBER in court.desk.bans


def test_a_mute_that_arrives_late_is_put_right_by_the_newer_one() -> None:
    court = Court()
    court.desk.refuses = UncertainError()
    with pytest.raises(UncertainError):
        court.do(court.order(Action.MUTE, until=START + HOUR))
    court.desk.refuses = None
    court.do(court.order(Action.MUTE, until=START + DAY))
    court.desk.mute(GUILD, MEMBER, START + HOUR, "late")
    court.passes(5 * MINUTE)
    assert court.case(1).status is Status.ENDED
    assert court.desk.members[MEMBER].muted_until == START + DAY


def test_what_discord_refuses_to_lift_is_kept_told_once_and_lifted_later() -> None:
    court = Court()
    court.ban(HOUR)
    court.passes(30 * MINUTE)
    court.desk.refuses = ForbiddenError()
    court.passes(DAY)
    assert len(court.told.sentences) == 1
    assert MEMBER in court.desk.bans
    court.desk.refuses = None
    court.passes(DAY)
    assert court.desk.bans == {}
    assert court.case(1).status is Status.ENDED


def test_a_refusal_is_told_in_the_log_where_there_is_no_admin_channel() -> None:
    court = Court()
    court.told.deaf = True
    court.ban(HOUR)
    court.now += HOUR
    court.desk.refuses = ForbiddenError()
    court.sweep()
    assert any("I could not lift the ban" in one for one in court.log())


def test_a_ban_written_while_the_old_one_is_lifted_holds() -> None:
    court = Court()
    court.ban(HOUR)
    court.now += HOUR
    lifts = court.desk.unban

    def meanwhile(guild_id: object, user_id: UserId, reason: str) -> bool:
        court.desk.unban = lifts  # type: ignore[method-assign]
        court.sanctions.do(court.order(Action.BAN))
        return lifts(GUILD, user_id, reason)

    court.desk.unban = meanwhile  # type: ignore[method-assign]
    court.sweep()
    court.passes(HOUR)
    assert MEMBER in court.desk.bans
    assert court.slot().case == 2
    assert court.case(1).status is Status.ENDED


def test_warnings_lead_to_what_the_ladder_says_each_rung_once() -> None:
    ladder = (Rung(2, Kind.MUTE, HOUR), Rung(3, Kind.MUTE, DAY), Rung(5, Kind.BAN, None))
    court = Court(settings=ModSettings(log_channel_id=LOG, ladder=ladder))
    first = court.order(Action.WARN)
    court.do(first)
    assert court.desk.acts == []
    court.do(court.order(Action.WARN, points=2))
    assert [one.kind for one in court.book.latest(GUILD, None, 9)] == [
        Kind.MUTE,
        Kind.MUTE,
        Kind.WARN,
        Kind.WARN,
    ]
    assert court.desk.members[MEMBER].muted_until == court.now + DAY
    assert court.case(4).about == 2
    assert (court.case(4).by, court.case(4).source) == (None, Source.RULE)
    court.do(first)
    assert len(court.book.cases) == 4
    court.do(court.order(Action.WARN, points=2))
    assert MEMBER in court.desk.bans
    assert len(court.book.cases) == 6


def test_warnings_that_ran_out_count_no_more() -> None:
    court = Court()
    for _ in range(2):
        court.do(court.order(Action.WARN, until=court.now + DAY))
    court.now += 2 * DAY
    court.do(court.order(Action.WARN, until=court.now + DAY))
    assert court.book.points[GUILD, MEMBER] == 1
    assert court.desk.acts == []


def test_a_rung_shortens_nothing() -> None:
    court = Court()
    court.do(court.order(Action.MUTE, until=START + 7 * DAY))
    court.do(court.order(Action.WARN, points=3))
    assert court.desk.members[MEMBER].muted_until == START + 7 * DAY


def test_a_moderator_needs_their_role_only() -> None:
    court = Court(settings=ModSettings(roles=frozenset({MODS})))
    actor = replace(ACTOR, permissions=0)
    court.do(court.order(Action.KICK, actor=actor))
    assert court.desk.acts == [f"kick {MEMBER}"]
    with pytest.raises(RefusedError):
        court.do(court.order(Action.WARN, actor=replace(actor, roles=frozenset({LOW}))))


def test_a_log_that_cannot_be_written_is_told() -> None:
    court = Court()
    court.desk.silent.add(LOG)
    court.ban()
    assert court.told.channels == [LOG]
    court.passes(HOUR)
    assert court.told.channels == [LOG]


def test_a_log_that_is_limited_is_written_later() -> None:
    court = Court()
    court.desk.limited.add(LOG)
    court.ban()
    assert court.log() == []
    court.desk.limited.clear()
    court.passes(3 * MINUTE)
    assert len(court.log()) == 1
