"""From a link on the web to a member who is counted for it, through everything deployed."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, async_playwright, expect

from infra.local.system import System
from tests.e2e.answers import text_of
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually, item

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

CHROMIUM = Path("/usr/bin/chromium")
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)
SMALL = {"width": 320, "height": 640}


async def ask(system: System, town: Town, line: str, **options: str) -> str:
    outcome = await system.practice.run_command(town.id, town.owner, line, options)
    return text_of(outcome)


async def linked(system: System) -> tuple[Town, str]:
    """A guild with a campaign and a link, and the link's address."""
    town = await watched(system, 1)
    made = await ask(
        system, town, "/campaign create", name="Spring", offer="Early access", welcome="Come in."
    )
    assert "The campaign is there" in made
    code = f"spring-{town.id[-6:]}"
    said = await ask(system, town, "/referral create", campaign="Spring", code=code)
    address = said.partition("<")[2].partition(">")[0]
    assert address == f"{system.practice.origin}/r/{code}"
    return town, address


def joins_of(system: System, code: str) -> int:
    key = {"pk": {"S": f"L#{code}"}, "sk": {"S": "JOINS"}}
    found = system.cloud.dynamodb.get_item(TableName=system.table_name, Key=key).get("Item", {})
    return int(found.get("joins", {"N": "0"})["N"])


async def comes_in(browser: Browser, address: str, name: str, *, script: bool) -> None:
    """Open a link on a phone, press the button, accept the invite."""
    context = await browser.new_context(
        viewport=SMALL,  # type: ignore[arg-type] # playwright's own TypedDict
        user_agent=PHONE,
        java_script_enabled=script,
    )
    page = await context.new_page()
    await page.goto(address)
    await expect(page.get_by_role("heading", name="Early access")).to_be_visible()
    if script:
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= SMALL["width"]
    await page.get_by_role("button", name="Join on Discord").click()
    await expect(page.get_by_role("heading")).to_contain_text("You are invited to join Town")
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Accept invite").click()
    await expect(page.get_by_role("heading")).to_have_text("Welcome to Town")
    await context.close()


@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium")
async def test_who_comes_by_a_link_counts_for_it_with_script_and_without(system: System) -> None:
    # Given a link
    town, address = await linked(system)

    # When somebody opens it on a phone without script, and presses the button
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--headless=new", "--disable-background-networking"],
        )
        await comes_in(browser, address, "ana", script=False)
        await browser.close()

    # Then they came by an invite of their own, which counts for the link's owner
    def counted() -> bool:
        return item(system, town.id, f"C#{town.owner}").get("tracked") == {"N": "1"}

    await eventually(counted, patience=30)
    code = address.rpartition("/")[2]
    person = next(u.id for u in system.practice.world.state.users.values() if u.username == "ana")
    own = item(system, town.id, f"M#{person}")["code"]["S"]
    note = item(system, town.id, f"S#code#{own}")["value"]["S"]
    assert f'"link":"{code}"' in note
    assert '"campaign":"Spring"' in note

    await eventually(lambda: joins_of(system, code) == 1, patience=30)
    said = await ask(system, town, "/referral show", code=code)
    assert "1 click" in said
    assert "1 join" in said

    # and the way is told in one answer, the funnel in another
    chain = await ask(system, town, "/referral chain", code=code)
    for part in (f"<@{person}>", "Clicked", "Mobile Safari", f"Invite `{own}`", "Joined"):
        assert part in chain
    stats = await ask(system, town, "/referral stats", code=code)
    assert "**1** click → **1** join (100 %)" in stats


async def test_programs_get_an_invite_and_problems(system: System) -> None:
    town, address = await linked(system)
    code, origin = address.rpartition("/")[2], system.practice.origin
    making = f"{origin}/api/discord/create-managed-invite"
    async with aiohttp.ClientSession(headers={"User-Agent": PHONE}) as client:
        urls = set()
        for _ in range(2):
            async with client.post(making, json={"referral_code": code}) as answer:
                assert answer.status == 200, await answer.text()
                urls.add((await answer.json())["invite_url"])
        async with client.post(making, json={"referral_code": "nobodys"}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (404, "unknown_link")
        async with client.head(f"{origin}/api/referral/{code}") as answer:
            assert answer.status == 200
        async with client.get(f"{origin}/api/referral/{code}/campaign") as answer:
            assert (await answer.json())["offer"] == "Early access"

    (url,) = urls
    invite = town.guild.invites[url.rpartition("/")[2]]
    assert (invite.max_uses, invite.max_age) == (1, 600)
    said = await ask(system, town, "/referral show", code=code)
    assert "1 click" in said
    assert "0 by bots, 2 by the same visitor" in said


async def test_a_crowd_that_comes_at_once_is_counted_each_for_the_right_link(
    system: System,
) -> None:
    # Given several links of one guild
    town, address = await linked(system)
    codes = [address.rpartition("/")[2]]
    for number in range(1, 4):
        codes.append(f"{codes[0]}-{number}")
        await ask(system, town, "/referral create", campaign="Spring", code=codes[-1])
    making = f"{system.practice.origin}/api/discord/create-managed-invite"

    # When five visitors of each get an invite and join, all at the same time
    async def visit(code: str, number: int) -> str:
        agent = {"User-Agent": f"{PHONE} Visit/{number}"}
        asked = {"referral_code": code}
        async with client.post(making, json=asked, headers=agent) as answer:
            assert answer.status == 200, await answer.text()
            invite = str((await answer.json())["invite_url"]).rpartition("/")[2]
        system.practice.join(town.id, invite, user=f"{code}-{number}")
        return invite

    async with aiohttp.ClientSession() as client:
        visits = [visit(code, number) for number in range(5) for code in codes]
        invites = await asyncio.gather(*visits)

    # Then each came by an invite of their own, and each link has its five
    assert len(set(invites)) == 20

    def counted() -> bool:
        return [joins_of(system, code) for code in codes] == [5] * 4

    await eventually(counted, patience=60)
    assert item(system, town.id, f"C#{town.owner}")["tracked"] == {"N": "20"}
    stats = await ask(system, town, "/campaign stats", campaign="Spring")
    assert "**20** clicks → **20** joins (100 %)" in stats
