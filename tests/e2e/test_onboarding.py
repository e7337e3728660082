"""From a link on the web through the questions to the roles, as a person does it in a browser."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from infra.local.system import System
from infra.practice.entities import Guild
from tests.e2e.answers import text_of
from tests.e2e.watching import eventually, item
from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import Observation
from usher.funnel.holds import write_set
from usher.ids import GuildId, UserId
from usher.platform.sqs import EventsQueue

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

CHROMIUM = Path("/usr/bin/chromium")
DESKTOP = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
SCOPES = "campaigns:read onboarding:write"
SIX = ("Your name?", "Your address", "Your team?", "Your age", "Why?", "Anything else?")


async def ask(system: System, guild: Guild, line: str, **options: object) -> str:
    outcome = await system.practice.run_command(guild.id, guild.owner_id, line, options)  # type: ignore[arg-type]
    return text_of(outcome)


async def linked(system: System, guild: Guild) -> tuple[str, str]:
    """A campaign with six questions, a role and a worth; return its link and the role."""
    role = system.practice.create_role(guild.id, "Insider").id
    await ask(system, guild, "/campaign create", name="Spring", offer="Early access")
    for label in SIX:
        more: dict[str, object] = {"required": label not in (SIX[3], SIX[5])}
        if label == SIX[1]:
            more["pattern"] = "email"
        if label == SIX[2]:
            more["choices"] = "Light|Dark"
        await ask(
            system, guild, "/campaign questions add", campaign="Spring", question=label, **more
        )
    assert "gets" in await ask(system, guild, "/campaign roles", campaign="Spring", add=role)
    await ask(system, guild, "/campaign value", campaign="Spring", worth=25.99)
    said = await ask(system, guild, "/referral create", campaign="Spring", code="spring-insider")
    return said.partition("<")[2].partition(">")[0], role


async def trusting(system: System, guild: Guild) -> None:
    """Hold no conversion: whoever comes in here has an account of a moment, and is quick."""
    now, name = datetime.now(UTC), "holds#all"
    deed = SettingChanged(uuid4().hex, name, write_set({"young": 0, "fast": 0}), UserId("1"), now)
    told = Observation(f"deed.{uuid4().hex}", GuildId(guild.id), "", now, (deed,))
    EventsQueue(system.cloud.sqs, system.events_queue_url).send(told)
    await eventually(lambda: item(system, guild.id, f"S#{name}"))


def steps(system: System, code: str) -> dict[str, str] | None:
    """What is counted of a link's members, once one has converted."""
    key = {"pk": {"S": f"L#{code}"}, "sk": {"S": "JOINS"}}
    found = system.cloud.dynamodb.get_item(TableName=system.table_name, Key=key).get("Item", {})
    numbers = {name: attribute.get("N", "0") for name, attribute in found.items()}
    return numbers if numbers.get("conversions") == "1" else None


async def comes_in(page: Page, address: str) -> None:
    await page.goto(address)
    await page.get_by_role("button", name="Join on Discord").click()
    await page.get_by_label("Your name").fill("ana")
    await page.get_by_role("button", name="Accept invite").click()
    await expect(page.get_by_role("heading")).to_contain_text("Welcome to")


async def press(page: Page, name: str) -> Locator:
    """Press a button until its form opens: on a busy machine three seconds may be over."""
    form = page.get_by_role("dialog")
    for _ in range(6):
        await page.get_by_role("button", name=name).click(timeout=60_000)
        try:
            await expect(form).to_be_visible(timeout=10_000)
        except AssertionError:
            continue
        break
    return form


async def answers(page: Page) -> None:
    """Press the button, be wrong once, and go through both forms."""
    form = await press(page, "Start onboarding")
    await form.get_by_label(SIX[0]).fill("Ana")
    await form.get_by_label(SIX[1]).fill("ana at home")
    await form.get_by_label(SIX[2]).select_option("Dark")
    await form.get_by_label(SIX[4]).fill("Friends")
    await form.get_by_role("button", name="Submit").click()
    told = page.locator(".message.private")
    await expect(told.last).to_contain_text("You wrote ana at home", timeout=60_000)
    await press(page, "Correct")
    await expect(form.get_by_label(SIX[0])).to_have_value("Ana")
    await form.get_by_label(SIX[1]).fill("ana@example.com")
    await form.get_by_role("button", name="Submit").click()
    await expect(told.last).to_contain_text("1 of 2 done", timeout=60_000)
    await press(page, "Continue")
    await form.get_by_label(SIX[5]).fill("No")
    await form.get_by_role("button", name="Submit").click()
    await expect(told.last).to_contain_text("Thank you", timeout=60_000)


