"""Names the alerts door's adapters."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alerts.door import AlertsDoor, Complaints
from usher.alerting.figures import Deployed
from usher.alerting.periods import NONE, Calendar, Span
from usher.alerting.ports import ChannelGoneError
from usher.alerting.report_table import DynamoReportLog
from usher.alerting.report_words import ReportWording, Status
from usher.alerting.reporting import Reporting
from usher.alerting.service import Alerting
from usher.alerting.table import DynamoArchive, DynamoBoards
from usher.alerting.words import Wording
from usher.platform.alert_webhook import AlertWebhook
from usher.platform.logging import Logger, get_logger
from usher.platform.metric_reads import MetricReads
from usher.platform.metrics import NAMESPACE, EmfMeter
from usher.platform.settings import SettingsError, require
from usher.platform.signed_http import CLOUDWATCH, DYNAMODB, SECRETS, AwsError, SignedClient
from usher.platform.signed_token import SignedToken
from usher.platform.token_text import SecretError

NEEDED: Final = ("TABLE_NAME", "STAGE", "DISCORD_API_BASE")
_MISSING: Final = {"ResourceNotFoundException", "AccessDeniedException", "InvalidRequestException"}


@dataclass(frozen=True, slots=True)
class Address:
    """The webhook's address, from its secret."""

    secret: SignedToken

    def read(self) -> str:
        """Read it; raises ChannelGoneError where there is none, and AwsError."""
        try:
            return self.secret.get()
        except SecretError as error:
            raise ChannelGoneError("the secret is empty") from error
        except AwsError as error:
            if error.code not in _MISSING:
                raise
            raise ChannelGoneError(f"the secret cannot be read: {error.code}") from error


def build(environ: Mapping[str, str]) -> AlertsDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    names = require(environ, *NEEDED)
    client = SignedClient(DYNAMODB, environ)
    log, meter = get_logger(), EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "alerts"))
    wording = Wording(
        stage=names["STAGE"],
        documentation=environ.get("DOCUMENTATION_URL", ""),
        role=environ.get("ALERTS_MENTION", ""),
    )
    channel, sink = _channel(environ, names["DISCORD_API_BASE"]), Complaints(log, meter)
    archive = DynamoArchive(client, names["TABLE_NAME"])
    alerting = Alerting(
        boards=DynamoBoards(client, names["TABLE_NAME"]),
        archive=archive,
        channel=channel,
        wording=wording,
        clock=_now,
        pause=time.sleep,
        sink=sink,
    )
    calendar = _calendar(environ, log)
    if channel is None or calendar is None:
        return AlertsDoor(alerting, None, _now, log, meter)
    reporting = Reporting(
        calendar=calendar,
        deployed=Deployed(
            environ.get("POWERTOOLS_METRICS_NAMESPACE", NAMESPACE),
            _listed(environ, "FUNCTION_NAMES"),
            _listed(environ, "DEAD_LETTER_QUEUES"),
        ),
        metrics=MetricReads(SignedClient(CLOUDWATCH, environ)),
        archive=archive,
        log=DynamoReportLog(client, names["TABLE_NAME"]),
        channel=channel,
        wording=ReportWording(wording, calendar.zone_name),
        draw=_draw,
        clock=_now,
        sink=sink,
    )
    return AlertsDoor(alerting, reporting, _now, log, meter)


def _calendar(environ: Mapping[str, str], log: Logger) -> Calendar | None:
    """Read when reports come; None for never. Raises SettingsError.

    A time zone that is not known is UTC: alarms must be told whatever reports are asked for.
    """
    frequent = environ.get("STATUS_REPORTS", Span.DAILY)
    if frequent == NONE:
        return None
    name = environ.get("REPORTS_TIMEZONE") or "UTC"
    try:
        zone = ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):  # OSError: a folder, as `Europe` is
        log.exception("ReportsTimezone names no time zone", extra={"zone": name})
        name, zone = "UTC", ZoneInfo("UTC")
    try:
        return Calendar(zone, name, int(environ.get("REPORTS_HOUR") or "8"), Span(frequent))
    except ValueError as error:
        raise SettingsError(("STATUS_REPORTS", "REPORTS_HOUR")) from error


def _listed(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(one for one in environ.get(name, "").split(",") if one)


def _draw(status: Status) -> bytes | None:
    from usher.alerting.report_chart import draw  # Pillow: for reports alone

    return draw(status)


def _channel(environ: Mapping[str, str], api_base: str) -> AlertWebhook | None:
    name = environ.get("ALERTS_WEBHOOK_SECRET")
    if not name:
        return None
    secret = SignedToken(SignedClient(SECRETS, environ), name)
    return AlertWebhook(Address(secret).read, secret.forget, plain_base=api_base)


def _now() -> datetime:
    return datetime.now(UTC)
