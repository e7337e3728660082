"""The callback of an interaction, and its messages under the interaction's token."""

import secrets

from infra.practice.content.body import EPHEMERAL, LOADING, read_body
from infra.practice.content.message import Message
from infra.practice.entities import Webhook
from infra.practice.errors import UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, ApiError
from infra.practice.interactions.records import TYPE_NUMBERS, Interaction, Phase
from infra.practice.json_types import JsonObject
from infra.practice.payloads.messages import message_json
from infra.practice.posting import Authorship
from infra.practice.rest.call import Call
from infra.practice.rest.routing import NOTHING, Answer, Routes

ORIGINAL = "@original"
routes = Routes()


@routes.add("POST", "/interactions/{interaction_id}/{token}/callback", public=True)
async def callback(call: Call) -> Answer:
    """Take the first answer: 204, or 200 with what it made for `with_response`."""
    desk = call.desk
    interaction = desk.by_id(call.id("interaction_id"), call.word("token"))
    answer, uploads = await call.fields_and_uploads()
    desk.acknowledge(interaction, answer, uploads)
    if not call.query_flag("with_response"):
        return NOTHING
    told: JsonObject = {
        "id": interaction.id,
        "type": TYPE_NUMBERS[interaction.kind],
        "channel_id": interaction.channel_id,
    }
    if interaction.guild_id:
        told["guild_id"] = interaction.guild_id
    body: JsonObject = {"interaction": told}
    original = desk.answers.original(interaction)
    if original is not None:
        told["response_message_id"] = original.id
        told["response_message_loading"] = bool(original.flags & LOADING)
        told["response_message_ephemeral"] = bool(original.flags & EPHEMERAL)
        body["resource"] = {"type": answer["type"], "message": _json(call, original)}
    return Answer(body)


@routes.add("POST", "/webhooks/{webhook_id}/{token}", public=True)
async def execute(call: Call) -> Answer:
    """Post a follow-up of an interaction, or a message of an incoming webhook."""
    webhook = call.world.state.webhooks.get(call.id("webhook_id"))
    if webhook is not None:
        return await _execute_incoming(call, webhook)
    interaction = _interaction(call)
    fields, uploads = await call.fields_and_uploads()
    body = read_body(fields, uploads)
    message, events = call.desk.answers.follow_up(interaction, body)
    call.publish(events)
    return Answer(_json(call, message))


@routes.add("GET", "/webhooks/{webhook_id}/{token}", public=True)
async def get_webhook(call: Call) -> Answer:
    """Answer with an incoming webhook."""
    return Answer(webhook_json(call, _incoming(call)))


@routes.add("DELETE", "/webhooks/{webhook_id}/{token}", public=True)
async def delete_webhook(call: Call) -> Answer:
    """Delete an incoming webhook."""
    del call.world.state.webhooks[_incoming(call).id]
    call.publish([])
    return NOTHING


@routes.add("GET", "/webhooks/{webhook_id}/{token}/messages/{message_id}", public=True)
async def get_message(call: Call) -> Answer:
    """Answer with a message of the interaction; `@original` is the first."""
    return Answer(_json(call, _message(call)[1]))


@routes.add("PATCH", "/webhooks/{webhook_id}/{token}/messages/{message_id}", public=True)
async def edit_message(call: Call) -> Answer:
    """Edit a message of the interaction; a thinking `@original` becomes the answer."""
    interaction, message = _message(call)
    fields, uploads = await call.fields_and_uploads()
    body = read_body(fields, uploads, editing=True)
    if interaction is None:
        events = call.core.postbox.edit(message, body)
    else:
        events = call.desk.answers.edit(interaction, message, body)
    call.publish(events)
    return Answer(_json(call, message))


@routes.add("DELETE", "/webhooks/{webhook_id}/{token}/messages/{message_id}", public=True)
async def delete_message(call: Call) -> Answer:
    """Delete a message of the interaction."""
    interaction, message = _message(call)
    if interaction is not None and message.flags & LOADING:
        interaction.phase = Phase.ANSWERED
    call.publish(call.core.postbox.delete(message))
    return NOTHING


def webhook_json(call: Call, webhook: Webhook) -> JsonObject:
    """Write an incoming webhook."""
    return {
        "id": webhook.id,
        "type": 1,
        "name": webhook.name,
        "avatar": None,
        "channel_id": webhook.channel_id,
        "guild_id": webhook.guild_id,
        "application_id": None,
        "token": webhook.token,
        "url": f"{call.core.postbox.origin}/api/v10/webhooks/{webhook.id}/{webhook.token}",
    }


async def _execute_incoming(call: Call, webhook: Webhook) -> Answer:
    _incoming(call)
    fields, uploads = await call.fields_and_uploads()
    body = read_body(fields, uploads)
    authorship = Authorship(
        author_id=webhook.id,
        author_name=str(fields.get("username") or webhook.name),
        webhook_id=webhook.id,
    )
    channel = call.world.channel(webhook.channel_id)
    message, events = call.core.postbox.post(channel, body, authorship)
    call.publish(events)
    return Answer(_json(call, message)) if call.query_flag("wait") else NOTHING


def _incoming(call: Call) -> Webhook:
    webhook = call.world.state.webhooks.get(call.id("webhook_id"))
    if webhook is None or not secrets.compare_digest(webhook.token, call.word("token")):
        raise ApiError(UNKNOWN_WEBHOOK)
    return webhook


def _interaction(call: Call) -> Interaction:
    if call.id("webhook_id") != call.world.application.id:
        raise ApiError(UNKNOWN_WEBHOOK)
    return call.desk.by_token(call.word("token"))


def _message(call: Call) -> tuple[Interaction | None, Message]:
    message_id = call.word("message_id")
    if call.id("webhook_id") in call.world.state.webhooks:
        webhook = _incoming(call)
        message = call.world.message(webhook.channel_id, message_id)
        if message.webhook_id != webhook.id:
            raise ApiError(UNKNOWN_MESSAGE)
        return None, message
    interaction = _interaction(call)
    if message_id == ORIGINAL:
        original = call.desk.answers.original(interaction)
        if original is None:
            raise ApiError(UNKNOWN_MESSAGE)
        return interaction, original
    if message_id not in (interaction.original_id, *interaction.follow_up_ids):
        raise ApiError(UNKNOWN_MESSAGE)
    return interaction, call.world.message(interaction.channel_id, message_id)


def _json(call: Call, message: Message) -> JsonObject:
    return message_json(call.world, message, call.core.postbox.origin)
