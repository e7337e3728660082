"""Incoming webhooks of a channel, as the bot manages them."""

import secrets

from infra.practice.entities import Webhook
from infra.practice.json_types import JsonObject
from infra.practice.payloads.people import user_json
from infra.practice.permissions import Permission
from infra.practice.rest.call import Call
from infra.practice.rest.interactions import webhook_json
from infra.practice.rest.routing import Answer, Routes

routes = Routes()


@routes.add("GET", "/channels/{channel_id}/webhooks")
async def list_channel_webhooks(call: Call) -> Answer:
    """List the webhooks of a channel."""
    channel = call.channel(Permission.MANAGE_WEBHOOKS)
    found = [it for it in call.world.state.webhooks.values() if it.channel_id == channel.id]
    return Answer([_json(call, webhook) for webhook in found])


@routes.add("POST", "/channels/{channel_id}/webhooks")
async def create_webhook(call: Call) -> Answer:
    """Make a webhook for a channel."""
    channel = call.channel(Permission.MANAGE_WEBHOOKS)
    form = await call.form()
    name = form.required_text("name", 1, 80)
    form.check()
    webhook = Webhook(
        id=call.world.new_id(),
        token=secrets.token_urlsafe(51),
        name=name,
        channel_id=channel.id,
        guild_id=channel.guild_id or "",
    )
    call.world.state.webhooks[webhook.id] = webhook
    call.publish([])
    return Answer(_json(call, webhook))


def _json(call: Call, webhook: Webhook) -> JsonObject:
    return {**webhook_json(call, webhook), "user": user_json(call.world.bot)}
