"""Webhooks: list, make, read, change, delete, and what was sent to them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.problems import InvalidParam, ProblemError
from referral_api.v1.cursors import Cursor, Limit, Page, read_cursor, write_cursor
from referral_api.v1.etags import changed_meanwhile, check_version
from referral_api.v1.link_fields import IfMatch
from referral_api.v1.routes import PREFIX, Routes
from referral_api.v1.webhook_fields import (
    DeliveryView,
    DeliveryWithPayload,
    EventPath,
    NewWebhook,
    Ordered,
    ReplaySpan,
    WebhookChange,
    WebhookPath,
    WebhookView,
    WebhookWithSecret,
    delivery_view,
    delivery_with_payload,
    webhook_fields,
)
from usher.contracts.hook_event import HookType
from usher.hooks.managing import TooManyError, WebhookDesk, Wish, WishError
from usher.hooks.model import Delivery, Endpoint, EndpointId, Health
from usher.hooks.ports import StaleError
from usher.hooks.rules import delivery_key
from usher.ids import GuildId
from usher.referrals.keys import Scope
from usher.referrals.ports import KeptHooks
from usher.times import format_time

TAG = "Webhooks"


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What the routes of webhooks use."""

    desk: WebhookDesk
    kept: KeptHooks
    switch_on: Callable[[GuildId, str], None]
    """Has the guild's events told from now on; takes who asks."""
    clock: Callable[[], datetime]

    def reach(self, guild_id: GuildId, id_: str) -> tuple[Endpoint, Health]:
        """Read an endpoint; raises ProblemError."""
        found = self.desk.endpoints.endpoint(guild_id, EndpointId(id_))
        if found is None:
            raise ProblemError(404, "unknown_webhook", "No such webhook")
        return found

    def sent(self, endpoint: Endpoint, event_id: str) -> Delivery:
        """Read a delivery; raises ProblemError."""
        found = self.desk.find(endpoint, event_id, self.clock())
        if found is None:
            raise ProblemError(404, "unknown_delivery", "The log has no such delivery")
        return found


def webhook_routes(router: APIGatewayHttpRouter, hooks: Webhooks) -> None:
    """Declare the routes."""
    _reading(Routes(router, TAG), hooks)
    _making(Routes(router, TAG), hooks)
    _changing(Routes(router, TAG), hooks)
    _log(Routes(router, TAG), hooks)
    _sending(Routes(router, TAG), hooks)


def _reading(routes: Routes, hooks: Webhooks) -> None:
    @routes.declare("GET", "/webhooks", Scope.WEBHOOKS_READ, "List webhooks, oldest first")
    def list_webhooks() -> Page[WebhookView]:
        found = hooks.desk.endpoints.endpoints(routes.caller.key.guild_id)
        shown = [WebhookView(**webhook_fields(*one)) for one in found]
        return Page[WebhookView](items=shown, next_cursor=None)

    @routes.declare("GET", "/webhooks/<webhook_id>", Scope.WEBHOOKS_READ, "Read a webhook", 404)
    def read_webhook(webhook_id: WebhookPath) -> WebhookView:
        found = hooks.reach(routes.caller.key.guild_id, webhook_id)
        return WebhookView(**webhook_fields(*found))


def _making(routes: Routes, hooks: Webhooks) -> None:
    @routes.declare(
        "POST",
        "/webhooks",
        Scope.WEBHOOKS_WRITE,
        "Make a webhook",
        409,
        success=201,
        told="The webhook, with its secret, which is shown this once",
    )
    def create_webhook(new: NewWebhook) -> Response[WebhookWithSecret]:
        caller = routes.caller
        key = caller.key
        wish = Wish(new.url, frozenset(HookType(one.value) for one in new.events), new.description)
        endpoint = _wished(
            lambda: hooks.desk.make(
                key.guild_id, wish, key.created_by, f"api:{caller.seed}", hooks.clock()
            )
        )
        hooks.switch_on(key.guild_id, key.created_by)
        shown = WebhookWithSecret(**webhook_fields(endpoint, Health()), secret=endpoint.secret)
        headers: dict[str, Any] = {"Location": f"{PREFIX}/webhooks/{endpoint.id}"}
        return Response(201, "application/json", shown, headers=headers)


def _changing(routes: Routes, hooks: Webhooks) -> None:
    @routes.declare(
        "PATCH", "/webhooks/<webhook_id>", Scope.WEBHOOKS_WRITE, "Change a webhook", 404, 409, 412
    )
    def change_webhook(
        webhook_id: WebhookPath, change: WebhookChange, if_match: IfMatch = None
    ) -> WebhookView:
        endpoint, health = hooks.reach(routes.caller.key.guild_id, webhook_id)
        check_version(if_match, endpoint.version)
        given = change.model_fields_set
        wish = Wish(
            change.url if "url" in given else endpoint.url,
            frozenset(HookType(one.value) for one in change.events)
            if "events" in given
            else endpoint.types,
            change.description if "description" in given else endpoint.description,
            change.active if "active" in given else endpoint.active,
        )
        now = hooks.clock()
        changed = _unmoved(lambda: hooks.desk.change(endpoint, wish, now), if_match)
        if "active" in given and change.active:
            changed = _unmoved(lambda: hooks.desk.enable(changed, health, now), if_match)
            health = Health()
        return WebhookView(**webhook_fields(changed, health))

    @routes.declare(
        "DELETE",
        "/webhooks/<webhook_id>",
        Scope.WEBHOOKS_WRITE,
        "Delete a webhook",
        *(404, 409, 412),
        success=204,
        told="Nothing more is sent to it",
    )
    def delete_webhook(webhook_id: WebhookPath, if_match: IfMatch = None) -> Response[None]:
        endpoint, _ = hooks.reach(routes.caller.key.guild_id, webhook_id)
        check_version(if_match, endpoint.version)
        hooks.desk.endpoints.forget_endpoint(endpoint.guild_id, endpoint.id)
        return Response(204, body=None)

    @routes.declare(
        "POST",
        "/webhooks/<webhook_id>/secret",
        Scope.WEBHOOKS_WRITE,
        "Give a webhook a new secret",
        *(404, 409),
        told="The webhook with its new secret; the old one is in force for a day more",
    )
    def rotate_secret(webhook_id: WebhookPath) -> WebhookWithSecret:
        endpoint, health = hooks.reach(routes.caller.key.guild_id, webhook_id)
        changed = _unmoved(lambda: hooks.desk.rotate(endpoint, hooks.clock()), None)
        return WebhookWithSecret(**webhook_fields(changed, health), secret=changed.secret)


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


def _wished(make: Callable[[], Endpoint]) -> Endpoint:
    try:
        return make()
    except TooManyError as error:
        raise ProblemError(409, "too_many", str(error)) from error
    except WishError as error:
        wrong = InvalidParam(pointer="/body/url", detail=str(error))
        raise ProblemError(
            422, "invalid", "The request is not as described", errors=(wrong,)
        ) from error


def _unmoved(change: Callable[[], Endpoint], if_match: str | None) -> Endpoint:
    try:
        return _wished(change)
    except StaleError as error:
        raise changed_meanwhile(409 if if_match is None else 412) from error
