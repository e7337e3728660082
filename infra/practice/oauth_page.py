"""What stands for Discord's own page here: choose who you are, and allow an application or not.

It works without script. The browser remembers who it chose, so that an invite is accepted by the
same person.
"""

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from infra.practice.oauth import SCOPES

if TYPE_CHECKING:
    from infra.practice.practice import Practice

COOKIE = "practice_person"
NAME_LENGTH = 32
PEOPLE = 100
TELLS = {
    "identify": "Know your name and picture",
    "guilds": "Know which servers you are in",
    "guilds.join": "Join servers for you",
}


def mount_oauth_page(app: web.Application, practice: "Practice") -> None:
    """Mount `/oauth2/authorize`, and `/channels/{guild_id}`, where Discord itself would be."""

    async def show(request: web.Request) -> web.StreamResponse:
        problem = problem_of(practice, request.query)
        if problem is not None:
            return page("Something is wrong", f"<p>{escape(problem)}</p>", status=400)
        name = escape(practice.world.application.name)
        wanted = request.query.get("scope", "").split()
        scopes = "".join(f"<li>{TELLS[scope]}</li>" for scope in wanted)
        chosen = _options(practice, request.cookies.get(COOKIE))
        target = urlsplit(request.query["redirect_uri"])
        form = (
            f"<p><strong>{name}</strong> wants to:</p><ul>{scopes}</ul>"
            f'<form method="post" action="/oauth2/authorize?{escape(request.query_string)}">'
            f'<label>You are <select name="person">{chosen}</select></label>'
            f'<label>Name of somebody new <input name="name" maxlength="{NAME_LENGTH}"></label>'
            '<div class="row"><button name="decision" value="authorize">Authorize</button>'
            '<button name="decision" value="cancel">Cancel</button></div></form>'
        )
        return page("Sign in to Practice", form, leads_to=f"{target.scheme}://{target.netloc}")

    async def decide(request: web.Request) -> web.StreamResponse:
        query = request.query
        problem = problem_of(practice, query)
        if problem is not None:
            return page("Something is wrong", f"<p>{escape(problem)}</p>", status=400)
        fields = await request.post()
        if fields.get("decision") != "authorize":
            return _to(_back(query, error="access_denied", error_description=DENIED))
        person = practice.world.state.users.get(str(fields.get("person")))
        if person is None:
            name = str(fields.get("name") or "").strip()[:NAME_LENGTH] or "Newcomer"
            person = practice.add_user(name)
        code = practice.world.grants.allow(
            person.id,
            query["scope"].split(),
            query["redirect_uri"],
            query.get("code_challenge"),
            practice.world.now,
        )
        answer = _to(_back(query, code=code))
        answer.set_cookie(COOKIE, person.id, path="/", httponly=True, samesite="Lax")
        return answer

    async def inside(_: web.Request) -> web.StreamResponse:
        return _to("/practice")

    app.router.add_get("/oauth2/authorize", show)
    app.router.add_post("/oauth2/authorize", decide)
    app.router.add_get("/channels/{guild_id}", inside)


DENIED = "The resource owner or authorization server denied the request"


def problem_of(practice: "Practice", query: Mapping[str, str]) -> str | None:
    """Say why Discord would not even ask; None where it would."""
    scopes = query.get("scope", "").split()
    if query.get("client_id") != practice.application_id:
        return "Unknown application"
    if query.get("redirect_uri") not in practice.world.grants.redirects:
        return "Invalid OAuth2 redirect_uri"
    if query.get("response_type") != "code":
        return "Unsupported response type"
    if not scopes or not SCOPES.issuperset(scopes):
        return "Invalid scope"
    if "code_challenge" in query and query.get("code_challenge_method") != "S256":
        return "Unsupported code challenge method"
    return None


def page(title: str, body: str, status: int = 200, leads_to: str = "") -> web.Response:
    """Write a page that stands for one of Discord's own."""
    policy = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {leads_to}"
    )
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        '<link rel="stylesheet" href="/practice/static/page.css"></head>'
        f'<body><main class="invitation"><h1>{escape(title)}</h1>{body}</main></body></html>'
    )
    headers = {"Content-Security-Policy": policy.strip(), "Cache-Control": "no-store"}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def _options(practice: "Practice", chosen: str | None) -> str:
    people = [user for user in practice.world.state.users.values() if not user.bot]
    shown = "".join(
        f'<option value="{user.id}"{" selected" if user.id == chosen else ""}>'
        f"{escape(user.username)}</option>"
        for user in people[-PEOPLE:]
    )
    return f'<option value="">Somebody new</option>{shown}'


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


def _back(query: Mapping[str, str], **more: str) -> str:
    kept = {"state": query["state"]} if "state" in query else {}
    return f"{query['redirect_uri']}?{urlencode({**more, **kept})}"
