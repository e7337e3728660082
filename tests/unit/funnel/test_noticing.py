"""Admins hear of what is held: once for a burst, once a day while it waits."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.builders import GUILD, at
from tests.fakes.funnel import FakeJourneyRows
from tests.referring import CODE, SPRING
from usher.contracts.effect import TellHeld
from usher.funnel.model import (
    NO_TRACE,
    Conversion,
    Journey,
    Place,
    Signal,
    SignalKind,
    Standing,
)
from usher.funnel.notice_words import news
from usher.funnel.notices import Notice
from usher.funnel.noticing import HoldNotices
from usher.ids import GuildId, UserId
from usher.times import format_time

MINUTE, HOUR = 60, 3600
FAST = Signal(SignalKind.FAST, 3, 10)
BURST = Signal(SignalKind.BURST, 30, 30)


@dataclass
class Room:
    rows: FakeJourneyRows = field(default_factory=FakeJourneyRows)
    heard: dict[str, str] = field(default_factory=dict)
    settled: list[tuple[UserId, datetime]] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: at(0))

    def tell(self, guild_id: GuildId, message_id: str, sentence: str) -> bool:
        self.heard[message_id] = sentence
        return True

    def settle(self, guild_id: GuildId, user_id: UserId, joined_at: datetime) -> None:
        self.settled.append((user_id, joined_at))

    def hold(self, number: int, *signals: Signal, turns: int = 0) -> Journey:
        before = Journey(GUILD, UserId(str(number)), at(number))
        won = Conversion(
            self.now, standing=Standing.HELD, signals=signals, held_at=self.now, turns=turns
        )
        after = replace(before, place=Place(CODE, SPRING), conversion=won)
        self.rows.save(before, after, NO_TRACE)
        return replace(after, version=1)

    def approve(self, journey: Journey) -> None:
        assert journey.conversion is not None
        done = replace(journey.conversion, standing=Standing.APPROVED)
        self.rows.save(journey, replace(journey, conversion=done), NO_TRACE)

    def pass_to(self, seconds: float) -> list[str]:
        """Let the clock run; return what was heard meanwhile."""
        known = len(self.heard)
        while (notice := self.rows.notice(GUILD)) and notice.due_at <= at(seconds):
            self.now = notice.due_at
            order = TellHeld("t", GUILD, format_time(notice.due_at))
            for _ in range(2):
                HoldNotices(self.rows, self, self, lambda: self.now).tell(order)
        self.now = at(seconds)
        return list(self.heard.values())[known:]


def test_a_burst_is_one_message_and_what_follows_another_an_hour_later() -> None:
    room = Room()
    for number in range(12):
        room.hold(number, BURST, *([FAST] if number < 2 else []), turns=2 if number < 3 else 0)
    assert room.pass_to(4 * MINUTE) == []

    [said] = room.pass_to(6 * MINUTE)
    assert said == (
        "12 conversions are held: they count for nothing until somebody approves them.\n"
        "What speaks against them: a burst of joins: 12 · very soon after the join: 2.\n"
        "3 had counted already, and were taken back.\n"
        "They came by `spring-video`.\n"
        "Review them with `/referral held`; `/campaign holds` says what is held."
    )
    room.hold(20, FAST)
    room.hold(21, FAST)
    assert room.pass_to(50 * MINUTE) == []
    [later] = room.pass_to(2 * HOUR)
    assert later.startswith("2 conversions are held")
    assert "14 wait in all." in later


def test_who_waits_is_told_of_once_a_day_until_nobody_does() -> None:
    room = Room()
    held = [room.hold(number, FAST) for number in range(2)]
    room.pass_to(HOUR)

    room.approve(held[0])
    assert room.pass_to(24 * HOUR) == []
    reminder = "1 conversion still waits for a review: `/referral held`."
    assert room.pass_to(26 * HOUR) == [reminder]
    assert room.pass_to(51 * HOUR) == [reminder]
    room.approve(held[1])
    assert room.pass_to(200 * HOUR) == []
    assert room.rows.notice(GUILD) is None


def test_what_was_reviewed_before_it_was_told_is_not_told() -> None:
    room = Room()
    room.approve(room.hold(1, FAST))

    assert room.pass_to(HOUR) == []
    assert room.rows.notice(GUILD) is None


def test_what_others_are_still_to_hear_is_done_first() -> None:
    room = Room()
    held = room.hold(1, BURST, turns=2)

    room.pass_to(6 * MINUTE)

    assert set(room.settled) == {(held.user_id, held.joined_at)}


def test_many_links_are_named_in_part() -> None:
    links = frozenset(f"link-{number}" for number in range(7))

    said = news(Notice(at(0), held=7, links=links), waiting=7)

    assert "They came by `link-0`, `link-1`, `link-2`, `link-3`, `link-4` and 2 more links." in said
    assert news(Notice(at(0), held=1), 1).startswith("1 conversion is held: it counts for nothing")
