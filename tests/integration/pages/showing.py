"""Every page that visitors may see, served to a browser by the door in memory."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from playwright.async_api import Page, Route

from tests.builders import at
from tests.unit.referral_api.v1.asking import Api, api
from tests.unit.referral_api.visiting import Answer, Door
from usher.ids import InviteCode
from usher.referrals.entering import Ending, NoEntryError
from usher.referrals.model import Brand, Mode
from usher.referrals.sign_in_rules import LIFE

SITE: Final = "https://usher.example"
LINK: Final = f"{SITE}/r/spring-video"
BACK: Final = f"{SITE}/api/discord/signed-in"
COOKIE: Final = "__Host-usher_sign_in"

type Serve = Callable[[str, str, str, dict[str, str]], Answer]


def landing(mode: Mode = Mode.MANAGED, **changes: object) -> Door:
    """A door with one link, whose page is as full as it may be."""
    offer: dict[str, object] = {
        "offer": "Early access for a spring full of makers",
        "welcome": "Hello, and come in.\n\nWe build things together every Thursday.",
        "brand": Brand("Ida's workshop", 0x3BA55D),
    }
    return Door(mode=mode, invite=InviteCode("abc")).campaign(**(offer | changes))


def closed() -> dict[str, Door]:
    """Doors whose link leads nowhere, by why."""
    return {
        "paused": landing(paused=True),
        "early": landing(active_from=at(5)),
        "expired": landing(active_to=at(0)),
    }


def ended(ending: Ending) -> Door:
    """A door at which signing in ends so."""
    door = landing(Mode.ADDED)
    door.entry.url = "https://discord.gg/abc"
    if ending is Ending.ADDED:
        door.entry.url = None
    elif ending not in (Ending.INVITED, Ending.CLOSED):
        door.entry.error = NoEntryError(ending)
    return door


@contextmanager
def every_page() -> Iterator[dict[str, tuple[Serve, str, dict[str, str]]]]:
    """Serve and address of each page by its name, with the cookies that it needs."""
    pages: dict[str, tuple[Serve, str, dict[str, str]]] = {
        f"landing {mode.value}": (_of(landing(mode)), LINK, {}) for mode in Mode
    }
    pages["landing bare"] = (_of(Door(invite=InviteCode("abc")).campaign()), LINK, {})
    pages["unknown"] = (_of(landing()), f"{SITE}/r/nobodys", {})
    pages |= {f"closed {why}": (_of(door), LINK, {}) for why, door in closed().items()}
    pages |= {name: (_of(Door()), f"{SITE}/api/{name}", {}) for name in ("privacy", "terms")}
    full = landing()
    full.invitations.url = None
    pages["full"] = (_of(full, method="POST"), LINK, {})
    for ending in Ending:
        if ending in (Ending.INVITED, Ending.CLOSED, Ending.LOST, Ending.DENIED, Ending.USED):
            continue
        pages[f"ended {ending.value}"] = _back(ended(ending), code="xyz")
    pages["ended denied"] = _back(ended(Ending.ADDED), error="access_denied")
    lost = ended(Ending.ADDED)
    pages["ended lost"] = _back(lost, code="xyz")
    lost.now += LIFE
    used = ended(Ending.ADDED)
    serve, address, cookies = _back(used, code="xyz")
    serve("GET", *_parts(address), cookies)
    pages["ended used"] = serve, address, cookies
    with api() as rest:
        pages["documentation"] = (_of_api(rest), f"{SITE}/api/v1/docs", {})
        yield pages


async def show(page: Page, serve: Serve, address: str, cookies: dict[str, str]) -> None:
    """Open a page of the door."""

    async def answer(route: Route) -> None:
        path, query = _parts(route.request.url)
        told = serve(route.request.method, path, query, cookies)
        await route.fulfill(status=told.status, headers=dict(told.headers), body=told.body)

    await page.unroute_all()
    await page.route("**/*", answer)
    await page.goto(address)


def _back(door: Door, **query: str) -> tuple[Serve, str, dict[str, str]]:
    """Begin a sign-in, and come back with this."""
    begun = door.ask("POST", "/r/spring-video")
    state = dict(parse_qsl(urlsplit(begun.headers["location"]).query))["state"]
    kept = begun.cookies[0].partition(";")[0].partition("=")[2]
    told = "&".join(f"{name}={value}" for name, value in query.items())
    return _of(door), f"{BACK}?state={state}&{told}", {COOKIE: kept}


def _of(door: Door, method: str | None = None) -> Serve:
    def serve(asked: str, path: str, query: str, cookies: dict[str, str]) -> Answer:
        kept = [f"{name}={value}" for name, value in cookies.items()]
        return door.ask(method or asked, path, asked=dict(parse_qsl(query)), cookies=kept)

    return serve


def _of_api(there: Api) -> Serve:
    def serve(asked: str, path: str, query: str, cookies: dict[str, str]) -> Answer:
        del query, cookies
        return there.ask(asked, path, key="")

    return serve


def _parts(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.path, parts.query


def told(results: Any) -> list[str]:  # noqa: ANN401 - axe's own JSON
    """Say what axe found, a line each."""
    return [
        f"{one['id']}: {one['help']} at {json.dumps([node['target'] for node in one['nodes']])}"
        for one in results.response["violations"]
    ]
