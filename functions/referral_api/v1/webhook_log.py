"""What was sent to webhooks: listed, read, and sent again."""

from datetime import timedelta

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.problems import ProblemError
from referral_api.v1.cursors import Cursor, Limit, Page, read_cursor, write_cursor
from referral_api.v1.routes import Routes
from referral_api.v1.webhook_fields import (
    DeliveryView,
    DeliveryWithPayload,
    EventPath,
    Ordered,
    ReplaySpan,
    WebhookPath,
    delivery_view,
    delivery_with_payload,
)
from referral_api.v1.webhook_reach import Webhooks
from usher.hooks.model import Endpoint, Health
from usher.hooks.rules import delivery_key
from usher.referrals.keys import Scope
from usher.times import format_time


def webhook_log_routes(router: APIGatewayHttpRouter, hooks: Webhooks) -> None:
    """Declare the routes."""
    _log(Routes(router, "Webhooks"), hooks)
    _sending(Routes(router, "Webhooks"), hooks)


def _log(routes: Routes, hooks: Webhooks) -> None:
    @routes.declare(
        "GET",
        "/webhooks/<webhook_id>/deliveries",
        Scope.WEBHOOKS_READ,
        "List what was sent to a webhook, newest first",
        404,
    )
    def list_deliveries(
        webhook_id: WebhookPath, limit: Limit = 25, cursor: Cursor = None
    ) -> Page[DeliveryView]:
        endpoint, _ = hooks.reach(routes.caller.key.guild_id, webhook_id)
        place = read_cursor(cursor, 1)
        latest = f"D#{format_time(hooks.clock() + timedelta(days=1))}"
        before = max("D#", place[0]) if place else latest
        found = hooks.desk.deliveries.latest(endpoint.guild_id, endpoint.id, before, limit + 1)
        shown = found[:limit]
        follow = write_cursor(delivery_key(shown[-1].event)) if len(found) > limit else None
        return Page[DeliveryView](items=[delivery_view(one) for one in shown], next_cursor=follow)

    @routes.declare(
        "GET",
        "/webhooks/<webhook_id>/deliveries/<event_id>",
        Scope.WEBHOOKS_READ,
        "Read a delivery, with what is sent",
        404,
    )
    def read_delivery(webhook_id: WebhookPath, event_id: EventPath) -> DeliveryWithPayload:
        endpoint, _ = hooks.reach(routes.caller.key.guild_id, webhook_id)
        return delivery_with_payload(hooks.sent(endpoint, event_id))


def _sending(routes: Routes, hooks: Webhooks) -> None:
    told = "It is being sent"

    @routes.declare(
        "POST",
        "/webhooks/<webhook_id>/test",
        Scope.WEBHOOKS_WRITE,
        "Send a test event",
        *(404, 409),
        success=202,
        told=told,
    )
    def test_webhook(webhook_id: WebhookPath) -> Response[Ordered]:
        caller = routes.caller
        endpoint, _ = hooks.reach(caller.key.guild_id, webhook_id)
        key = hooks.desk.test(endpoint, f"api:{caller.seed}", hooks.clock())
        return _ordered(key.rpartition("#")[2])

    @routes.declare(
        "POST",
        "/webhooks/<webhook_id>/deliveries/<event_id>/replay",
        Scope.WEBHOOKS_WRITE,
        "Send a delivery again",
        *(404, 409),
        success=202,
        told=told,
    )
    def replay_delivery(webhook_id: WebhookPath, event_id: EventPath) -> Response[Ordered]:
        caller = routes.caller
        endpoint, health = hooks.reach(caller.key.guild_id, webhook_id)
        hooks.sent(endpoint, event_id)
        _needs_on(endpoint, health)
        hooks.desk.replay_one(endpoint, event_id, f"api:{caller.seed}", hooks.clock())
        return _ordered(event_id)

    @routes.declare(
        "POST",
        "/webhooks/<webhook_id>/replay",
        Scope.WEBHOOKS_WRITE,
        "Send events of a span of time again",
        *(404, 409),
        success=202,
        told=told,
    )
    def replay_span(webhook_id: WebhookPath, span: ReplaySpan) -> Response[Ordered]:
        caller = routes.caller
        endpoint, health = hooks.reach(caller.key.guild_id, webhook_id)
        _needs_on(endpoint, health)
        until, run = span.until or hooks.clock(), f"api:{caller.seed}"
        only_failed = span.only_failed
        hooks.desk.replay(endpoint, span.since, until, run, only_failed=only_failed)
        return _ordered(None)


def _ordered(event_id: str | None) -> Response[Ordered]:
    return Response(202, "application/json", Ordered(event_id=event_id))


def _needs_on(endpoint: Endpoint, health: Health) -> None:
    if not endpoint.active or health.ending is not None:
        raise ProblemError(
            409, "switched_off", "The webhook is switched off", "Switch it on with `active` first."
        )
