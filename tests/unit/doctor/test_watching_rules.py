"""Whether Usher hears and sees what it must."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.doctor import NOW, books, server, session
from usher.attribution.accuracy import Accuracy
from usher.attribution.model import Head
from usher.attribution.outcomes import Confidence
from usher.doctor.facts import Application, Checked, Codes, Overdue, Search, Settings
from usher.doctor.look_rules import look_findings
from usher.doctor.model import Repair, State
from usher.doctor.standing_rules import check_findings, standing_findings
from usher.doctor.watching_rules import (
    MEMBERS,
    MEMBERS_LIMITED,
    door_findings,
    intent_findings,
    join_findings,
    search_findings,
    session_findings,
)
from usher.rewards.hierarchy import Obstacle
from usher.rewards.problems import Problem

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("flags", [MEMBERS, MEMBERS_LIMITED, MEMBERS | 1])
def test_either_flag_of_the_intent_will_do(flags: int) -> None:
    assert intent_findings(Application(flags), session())[0].state is State.WELL


def test_an_intent_that_is_off_is_broken_and_so_is_a_session_without() -> None:
    off = intent_findings(Application(1 << 13), session())
    deaf = intent_findings(Application(MEMBERS), replace(session(), intents=1))

    assert off[0].state is deaf[0].state is State.BROKEN
    assert "developer portal" in off[0].remedy


def test_a_session_is_well_hanging_lost_or_never_was() -> None:
    never = session_findings(None, NOW)
    lost = session_findings(session(held=False), NOW)
    hanging = session_findings(session(silent=timedelta(minutes=4)), NOW)
    well = session_findings(session(silent=timedelta(seconds=50)), NOW)

    assert [one[0].state for one in (never, lost, hanging, well)] == [
        State.BROKEN,
        State.BROKEN,
        State.ATTENTION,
        State.WELL,
    ]
    assert "made up for" in lost[0].remedy


def test_a_guild_that_was_never_seen_wants_a_look() -> None:
    [found] = look_findings(books(head=None), None, NOW)

    assert (found.state, found.repair) == (State.ATTENTION, Repair.LOOK)


def test_figures_name_the_newest_invite_and_the_last_good_look() -> None:
    [found] = look_findings(books(), server(), NOW)

    assert found.state is State.WELL
    assert "2 active invites" in found.meaning
    assert "`abc`" in found.meaning
    assert "Last good look" in found.meaning


def test_hidden_counts_are_broken_and_a_look_is_offered() -> None:
    head = Head(version=3, since=NOW - HOUR, looked_at=NOW - HOUR, blind_since=NOW - HOUR)

    found = look_findings(books(head=head), server(), NOW)

    assert [one.state for one in found] == [State.WELL, State.BROKEN]
    assert found[1].repair is Repair.LOOK


def test_an_absence_a_full_house_and_a_hidden_vanity_are_told() -> None:
    gap = (NOW - 2 * HOUR, NOW - HOUR)
    head = Head(version=3, since=NOW - HOUR, looked_at=NOW, gap=True, gaps=(gap,))

    found = look_findings(
        books(head=head, codes=Codes(active=960)), server(features=["VANITY_URL"]), NOW
    )

    assert [one.state for one in found] == [State.WELL, *[State.ATTENTION] * 3]
    assert "not the vanity link" in found[0].meaning
    assert "60 minutes" in found[3].meaning


def test_old_and_short_absences_are_history() -> None:
    old = (NOW - timedelta(days=3), NOW - timedelta(days=2))
    short = (NOW - timedelta(minutes=9), NOW)
    head = Head(version=3, since=NOW - HOUR, looked_at=NOW, gaps=(old, short))

    assert [one.state for one in look_findings(books(head=head), None, NOW)] == [State.WELL]


def test_a_closed_gate_says_until_when() -> None:
    closed = search_findings(Settings(), Search(NOW + HOUR, 3), NOW)
    over = search_findings(Settings(), Search(NOW - HOUR, 3), NOW)
    off = search_findings(Settings(guild={"members_search": "off"}), Search(NOW + HOUR, 3), NOW)

    assert [one[0].state for one in (closed, over, off)] == [
        State.ATTENTION,
        State.WELL,
        State.WELL,
    ]
    assert "3 times" in closed[0].meaning


def test_many_joins_not_known_for_sure_need_attention_and_few_do_not() -> None:
    many = Accuracy({Confidence.EXACT: 90, Confidence.AMBIGUOUS: 10})
    few = Accuracy({Confidence.EXACT: 995, Confidence.NONE: 5})
    one = Accuracy({Confidence.NONE: 1})

    found = [join_findings(books(accuracy=each), Settings())[-1] for each in (many, few, one)]

    assert [each.state for each in found] == [State.ATTENTION, State.WELL, State.WELL]
    assert "100 joins, 10 not known for sure" in found[0].meaning


def test_tracking_that_is_off_is_told() -> None:
    found = join_findings(books(), Settings(guild={"tracking": "off"}))

    assert found[0].state is State.ATTENTION


def test_a_closed_door_and_a_screening_are_told() -> None:
    paused = replace(server(), paused_until=NOW + HOUR)
    screened = server(features=["MEMBER_VERIFICATION_GATE_ENABLED"])
    welcome = Settings(welcome={"state": "on"})

    assert door_findings(paused, welcome, NOW)[0].state is State.ATTENTION
    assert door_findings(server(features=["INVITES_DISABLED"]), welcome, NOW)[0].state is (
        State.ATTENTION
    )
    assert door_findings(screened, welcome, NOW)[0].state is State.WELL
    assert door_findings(screened, Settings(), NOW) == []
    assert door_findings(server(), welcome, NOW) == []


@pytest.mark.parametrize(
    ("checked", "state", "said"),
    [
        (None, State.WELL, "not been compared yet"),
        (Checked(NOW - HOUR, asked_at=NOW - HOUR), State.WELL, "Discord, table and ledger agree"),
        (Checked(NOW - HOUR, repairs=1, asked_at=NOW - HOUR), State.WELL, "after 1 repair."),
        (Checked(NOW - HOUR, asked_at=NOW - 4 * HOUR), State.ATTENTION, "Table and ledger agree"),
        (Checked(NOW - HOUR), State.ATTENTION, "was compared last: never"),
        (Checked(NOW - HOUR, lasting=2), State.ATTENTION, "2 differences"),
        (Checked(NOW - 4 * HOUR, lasting=2), State.ATTENTION, "compared last"),
    ],
)
def test_the_hourly_comparison_is_told(checked: Checked | None, state: State, said: str) -> None:
    [found] = check_findings(books(checked=checked), NOW)

    assert found.state is state
    assert said in found.meaning


def test_what_is_overdue_or_refused_is_told() -> None:
    late = Overdue("ban", "7", NOW - HOUR)
    fresh = Overdue("ban", "8", NOW - timedelta(seconds=20))
    refused = Problem("9", Obstacle.REFUSED)
    above = Problem("10", Obstacle.ABOVE)

    found = standing_findings(
        books(overdue=(late, fresh), problems=(refused, above), failing_hooks=1), NOW
    )

    assert [one.state for one in found] == [State.BROKEN, State.ATTENTION, State.ATTENTION]
    assert "bans: 1" in found[0].meaning
    assert standing_findings(books(), NOW)[0].state is State.WELL
