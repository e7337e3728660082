"""What moderators do by hand on the page."""

from datetime import timedelta

import aiohttp
import pytest
from playwright.async_api import Page, expect

from infra.practice.moments import snowflake_moment
from tests.practice.browser import Site, needs_browser

HOSTILE = "<img src=x onerror=alert(1)>"


@needs_browser
@pytest.mark.asyncio
async def test_a_moderator_times_out_bans_and_unbans_by_hand(site: Site, page: Page) -> None:
    # Given a moderator who is not the owner
    practice = site.practice
    await page.locator("#members").get_by_role("button", name="Theo can manage").click()
    await expect(page.locator("#you-title")).to_have_text("You are Theo")

    async def choose(name: str, action: str) -> None:
        await page.get_by_role("button", name=f"Actions for {name}", exact=True).click()
        await page.get_by_role("menuitem", name=action).click()

    # When they time somebody out and ban them with a reason
    await choose("Ines", "Time out…")
    await page.get_by_label("How long").select_option("3600")
    await page.get_by_role("button", name="Time out", exact=True).click()
    await expect(page.locator("#members")).to_contain_text("timed out, ends in")
    await page.locator("#members").get_by_role("button", name="Ines timed out").click()
    await expect(page.get_by_label("Message, or / for a command")).to_be_disabled()
    await page.locator("#members").get_by_role("button", name="Theo can manage").click()
    await choose("Ines", "Ban…")
    await page.get_by_label("Reason").fill("enough")
    await page.get_by_role("button", name="Ban", exact=True).click()

    # Then the list shows it, the log names them, and the ban can be lifted
    await expect(page.locator("#bans")).to_contain_text("enough")
    theo = next(u.id for u in practice.world.state.users.values() if u.username == "theo")
    log = [(entry.action_type, entry.user_id, entry.reason) for entry in practice.guild.audit_log]
    assert log == [(24, theo, None), (22, theo, "enough")]
    await page.get_by_role("button", name="Unban Ines").click()
    await expect(page.locator("#bans-section")).to_be_hidden()
    # And nothing is offered against those above them
    await page.get_by_role("button", name="Actions for Mara").click()
    await expect(page.get_by_role("menuitem")).to_have_count(0)
    await page.keyboard.press("Escape")

    # And who may nothing is offered nothing; a refusal is said
    await page.locator("#members").get_by_role("button", name="Jonas member").click()
    await expect(page.locator("#you-title")).to_have_text("You are Jonas")
    await page.get_by_role("button", name="Actions for Theo", exact=True).click()
    await expect(page.get_by_role("menuitem")).to_have_count(0)


@needs_browser
@pytest.mark.asyncio
async def test_channels_are_made_slowed_and_split_into_threads(site: Site, page: Page) -> None:
    async def fill(action: str, name: str) -> None:
        await page.locator("#channels").get_by_role("button", name="Actions for").click()
        await page.get_by_role("menuitem", name=action).click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Name").fill(name)
        await dialog.get_by_role("button", name="Create").click()
        await expect(dialog).to_have_count(0)

    await fill("New channel…", "mod-log")
    await fill("New thread…", "<b>talk</b>")
    await page.get_by_role("button", name="↳ <b>talk</b>").click()
    await page.get_by_label("Message, or / for a command").fill("in the thread")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#messages")).to_contain_text("in the thread")
    await page.get_by_role("button", name="# mod-log").click()
    await expect(page.locator("#messages")).to_contain_text("Nothing here yet")
    await page.get_by_role("button", name="# general").click()
    await page.locator("#channels").get_by_role("button", name="Actions for").click()
    await page.get_by_role("menuitem", name="Slowmode…").click()
    await page.get_by_label("One message in").select_option("30")
    await page.get_by_role("button", name="Set").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert next(iter(site.practice.guild.channels.values())).rate_limit_per_user == 30


@needs_browser
@pytest.mark.asyncio
async def test_rules_stop_a_message_and_are_switched_off(site: Site, page: Page) -> None:
    # Given a rule of the bot that blocks and alerts
    practice = site.practice
    general, lounge = list(practice.guild.channels)[:2]
    headers = {"Authorization": f"Bot {practice.bot_token}"}
    body = {
        "name": HOSTILE,
        "event_type": 1,
        "trigger_type": 1,
        "trigger_metadata": {"keyword_filter": ["cat"]},
        "actions": [
            {"type": 1, "metadata": {"custom_message": "Dogs only"}},
            {"type": 2, "metadata": {"channel_id": lounge}},
        ],
        "enabled": True,
    }
    url = f"{site.origin}/api/v10/guilds/{practice.guild.id}/auto-moderation/rules"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, json=body) as response,
    ):
        assert response.status == 200

    # When a member writes what it looks for
    await page.locator("#members").get_by_role("button", name="Ines member").click()
    await expect(page.locator("#you-title")).to_have_text("You are Ines")
    box = page.get_by_label("Message, or / for a command")
    await box.fill("my cat")
    await page.get_by_role("button", name="Send").click()

    # Then they are told, the alert is in its channel, and whoever manages the server ends it
    await expect(page.locator("#toast")).to_contain_text("Dogs only")
    assert practice.messages(general) == []
    await page.get_by_role("button", name="# lounge").click()
    await expect(page.locator("#messages")).to_contain_text("Keyword: cat")
    await expect(page.get_by_role("checkbox", name=HOSTILE)).to_be_disabled()
    await page.locator("#members").get_by_role("button", name="Mara owner").click()
    await page.get_by_role("checkbox", name=HOSTILE).uncheck()
    await expect(page.locator("#rules")).to_contain_text("blocks, alerts: cat")
    await page.get_by_role("button", name=f"Delete {HOSTILE}").click()
    await expect(page.locator("#rules-section")).to_be_hidden()
    assert [entry.action_type for entry in practice.guild.audit_log[-2:]] == [141, 142]


@needs_browser
@pytest.mark.asyncio
async def test_a_raid_comes_in_with_young_accounts(site: Site, page: Page) -> None:
    await page.get_by_label("Newcomers", exact=True).fill("12")
    await page.get_by_label("By").select_option("JonasOpen7")
    await page.get_by_role("button", name="Let the raid in").click()
    await expect(page.locator("#toast")).to_contain_text("12 joined")
    practice = site.practice
    assert practice.guild.invites["JonasOpen7"].uses == 14
    raiders = list(practice.guild.members)[-12:]
    ages = [practice.world.now - snowflake_moment(user_id) for user_id in raiders]
    assert all(timedelta(minutes=30) < age < timedelta(minutes=32) for age in ages)
    await page.get_by_label("By").select_option("InesOnce")
    await page.get_by_role("button", name="Let the raid in").click()
    await expect(page.locator("#toast")).to_contain_text("1 joined, 11 were kept out")