@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium")
async def test_from_the_link_to_the_role(system: System) -> None:
    # Given a link of a campaign with more questions than a form holds
    guild = system.practice.guild
    address, role = await linked(system, guild)
    await trusting(system, guild)

    # When somebody comes in by it, presses the button and answers
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--headless=new", "--disable-background-networking"],
        )
        page = await browser.new_page(viewport={"width": 1_280, "height": 900}, user_agent=DESKTOP)
        await comes_in(page, address)
        person = next(
            u.id for u in system.practice.world.state.users.values() if u.username == "ana"
        )
        await page.evaluate(f"sessionStorage.setItem('viewer', {json.dumps(person)})")
        await page.goto(f"{system.practice.origin}/practice")
        await answers(page)

        # And presses once more, which changes nothing
        await page.get_by_role("button", name="Start onboarding").click()
        await expect(page.locator(".message.private").last).to_contain_text("already")
        await browser.close()

    # Then they have the role, and the link shows each step once
    await eventually(lambda: role in guild.members[person].roles, patience=60)

    numbers = await eventually(lambda: steps(system, "spring-insider"), patience=60)
    assert (numbers["joins"], numbers["onboardings"]) == ("1", "1")
    assert numbers["value"] == "25.99"
    said = await ask(system, guild, "/referral show", code="spring-insider")
    assert "1 click" in said
    assert "1 join" in said

    # And the answers are there for who manages the server
    answered = await ask(system, guild, "/onboarding answers", user=person)
    for part in ("Ana", "ana", "Dark", "Friends"):
        assert part in answered


async def test_a_program_has_a_member_led_through_in_direct_messages(system: System) -> None:
    # Given a member who came by no link, and a key
    practice, guild = system.practice, system.practice.guild
    await trusting(system, guild)
    await ask(system, guild, "/campaign create", name="Direct")
    await ask(system, guild, "/campaign questions add", campaign="Direct", question="Name?")
    await ask(system, guild, "/referral create", campaign="Direct", code="direct-link")
    said = await ask(system, guild, "/apikey create", name="CRM", scopes=SCOPES)
    headers = {"Authorization": f"Bearer {re.findall(r'usher_[A-Za-z0-9_-]+', said)[0]}"}
    person = practice.join(guild.id, practice.create_invite(guild.id, guild.owner_id), "bo").user_id
    await eventually(lambda: item(system, guild.id, f"M#{person}"), patience=60)

    # When a program has them sent the button
    async with aiohttp.ClientSession(headers=headers) as client:
        async with client.get(f"{practice.origin}/api/v1/campaigns") as answer:
            found = await answer.json()
        (campaign,) = [one["id"] for one in found["items"] if one["name"] == "Direct"]
        body = {
            "campaign_id": campaign,
            "discord_user_id": person,
            "discord_username": "bo",
            "referral_code": "direct-link",
        }
        delivery = "pending"
        while delivery == "pending":
            asking = f"{practice.origin}/api/discord-bot/onboarding"
            async with client.post(asking, json=body) as answer:
                assert answer.status == 200, await answer.text()
                delivery = (await answer.json())["delivery"]
    assert delivery == "direct_message"

    # Then they press it where it is, and answer there
    state = practice.world.state
    (direct,) = [one for one in state.direct_channels.values() if one.recipient_id == person]
    (sent,) = state.messages[direct.id].values()
    (custom_id,) = re.findall(r"'custom_id': '([^']+)'", str(sent.components))
    outcome = await practice.click(guild.id, person, sent.id, custom_id)
    assert outcome.modal is not None, outcome
    (field,) = re.findall(r"'custom_id': '(q[0-9]+)'", str(outcome.modal))
    told = await practice.submit_modal(guild.id, person, outcome.interaction_id, {field: "Bo"})
    assert "Thank you" in text_of(told)
    await eventually(lambda: steps(system, "direct-link"), patience=60)
