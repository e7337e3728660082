"""A lock and its end, with everything that others change in between (SPEC 7.7)."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import GUILD
from tests.fakes.channels import GENERAL, FakeChannels
from tests.fakes.rewards import OWN, OWN_ROLE, FakeHall, role
from usher.channels.bits import ADMINISTRATOR, MANAGE_ROLES, SEND_MESSAGES, VIEW_CHANNEL, taken
from usher.channels.codec import Lock, read_lock, write_lock
from usher.channels.locking import fingerprint, plan
from usher.channels.locks import LOCK, Draft, Verdict, hold, undo
from usher.channels.model import LOCKABLE, Channel, Kind, Overwrite
from usher.ids import UserId
from usher.timing.terms import Term

ROLES = [str(n) for n in range(200, 212)]
MEMBERS = [str(n) for n in range(300, 308)]
IDS = [*ROLES, *MEMBERS, GUILD, OWN, OWN_ROLE]
EVERY = [1 << n for n in (0, 4, 6, 10, 11, 13, 20, 21, 28, 32, 34, 35, 36, 38, 46)]

bits = st.lists(st.sampled_from(EVERY), max_size=8).map(lambda found: sum(set(found)))


@st.composite
def overwrites(draw: st.DrawFn, ids: list[str]) -> tuple[Overwrite, ...]:
    made = []
    for id_ in ids:
        allow = draw(bits)
        made.append(Overwrite(id_, id_ in MEMBERS or id_ == OWN, allow, draw(bits) & ~allow))
    return tuple(made)


@st.composite
def channels(draw: st.DrawFn) -> Channel:
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=20))
    kind = draw(st.sampled_from(sorted(LOCKABLE)))
    return Channel(GENERAL, GUILD, kind, "general", overwrites=draw(overwrites(ids)))


@st.composite
def halls(draw: st.DrawFn) -> FakeHall:
    """A guild some of whose roles are staff's; Usher is an administrator, or holds all bits."""
    hall = FakeHall()
    held = draw(st.sampled_from([ADMINISTRATOR, sum(EVERY)]))
    hall.put(role(OWN_ROLE, 50, held | MANAGE_ROLES, managed=True))
    hall.put(*(role(id_, 1, draw(st.sampled_from([0, SEND_MESSAGES, 1 << 13]))) for id_ in ROLES))
    return hall


changes = st.lists(st.tuples(st.sampled_from(IDS), bits, bits, st.booleans()), max_size=8)


def lock(desk: FakeChannels, hall: FakeHall) -> Term | None:
    """Lock the channel as commands do; None where it is shut already."""
    here, guild = desk.there[GENERAL], hall.hall(GUILD)
    assert guild is not None
    planned = plan(here, guild, None)
    assert planned.missing == 0
    if not planned.touched:
        return None
    record = Lock(UserId("1"), touched=planned.touched)
    assert read_lock(write_lock(record)) == record
    term = Term(GUILD, LOCK, GENERAL, "v1", held=write_lock(record))
    assert hold(desk, Draft(term, here, record), "").verdict is Verdict.DONE
    return term


def states(channel: Channel) -> dict[str, Overwrite]:
    return {one.id: one for one in channel.overwrites}


def meddle(desk: FakeChannels, many: list[tuple[str, int, int, bool]]) -> None:
    """What others change: an overwrite set to something else, or removed."""
    for id_, allow, deny, remove in many:
        if remove:
            desk.remove(GENERAL, id_, "")
        else:
            member = id_ in MEMBERS or id_ == OWN
            desk.put(GENERAL, Overwrite(id_, member, allow, deny & ~allow), "")


def as_text(overwrite: Overwrite | None, bit: int) -> str:
    if overwrite is None:
        return "unsaid"
    if overwrite.allow & bit:
        return "allowed"
    return "denied" if overwrite.deny & bit else "unsaid"


