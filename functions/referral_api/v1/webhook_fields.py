"""Webhooks as they are sent and shown."""

import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from referral_api.v1.fields import ONE_LINE, Body, Moment
from usher.contracts.hook_event import SUBSCRIBED
from usher.hooks.model import Attempt, Delivery, Ending, Endpoint, Health, State
from usher.hooks.rules import body_of
from usher.hooks.targets import MOST_URL

Chosen = StrEnum("Chosen", {kind.name: kind.value for kind in SUBSCRIBED})  # type: ignore[misc] # from the list itself
"""Events that a webhook can be told."""

WebhookPath = Annotated[str, Path(description="The webhook's id", pattern=r"^we_[0-9a-f]{12}$")]
EventPath = Annotated[str, Path(description="The event's id", pattern=r"^evt_[0-9a-f]{32}$")]
Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MOST_URL),
    Field(description="Where it is told: TLS, on the open internet, port 443 or 8443."),
]
Events = Annotated[
    list[Chosen],
    Field(min_length=1, max_length=len(SUBSCRIBED), description="Of which events it is told."),
]
Described = Annotated[str, StringConstraints(max_length=100, pattern=ONE_LINE)]


class Standing(StrEnum):
    """How a webhook is doing."""

    WELL = "well"
    FAILING = "failing"
    """Its latest tries failed; they are made again."""
    OFF = "off"
    """Switched off by who manages it."""
    GIVEN_UP = "given_up"
    """Nothing was taken for three days; `PATCH` with `active` true goes on."""
    GONE = "gone"
    """It answered 410; `PATCH` with `active` true goes on."""


class WebhookView(BaseModel):
    """A webhook."""

    id: str
    url: str
    events: list[Chosen]
    description: str
    active: bool
    standing: Standing
    failures: int = Field(description="Tries that failed since the last that did not.")
    failing_since: datetime | None
    old_secret_until: datetime | None = Field(
        description="Until then everything is signed with the secret before, too."
    )
    created_at: datetime
    updated_at: datetime
    version: int = Field(description="Goes up with every change; part of the ETag.")


class WebhookWithSecret(WebhookView):
    """A webhook with its secret, which is shown this once."""

    secret: str = Field(description="`whsec_` and base64, as Standard Webhooks writes it.")


class NewWebhook(Body):
    """A webhook to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"url": "https://example.com/hooks", "events": ["join.attributed"]}]
        }
    )
    url: Url
    events: Annotated[Events, Field(default_factory=lambda: list(Chosen))]
    description: Described = ""


class WebhookChange(Body):
    """What is to be different; what is left out stays."""

    url: Url = ""
    events: Annotated[Events, Field(default_factory=list)]
    description: Described = ""
    active: StrictBool = True


class ReplaySpan(Body):
    """Which events are to be sent again."""

    since: Moment
    until: Moment | None = None
    only_failed: StrictBool = Field(default=True, description="Leave out those that were taken.")


class AttemptView(BaseModel):
    """One try."""

    at: datetime
    milliseconds: int
    status: int | None = Field(description="HTTP status; null where no answer came.")
    error: str = Field(description="Why none came.")
    body: str = Field(description="The beginning of the answer.")


class DeliveryView(BaseModel):
    """One event for one webhook."""

    event_id: str = Field(description="Its `webhook-id`.")
    type: str
    timestamp: datetime
    state: State
    tries: int
    attempts: list[AttemptView]


class DeliveryWithPayload(DeliveryView):
    """A delivery with what is sent."""

    payload: dict[str, Any]


class Ordered(BaseModel):
    """It is being sent."""

    event_id: str | None = Field(description="The one event, or null for several.")


_ENDED: Final = {Ending.GONE: Standing.GONE, Ending.FAILING: Standing.GIVEN_UP}


def webhook_fields(endpoint: Endpoint, health: Health) -> dict[str, Any]:
    """Say what is shown of a webhook."""
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": [Chosen(kind.value) for kind in SUBSCRIBED if kind in endpoint.types],
        "description": endpoint.description,
        "active": endpoint.active and health.ending is None,
        "standing": _standing(endpoint, health),
        "failures": health.failures,
        "failing_since": health.failing_since,
        "old_secret_until": endpoint.old_until,
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
        "version": endpoint.version,
    }


def delivery_view(delivery: Delivery) -> DeliveryView:
    """Show a delivery."""
    return DeliveryView(**_delivery(delivery))


def delivery_with_payload(delivery: Delivery) -> DeliveryWithPayload:
    """Show a delivery with what is sent."""
    return DeliveryWithPayload(**_delivery(delivery), payload=json.loads(body_of(delivery.event)))


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "event_id": delivery.event.id,
        "type": delivery.event.type.value,
        "timestamp": delivery.event.at,
        "state": delivery.state,
        "tries": delivery.tries,
        "attempts": [_attempt(one) for one in delivery.attempts],
    }


def _attempt(attempt: Attempt) -> AttemptView:
    return AttemptView(
        at=attempt.at,
        milliseconds=attempt.milliseconds,
        status=attempt.status,
        error=attempt.error,
        body=attempt.body,
    )


def _standing(endpoint: Endpoint, health: Health) -> Standing:
    if not endpoint.active:
        return Standing.OFF
    if health.ending is not None:
        return _ENDED[health.ending]
    return Standing.FAILING if health.failures else Standing.WELL
