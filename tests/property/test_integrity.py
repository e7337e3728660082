"""The hourly check says nothing of histories in which nothing is wrong, and finds what is."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import Member
from tests.fakes.integrity import AtTheTable, Clock, Hourly
from tests.judging.telling import GUILD_ID, observations
from tests.simulator.clock import moment
from tests.simulator.habits import Habits
from tests.simulator.history import History
from usher.attribution.accuracy import Accuracy
from usher.attribution.code_counts import CodeCount
from usher.attribution.mending import BOOKABLE
from usher.attribution.model import CodeStatus
from usher.attribution.outcomes import Confidence
from usher.contracts.discord_invites import read_invites
from usher.contracts.observation import CodesDue, Observation
from usher.credit.queries import Tally
from usher.ids import UserId
from usher.integrity.model import Kind
from usher.integrity.ports import Present
from usher.ledger.lines import withdrawn_in
from usher.times import parse_time

HABITS = Habits(
    silence=0.6,
    late_count=0.1,
    late_event=0.2,
    failed_look=0.05,
    duplicate=0.2,
    echo=0.3,
    by_vanity=0.1,
    by_discovery=0.05,
    bots=0.05,
    single_use=0.4,
    revoked=0.05,
    expiring=0.2,
    searched=True,
    leaves=0.4,
    rejoins=0.2,
)
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def begun(history: History) -> Hourly:
    return Hourly(guild_id=GUILD_ID, clock=Clock(moment(0)))


def discord_at(hourly: Hourly, history: History, now: datetime) -> None:
    """Let Discord be as it was then."""
    ms = int((now - moment(0)) / timedelta(milliseconds=1))
    hourly.roster.present = {
        UserId(one.user): Present(UserId(one.user), parse_time(one.member["joined_at"]))
        for one in history.memberships
        if one.present(ms)
    }
    rows = read_invites(history.discord.listed(ms, hidden=False))
    hourly.roster.invites = {row.code: row for row in rows}


def tell_of_ends(hourly: Hourly, now: datetime) -> None:
    """The clock tells of codes that have expired, as the sweeper does every minute."""
    ended = tuple(
        code
        for code, row in hourly.guild.codes.items()
        if row.now.status is CodeStatus.ACTIVE and row.now.expires_at and row.now.expires_at <= now
    )
    if ended:
        due = CodesDue(ended, now)
        hourly.worker.handle(Observation(f"due {now}", GUILD_ID, "", now, (due,)))


def spoken(hourly: Hourly) -> list[tuple[str, Kind, str]]:
    """What anybody would have heard of."""
    return [report for report in hourly.reports if report[0] != "healed"]


@SLOW
@example(41)
@example(97)
@given(st.integers(0, 2**32))
def test_a_healthy_guild_is_silent_hour_by_hour(seed: int) -> None:
    history = History(seed, joins=25, codes=5, habits=HABITS)
    hourly, rng = begun(history), random.Random(seed)  # noqa: S311
    story = observations(history)
    next_check = moment(0) + timedelta(minutes=rng.randrange(60))

    for observation in story:
        while next_check < observation.at:
            if GUILD_ID in hourly.guilds.guilds:
                tell_of_ends(hourly, next_check)
                discord_at(hourly, history, next_check)
                hourly.clock.now = next_check
                hourly.check(0)
                hourly.deliver()
            next_check += timedelta(hours=1)
        hourly.tell(observation)

    assert (spoken(hourly), hourly.steps, hourly.repairs) == ([], [], [])


@SLOW
@given(st.integers(0, 2**32), st.sampled_from([98, 12]), st.sampled_from([0, 40, 110]))
def test_what_is_on_its_way_is_no_difference(seed: int, room: int, minutes: int) -> None:
    # Given a worker that dies in the middle of things, and is not tried again for a while
    rng = random.Random(seed)  # noqa: S311
    history = History(seed, joins=15, codes=5, habits=replace(HABITS, burst=0.5))
    story = observations(history)
    hourly = begun(history)
    hourly.worker.room = room
    dies = rng.randrange(1, len(story))
    hourly.tell(*story[:dies])
    hourly.check(0, asks=False)

    hourly.worker.burn(Fuse(at=rng.randrange(1, 12), before=rng.random() < 0.5))
    hourly.clock.now = max(hourly.clock.now, story[dies].at)
    with suppress(BrokenOffError):
        hourly.worker.handle(story[dies])
    hourly.worker.burn(Fuse())

    # When it is checked then, and when all is told
    hourly.check(minutes / 60, asks=False)
    assert (spoken(hourly), hourly.repairs) == ([], [])
    for observation in story[dies:]:
        hourly.worker.handle(observation)
    for hours in (1, 24):
        hourly.check(hours, asks=False)

    # Then nothing is said
    assert (spoken(hourly), hourly.repairs) == ([], [])


def _counter(hourly: Hourly, rng: random.Random) -> str:
    key = rng.choice(sorted(hourly.guild.counters))
    hourly.guild.counters[key] += Tally(tracked=rng.choice([-1, 1, 2]))
    user, period = key
    return f"C#{user}" + ("" if period == "all" else f"#{period}")


def _count(hourly: Hourly, rng: random.Random) -> str:
    code = rng.choice(sorted(hourly.guild.counted))
    hourly.guild.counted[code] += CodeCount(0, rng.choice([-1, 1]))
    return f"N#{code}"


def _share(hourly: Hourly, rng: random.Random) -> str:
    day = rng.choice(sorted(hourly.guild.accuracy))
    hourly.guild.accuracy[day] += Accuracy({Confidence.NONE: 3})
    return f"ACCURACY#{day.isoformat()}"


def _lost(hourly: Hourly, rng: random.Random) -> str:
    user = rng.choice(sorted(hourly.guild.members))
    del hourly.guild.members[user]
    return f"M#{user}"


def _other(hourly: Hourly, rng: random.Random) -> str:
    user = rng.choice(sorted(hourly.guild.members))
    now = hourly.guild.members[user].now
    ended = None if now.left_at else now.joined_at + timedelta(days=1)
    hourly.guild.members[user] = Member(replace(now, left_at=ended), None, None)
    return f"M#{user}"


@pytest.mark.parametrize("damage", [_counter, _count, _share, _lost, _other])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_damage_is_found_whatever_the_history(
    damage: Callable[[Hourly, random.Random], str], seed: int
) -> None:
    history = History(seed, joins=12, codes=4, habits=HABITS)
    hourly = begun(history)
    hourly.tell(*observations(history))
    hourly.check(0, asks=False)

    subject = damage(hourly, random.Random(seed))  # noqa: S311
    for _ in range(2):
        hourly.check(24, asks=False)

    assert spoken(hourly) == [("difference", Kind.ROW, subject)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_lines_that_were_never_booked_are_booked_or_withdrawn(seed: int) -> None:
    # Given a worker that wrote an observation's lines, and a queue that gave the observation up
    rng = random.Random(seed)  # noqa: S311
    history = History(seed, joins=12, codes=4, habits=replace(HABITS, silence=0.0))
    story = observations(history)
    hourly, lost = begun(history), rng.randrange(1, len(story))
    hourly.tell(*story[:lost])
    hourly.check(0, asks=False)
    hourly.worker.burn(AtTheTable())
    with suppress(BrokenOffError):
        hourly.worker.handle(story[lost])
    hourly.worker.burn(Fuse())
    left = {line.event_id for line in hourly.lines} - hourly.guilds.marks.keys()
    hourly.tell(*story[lost + 1 :])

    # When it is checked
    for _ in range(3):
        hourly.check(1, asks=False)
        hourly.deliver()
    hourly.check(24, asks=False)

    # Then what can be booked is, the rest is withdrawn, nothing else differs, and nothing is told
    unbooked = {line.event_id: line for line in hourly.lines if line.event_id in left}
    still = unbooked.keys() - hourly.guilds.marks.keys()
    assert not {unbooked[id_].type for id_ in still} & BOOKABLE
    assert still == withdrawn_in(hourly.lines)
    assert spoken(hourly) == []
