"""Random histories of bans by command, by hand and by the clock: the last word always holds."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.builders import GUILD
from tests.fakes.court import MEMBER, OWNER, Court
from tests.fakes.fuse import BrokenOffError, DiedError, Fuse
from usher.contracts.case_effects import NoteByHand
from usher.moderation.guard import Action
from usher.moderation.model import Kind, SlotKind, Status
from usher.moderation.ports import ForbiddenError
from usher.times import format_time

MINUTE = timedelta(minutes=1)
lengths = st.one_of(st.none(), st.integers(1, 600).map(lambda n: n * MINUTE))
steps = st.one_of(
    st.tuples(st.just("ban"), lengths),
    st.tuples(st.just("refused ban"), lengths),
    st.tuples(st.just("unban"), st.none()),
    st.tuples(st.just("ban by hand"), st.none()),
    st.tuples(st.just("unban by hand"), st.none()),
    st.tuples(st.just("unheard ban by hand"), st.none()),
    st.tuples(st.just("unheard unban by hand"), st.none()),
    st.tuples(st.just("forget"), st.none()),
    st.tuples(st.just("wait"), st.integers(1, 400).map(lambda n: n * MINUTE)),
)


@dataclass
class Truth:
    """What holds, by the last word alone."""

    banned: bool = False
    until: datetime | None = None

    def at(self, now: datetime) -> bool:
        return self.banned and (self.until is None or self.until > now)


def by_hand(court: Court, what: str, *, heard: bool) -> None:
    court.keys += 1
    reason = f"by hand {court.keys}"
    if what == "ban":
        court.desk.bans.setdefault(MEMBER, reason)
    else:
        court.desk.bans.pop(MEMBER, None)
    if heard:
        order = NoteByHand(
            f"a{court.keys}", GUILD, MEMBER, what, OWNER, format_time(court.now), reason
        )
        court.effects.send([order])
        court.work()


def take(court: Court, truth: Truth, step: tuple[str, timedelta | None]) -> None:
    """Do one step, and note what holds afterwards."""
    what, length = step
    court.now += timedelta(seconds=1)
    until = None if length is None else court.now + length
    match what:
        case "ban":
            court.do(court.order(Action.BAN, until=until))
            truth.banned, truth.until = True, until
        case "refused ban":
            court.desk.refuses = ForbiddenError()
            with suppress(ForbiddenError):
                court.do(court.order(Action.BAN, until=until))
            court.desk.refuses = None
            court.work()
        case "unban":
            court.do(court.order(Action.UNBAN))
            truth.banned = False
        case "ban by hand" | "unheard ban by hand":
            if MEMBER not in court.desk.bans:  # Discord offers no ban of who is banned
                by_hand(court, "ban", heard=what == "ban by hand")
                truth.banned, truth.until = True, None
        case "unban by hand" | "unheard unban by hand":
            if MEMBER in court.desk.bans:
                by_hand(court, "unban", heard=what == "unban by hand")
                truth.banned = False
        case "forget":
            court.book.forget()
        case _:
            assert length is not None
            court.passes(length)


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, min_size=3, max_size=15))
@example(
    [
        ("ban", 60 * MINUTE),
        ("unheard unban by hand", None),
        ("unheard ban by hand", None),
        ("wait", 100 * MINUTE),
    ]
)
def test_the_last_word_holds(history: list[tuple[str, timedelta | None]]) -> None:
    court, truth = Court(), Truth()
    for step in history:
        take(court, truth, step)
        assert (MEMBER in court.desk.bans) == truth.at(court.now)
    court.passes(timedelta(days=3))
    assert (MEMBER in court.desk.bans) == truth.at(court.now)
    slot = court.slot()
    assert slot.pending is None
    for case in court.book.cases.values():
        in_force = case.kind is Kind.BAN and case.status is Status.ACTIVE
        assert case.status is not Status.PENDING
        assert not in_force or slot.case == case.number
        assert case.logged == case.version


@settings(max_examples=100, deadline=None)
@given(
    st.lists(steps, min_size=1, max_size=6),
    st.integers(1, 60),
    st.booleans(),
    st.sampled_from([BrokenOffError, DiedError]),
)
def test_a_crash_in_any_history_leaves_one_story(
    history: list[tuple[str, timedelta | None]],
    at: int,
    before: bool,
    error: type[BaseException],
) -> None:
    court, truth = Court(), Truth()
    court.fuse = Fuse(at, before, error)
    for step in history:
        try:
            take(court, truth, step)
        except (BrokenOffError, DiedError):
            court.desk.refuses = None
            break
    court.fuse = Fuse()
    court.work()
    court.passes(timedelta(minutes=5))
    slot, banned = court.slot(SlotKind.BAN), MEMBER in court.desk.bans
    assert slot.pending is None
    for case in court.book.cases.values():
        assert case.status is not Status.PENDING
        assert case.logged == case.version
        shown = [one for one in court.log() if f"Case {case.number} ·" in one]
        assert len(shown) == 1
        told = [one for one in court.dms() if f"Case {case.number} ·" in one]
        assert len(told) <= 1
        if case.kind is Kind.BAN and case.status is Status.FAILED:
            assert told == []
    if slot.case is not None and not any(step[0].startswith("unheard") for step in history):
        assert banned
