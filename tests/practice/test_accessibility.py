"""axe-core on the practice Discord's pages."""

from datetime import timedelta
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from infra.practice.automod.rule import AutoModRule
from infra.practice.oauth import challenge_of
from tests.integration.pages.showing import told
from tests.practice.answering import member_id
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


async def test_forms_and_menus_keep_nobody_out(site: Site, page: Page) -> None:
    # Given all that moderation adds to the page: a ban, a timeout, a rule, a thread
    practice = site.practice
    guild = practice.guild
    ines, jonas = member_id(practice, "Ines"), member_id(practice, "Jonas")
    practice.ban(guild.id, ines, reason="noise")
    practice.time_out(guild.id, jonas, timedelta(hours=1))
    guild.automod_rules["1"] = AutoModRule("1", "Words", guild.owner_id, 1)
    channel = guild.system_channel_id or ""
    practice.start_thread(channel, "talk")
    practice.say(channel, guild.owner_id, "hello")
    found: dict[str, list[str]] = {}

    for width in (320, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.reload()
        await expect(page.locator("#status")).to_contain_text("members")
        if width == 320:
            await page.get_by_role("button", name="People", exact=True).click()
        found[f"people {width}"] = told(await Axe().run(page))

        # When a menu and a form are open, then axe finds nothing in them either
        await page.get_by_role("button", name="Actions for Priya").click()
        await expect(page.get_by_role("menuitem").first).to_be_focused()
        found[f"menu {width}"] = told(await Axe().run(page))
        await page.get_by_role("menuitem", name="Ban…").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        found[f"form {width}"] = told(await Axe().run(page))
        await page.keyboard.press("Escape")
        if width == 320:
            await page.get_by_role("button", name="Chat", exact=True).click()
        found[f"chat {width}"] = told(await Axe().run(page))

    assert {name: problems for name, problems in found.items() if problems} == {}
