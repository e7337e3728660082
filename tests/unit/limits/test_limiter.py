"""Several processes, one Discord: who waits, what is shared, what it costs."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.limited_discord import START, Fleet, LimitedDiscord, Time
from usher.limits.breaker import MOST_INVALID, Why
from usher.limits.buckets import CALLERS
from usher.limits.pacing import A_SLOT, ALONE, SLOT_SECONDS, Pot, Steady
from usher.limits.rules import Answer
from usher.limits.service import Turn, Wait
from usher.limits.switch import LOOK_EVERY

MESSAGE = ("POST", "/channels/1/messages")


def fleet(limit: int, window: float = 5.0, whole: int | None = None) -> Fleet:
    time = Time()
    return Fleet(LimitedDiscord(limit, window, time, whole), time)


TIGHT = given(
    limit=st.integers(1, CALLERS - 1),
    window=st.floats(0.5, 30),
    processes=st.integers(1, 8),
    jobs=st.integers(1, 12),
    channels=st.integers(1, 3),
)


def crowd(world: Fleet, processes: int, jobs: int, channels: int) -> None:
    for number in range(processes):
        world.work([("POST", f"/channels/{(number + n) % channels}/messages") for n in range(jobs)])
    before = len(world.done)
    world.time.run()
    assert len(world.done) - before == processes * jobs


@TIGHT
def test_a_tight_bucket_is_never_asked_too_often(
    limit: int, window: float, processes: int, jobs: int, channels: int
) -> None:
    world = fleet(limit, window)
    world.work([("POST", "/channels/9/messages")])
    world.time.run()

    crowd(world, processes, jobs, channels)

    assert world.discord.refused == {}


@TIGHT
def test_a_bucket_that_nobody_knows_is_asked_too_often_once(
    limit: int, window: float, processes: int, jobs: int, channels: int
) -> None:
    world = fleet(limit, window)

    crowd(world, processes, jobs, channels)

    assert all(times == 1 for times in world.discord.refused.values())


@given(
    limit=st.integers(CALLERS, 60),
    window=st.floats(0.5, 30),
    processes=st.integers(1, 5),
    jobs=st.integers(1, 30),
)
def test_a_wide_bucket_is_seldom_asked_too_often(
    limit: int, window: float, processes: int, jobs: int
) -> None:
    world = fleet(limit, window)
    for _ in range(processes):
        world.work([MESSAGE] * jobs)

    world.time.run()

    assert len(world.done) == processes * jobs
    # Only when a burst begins does nobody know of the others' calls that are on their way.
    assert sum(world.discord.refused.values()) <= 2 * (processes - 1)


def test_a_healthy_bucket_costs_nothing() -> None:
    world = fleet(5)
    shared = world.shared
    limiter = world.work([MESSAGE])
    world.time.run()
    reads, writes = shared.reads, shared.writes

    for n in range(1, 21):
        world.work([("POST", f"/channels/{n}/messages")], limiter, after=10.0 * n)
    world.time.run()

    assert (shared.writes - writes, shared.reads - reads) == (0, 20)


def test_a_bucket_that_was_told_empty_is_known_to_everybody() -> None:
    world = fleet(5, 60)
    first, second = world.work([MESSAGE] * 5), world.limiter()
    world.time.run()

    world.time.now += 2
    found = second.ask(*MESSAGE)

    assert isinstance(found, Wait)
    assert found.seconds == pytest.approx(
        world.discord.buckets[_only(world)].ends - world.time.now, abs=0.3
    )
    assert isinstance(second.ask("POST", "/channels/2/messages"), Turn)
    assert isinstance(first.ask("POST", "/channels/3/messages"), Turn)


def test_routes_of_one_bucket_share_it() -> None:
    world = fleet(3, 60)
    world.discord.names = lambda _: "same"
    paths = [("PUT", "/guilds/1/members/2/roles/3"), ("DELETE", "/guilds/1/members/2/roles/3")]
    limiter = world.work([*paths, paths[0]])
    world.time.run()

    assert isinstance(limiter.ask(*paths[1]), Wait)


def test_a_limit_of_the_whole_bot_stops_everybody_until_its_end() -> None:
    world = fleet(50)
    world.discord.answers = [Answer(429, retry_after=7.25, everywhere=True)]
    world.work([MESSAGE])
    others = [world.work([("GET", f"/guilds/{n}")], after=1.5) for n in range(4)]

    world.time.run()

    assert len(others) == 4
    moments = [at for at, _ in world.discord.calls]
    assert len(moments) == 6
    assert min(moments[1:]) >= moments[0] + 7.25


def test_a_limit_of_the_route_alone_leaves_its_bucket_open() -> None:
    world = fleet(50)
    world.discord.answers = [Answer(429, "a", 50, 40, 3.0, retry_after=600)]
    name = ("PATCH", "/channels/1")
    limiter = world.limiter()
    turn = limiter.ask(*name)
    assert isinstance(turn, Turn)
    limiter.tell(turn, world.discord.call(*name))

    found = limiter.ask(*name)

    assert isinstance(found, Wait)
    assert found.seconds == pytest.approx(600)
    assert isinstance(limiter.ask("PATCH", "/channels/2"), Turn)


@pytest.mark.parametrize(
    ("answer", "why", "pauses"),
    [
        (Answer(401), Why.TOKEN, [30, 60, 120, 240, 480, 900, 900]),
        (Answer(429, banned=True), Why.BAN, [300, 600, 1200, 2400, 3600, 3600, 3600]),
        (Answer(403, banned=True, retry_after=77.5), Why.BAN, [77.5] * 7),
    ],
)
def test_one_call_at_a_time_tries_whether_discord_is_open_again(
    answer: Answer, why: Why, pauses: list[float]
) -> None:
    # Given a Discord that refuses seven times, and ten processes that want to call it
    world = fleet(1000)
    world.work([("GET", "/users/@me")])
    world.time.run()
    world.discord.answers = [answer] * len(pauses)
    limiters = [world.work([("GET", f"/guilds/{n}")] * 3, after=n / 2) for n in range(10)]

    # When time passes
    world.time.run()

    # Then each pause ends with exactly one call, and the eighth opens the door for all
    calls = [at for at, _ in world.discord.calls][1:]
    assert len(calls) == len(pauses) + 30
    gaps = [after - before for before, after in pairwise(calls)]
    for gap, pause in zip(gaps[: len(pauses)], pauses, strict=True):
        assert pause <= gap <= pause + 22
    assert len(world.done) == 31
    tallies = [one.take_tally() for one in limiters]
    assert sum(tally.refusals for tally in tallies) == len(pauses)
    assert sum(tally.bans for tally in tallies) == (len(pauses) if why is Why.BAN else 0)
    assert sum(tally.closed for tally in tallies) > 0
    levels = Counter(line["level"] for line in world.log.lines())
    assert levels == {"CRITICAL": len(pauses), "WARNING": 1}


@pytest.mark.parametrize(("told", "pause"), [(0.0, 300), (10.0**9, 86_400)])
def test_a_ban_of_no_time_or_for_ever_is_not_believed(told: float, pause: float) -> None:
    world = fleet(1000)
    world.discord.answers = [Answer(429, banned=True, retry_after=told)]
    world.work([MESSAGE])

    world.time.run()

    first, second = (at for at, _ in world.discord.calls)
    assert pause <= second - first <= pause + 22


def test_the_log_says_that_discord_is_asked_again_whoever_reads_it() -> None:
    world = fleet(1000)
    world.discord.answers = [Answer(429, banned=True)]
    world.work([MESSAGE])
    world.time.run(until=START + 1)

    [line] = world.log.lines()
    assert str(line["message"]).endswith("Nobody asks Discord for so many seconds, then one does")
    assert (line["seconds"], line["times"]) == (300, 1)


def test_a_probe_that_dies_is_followed_by_another() -> None:
    world = fleet(1000)
    world.discord.answers = [Answer(401)]
    world.work([MESSAGE])
    world.time.run(until=START + 1)
    world.time.now = START + 40
    dead, alive = world.limiter(), world.limiter()

    assert isinstance(dead.ask(*MESSAGE), Turn)
    assert isinstance(alive.ask(*MESSAGE), Wait)
    world.time.now += 21
    assert isinstance(alive.ask(*MESSAGE), Turn)


def test_usher_stops_itself_well_before_discord_would() -> None:
    world = fleet(1000)
    limiter = world.limiter()
    turn, refused = limiter.ask("GET", "/guilds/1"), 0
    while isinstance(turn, Turn):
        limiter.tell(turn, Answer(403, "a", 1000, 900, 1.0))
        refused += 1
        world.time.now += 0.1
        turn = limiter.ask("GET", "/guilds/1")

    assert MOST_INVALID <= refused <= MOST_INVALID + LOOK_EVERY
    assert turn.why is Why.INVALID


def test_a_shared_limit_is_not_counted_as_invalid() -> None:
    world = fleet(1000)
    limiter = world.limiter()
    turn = limiter.ask(*MESSAGE)
    assert isinstance(turn, Turn)

    limiter.tell(turn, Answer(429, retry_after=1.0, shared=True))

    assert world.shared.minutes == {}


def test_without_the_table_each_goes_by_what_it_knows() -> None:
    world = fleet(3, 5.0)
    world.shared.down = True
    world.work([MESSAGE] * 9)

    world.time.run()

    assert len(world.done) == 9
    assert sum(world.discord.refused.values()) == 0
    assert "the table fails" in world.log.messages()[0]
    assert len(world.log.messages()) == 1


def test_a_closed_discord_stays_closed_without_the_table() -> None:
    world = fleet(1000)
    world.shared.down = True
    world.discord.answers = [Answer(401)]
    world.work([MESSAGE])

    world.time.run()

    first, second = (at for at, _ in world.discord.calls)
    assert second - first >= 30


@given(st.integers(1, 9), st.lists(st.floats(0, 0.4), min_size=1, max_size=60))
def test_a_steady_pace_holds_in_any_second(most: int, gaps: list[float]) -> None:
    pace, now, sent = Steady(most), START, list[float]()
    for gap in gaps:
        now += gap
        while (wait := pace.wait(now)) > 0:
            now += wait
        sent.append(now)

    assert all(late - early >= 1 - 1e-6 for early, late in zip(sent, sent[most:], strict=False))


def test_who_waits_for_an_answer_takes_calls_out_of_one_pot() -> None:
    world = fleet(1000, whole=50)
    for _ in range(12):
        world.work([MESSAGE] * 5, world.limiter(Pot(world.table())))

    world.time.run()

    seconds = Counter(int((at - START) / SLOT_SECONDS) for at, _ in world.discord.calls)
    assert len(world.done) == 60
    assert max(seconds.values()) <= 2 * A_SLOT
    assert world.discord.refused == {}


@pytest.mark.parametrize("own", [True, False])
def test_a_pace_is_kept_without_the_table_too(own: bool) -> None:
    world = fleet(1000)
    world.shared.down = True
    world.work([MESSAGE] * 6, world.limiter(Steady(ALONE) if own else Pot(world.table())))

    world.time.run()

    moments = [at for at, _ in world.discord.calls]
    assert moments[-1] - moments[0] > 6 / ALONE - 1.2


def _only(world: Fleet) -> str:
    [name] = world.discord.buckets
    return name
