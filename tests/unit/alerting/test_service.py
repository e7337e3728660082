"""One message an incident, whatever is repeated, reordered, deleted or broken off."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.alerting import FakeArchive, FakeBoards, FakeChannel, FakeClock, FakeSink
from tests.fakes.fuse import BREAKS, BrokenOffError, DiedError, Fuse, fused
from tests.unit.alerting.payloads import BUDGET, enveloped, metric_alarm
from usher.alerting import planning
from usher.alerting.codec import read_board, write_board
from usher.alerting.model import News
from usher.alerting.parsing import read_news
from usher.alerting.periods import Calendar, Span
from usher.alerting.ports import (
    ChannelGoneError,
    ChannelUnavailableError,
    ContentRefusedError,
    HeldError,
    Past,
)
from usher.alerting.reporting import within
from usher.alerting.service import Alerting
from usher.alerting.words import AMBER, GREEN, RED, Embed, Wording

START = datetime(2026, 11, 29, 9, tzinfo=UTC)
SILENT = "usher-prod-page-listener-silent"
ROLE = "823456789012345678"


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def rings(minutes: float, name: str = SILENT) -> News:
    return read_news(enveloped(metric_alarm("ALARM", "OK", at(minutes), name)), "m", START)


def recovers(minutes: float, name: str = SILENT) -> News:
    return read_news(enveloped(metric_alarm("OK", "ALARM", at(minutes), name)), "m", START)


@dataclass
class Room:
    """The service, and the world it is in."""

    channel: FakeChannel = field(default_factory=FakeChannel)
    boards: FakeBoards = field(default_factory=FakeBoards)
    archive: FakeArchive = field(default_factory=FakeArchive)
    sink: FakeSink = field(default_factory=FakeSink)
    clock: FakeClock = field(default_factory=lambda: FakeClock(START))
    fuse: Fuse = field(default_factory=Fuse)

    def run(self, *news: News, minutes: float | None = None) -> int:
        if minutes is not None:
            self.clock.now = at(minutes)
        get: Callable[[], Fuse] = lambda: self.fuse  # noqa: E731
        return Alerting(
            boards=fused(self.boards, get),
            archive=fused(self.archive, get),
            channel=fused(self.channel, get),
            wording=Wording("prod", "https://example.org/docs", ROLE),
            clock=self.clock,
            pause=self.clock.pause,
            sink=self.sink,
        ).run(news)

    @property
    def shown(self) -> list[str]:
        return self.channel.titles

    def only(self) -> Embed:
        (rendered,) = self.channel.messages.values()
        return rendered.embed


def test_an_alarm_is_posted_and_its_recovery_edits_the_message() -> None:
    room = Room()

    room.run(rings(0))
    embed = room.only()

    assert embed["title"] == "ALARM · Listener silent"
    assert embed["color"] == RED
    assert embed["description"] == (
        "The listener has not been heard of.\n"
        "[What to do](https://example.org/docs/operations.md#listener-silent)"
    )
    assert embed["url"] == (
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home"
        "?region=eu-west-1#alarmsV2:alarm/usher-prod-page-listener-silent"
    )
    assert embed["footer"] == {"text": "Usher prod · eu-west-1 · account 123456789012"}
    assert embed["fields"] == [
        {
            "name": "Measured",
            "value": "**0**, an alarm when below 1\nsum of ListenerHeartbeat, 2 of 2 × 1 min",
            "inline": False,
        },
        {
            "name": "Since",
            "value": f"<t:{int(START.timestamp())}:f> (<t:{int(START.timestamp())}:R>)",
            "inline": True,
        },
    ]
    assert room.channel.mentioned == [ROLE]

    room.run(recovers(75), minutes=75)

    embed = room.only()
    assert (embed["title"], embed["color"]) == ("RECOVERED · Listener silent", GREEN)
    assert {"name": "Lasted", "value": "1 h 15 min", "inline": True} in embed["fields"]
    assert room.channel.mentioned == [ROLE]
    assert [*room.archive.rows.values()] == [Past(SILENT, at(0), at(75), 1)]


def test_a_warning_is_amber_says_so_and_mentions_nobody() -> None:
    room = Room()

    room.run(rings(0, "usher-prod-warn-interaction-slow"))

    assert room.only()["title"] == "WARNING · Interaction slow"
    assert room.only()["color"] == AMBER
    assert room.channel.mentioned == []


@pytest.mark.parametrize("order", [*permutations((0, 1, 2, 3))])
def test_doubles_in_any_order_are_one_message(order: tuple[int, ...]) -> None:
    news = [rings(0), recovers(5), rings(0), recovers(5)]
    room = Room()

    for number in order:
        room.run(news[number], minutes=6)

    assert room.shown == ["RECOVERED · Listener silent"]
    assert {"name": "Lasted", "value": "5 min", "inline": True} in room.only()["fields"]


@pytest.mark.parametrize("order", [*permutations((0, 1, 2, 3))])
def test_what_reports_are_told_of_is_one_incident_in_any_order(order: tuple[int, ...]) -> None:
    news = [rings(0), recovers(5), rings(7), recovers(9)]
    room = Room()

    for number in order:
        room.run(news[number], minutes=10)

    day = next(one for one in Calendar(UTC, "UTC", 8).due(at(24 * 60)) if one.span is Span.DAILY)
    assert within([*room.archive.rows.values()], day) == (Past(SILENT, at(0), at(9), 2),)


def test_flapping_is_one_message_with_a_count() -> None:
    room = Room()

    for minutes in range(0, 20, 4):
        room.run(rings(minutes), minutes=minutes)
        room.run(recovers(minutes + 2), minutes=minutes + 2)

    assert room.shown == ["RECOVERED · Listener silent"]
    assert {"name": "Rang", "value": "5 times", "inline": True} in room.only()["fields"]


def test_an_alarm_an_hour_later_is_another_message() -> None:
    room = Room()

    room.run(rings(0), recovers(5))
    room.run(rings(65), minutes=65)

    assert room.shown == ["RECOVERED · Listener silent", "ALARM · Listener silent"]


def test_many_at_once_are_one_list() -> None:
    room = Room()

    room.run(*(rings(0, f"usher-prod-page-alarm-{n}") for n in range(25)))

    assert room.shown == ["ALARM · 25 alarms at once"]
    lines = str(room.only()["description"]).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "… and 5 more"
    assert lines[0].startswith("**ALARM** · [Alarm 0](https://eu-west-1.console.")
    assert room.channel.mentioned == [ROLE]

    room.run(*(recovers(3, f"usher-prod-page-alarm-{n}") for n in range(25)), minutes=3)

    assert room.shown == ["RECOVERED · 25 alarms at once"]


def test_what_comes_one_after_another_in_a_storm_goes_into_the_list() -> None:
    room = Room()

    for n in range(8):
        room.run(rings(n / 10, f"usher-prod-warn-alarm-{n}"), minutes=n / 10)
    room.run(recovers(5, "usher-prod-warn-alarm-6"), minutes=5)

    assert room.shown == [
        *(f"WARNING · Alarm {n}" for n in range(3)),
        "WARNING · 5 alarms at once",
    ]
    listed = str(list(room.channel.messages.values())[-1].embed["description"])
    assert "RECOVERED · [Alarm 6]" in listed


def test_what_cannot_wait_is_never_hidden_in_a_list_that_called_nobody() -> None:
    room = Room()
    room.run(*(rings(0, f"usher-prod-warn-alarm-{n}") for n in range(5)))
    assert room.channel.mentioned == []

    for n in range(4):
        room.run(rings(n + 1, f"usher-prod-page-urgent-{n}"), minutes=n + 1)

    assert room.shown == [
        "WARNING · 5 alarms at once",
        "ALARM · Urgent 0",
        "ALARM · Urgent 1",
        "ALARM · 2 alarms at once",
    ]
    assert room.channel.mentioned == [ROLE] * 3  # the list has called already


def test_a_list_whose_only_alarm_was_over_has_called_nobody_either() -> None:
    room = Room()
    warnings = [rings(0, f"usher-prod-warn-alarm-{n}") for n in range(3)]
    over = rings(0, "usher-prod-page-over"), recovers(1, "usher-prod-page-over")
    room.run(*warnings, *over, minutes=2)
    assert (room.shown, room.channel.mentioned) == (["WARNING · 4 alarms at once"], [])

    room.run(rings(5), minutes=5)

    assert room.shown == ["WARNING · 4 alarms at once", "ALARM · Listener silent"]
    assert room.channel.mentioned == [ROLE]


def test_after_a_storm_alarms_have_their_own_messages_again() -> None:
    room = Room()
    room.run(*(rings(0, f"usher-prod-warn-alarm-{n}") for n in range(5)))

    room.run(rings(31), minutes=31)

    assert room.shown == ["WARNING · 5 alarms at once", "ALARM · Listener silent"]


def test_a_first_deployment_says_nothing_of_what_is_well() -> None:
    well = [
        metric_alarm("OK", "INSUFFICIENT_DATA", at(0), f"usher-prod-page-alarm-{n}")
        for n in range(40)
    ]
    room = Room()

    assert room.run(*(read_news(enveloped(one), "m", START) for one in well)) == 0
    assert room.archive.rows == {}


def test_notices_that_nobody_could_be_told_of_fit_into_a_row() -> None:
    room = Room(channel=FakeChannel(raises=[ChannelGoneError("404")]))
    long = "x" * 10_000

    room.run(*(read_news(enveloped(long, "Subject", str(n)), "m", START) for n in range(200)))

    assert len(write_board(room.boards.board)) < 200_000


def test_a_message_deleted_by_hand_is_posted_anew() -> None:
    room = Room()
    room.run(rings(0))
    room.channel.messages.clear()

    room.run(recovers(5), minutes=5)

    assert room.shown == ["RECOVERED · Listener silent"]


def test_a_missing_webhook_is_told_elsewhere_and_what_is_still_true_is_told_later() -> None:
    room = Room(channel=FakeChannel(raises=[ChannelGoneError("404")]))

    room.run(rings(0))  # raises nothing: trying again would be no better
    assert (room.shown, room.sink.gone) == ([], 1)
    room.run(minutes=60)  # the clock, with a new webhook

    assert room.shown == ["ALARM · Listener silent"]


def test_while_discord_is_away_alarms_wait_and_nobody_s_turn_is_held() -> None:
    room = Room(channel=FakeChannel(raises=[ChannelUnavailableError("503")]))

    with pytest.raises(ChannelUnavailableError):
        room.run(rings(0))
    assert room.boards.until is None
    room.run(rings(0), minutes=1)

    assert room.shown == ["ALARM · Listener silent"]


def test_content_that_discord_refuses_is_said_more_simply_and_never_for_ever() -> None:
    room = Room(channel=FakeChannel(raises=[ContentRefusedError("400")]))
    room.run(rings(0))

    assert room.only() == {
        "title": "ALARM · Listener silent",
        "description": "The listener has not been heard of.",
    }
    assert room.sink.refusals == 1
    worse = Room(channel=FakeChannel(raises=[ContentRefusedError("400")] * 2))
    worse.run(rings(0))
    assert worse.run(rings(0)) == 0
    assert worse.run(recovers(5), minutes=5) == 1
    assert worse.shown == []


def test_what_could_not_be_posted_of_one_alarm_takes_nothing_from_another() -> None:
    # Given a channel that wants no content at all: a forum without a thread
    room = Room(channel=FakeChannel(raises=[ContentRefusedError("400")] * 4))
    other = "usher-prod-page-api-failing"
    room.run(rings(0), rings(0, other))
    assert len(room.boards.board.messages) == 2

    room.run(recovers(5), minutes=5)

    told = [member.alarm for message in room.boards.board.messages for member in message.members]
    assert sorted(told) == sorted([SILENT, other])
    assert room.shown == []


def test_two_at_the_same_time_take_turns() -> None:
    room = Room()
    room.boards.hold(START)  # somebody else, for longer than is waited

    with pytest.raises(HeldError):
        room.run(rings(0))
    room.clock.now = START + timedelta(seconds=36)  # who died in its turn
    room.run(rings(0))

    assert room.shown == ["ALARM · Listener silent"]


def test_a_budget_is_told_once() -> None:
    budget = read_news(enveloped(BUDGET, "AWS Budgets"), "m", START)
    room = Room()

    room.run(budget, budget)
    room.run(budget)

    assert room.shown == ["NOTICE · Budget usher-prod"]
    assert {"name": "ACTUAL Amount", "value": "$31.07", "inline": True} in room.only()["fields"]


def test_texts_of_others_are_plain_and_mention_nobody() -> None:
    news = read_news(enveloped("<@1> **@everyone**", "[x](http://y)"), "m", START)
    room = Room()

    room.run(news)

    assert room.only()["title"] == r"NOTICE · \[x\](http://y)"
    assert room.only()["description"] == r"\<\@1\> \*\*\@everyone\*\*"


def steps() -> int:
    room = Room()
    room.run(rings(0))
    room.run(recovers(5), minutes=5)
    return room.fuse.steps


@pytest.mark.parametrize(("before", "error"), BREAKS)
@pytest.mark.parametrize("step", range(1, steps() + 1))
def test_a_crash_anywhere_costs_at_most_one_more_message(
    step: int, before: bool, error: type[BaseException]
) -> None:
    room = Room(fuse=Fuse(step, before=before, error=error))

    for minutes, news in ((0.0, rings(0)), (5.0, recovers(5))):
        for attempt in range(3):  # as the queue does
            try:
                room.run(news, minutes=minutes + attempt)
            except (BrokenOffError, DiedError):
                continue
            break
        else:
            pytest.fail("it did not recover")

    assert 1 <= len(room.shown) <= 2
    assert room.shown[-1] == "RECOVERED · Listener silent"
    after_post = room.fuse.log[step - 1] == "post" and not before
    before_note = room.fuse.log[step - 1] == "save" and before
    assert len(room.shown) == 1 or after_post or before_note
    assert [*room.archive.rows.values()] == [Past(SILENT, at(0), at(5), 1)]
    # And nothing is left to be done.
    assert room.run(minutes=30) == 0


# ---------------------------------------------------------------- any story

ALARMS = ("usher-prod-page-a", "usher-prod-warn-b", "usher-prod-page-c")


@dataclass(frozen=True)
class Step:
    """Something that happens, so many minutes after the step before."""

    minutes: float
    alarm: str
    fault: str


STEPS = st.lists(
    st.builds(
        Step,
        st.floats(0.01, 45),
        st.sampled_from(ALARMS),
        st.sampled_from(["", "", "", "twice", "late", "away", "deleted"]),
    ),
    min_size=1,
    max_size=25,
)


@given(STEPS, st.randoms(use_true_random=False))
def test_whatever_happens_the_channel_ends_up_true_with_one_message_an_incident(
    steps: list[Step], dice: Random
) -> None:
    room, held_back, on = Room(), list[News](), dict.fromkeys(ALARMS, False)
    minutes, deleted = 0.0, 0
    for step in steps:
        minutes += step.minutes
        on[step.alarm] = not on[step.alarm]
        news = (rings if on[step.alarm] else recovers)(minutes, step.alarm)
        match step.fault:
            case "late":
                held_back.append(news)
                continue
            case "away":
                room.channel.raises = [ChannelUnavailableError("503")]
            case "deleted" if room.channel.messages:
                room.channel.messages.pop(dice.choice([*room.channel.messages]))
                deleted += 1
        taken = [news, *held_back[: dice.randrange(3)]]
        dice.shuffle(taken)
        for _ in range(3 if step.fault == "twice" else 2 if step.fault == "away" else 1):
            with suppress(ChannelUnavailableError):
                room.run(*taken, minutes=minutes + 0.001)
        room.channel.raises = []
        held_back = [one for one in held_back if one not in taken]
    room.run(*held_back, minutes=minutes + 0.01)
    board = room.boards.board

    # The board survives its row, and nothing is left to be done.
    assert read_board(write_board(board)) == board
    assert room.run(minutes=minutes + 0.02) == 0
    # Every incident that is remembered stands in one message, which shows it as it is.
    for ring in planning.rings(board):
        holders = [
            message
            for message in board.messages
            for member in message.members
            if member.alarm == ring.alarm and ring.incident.spans(member.anchor)
        ]
        # Two only where a late change shows that what seemed to be two incidents was one.
        assert len(holders) == 1 or (holders and any(step.fault == "late" for step in steps))
        for holder in holders:
            assert holder.id in room.channel.messages or deleted
    # What is on is said to be on, and nothing else is.
    open_ones = {ring.alarm for ring in planning.rings(board) if ring.incident.ended is None}
    assert open_ones == {alarm for alarm, state in on.items() if state}
