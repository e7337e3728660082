"""The alerts door: nothing is lost, nothing raises out of a batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from alerts.bootstrap import build
from alerts.door import AlertsDoor, Complaints, Reports
from tests.unit.alerting.payloads import enveloped, metric_alarm
from usher.alerting.model import Change, News, Notice
from usher.alerting.ports import ChannelGoneError, ChannelUnavailableError, ContentRefusedError
from usher.alerting.reporting import Reporting
from usher.platform.logging import get_logger
from usher.platform.settings import SettingsError
from usher.platform.sqs_batch import Record

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
ENVIRON = {
    "TABLE_NAME": "usher",
    "STAGE": "prod",
    "DISCORD_API_BASE": "https://discord.com/api/v10",
    "AWS_REGION": "eu-west-1",
    "ALERTS_WEBHOOK_SECRET": "usher/alerts",
}


@dataclass
class FakeMeter:
    counts: dict[str, float] = field(default_factory=dict)

    def count(
        self, name: str, value: float = 1, dimensions: Mapping[str, str] | None = None
    ) -> None:
        if value > 0:  # as the real one
            self.counts[name] = self.counts.get(name, 0) + value


@dataclass
class FakeAlerting:
    raises: Exception | None = None
    taken: list[News] = field(default_factory=list)

    def run(self, news: Iterable[News] = ()) -> int:
        if self.raises is not None:
            raise self.raises
        self.taken += news
        return 1


@dataclass
class FakeReports:
    runs: int = 0

    def run(self) -> Sequence[str]:
        self.runs += 1
        return ("daily#2026-11-28",)


def door(alerting: FakeAlerting, meter: FakeMeter, reports: Reports | None = None) -> AlertsDoor:
    return AlertsDoor(alerting, reports, lambda: NOW, get_logger(), meter)


def test_a_batch_is_taken_in_whole() -> None:
    alerting, meter = FakeAlerting(), FakeMeter()

    answer = door(alerting, meter).tell(
        [
            {"messageId": "1", "body": enveloped(metric_alarm("ALARM", "OK", NOW))},
            {"messageId": "2", "body": "nonsense"},
        ]
    )

    assert answer == {"batchItemFailures": []}
    alarm, nonsense = alerting.taken
    assert isinstance(alarm, Change)
    assert isinstance(nonsense, Notice)
    assert (nonsense.id, nonsense.at) == ("2", NOW)
    assert meter.counts == {"AlertsTold": 1}


def test_what_could_not_be_told_comes_again_and_is_measured() -> None:
    meter = FakeMeter()

    answer = door(FakeAlerting(ChannelUnavailableError("503")), meter).tell(
        [{"messageId": name, "body": "x"} for name in "ab"]
    )

    assert answer == {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "b"}]}
    assert meter.counts == {"AlertsNotTold": 2}


def test_how_long_alarms_wait_is_measured_when_they_could_not_be_told() -> None:
    # SQS leaves what was received three times out of the age that it tells.
    first = {"ApproximateFirstReceiveTimestamp": f"{(NOW.timestamp() - 700) * 1000:.0f}"}
    records: list[Record] = [
        {"messageId": "a", "body": "x", "attributes": first},
        {"messageId": "b", "body": "x"},
    ]
    meter = FakeMeter()

    door(FakeAlerting(ChannelUnavailableError("503")), meter).tell(records)
    assert meter.counts["AlertsWaitedSeconds"] == 700

    meter.counts.clear()
    door(FakeAlerting(), meter).tell(records)
    assert "AlertsWaitedSeconds" not in meter.counts


def test_each_hour_what_is_untold_is_told_and_reports_are_made_whatever_fails() -> None:
    reports = FakeReports()

    door(FakeAlerting(), FakeMeter(), reports).look_after()
    with pytest.raises(ExceptionGroup):
        door(FakeAlerting(ChannelUnavailableError("503")), FakeMeter(), reports).look_after()

    assert reports.runs == 2


def test_what_keeps_the_channel_from_being_told_is_measured() -> None:
    meter = FakeMeter()
    complaints = Complaints(get_logger(), meter)

    complaints.channel_gone(ChannelGoneError("404"))
    complaints.refused(ContentRefusedError("400"))

    assert meter.counts == {"AlertsWebhookGone": 1, "AlertsRefused": 1}


@pytest.mark.parametrize(
    ("changed", "reporting"),
    [
        ({}, True),
        ({"STATUS_REPORTS": "none"}, False),
        ({"ALERTS_WEBHOOK_SECRET": ""}, False),
        ({"STATUS_REPORTS": "weekly", "REPORTS_TIMEZONE": "Europe/Paris"}, True),
    ],
)
def test_reports_are_made_where_there_is_a_channel_and_they_are_wanted(
    changed: dict[str, str], reporting: bool
) -> None:
    assert (build(ENVIRON | changed).reports is not None) == reporting


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "Europe", "../../etc", ""])
def test_alarms_are_told_whatever_zone_reports_are_asked_for_in(zone: str) -> None:
    reporting = build(ENVIRON | {"REPORTS_TIMEZONE": zone}).reports

    assert isinstance(reporting, Reporting)
    assert reporting.calendar.zone_name == "UTC"


@pytest.mark.parametrize("changed", [{"STATUS_REPORTS": "yearly"}, {"STAGE": ""}])
def test_wrong_settings_are_refused_at_the_start(changed: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        build(ENVIRON | changed)
