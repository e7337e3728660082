"""A link that asks who comes: sign-in with Discord, in a browser, through everything deployed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from infra.local.system import System
from tests.e2e.answers import text_of
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually, item, joins, ledger_lines

CHROMIUM = Path("/usr/bin/chromium")
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)
DESKTOP = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--headless=new", "--disable-background-networking"],
        )
        yield opened
        await opened.close()


async def visitor(browser: Browser, *, phone: bool) -> BrowserContext:
    """A phone without script, or a desktop with it."""
    return await browser.new_context(
        viewport={"width": 320, "height": 640} if phone else {"width": 1280, "height": 800},
        user_agent=PHONE if phone else DESKTOP,
        java_script_enabled=not phone,
    )


async def linked(system: System, mode: str) -> tuple[Town, str]:
    """A guild with a link of a mode, and the link's address."""
    town = await watched(system, 1)
    await ask(system, town, "/campaign create", name="Spring", offer="Early access")
    code = f"{mode}-{town.id[-6:]}"
    said = await ask(system, town, "/referral create", campaign="Spring", code=code, mode=mode)
    assert "it is certain who came by this link" in said
    return town, said.partition("<")[2].partition(">")[0]


async def ask(system: System, town: Town, line: str, **options: str) -> str:
    return text_of(await system.practice.run_command(town.id, town.owner, line, options))


async def signs_in(page: Page, address: str, name: str) -> None:
    """Open a link, press the button, and say to Discord who one is."""
    await page.goto(address)
    await page.get_by_role("button", name="Sign in with Discord").click()
    await expect(page.get_by_role("heading")).to_have_text("Sign in to Practice")
    await page.get_by_label("Name of somebody new").fill(name)
    await page.get_by_role("button", name="Authorize").click()


def joins_of(system: System, address: str) -> int:
    key = {"pk": {"S": f"L#{address.rpartition('/')[2]}"}, "sk": {"S": "JOINS"}}
    found = system.cloud.dynamodb.get_item(TableName=system.table_name, Key=key).get("Item", {})
    return int(found.get("joins", {"N": "0"})["N"])


def person(system: System, name: str) -> str:
    users = system.practice.world.state.users.values()
    return next(user.id for user in users if user.global_name == name)


async def test_usher_adds_who_signs_in_and_knows_for_sure(system: System, browser: Browser) -> None:
    # Given a link whose visitors are added
    town, address = await linked(system, "added")
    context = await visitor(browser, phone=True)
    page = await context.new_page()

    # When somebody says no, and then yes
    await page.goto(address)
    await page.get_by_role("button", name="Sign in with Discord").click()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("heading")).to_have_text("You did not sign in")
    await page.get_by_role("link", name="Try again").click()
    await signs_in(page, page.url, "Ada")

    # Then they are in, and the ledger knows for sure by which link
    await expect(page.get_by_role("heading")).to_have_text("You are in")
    await page.get_by_role("link", name="Open Discord").click()
    await page.wait_for_url("**/practice")
    ada, code = person(system, "Ada"), address.rpartition("/")[2]

    def certain() -> bool:
        word = joins(ledger_lines(system, town.id)).get(ada, {})
        told = (word.get("confidence"), word.get("method"), word.get("link"))
        return told == ("deterministic", "added", code) and word["staff_id"] == town.owner

    await eventually(certain, patience=60)
    await eventually(lambda: joins_of(system, address) == 1, patience=30)
    assert item(system, town.id, f"C#{town.owner}")["tracked"] == {"N": "1"}
    said = await ask(system, town, "/referral show", code=code)
    assert "1 click" in said
    assert "1 join" in said

    # And whoever comes again is told that they are a member
    await page.goto(address)
    await page.get_by_role("button", name="Sign in with Discord").click()
    await page.get_by_role("button", name="Authorize").click()
    await expect(page.get_by_role("heading")).to_have_text("You are in already")
    await context.close()


async def test_an_invite_is_for_whoever_signed_in_and_for_nobody_else(
    system: System, browser: Browser
) -> None:
    # Given a link whose visitors get an invite for themselves
    town, address = await linked(system, "targeted")
    context, other = [await visitor(browser, phone=phone) for phone in (False, True)]
    page, stranger = await context.new_page(), await other.new_page()

    # When somebody signs in, and passes the invite on
    await signs_in(page, address, "Berta")
    await expect(page.get_by_role("heading")).to_contain_text("You are invited to join Town")
    await stranger.goto(page.url)
    await stranger.get_by_label("Your name").fill("Eve")
    await stranger.get_by_role("button", name="Accept invite").click()
    await expect(stranger.get_by_role("heading")).to_have_text("Not this time")
    await page.get_by_role("button", name="Accept invite").click()
    await expect(page.get_by_role("heading")).to_have_text("Welcome to Town")

    # Then the ledger knows for sure who came
    berta = person(system, "Berta")

    def certain() -> bool:
        word = joins(ledger_lines(system, town.id)).get(berta, {})
        return (word.get("confidence"), word.get("method")) == ("deterministic", "targeted")

    await eventually(certain, patience=60)
    await eventually(lambda: joins_of(system, address) == 1, patience=30)
    assert len(town.guild.members) == 4  # owner, host, bot, Berta
    await context.close()
    await other.close()
