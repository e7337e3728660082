"""Everything that the practice Discord serves, mounted on an aiohttp application."""

import mimetypes
from collections.abc import Callable
from itertools import chain

from aiohttp import web

from infra.practice.core import Core
from infra.practice.gateway.connection import Connection
from infra.practice.interactions.desk import Desk
from infra.practice.rest import (
    automod,
    bans,
    channels,
    commands,
    gateway,
    guilds,
    incidents,
    interactions,
    invites,
    member_search,
    members,
    messages,
    oauth2,
    overwrites,
    target_users,
    threads,
    users,
    webhooks,
)
from infra.practice.rest.call import Call
from infra.practice.rest.limits import Limits
from infra.practice.rest.routing import API, discord_errors
from infra.practice.rest.serving import Guard, Served

SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp")
NOUNS = (
    gateway,
    oauth2,
    users,
    guilds,
    incidents,
    members,
    member_search,
    bans,
    invites,
    target_users,
    channels,
    messages,
    overwrites,
    threads,
    automod,
    commands,
    interactions,
    webhooks,
)


def mount_rest(app: web.Application, core: Core, desk: Desk, limits: Limits) -> None:
    """Mount REST v10 under `/api/v10`."""
    rest = web.Application(middlewares=[discord_errors], client_max_size=120 * 1024 * 1024)
    guard = Guard(limits, core.faults.answers, lambda: core.world.application.bot_token)

    def call(request: web.Request) -> Call:
        core.postbox.origin = f"{request.scheme}://{request.host}"
        return Call(core, desk, request)

    for route in chain.from_iterable(noun.routes.items for noun in NOUNS):
        rest.router.add_route(route.method, route.path, Served(route, call, guard).handle)
    app.add_subapp(API, rest)


def mount_gateway(app: web.Application, core: Core) -> None:
    """Mount the gateway at `/gateway`; its connections close when the application stops."""
    open_connections: set[Connection] = set()

    async def serve(request: web.Request) -> web.StreamResponse:
        connection = Connection(core.world, core.hub)
        open_connections.add(connection)
        try:
            return await connection.serve(request)
        finally:
            open_connections.discard(connection)

    async def close_all(_: web.Application) -> None:
        for connection in list(open_connections):
            await connection.close()

    app.router.add_get("/gateway", serve)
    app.on_shutdown.append(close_all)


def mount_attachments(app: web.Application, read: Callable[[str], bytes | None]) -> None:
    """Mount the files of messages."""

    async def serve(request: web.Request) -> web.StreamResponse:
        content = read(request.match_info["attachment_id"])
        if content is None:
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(request.match_info["filename"])[0]
        shown = kind in SHOWN_INLINE
        headers = {
            "Content-Disposition": "inline" if shown else "attachment",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(
            body=content,
            headers=headers,
            content_type=kind if shown and kind else "application/octet-stream",
        )

    app.router.add_get("/practice/attachments/{channel_id}/{attachment_id}/{filename}", serve)
