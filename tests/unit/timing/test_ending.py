"""What holds for a time ends when it is due, once in effect, and takes nothing newer with it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from tests.builders import GUILD, at
from tests.fakes.effects import FakeEffects
from tests.fakes.fuse import BREAKS, BrokenOffError, DiedError, Fuse, fused
from tests.fakes.timing import FakeAdmins, FakeEnder, FakeGauge, FakeTerms
from usher.contracts.effect import EndDue
from usher.timing.ending import Endings, UnknownKindError
from usher.timing.term_endings import Ender, TermEndings, Terms
from usher.timing.terms import LONGEST_PAUSE, Term, end_of, pause

END = at(600)
BAN = Term(GUILD, "ban", "7", "v1", END)


@dataclass
class Bench:
    """A ban that ends, and all that ends it."""

    terms: FakeTerms = field(default_factory=FakeTerms)
    ender: FakeEnder = field(default_factory=FakeEnder)
    orders: FakeEffects = field(default_factory=FakeEffects)
    gauge: FakeGauge = field(default_factory=FakeGauge)
    admins: FakeAdmins = field(default_factory=FakeAdmins)
    now: datetime = END
    fuse: Fuse = field(default_factory=Fuse)
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.terms.put(BAN)

    def end(self, order: EndDue | None = None) -> None:
        terms: Terms = fused(self.terms, lambda: self.fuse)
        ender: Ender = fused(self.ender, lambda: self.fuse)
        handler = TermEndings(terms, {"ban": ender}, self.admins, self.gauge, lambda: self.now)
        Endings({"ban": handler}, self.orders, self.gauge, lambda: self.now, self.slept.append).end(
            order or order_of(BAN)
        )

    def row(self) -> Term:
        found = self.terms.read(GUILD, BAN.key)
        assert found is not None
        return found


def order_of(term: Term) -> EndDue:
    order = end_of(term)
    assert order is not None
    return order


def test_what_is_due_ends_and_how_late_is_measured() -> None:
    bench = Bench(now=END + timedelta(seconds=1.5))

    bench.end()

    assert bench.ender.ended == ["7"]
    assert bench.row().ended
    assert bench.gauge.late == [("ban", timedelta(seconds=1.5))]


def test_a_repetition_changes_nothing() -> None:
    bench = Bench()

    bench.end()
    bench.end(replace(order_of(BAN), version=None))

    assert bench.ender.ended == ["7"]
    assert len(bench.gauge.late) == 1


@pytest.mark.parametrize(
    "newer",
    [
        replace(BAN, version="v2", due_at=END + timedelta(hours=1)),
        replace(BAN, version="v2", due_at=None),
        replace(BAN, version="v2"),
        replace(BAN, due_at=None, ended=True),
    ],
    ids=["longer", "for good", "again until then", "ended by hand"],
)
def test_an_old_end_does_not_touch_what_is_newer(newer: Term) -> None:
    bench = Bench()
    bench.terms.put(newer)

    bench.end()

    assert bench.ender.ended == []
    assert bench.row() == newer


def test_nothing_is_known_of_it_and_nothing_is_done() -> None:
    bench = Bench(FakeTerms())
    bench.terms.rows.clear()

    bench.end()

    assert bench.ender.ended == []


def test_what_comes_early_goes_back_with_the_delay_that_is_left() -> None:
    bench = Bench(now=END - timedelta(seconds=1.2))

    bench.end()

    assert bench.ender.ended == []
    assert list(bench.orders.delays.values()) == [2]
    assert bench.orders.sent == [order_of(BAN)]


def test_what_comes_far_too_early_waits_as_long_as_the_queue_lets_it() -> None:
    bench = Bench(now=END - timedelta(hours=2))

    bench.end()

    assert list(bench.orders.delays.values()) == [900]


def test_a_moment_is_waited_for() -> None:
    bench = Bench(now=END - timedelta(seconds=0.3))

    bench.end()

    assert bench.slept == [0.3]
    assert bench.ender.ended == ["7"]


def breaks() -> list[tuple[int, bool, type[BaseException]]]:
    whole = Bench()
    whole.end()
    return [(n, *one) for n in range(1, whole.fuse.steps + 1) for one in BREAKS]


@pytest.mark.parametrize(("step", "before", "error"), breaks())
def test_whatever_breaks_off_it_has_ended_after_the_next_telling(
    step: int, before: bool, error: type[BaseException]
) -> None:
    bench = Bench(fuse=Fuse(step, before, error))

    with pytest.raises((BrokenOffError, DiedError)):
        bench.end()
    bench.fuse = Fuse()
    bench.end()

    assert set(bench.ender.ended) == {"7"}
    assert bench.row().ended


@dataclass
class Overtaken(FakeEnder):
    """Lets something happen between looking and marking."""

    happens: Callable[[], object] = lambda: None

    def end(self, term: Term) -> str | None:
        self.happens()
        return super().end(term)


@pytest.mark.parametrize(
    "newer",
    [
        replace(BAN, version="v2", due_at=None),
        replace(BAN, version="v2", due_at=END + timedelta(days=1)),
    ],
    ids=["for good", "longer"],
)
def test_what_began_while_the_old_one_was_ended_holds_again(newer: Term) -> None:
    bench = Bench()
    bench.ender = Overtaken(happens=lambda: bench.terms.put(newer))

    bench.end()

    assert bench.ender.held == ["v2"]
    assert bench.row() == newer


def test_two_at_once_end_it_once_in_effect() -> None:
    bench = Bench()
    inner = Bench(bench.terms)
    bench.ender = Overtaken(happens=inner.end)

    bench.end()

    assert inner.gauge.late + bench.gauge.late == [("ban", timedelta())]
    assert bench.ender.held == inner.ender.held == []


def test_a_refusal_is_kept_tried_again_and_told_once() -> None:
    bench = Bench(ender=FakeEnder(refusal="I lack Ban Members."))

    for tries in range(1, 4):
        bench.end(order_of(bench.row()))

        row = bench.row()
        assert not row.ended
        assert row.due_at == bench.now + pause(tries - 1)
        assert (row.tries, row.told) == (tries, True)
        bench.now = row.due_at
    assert list(bench.admins.messages.values()) == ["I lack Ban Members."]
    assert bench.gauge.refusals == ["ban"] * 3

    bench.ender.refusal = None
    bench.end(order_of(bench.row()))

    assert bench.ender.ended == ["7"]
    assert len(bench.admins.messages) == 2


def test_admins_who_have_no_channel_yet_are_told_when_they_have_one() -> None:
    bench = Bench(ender=FakeEnder(refusal="I lack Ban Members."), admins=FakeAdmins(there=False))

    bench.end()
    assert not bench.row().told
    bench.admins.there = True
    bench.now = bench.row().due_at or bench.now
    bench.end(order_of(bench.row()))

    assert bench.row().told


def test_pauses_double_up_to_six_hours() -> None:
    pauses = [pause(tries) for tries in range(12)]

    assert pauses[:3] == [timedelta(minutes=n) for n in (5, 10, 20)]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_kind_that_nobody_knows_is_an_error() -> None:
    bench = Bench()
    other = bench.terms.put(replace(BAN, kind="dance"))

    with pytest.raises(UnknownKindError):
        bench.end(order_of(other))
