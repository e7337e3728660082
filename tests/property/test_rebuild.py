"""What is counted again from the ledger equals what was counted, whatever happened meanwhile."""

import json
import random
from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.replay.lines import read_lines
from infra.replay.session import GuildSession
from tests.builders import GUILD
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.story import story, told
from tests.fakes.worker import Worker
from tests.simulator.habits import Habits
from tests.simulator.history import History
from usher.attribution.accuracy import Accuracy
from usher.contracts.observation import Observation
from usher.credit.queries import Tally
from usher.credit.rebuild import Books, keep_books
from usher.credit.rules import Counter
from usher.ids import GuildId, UserId
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line, LineType

HABITS = Habits(
    late_count=0.1,
    late_event=0.2,
    failed_look=0.05,
    duplicate=0.2,
    by_vanity=0.1,
    by_discovery=0.05,
    bots=0.05,
    single_use=0.4,
    revoked=0.05,
    expiring=0.2,
    burst=0.5,
    searched=True,
    leaves=0.4,
    away=1,
)


def told_of(seed: int) -> list[Observation]:
    """A random guild's month, as its listener told it."""
    history = History(seed, joins=30, codes=5, habits=HABITS)
    lines = list(read_lines(json.dumps(line).encode() for line in history.lines))
    session = GuildSession(lines[0].guild_id)
    found = [observation for line in lines for observation in session.take(line)]
    return [*found, *session.flush()]


def lines_of(worker: Worker) -> list[Line]:
    return [read_line(content) for content in worker.objects.under("lines/").values()]


def check(worker: Worker, guild_id: GuildId) -> None:
    """The books of the ledger are the rows of the table."""
    assert isinstance(worker.guilds, FakeGuilds)
    guild = worker.guilds.guilds[guild_id]
    books = keep_books(lines_of(worker))
    assert books.members == {user: row.now for user, row in guild.members.items()}
    counted = {(one.inviter_id, one.period): tally for one, tally in books.counters.items()}
    for sums in (counted, guild.counters):
        for key in [key for key, tally in sums.items() if tally == Tally()]:
            del sums[key]
    assert counted == guild.counters
    assert {day: a for day, a in books.accuracy.items() if a != Accuracy()} == {
        day: a for day, a in guild.accuracy.items() if a != Accuracy()
    }


@pytest.mark.parametrize("room", [98, 12])
def test_the_story_is_counted_again_alike(room: int) -> None:
    worker = told(Worker(room=room))
    worker.handle(*story())

    check(worker, GUILD)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.sampled_from([98, 12]))
def test_a_random_history_is_counted_again_alike(seed: int, room: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - chooses steps, guards nothing
    worker = Worker(room=room)
    observations = told_of(seed)

    for observation in observations:
        for _ in range(rng.randrange(3)):
            worker.burn(Fuse(at=rng.randrange(1, 12), before=rng.random() < 0.5))
            try:
                worker.handle(observation)
            except BrokenOffError:
                continue
        worker.burn(Fuse())
        worker.handle(observation)

    assert lines_of(worker)
    check(worker, observations[0].guild_id)


def _counted(books: Books) -> dict[Counter, Tally]:
    return {counter: tally for counter, tally in books.counters.items() if tally != Tally()}


def shuffled(lines: list[Line], rng: random.Random) -> list[Line]:
    """Another order that keeps what cannot be otherwise: of one membership the order of lines."""
    memberships: dict[object, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.seq or (0, 0)):
        alone = line.user_id is None or line.joined_at is None
        memberships[line.event_id if alone else (line.user_id, line.joined_at)].append(line)
    order = []
    while memberships:
        key = rng.choice(list(memberships))
        order.append(memberships[key].pop(0))
        if not memberships[key]:
            del memberships[key]
    return order


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_bookings_do_not_depend_on_the_order_of_memberships(seed: int) -> None:
    # Given lines in another order, as those of one version may stand, and of rejoining members
    rng = random.Random(seed)  # noqa: S311
    worker = Worker()
    worker.handle(*told_of(seed))
    lines = lines_of(worker)
    users = {line.user_id for line in lines if line.user_id is not None}
    merged = {user: UserId(str(n % 6)) for n, user in enumerate(sorted(users))}
    lines = [
        line if line.user_id is None else replace(line, user_id=merged[line.user_id])
        for line in lines
    ]

    # When they are booked
    one = keep_books(lines)
    order = shuffled(lines, rng)
    other = keep_books(replace(line, seq=(n, 0)) for n, line in enumerate(order))

    # Then the sums are the same, and so is what is known of each member
    assert _counted(one) == _counted(other)
    assert one.accuracy == other.accuracy
    assert {user: r.joined_at for user, r in one.members.items()} == {
        user: r.joined_at for user, r in other.members.items()
    }


def test_of_two_lines_of_one_event_the_first_counts() -> None:
    # Given a join seen on both sides of midnight
    worker = Worker()
    worker.handle(*story())
    lines = lines_of(worker)
    join = next(line for line in lines if line.type is LineType.JOIN)
    again = replace(join, timestamp=join.timestamp.replace(day=21), seq=(99, 0))

    assert keep_books([again, *lines]) == keep_books(lines)
