"""axe-core on the practice Discord's pages."""

from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from infra.practice.oauth import challenge_of
from tests.integration.pages.showing import told
from tests.practice.browser import Site, needs_browser

pytestmark = [pytest.mark.asyncio, needs_browser]


def addresses(site: Site) -> list[str]:
    """The page itself, an invite, and where people sign in."""
    practice, back = site.practice, "https://app.example/back"
    practice.register_redirect(back)
    code = practice.create_invite(practice.guild.id, practice.guild.owner_id)
    asked = (
        f"client_id={practice.application_id}&redirect_uri={back}&response_type=code"
        f"&scope=identify%20guilds.join&code_challenge={challenge_of('v')}"
        "&code_challenge_method=S256"
    )
    return [
        f"{site.origin}/practice/invite/{code}",
        f"{site.origin}/practice/invite/nothing",
        f"{site.origin}/oauth2/authorize?{asked}",
        f"{site.origin}/oauth2/authorize",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_keeps_anybody_out(
    site: Site, page: Page, scheme: Literal["light", "dark"]
) -> None:
    await page.emulate_media(color_scheme=scheme)
    found = {"practice": told(await Axe().run(page))}
    seen: set[str] = set()
    for address in addresses(site):
        await page.goto(address)
        seen.add(await page.locator("h1").inner_text())
        for width in (320, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            found[f"{address} {width}"] = told(await Axe().run(page))

    assert {name: problems for name, problems in found.items() if problems} == {}
    assert seen == {
        f"You are invited to join {site.practice.guild.name}",
        "Invite invalid",
        "Sign in to Practice",
        "Something is wrong",
    }