@given(channels(), halls())
def test_a_lock_alone_leaves_no_trace(before: Channel, hall: FakeHall) -> None:
    desk = FakeChannels({GENERAL: before})

    term = lock(desk, hall)
    if term is not None:
        assert undo(desk, term, "").verdict is Verdict.DONE

    assert states(desk.there[GENERAL]) == states(before)


@given(channels(), halls(), changes)
def test_what_others_changed_stays_and_the_rest_is_as_before(
    before: Channel, hall: FakeHall, meanwhile: list[tuple[str, int, int, bool]]
) -> None:
    desk = FakeChannels({GENERAL: before})
    term = lock(desk, hall)
    if term is None:
        return
    held = states(desk.there[GENERAL])
    meddle(desk, meanwhile)
    changed = states(desk.there[GENERAL])

    undo(desk, term, "")
    after = states(desk.there[GENERAL])

    old = states(before)
    for id_ in IDS:
        for bit in EVERY:
            left, now = as_text(held.get(id_), bit), as_text(changed.get(id_), bit)
            gone = id_ in held and id_ not in changed and not held[id_].empty
            theirs = left != now or gone
            wanted = now if theirs else as_text(old.get(id_), bit)
            assert as_text(after.get(id_), bit) == wanted, (id_, bit)
    undo(desk, term, "")
    assert states(desk.there[GENERAL]) == after, "again changes nothing"


@given(channels(), halls())
def test_nobody_but_staff_and_usher_may_write_in_a_locked_channel(
    before: Channel, hall: FakeHall
) -> None:
    desk = FakeChannels({GENERAL: before})
    lock(desk, hall)
    now, guild = desk.there[GENERAL], hall.hall(GUILD)
    assert guild is not None

    everyone = now.overwrite(GUILD)
    assert everyone is not None
    assert everyone.deny & taken(before.kind) == taken(before.kind)
    for one in now.overwrites:
        found = guild.roles.get(one.id) if not one.member else None  # type: ignore[call-overload]
        staff = found is not None and (found.managed or found.permissions & (1 << 13))
        if one.id not in (OWN, OWN_ROLE) and not staff:
            assert one.allow & taken(before.kind) == 0


@given(channels(), halls())
def test_locking_again_what_is_locked_changes_nothing(before: Channel, hall: FakeHall) -> None:
    desk = FakeChannels({GENERAL: before})
    lock(desk, hall)
    held = states(desk.there[GENERAL])

    assert lock(desk, hall) is None
    assert states(desk.there[GENERAL]) == held


@given(channels(), halls(), st.data())
def test_a_channel_that_was_in_step_with_its_category_is_so_again(
    here: Channel, hall: FakeHall, data: st.DataObject
) -> None:
    parent = replace(here, id="900", kind=Kind.CATEGORY)  # type: ignore[arg-type]  # an id
    desk = FakeChannels({GENERAL: replace(here, parent_id=parent.id), parent.id: parent})
    guild = hall.hall(GUILD)
    assert guild is not None
    planned = plan(desk.there[GENERAL], guild, parent)
    if not planned.touched:
        return
    touched = planned.touched
    record = Lock(UserId("1"), touched=touched, parent_id=parent.id)
    term = Term(GUILD, LOCK, GENERAL, "v1")
    hold(desk, Draft(term, desk.there[GENERAL], record), "")
    record = replace(record, left=fingerprint(desk.there[GENERAL].overwrites))
    ids = data.draw(st.lists(st.sampled_from(IDS), unique=True, max_size=5))
    desk.there[parent.id] = replace(parent, overwrites=data.draw(overwrites(ids)))

    undo(desk, replace(term, held=write_lock(record)), "")

    assert states(desk.there[GENERAL]) == states(desk.there[parent.id])


def test_a_hidden_bit_needs_no_lock() -> None:
    everyone = Overwrite(GUILD, deny=taken(Kind.TEXT) | VIEW_CHANNEL)
    desk = FakeChannels({GENERAL: Channel(GENERAL, GUILD, Kind.TEXT, "x", overwrites=(everyone,))})

    assert lock(desk, FakeHall({}, {})) is None
