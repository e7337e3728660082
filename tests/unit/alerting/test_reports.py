"""Status reports: when, once, and what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageDraw

from tests.fakes.alerting import FakeArchive, FakeChannel, FakeClock, FakeReportLog, FakeSink
from usher.alerting import report_chart
from usher.alerting.figures import Deployed, Figures, Query, Series
from usher.alerting.periods import Calendar, Span
from usher.alerting.ports import ChannelGoneError, ChannelUnavailableError, Past
from usher.alerting.report_words import ReportWording, Status
from usher.alerting.reporting import Reporting
from usher.alerting.words import AMBER, GREEN, RED, Wording

NOW = datetime(2026, 11, 29, 8, 0, 5, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SILENT = "usher-prod-page-listener-silent"
DEPLOYED = Deployed("Usher/prod", ("fn-a", "fn-b"), ("usher-EventsDeadLetterQueue-1A",))


def calendar(zone: str = "UTC", hour: int = 8, frequent: Span = Span.DAILY) -> Calendar:
    return Calendar(ZoneInfo(zone), zone, hour, frequent)


@dataclass
class FakeMetrics:
    """Metrics; `answers` by the query's id."""

    answers: dict[str, Series] = field(default_factory=dict)
    asked: list[tuple[datetime, datetime, timedelta]] = field(default_factory=list)

    def read(
        self, queries: Sequence[Query], first: datetime, last: datetime, step: timedelta
    ) -> Mapping[str, Series]:
        self.asked.append((first, last, step))
        known = {query.id for query in queries}
        assert self.answers.keys() <= known
        return {name: self.answers.get(name, ()) for name in known}


@dataclass
class Room:
    """The service and its world."""

    calendar: Calendar = field(default_factory=lambda: calendar(frequent=Span.DAILY))
    channel: FakeChannel = field(default_factory=FakeChannel)
    metrics: FakeMetrics = field(default_factory=FakeMetrics)
    archive: FakeArchive = field(default_factory=FakeArchive)
    log: FakeReportLog = field(default_factory=lambda: FakeReportLog(since=LONG_AGO))
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    sink: FakeSink = field(default_factory=FakeSink)

    def run(self) -> Sequence[str]:
        wording = ReportWording(Wording("prod"), self.calendar.zone_name)
        return Reporting(
            self.calendar,
            DEPLOYED,
            self.metrics,
            self.archive,
            self.log,
            self.channel,
            wording,
            report_chart.draw,
            self.clock,
            self.sink,
        ).run()

    def embed(self) -> dict[str, object]:
        return next(iter(self.channel.messages.values())).embed

    def fields(self) -> dict[str, str]:
        found = self.embed()["fields"]
        assert isinstance(found, list)
        return {one["name"]: one["value"] for one in found}


# ---------------------------------------------------------------- when


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (datetime(2026, 11, 29, 8, 0, tzinfo=UTC), (28, 16, 1)),
        (datetime(2026, 11, 29, 7, 59, tzinfo=UTC), (27, 16, 1)),
        (datetime(2026, 11, 30, 8, 0, tzinfo=UTC), (29, 23, 1)),
    ],
)
def test_the_last_day_week_and_month_that_are_over_are_due(
    now: datetime, days: tuple[int, ...]
) -> None:
    due = calendar().due(now)

    assert [one.span for one in due] == [*Span]
    assert tuple(one.day.day for one in due) == days
    assert [one.day.month for one in due] == [11, 11, 10]
    assert due[2].last == datetime(2026, 11, 1, tzinfo=UTC)


def test_days_are_those_of_the_zone_however_long_they_are() -> None:
    due, *_ = calendar("Europe/Paris").due(datetime(2026, 10, 26, 7, 0, tzinfo=UTC))

    assert due.day == date(2026, 10, 25)  # an hour longer: winter begins
    assert due.first == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert due.last == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_only_the_kinds_that_were_asked_for_are_due() -> None:
    assert [one.span for one in calendar(frequent=Span.WEEKLY).due(NOW)] == [
        Span.WEEKLY,
        Span.MONTHLY,
    ]


# ---------------------------------------------------------------- once


def test_each_report_is_posted_once_whatever_is_repeated() -> None:
    room = Room()

    assert len(room.run()) == 3
    assert room.run() == ()
    room.clock.now += timedelta(hours=1)
    assert room.run() == ()

    assert room.channel.titles == [
        "Day · Saturday, 28 November 2026",
        "Week · 16 November to 22 November 2026",
        "Month · October 2026",
    ]
    assert [step for _, _, step in room.metrics.asked] == [
        timedelta(minutes=15),
        *[timedelta(hours=1)] * 2,
    ]


def test_what_was_over_before_the_first_look_is_not_reported() -> None:
    room = Room(log=FakeReportLog(since=None))

    assert room.run() == ()
    room.clock.now += timedelta(days=1)

    assert room.run() == ("daily#2026-11-29", "weekly#2026-11-23")  # a Monday


def test_a_report_that_discord_could_not_be_told_comes_an_hour_later() -> None:
    room = Room(channel=FakeChannel(raises=[ChannelUnavailableError("503")]))

    with pytest.raises(ChannelUnavailableError):
        room.run()
    room.clock.now += timedelta(hours=1)
    room.run()

    assert len(room.channel.titles) == 3


