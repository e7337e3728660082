"""A batch of alarms told, or an hour's duties done, and what the log is told of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.alerting.model import Change, News
from usher.alerting.parsing import read_news
from usher.alerting.ports import ChannelGoneError, ContentRefusedError
from usher.limits.returning import waited
from usher.platform.logging import Logger
from usher.platform.sqs_batch import Answer, Record
from usher.platform.sqs_return import message_of


class Tells(Protocol):
    """Tells the channel of alarms."""

    def run(self, news: Iterable[News] = ()) -> int:
        """Take news in and tell what is untold."""
        ...


class Reports(Protocol):
    """Reports how things stand."""

    def run(self) -> Sequence[str]:
        """Post the reports that are due; return their names."""
        ...


class Meter(Protocol):
    """Counts things."""

    def count(
        self, name: str, value: float = 1, dimensions: Mapping[str, str] | None = None
    ) -> None:
        """Add to a metric."""
        ...


@dataclass(frozen=True, slots=True)
class Complaints:
    """Implements Sink: in log and metrics, since the channel is what is missing."""

    log: Logger
    meter: Meter

    def channel_gone(self, error: ChannelGoneError) -> None:
        """Say that nobody is told."""
        self.log.error("the alerts webhook is missing", extra={"why": str(error)})
        self.meter.count("AlertsWebhookGone")

    def refused(self, error: ContentRefusedError) -> None:
        """Say that a message's content was refused."""
        self.log.error("an alert's content was refused", extra={"why": str(error)})
        self.meter.count("AlertsRefused")


@dataclass(frozen=True, slots=True)
class AlertsDoor:
    """Takes what comes."""

    alerting: Tells
    reports: Reports | None
    clock: Callable[[], datetime]
    log: Logger
    meter: Meter

    def tell(self, records: Sequence[Record]) -> Answer:
        """Tell of a batch; all of it comes again when Discord could not be told."""
        now = self.clock()
        news = [read_news(record["body"], record["messageId"], now) for record in records]
        for one in news:
            self.log.info("alarm topic", extra=_told(one))
        try:
            told = self.alerting.run(news)
        except Exception:
            self.log.exception("alerts were not told")
            self.meter.count("AlertsNotTold", len(news))
            seconds = waited(map(message_of, records), now.timestamp())
            self.meter.count("AlertsWaitedSeconds", seconds)
            return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in records]}
        self.meter.count("AlertsTold", told)
        return {"batchItemFailures": []}

    def look_after(self) -> None:
        """Tell what was left untold, then report; raises what failed once both were tried."""
        failed: list[Exception] = []
        try:
            self.meter.count("AlertsTold", self.alerting.run())
        except Exception as error:  # noqa: BLE001 - raised below; the reports are due all the same
            failed.append(error)
        try:
            names = self.reports.run() if self.reports is not None else ()
        except Exception as error:  # noqa: BLE001 - raised below
            failed.append(error)
        else:
            if names:
                self.log.info("reported", extra={"reports": list(names)})
        if failed:
            raise ExceptionGroup("alerts", failed)


def _told(news: News) -> dict[str, object]:
    if isinstance(news, Change):
        turn = news.turn
        return {"alarm": news.alarm, "state": turn.state.value, "at": turn.at.isoformat()}
    return {"notice": news.id, "title": news.title}
