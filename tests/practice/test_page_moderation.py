"""What moderators do by hand on the page."""

import pytest
from playwright.async_api import Page, expect

from tests.practice.browser import Site, needs_browser


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