def test_without_a_webhook_nothing_is_tried_for_ever() -> None:
    room = Room(channel=FakeChannel(raises=[ChannelGoneError("404")]))

    assert room.run() == ()
    assert room.sink.gone == 1


# ---------------------------------------------------------------- what


def at(hour: float) -> datetime:
    return datetime(2026, 11, 28, tzinfo=UTC) + timedelta(hours=hour)


def test_a_day_on_which_nothing_happened_is_quiet_and_says_so() -> None:
    room = Room()
    room.run()

    embed = room.embed()
    assert embed["description"] == "All was well: no alarm rang, and nothing is left over."
    assert embed["color"] == GREEN
    assert "image" not in embed
    assert room.channel.files == {}
    assert embed["footer"] == {"text": "Usher prod · days of UTC"}
    assert room.fields() == {
        "Joined": "0",
        "Left": "0",
        "Known who brought them": "nobody to know it of",
        "Commands": "0",
        "Functions failed": "0 of 0 runs",
        "Refused by Discord": "0",
        "Dead letters": "none",
        "Backup": "not reported",
        "Ledger and table": "not compared",
    }


def test_a_busy_day_in_figures() -> None:
    room = Room()
    room.metrics.answers = {
        "joins": [(at(1), 1_000.0), (at(20), 234.0)],
        "leaves": [(at(2), 56.0)],
        "settled": [(at(1), 1_500.0)],
        "uncertain": [(at(1), 1.0)],
        "commands": [(at(3), 4_321.0)],
        "slowest": [(at(3), 81.4), (at(4), 142.6)],
        "ran0": [(at(3), 10_000.0)],
        "failed1": [(at(3), 2.0)],
        "refused0": [(at(3), 7.0)],
        "dead0": [(at(3), 9.0), (at(23), 3.0)],
        "missed": [(at(3), 0.0)],
        "age": [(at(3), 0.2)],
        "drift": [(at(22), 4.0), (at(23), 0.0)],
    }
    room.archive.keep([Past(SILENT, at(5), at(5.5), 2), Past("a-warn-b", at(23), None, 1)])
    room.run()

    embed = room.embed()
    assert embed["description"] == (
        "2 alarms rang, 30 min in all; 1 still on. 3 messages wait in dead-letter queues.\n"
        f"<t:{int(at(5).timestamp())}:f> · ALARM · Listener silent: 30 min, rang 2 times\n"
        f"<t:{int(at(23).timestamp())}:f> · WARNING · A warn b: still on"
    )
    assert embed["color"] == RED
    assert room.fields() == {
        "Joined": "1,234",
        "Left": "56",
        "Known who brought them": "99.9 %",
        "Commands": "4,321, p99 at most 143 ms",
        "Functions failed": "2 of 10,000 runs (0.02%)",
        "Refused by Discord": "7",
        "Dead letters": "events 3",
        "Backup": "made, 0 h old then",
        "Ledger and table": "agree",
    }
    assert embed["image"] == {"url": "attachment://status.png"}
    picture = next(iter(room.channel.files.values()))
    assert Image.open(BytesIO(picture.content)).size == (960, 320)


def test_what_is_over_and_is_still_to_be_looked_at_is_amber() -> None:
    room = Room()
    room.metrics.answers = {"missed": [(at(3), 1.0)], "drift": [(at(3), 1.0)]}
    room.run()

    assert room.embed()["color"] == AMBER
    assert room.embed()["description"] == "A backup is missing. Ledger, table and Discord differ."
    assert room.fields()["Backup"] == "1 missing"
    assert room.fields()["Ledger and table"] == "1 difference"


def test_an_incident_counts_in_every_period_in_which_it_was_on_and_once() -> None:
    room = Room()
    before, late = at(-3), at(2)
    room.archive.keep(
        [
            Past(SILENT, before, late, 1),  # over midnight
            Past(SILENT, late, late, 1),  # the same, when its beginning was not known yet
            Past(SILENT, at(-9), at(-8), 1),  # the day before
        ]
    )
    room.run()

    assert str(room.embed()["description"]).startswith("An alarm rang, 5 h in all.")


@pytest.mark.parametrize("span", Span)
def test_every_kind_has_a_picture(span: Span) -> None:
    period = next(one for one in calendar().due(NOW) if one.span is span)
    middle = period.first + (period.last - period.first) / 2
    status = Status(
        period,
        Figures(joins=5, leaves=2, came=[(middle, 5.0)], went=[(middle, 2.0)]),
        (Past(SILENT, middle, None, 1), Past("x-warn-y", period.first, middle, 1)),
    )

    picture = report_chart.draw(status)

    assert picture is not None
    assert len(picture) < 20_000


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_a_week_is_labelled_with_its_own_days(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, week, *_ = calendar(zone).due(NOW)
    said: list[str] = []

    def text(_canvas: object, _place: object, words: str, *_more: object) -> None:
        said.append(words)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", text)
    report_chart.draw(Status(week, Figures(came=[(week.first, 5.0)]), ()))

    assert said[-7:] == [f"{n} Nov" for n in range(16, 23)]
