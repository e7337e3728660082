"""What stands for discord.gg here: an invite in a browser, and the way in as somebody new."""

from html import escape
from typing import TYPE_CHECKING

from aiohttp import web

from infra.practice.entities import Guild
from infra.practice.errors import ApiError

if TYPE_CHECKING:
    from infra.practice.practice import Practice

NAME_LENGTH = 32
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
}


def mount_invite_page(app: web.Application, practice: "Practice") -> None:
    """Mount `/practice/invite/{code}`; it works without script."""

    async def show(request: web.Request) -> web.StreamResponse:
        code = request.match_info["code"]
        guild = _guild_of(practice, code)
        if guild is None:
            return _page("Invite invalid", "<p>This invite is invalid or has expired.</p>", 404)
        inside = len(guild.members)
        form = (
            f"<p>{inside:,} members</p>"
            '<form method="post"><label>Your name '
            f'<input name="name" maxlength="{NAME_LENGTH}" required autofocus></label>'
            '<div class="row"><button type="submit">Accept invite</button></div></form>'
        )
        return _page(f"You are invited to join {guild.name}", form)

    async def accept(request: web.Request) -> web.StreamResponse:
        code, fields = request.match_info["code"], await request.post()
        guild = _guild_of(practice, code)
        name = str(fields.get("name") or "Newcomer").strip()[:NAME_LENGTH] or "Newcomer"
        if guild is None:
            return _page("Invite invalid", "<p>This invite is invalid or has expired.</p>", 404)
        try:
            member = practice.join(guild.id, code, user=name)
        except ApiError as error:
            return _page("Not this time", f"<p>{escape(str(error.body['message']))}</p>", 403)
        inside = f'<p>You are <strong data-user="{member.user_id}">{escape(name)}</strong>.</p>'
        return _page(f"Welcome to {guild.name}", f'{inside}<p><a href="/practice">Look in</a></p>')

    app.router.add_get("/practice/invite/{code}", show)
    app.router.add_post("/practice/invite/{code}", accept)


def _guild_of(practice: "Practice", code: str) -> Guild | None:
    for guild in practice.world.state.guilds.values():
        if code in guild.invites or code == guild.vanity_code:
            return guild
    return None


def _page(title: str, body: str, status: int = 200) -> web.Response:
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        '<link rel="stylesheet" href="/practice/static/page.css"></head>'
        f'<body><main class="invitation"><h1>{escape(title)}</h1>{body}</main></body></html>'
    )
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
