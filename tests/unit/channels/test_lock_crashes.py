"""A lock that breaks off anywhere can be done again, and undone, and leaves nothing behind."""

from dataclasses import dataclass, field, replace

import pytest

from tests.builders import GUILD, at
from tests.fakes.channels import GENERAL, FakeChannels, FakeTools, channel
from tests.fakes.fuse import BREAKS, BrokenOffError, DiedError, Fuse, fused
from tests.fakes.rewards import OWN_ROLE, FakeHall, role
from usher.channels.bits import MANAGE_ROLES, SEND_MESSAGES, VIEW_CHANNEL, taken
from usher.channels.lock_service import Locking
from usher.channels.locks import LOCK, Outcome, Verdict, Wish
from usher.channels.model import Kind, Overwrite
from usher.ids import UserId
from usher.timing.terms import Term, term_key

WISH = Wish(GUILD, "v1", UserId("1"), "", at(30), "why")
BEFORE = channel(
    GENERAL,
    Overwrite("201", allow=SEND_MESSAGES | 1 << 15, deny=1 << 6),
    Overwrite("301", member=True, allow=SEND_MESSAGES),
    Overwrite(GUILD, allow=1 << 46),
)


@dataclass
class Bench:
    """A channel with overwrites, and a fuse in every call of what locks it."""

    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        hall = FakeHall()
        own = taken(Kind.TEXT) | MANAGE_ROLES | VIEW_CHANNEL
        hall.put(role(OWN_ROLE, 50, own, managed=True), role("201", 3))
        self.tools = FakeTools(hall, FakeChannels({GENERAL: BEFORE}))
        self.guild = hall.hall(GUILD)

    def locking(self) -> Locking:
        tools = self.tools.all()
        desk = fused(tools.desk, lambda: self.fuse)
        terms = fused(tools.terms, lambda: self.fuse)
        orders = fused(tools.orders, lambda: self.fuse)
        return Locking(replace(tools, desk=desk, terms=terms, orders=orders))

    def lock(self) -> Outcome:
        assert self.guild is not None
        here = self.tools.desk.there[GENERAL]
        (one,) = self.locking().lock(WISH, (here,), {}, self.guild, at(0))
        return one

    def unlock(self) -> None:
        term = self.row()
        if term is not None and not term.ended:
            (one,) = self.locking().unlock([term], "why", at(1))
            assert one.verdict is Verdict.DONE

    def row(self) -> Term | None:
        return self.tools.terms.read(GUILD, term_key(LOCK, GENERAL))

    def assert_as_before(self) -> None:
        found = {one.id: one for one in self.tools.desk.there[GENERAL].overwrites}
        assert found == {one.id: one for one in BEFORE.overwrites}
        row = self.row()
        assert row is None or row.ended


type Break = tuple[int, bool, type[BaseException]]


def lock_breaks() -> list[Break]:
    whole = Bench()
    whole.lock()
    return [(step, *one) for step in range(1, whole.fuse.steps + 1) for one in BREAKS]


def unlock_breaks() -> list[Break]:
    whole = Bench()
    whole.lock()
    whole.fuse = Fuse()
    whole.unlock()
    return [(step, *one) for step in range(1, whole.fuse.steps + 1) for one in BREAKS]


@pytest.mark.parametrize(("step", "before", "error"), lock_breaks())
def test_a_lock_that_broke_off_holds_when_it_is_asked_for_again(
    step: int, before: bool, error: type[BaseException]
) -> None:
    bench = Bench(Fuse(step, before, error))
    with pytest.raises((BrokenOffError, DiedError)):
        bench.lock()
    bench.fuse = Fuse()

    assert bench.lock().verdict is Verdict.DONE
    assert bench.tools.orders.sent, "it ends before a sweep sees it"

    everyone = bench.tools.desk.there[GENERAL].overwrite(GUILD)
    assert everyone is not None
    assert everyone.deny & taken(Kind.TEXT) == taken(Kind.TEXT)
    bench.unlock()
    bench.assert_as_before()


@pytest.mark.parametrize(("step", "before", "error"), lock_breaks())
def test_a_lock_that_broke_off_can_be_undone(
    step: int, before: bool, error: type[BaseException]
) -> None:
    bench = Bench(Fuse(step, before, error))
    with pytest.raises((BrokenOffError, DiedError)):
        bench.lock()
    bench.fuse = Fuse()

    bench.unlock()

    bench.assert_as_before()


@pytest.mark.parametrize(("step", "before", "error"), unlock_breaks())
def test_an_unlocking_that_broke_off_is_finished_by_the_next(
    step: int, before: bool, error: type[BaseException]
) -> None:
    bench = Bench()
    bench.lock()
    bench.fuse = Fuse(step, before, error)
    with pytest.raises((BrokenOffError, DiedError)):
        bench.unlock()
    bench.fuse = Fuse()

    bench.unlock()

    bench.assert_as_before()
