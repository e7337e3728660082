"""Status reports: each period once, whatever is repeated, and late rather than never."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from usher.alerting.figures import Deployed, Query, Series, figures_of, step_of
from usher.alerting.periods import Calendar, Period
from usher.alerting.ports import (
    Archive,
    Channel,
    ChannelGoneError,
    ContentRefusedError,
    File,
    Past,
)
from usher.alerting.report_words import CHART, ReportWording, Status
from usher.alerting.service import Sink

LOOKS_BACK: Final = timedelta(days=31)
"""Incidents that began so long before a period may still have been on in it."""


class ReportLog(Protocol):
    """Which reports were made. Every method may raise AwsError."""

    def began(self, now: datetime) -> datetime:
        """Tell since when there are reports: since now, where nobody asked before."""
        ...

    def claim(self, period: Period, now: datetime) -> bool:
        """Take a report on; False where it was made, or is being made by another."""
        ...

    def made(self, period: Period, message_id: str, now: datetime) -> None:
        """Note that a report was made."""
        ...


class Metrics(Protocol):
    """CloudWatch's metrics."""

    def read(
        self, queries: Sequence[Query], first: datetime, last: datetime, step: timedelta
    ) -> Mapping[str, Series]:
        """Read values by the query's id, oldest first; may raise AwsError."""
        ...


@dataclass(frozen=True, slots=True)
class Reporting:
    """Posts the reports that are due."""

    calendar: Calendar
    deployed: Deployed
    metrics: Metrics
    archive: Archive
    log: ReportLog
    channel: Channel
    wording: ReportWording
    draw: Callable[[Status], bytes | None]
    """Draws the picture of a status as a PNG; None for none."""
    clock: Callable[[], datetime]
    sink: Sink

    def run(self) -> Sequence[str]:
        """Post what is due; return the periods' keys.

        Raises ChannelUnavailableError and AwsError: it is due still an hour later. Where the
        webhook is gone nothing is raised, and the report comes once there is another, unless the
        next one of its kind is due by then.
        """
        now = self.clock()
        due = self.calendar.due(now)
        if not due:
            return ()
        began = self.log.began(now)
        done = []
        for period in due:
            # A period that was over before there was anything to report has nothing in it.
            if period.last <= began or not self.log.claim(period, now):
                continue
            try:
                message_id = self._post(self._status(period))
            except ChannelGoneError as error:
                self.sink.channel_gone(error)
                break
            self.log.made(period, message_id, now)
            done.append(period.key)
        return tuple(done)

    def _status(self, period: Period) -> Status:
        queries = self.deployed.queries()
        answers = self.metrics.read(queries, period.first, period.last, step_of(period))
        past = self.archive.between(period.first - LOOKS_BACK, period.last)
        return Status(period, figures_of(self.deployed, answers), within(past, period))

    def _post(self, status: Status) -> str:
        picture = self.draw(status)
        file = File(CHART, picture) if picture is not None else None
        rendered = self.wording.report(status, chart=file is not None)
        try:
            return self.channel.post(rendered, file)
        except ContentRefusedError as error:
            self.sink.refused(error)
        try:
            return self.channel.post(rendered.bare())
        except ContentRefusedError:
            return ""


def within(past: Sequence[Past], period: Period) -> tuple[Past, ...]:
    """Choose the incidents that were on in a period.

    One whose beginning was told after its end was written twice: the one without length goes.
    """
    ends = {(one.alarm, one.ended) for one in past if one.ended != one.began}
    return tuple(
        one
        for one in past
        if one.times
        and (one.ended is None or one.ended >= period.first)
        and not (one.ended == one.began and (one.alarm, one.ended) in ends)
    )
