"""Webhooks: list, make, read, change, delete, and what was sent to them."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.problems import InvalidParam, ProblemError
from referral_api.v1.cursors import Page
from referral_api.v1.etags import changed_meanwhile, check_version
from referral_api.v1.link_fields import IfMatch
from referral_api.v1.routes import PREFIX, Routes
from referral_api.v1.webhook_fields import (
    NewWebhook,
    WebhookChange,
    WebhookPath,
    WebhookView,
    WebhookWithSecret,
    webhook_fields,
)
from referral_api.v1.webhook_log import webhook_log_routes
from referral_api.v1.webhook_reach import Webhooks
from usher.contracts.hook_event import HookType
from usher.hooks.managing import TooManyError, Wish, WishError
from usher.hooks.model import Endpoint, Health
from usher.hooks.ports import StaleError
from usher.referrals.keys import Scope

TAG = "Webhooks"


def webhook_routes(router: APIGatewayHttpRouter, hooks: Webhooks) -> None:
    """Declare the routes."""
    _reading(Routes(router, TAG), hooks)
    _making(Routes(router, TAG), hooks)
    _changing(Routes(router, TAG), hooks)
    webhook_log_routes(router, hooks)


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
