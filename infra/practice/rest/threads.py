"""Threads: opened, listed.

Source: Discord API reference, "Channel", from Start Thread from Message on.
"""

from infra.practice.channel_keeping import new_thread, open_thread
from infra.practice.entities import Channel
from infra.practice.errors import HAS_A_THREAD, WRONG_CHANNEL_TYPE, ApiError
from infra.practice.forms import Form
from infra.practice.json_types import JsonObject
from infra.practice.moments import stamp
from infra.practice.payloads.guilds import PRIVATE_THREAD, channel_json
from infra.practice.permissions import Permission
from infra.practice.rest.call import Call
from infra.practice.rest.channels import LONGEST_SLOWMODE, archive_duration
from infra.practice.rest.routing import Answer, Routes

PUBLIC_THREAD = 11
routes = Routes()


@routes.add("POST", "/channels/{channel_id}/threads")
async def start_thread(call: Call) -> Answer:
    """Open a thread of its own: public (type 11) or private (type 12, unless told)."""
    form = await call.form()
    kind = form.integer("type", PUBLIC_THREAD, PRIVATE_THREAD, PRIVATE_THREAD)
    needed = Permission.CREATE_PUBLIC_THREADS
    if kind == PRIVATE_THREAD:
        needed = Permission.CREATE_PRIVATE_THREADS
    parent = _parent(call, needed)
    thread = new_thread(call.world, parent, form.required_text("name", 1, 100), kind, call.bot_id)
    return _opened(call, form, thread)


@routes.add("POST", "/channels/{channel_id}/messages/{message_id}/threads")
async def start_thread_from_message(call: Call) -> Answer:
    """Open a public thread at a message, whose id it takes; at most one at each."""
    parent = _parent(call, Permission.CREATE_PUBLIC_THREADS)
    message = call.world.message(parent.id, call.id("message_id"))
    form = await call.form()
    name = form.required_text("name", 1, 100)
    if call.world.guild(parent.guild_id or "").place(message.id) is not None:
        raise ApiError(HAS_A_THREAD)
    thread = new_thread(call.world, parent, name, PUBLIC_THREAD, call.bot_id)
    thread.id = message.id
    return _opened(call, form, thread)


@routes.add("GET", "/channels/{channel_id}/threads/archived/public")
async def list_archived_threads(call: Call) -> Answer:
    """List a channel's archived public threads, the latest first, `before` a moment."""
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    form = Form(dict(call.request.query))
    limit, before = form.integer("limit", 2, 100, 50), form.moment("before")
    form.check()
    found = [
        (thread.thread.archive_timestamp, thread)
        for thread in call.world.guild(channel.guild_id or "").threads.values()
        if thread.thread is not None
        and thread.thread.archived
        and thread.type == PUBLIC_THREAD
        and thread.parent_id == channel.id
        and (before is None or thread.thread.archive_timestamp < before)
    ]
    latest = sorted(found, key=lambda item: item[0], reverse=True)
    shown = [thread for _, thread in latest[:limit]]
    return Answer(
        {
            "threads": [channel_json(call.world, thread) for thread in shown],
            "members": [_own(call, thread) for thread in shown if _is_in(call, thread)],
            "has_more": len(latest) > limit,
        }
    )


@routes.add("GET", "/guilds/{guild_id}/threads/active")
async def list_active_threads(call: Call) -> Answer:
    """List the threads that are not archived and that the bot sees."""
    guild = call.guild()
    shown = [
        thread
        for thread in guild.threads.values()
        if thread.thread is not None
        and not thread.thread.archived
        and call.held_in(thread) & Permission.VIEW_CHANNEL
    ]
    return Answer(
        {
            "threads": [channel_json(call.world, thread) for thread in reversed(shown)],
            "members": [_own(call, thread) for thread in shown if _is_in(call, thread)],
            "has_more": False,
        }
    )


def _parent(call: Call, permission: Permission) -> Channel:
    parent = call.channel(permission)
    if parent.guild_id is None or parent.thread is not None or parent.type != 0:
        raise ApiError(WRONG_CHANNEL_TYPE)
    return parent


def _opened(call: Call, form: Form, thread: Channel) -> Answer:
    thread.rate_limit_per_user = form.integer("rate_limit_per_user", 0, LONGEST_SLOWMODE, 0)
    if thread.thread is not None:
        thread.thread.auto_archive_duration = archive_duration(form)
    form.check()
    guild = call.world.guild(thread.guild_id or "")
    call.publish(open_thread(call.world, guild, thread, call.bot_id, call.reason))
    return Answer(channel_json(call.world, thread), status=201)


def _is_in(call: Call, thread: Channel) -> bool:
    return thread.thread is not None and call.bot_id in thread.thread.member_ids


def _own(call: Call, thread: Channel) -> JsonObject:
    joined = thread.thread.created_at if thread.thread is not None else call.world.now
    return {"id": thread.id, "user_id": call.bot_id, "join_timestamp": stamp(joined), "flags": 0}
