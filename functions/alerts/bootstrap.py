"""Names the alerts door's adapters."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from alerts.door import AlertsDoor, Complaints
from usher.alerting.ports import ChannelGoneError
from usher.alerting.service import Alerting
from usher.alerting.table import DynamoArchive, DynamoBoards
from usher.alerting.words import Wording
from usher.platform.alert_webhook import AlertWebhook
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.settings import require
from usher.platform.signed_http import DYNAMODB, SECRETS, AwsError, SignedClient
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
    channel = _channel(environ, names["DISCORD_API_BASE"])
    alerting = Alerting(
        boards=DynamoBoards(client, names["TABLE_NAME"]),
        archive=DynamoArchive(client, names["TABLE_NAME"]),
        channel=channel,
        wording=wording,
        clock=_now,
        pause=time.sleep,
        sink=Complaints(log, meter),
    )
    return AlertsDoor(alerting, None, _now, log, meter)


def _channel(environ: Mapping[str, str], api_base: str) -> AlertWebhook | None:
    name = environ.get("ALERTS_WEBHOOK_SECRET")
    if not name:
        return None
    secret = SignedToken(SignedClient(SECRETS, environ), name)
    return AlertWebhook(Address(secret).read, secret.forget, plain_base=api_base)


def _now() -> datetime:
    return datetime.now(UTC)
