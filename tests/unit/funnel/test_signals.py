"""What holds a conversion, and what does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import GUILD, at
from tests.fakes.funnel import FakeEvidence
from tests.referring import CODE, OWNER, SPRING, link
from usher.funnel.holds import (
    EVERY,
    STANDARD,
    Limits,
    holds_setting,
    read_limits,
    write_set,
)
from usher.funnel.judging import TableJudge
from usher.funnel.model import NO_TRACE, Conversion, Journey, Place, Signal, SignalKind, Trace
from usher.funnel.signals import DISCORD_EPOCH, Evidence, created_at, signals_of
from usher.ids import UserId

OLD = UserId("53908232506183680")
CONVERTED = Journey(GUILD, OLD, at(0), place=Place(CODE, SPRING), conversion=Conversion(at(3600)))


def born(moment_before_join: timedelta) -> UserId:
    milliseconds = int((at(0) - moment_before_join).timestamp() * 1000) - DISCORD_EPOCH
    return UserId(str(milliseconds << 22))


def kinds(journey: Journey, limits: Limits = STANDARD, **evidence: int) -> list[SignalKind]:
    return [one.kind for one in signals_of(journey, link(), limits, Evidence(**evidence))]


def test_an_ordinary_conversion_is_not_held() -> None:
    assert kinds(CONVERTED) == []
    assert kinds(replace(CONVERTED, conversion=None, user_id=OWNER)) == []


def test_who_came_by_their_own_link_is_held() -> None:
    assert kinds(replace(CONVERTED, user_id=OLD), Limits()) == []
    mine = signals_of(CONVERTED, link(owner_id=OLD), Limits(), Evidence())
    assert mine == (Signal(SignalKind.SELF, 1, 0),)
    assert signals_of(CONVERTED, link(owner_id=OLD), Limits(own=0), Evidence()) == ()


@pytest.mark.parametrize(("hours", "held"), [(23, True), (24, False), (0, True)])
def test_an_account_is_young_by_its_age_at_the_join(hours: int, held: bool) -> None:
    journey = replace(CONVERTED, user_id=born(timedelta(hours=hours)))

    found = signals_of(journey, link(), Limits(), Evidence())

    assert found == ((Signal(SignalKind.YOUNG, hours, 24),) if held else ())
    assert signals_of(journey, link(), Limits(young=0), Evidence()) == ()


@pytest.mark.parametrize(("seconds", "found"), [(9.9, 9), (10, None), (-3, 0)])
def test_a_conversion_is_too_fast_by_the_seconds_since_the_join(
    seconds: float, found: int | None
) -> None:
    journey = replace(CONVERTED, conversion=Conversion(at(seconds)))

    expected = () if found is None else (Signal(SignalKind.FAST, found, 10),)
    assert signals_of(journey, link(), Limits(), Evidence()) == expected


def test_bursts_and_visitors_of_many_members_are_held_at_the_limit() -> None:
    assert kinds(CONVERTED, joins=29, members=2) == []
    assert kinds(CONVERTED, joins=30, members=3) == [SignalKind.BURST, SignalKind.VISITOR]
    assert kinds(CONVERTED, Limits(burst=0, visitor=0), joins=99, members=99) == []


def test_an_accounts_age_is_in_its_id() -> None:
    assert created_at(UserId("175928847299117063")).isoformat(timespec="milliseconds") == (
        "2016-04-30T11:18:25.796+00:00"
    )


def test_a_campaign_says_otherwise_where_it_does() -> None:
    guild, campaign = write_set({"burst": 5, "fast": 60}), write_set({"fast": 0})

    assert read_limits(guild, campaign) == replace(STANDARD, burst=5, fast=0)
    assert read_limits(None, None) == STANDARD
    assert write_set({}) is None


@pytest.mark.parametrize("value", ["", "x", "[]", '{"burst":-1,"fast":true,"own":"1","a":2}'])
def test_what_is_no_limit_says_nothing(value: str) -> None:
    assert read_limits(value) == STANDARD


def test_the_judge_asks_for_what_the_limits_need() -> None:
    rows = FakeEvidence(
        settings={EVERY: write_set({"burst": 2}), holds_setting(SPRING): write_set({"visitor": 2})},
        joined=[at(-400), at(-200), at(0), at(299), at(301)],
    )
    judge, trace = TableJudge(rows), Trace(visitor="v")

    assert [one.kind for one in judge.signals(CONVERTED, link(), trace)] == [SignalKind.BURST]
    rows.joined = [at(0)]
    assert judge.signals(CONVERTED, link(), trace) == ()
    other = replace(CONVERTED, user_id=UserId("53908232506183681"))
    assert judge.signals(other, link(), trace) == (Signal(SignalKind.VISITOR, 2, 2),)
    assert judge.signals(other, link(), NO_TRACE) == ()
