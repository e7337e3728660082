"""What stands for discord.gg here: an invite in a browser, and the way in as somebody new."""

from html import escape
from typing import TYPE_CHECKING

from aiohttp import web

from infra.practice.entities import Guild, User
from infra.practice.errors import ApiError
from infra.practice.oauth_page import COOKIE

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
            f'<form method="post">{_who(_person(practice, request))}'
            '<div class="row"><button type="submit">Accept invite</button></div></form>'
        )
        return _page(f"You are invited to join {guild.name}", form)

    async def accept(request: web.Request) -> web.StreamResponse:
        code, fields = request.match_info["code"], await request.post()
        guild, person = _guild_of(practice, code), _person(practice, request)
        name = str(fields.get("name") or "Newcomer").strip()[:NAME_LENGTH] or "Newcomer"
        if person is not None:
            name = person.username
        if guild is None:
            return _page("Invite invalid", "<p>This invite is invalid or has expired.</p>", 404)
        try:
            member = practice.join(guild.id, code, user=name if person is None else person.id)
        except ApiError as error:
            return _page("Not this time", f"<p>{escape(str(error.body['message']))}</p>", 403)
        inside = f'<p>You are <strong data-user="{member.user_id}">{escape(name)}</strong>.</p>'
        return _page(f"Welcome to {guild.name}", f'{inside}<p><a href="/practice">Look in</a></p>')

    app.router.add_get("/practice/invite/{code}", show)
    app.router.add_post("/practice/invite/{code}", accept)


def _person(practice: "Practice", request: web.Request) -> User | None:
    """Find who this browser signed in as, if it did."""
    return practice.world.state.users.get(request.cookies.get(COOKIE, ""))


def _who(person: User | None) -> str:
    if person is not None:
        return f"<p>You are <strong>{escape(person.username)}</strong>.</p>"
    return (
        f'<label>Your name <input name="name" maxlength="{NAME_LENGTH}" required autofocus></label>'
    )


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
