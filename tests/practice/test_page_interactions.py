"""Modals, menus and components on the page, by keyboard and on a phone."""

from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect

from tests.practice.answering import always, button, label, modal, row, say, select, text_input
from tests.practice.browser import Site, needs_browser, register
from tests.practice.endpoint import FakeEndpoint, Payload

HOSTILE = "<img src=x onerror=alert(1)>"


async def post(site: Site, channel_id: str, *components: Payload) -> None:
    headers = {"Authorization": f"Bot {site.practice.bot_token}"}
    body: dict[str, Any] = {"content": "Panel", "components": [row(one) for one in components]}
    url = f"{site.origin}/api/v10/channels/{channel_id}/messages"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, json=body) as response,
    ):
        assert response.status == 200


@needs_browser
@pytest.mark.asyncio
async def test_a_modal_is_opened_filled_in_and_sent_by_keyboard(site: Site, page: Page) -> None:
    # Given a button that opens a modal whose answer fails at first
    async with FakeEndpoint(site.practice.public_key_hex) as endpoint:
        site.practice.interactions_endpoint = endpoint.url
        endpoint.answers["open"] = modal(
            "form",
            label(HOSTILE, text_input("name", min_length=2), description="What to call you"),
            label("Action", select(3, "action")),
            label("People", select(5, "people", max_values=2, required=False)),
        )
        endpoint.answers["form"] = always({"type": 9})
        await post(site, site.practice.guild.system_channel_id or "", button("open", "Open form"))

        # When it is opened, left, opened again and filled in without a pointer
        opener = page.get_by_role("button", name="Open form")
        await opener.focus()
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Form")
        await expect(dialog).to_contain_text(HOSTILE)
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await opener.focus()
        await page.keyboard.press("Enter")
        await expect(dialog.get_by_role("textbox")).to_be_focused()
        await page.keyboard.type("Robin")
        await page.keyboard.press("Tab")
        await page.keyboard.press("b")
        await dialog.get_by_role("checkbox", name="Theo").press("Space")
        await dialog.get_by_role("button", name="Submit").press("Enter")

        # Then a failure is said and nothing lost; a second try goes through
        await expect(dialog.get_by_role("alert")).to_contain_text("Something went wrong")
        endpoint.answers["form"] = say("Saved", flags=64)
        await dialog.get_by_role("button", name="Submit").press("Enter")
        await expect(dialog).to_have_count(0)
        await expect(page.locator("#messages")).to_contain_text("Saved")
        fields = [part["component"] for part in endpoint.received[-1]["data"]["components"]]
        assert fields[0]["value"] == "Robin"
        assert [field["values"] for field in fields[1:]] == [["b"], [theo(site)]]
        assert await page.locator("img[src='x']").count() == 0


@needs_browser
@pytest.mark.asyncio
async def test_context_menus_open_by_pointer_and_by_keyboard(site: Site, page: Page) -> None:
    async with FakeEndpoint(site.practice.public_key_hex) as endpoint:
        site.practice.interactions_endpoint = endpoint.url
        commands: list[dict[str, Any]] = [
            {"name": "Moderate", "type": 2},
            {"name": "History", "type": 2},
            {"name": "Report message", "type": 3},
        ]
        await register(site, *commands)
        endpoint.answers.update(
            {name: say(f"{name} it is", flags=64) for name in ("Moderate", "Report message")}
        )
        site.practice.say(site.practice.guild.system_channel_id or "", theo(site), "Hello there")
        await page.reload()

        await page.get_by_role("button", name="Actions for Theo", exact=True).focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("menuitem").first).to_have_text("History")
        await page.get_by_role("menuitem", name="Moderate").press("Enter")
        await expect(page.locator("#messages")).to_contain_text("Moderate it is")
        message = page.locator(".message", has_text="Hello there")
        await message.click(button="right")
        await page.get_by_role("menuitem", name="Report message").click()
        await expect(page.locator("#messages")).to_contain_text("Report message it is")
        await expect(page.locator("#messages")).to_contain_text("Mara used Moderate")

        first, second = endpoint.received
        assert first["data"]["target_id"] == theo(site)
        (told,) = second["data"]["resolved"]["messages"].values()
        assert told["content"] == "Hello there"


@needs_browser
@pytest.mark.asyncio
async def test_any_persona_uses_what_the_bot_posts_on_a_phone(site: Site, page: Page) -> None:
    # Given a panel of the bot in the second channel, one of whose buttons fails
    await page.set_viewport_size({"width": 360, "height": 740})
    async with FakeEndpoint(site.practice.public_key_hex) as endpoint:
        site.practice.interactions_endpoint = endpoint.url
        menu = select(3, "menu", max_values=3, placeholder="Choose colours")
        second = list(site.practice.guild.channels)[1]
        await post(site, second, button("works", "Works"), button("fails", "Fails"), menu)
        endpoint.answers["works"] = say("Thanks", flags=64)
        endpoint.answers["fails"] = always({"type": 1})
        endpoint.answers["menu"] = say("Chosen", flags=64)

        # When somebody who is not the owner uses it
        await page.get_by_role("button", name="People", exact=True).click()
        await page.locator("#members").get_by_role("button", name="Ines member").click()
        await page.get_by_role("button", name="Chat", exact=True).click()
        await page.get_by_role("button", name="# lounge").click()
        await page.get_by_role("button", name="Fails").click()
        complaint = page.locator("#messages .complaint")
        await expect(complaint).to_contain_text("This interaction failed")
        await page.get_by_role("button", name="Works").click()

        # Then they see the answer, the complaint goes, and a menu takes several things
        await expect(page.locator("#messages")).to_contain_text("Thanks")
        await expect(complaint).to_have_count(0)
        await page.get_by_role("button", name="Choose colours").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("A").check()
        await dialog.get_by_label("C").check()
        await dialog.get_by_role("button", name="Choose").click()
        await expect(page.locator("#messages")).to_contain_text("Chosen")
        assert endpoint.received[-1]["data"]["values"] == ["a", "c"]
        assert await page.evaluate("document.documentElement.scrollWidth") == 360


@needs_browser
@pytest.mark.asyncio
async def test_a_direct_message_is_read_and_its_button_pressed(site: Site, page: Page) -> None:
    practice = site.practice
    async with FakeEndpoint(practice.public_key_hex) as endpoint:
        practice.interactions_endpoint = endpoint.url
        endpoint.answers["begin"] = modal("form", label("Your name", text_input("name")))
        endpoint.answers["form"] = say("Welcome aboard")
        direct = practice.world.direct_channel(practice.guild.owner_id)
        await post(site, direct.id, button("begin", "Start onboarding"))

        await page.locator("#channels").get_by_role("button", name="@").click()
        await page.get_by_role("button", name="Start onboarding").click()
        await page.get_by_label("Your name").fill("Mara")
        await page.get_by_role("button", name="Submit").click()

        await expect(page.locator("#messages")).to_contain_text("Welcome aboard")
        assert [payload["context"] for payload in endpoint.received] == [1, 1]


def theo(site: Site) -> str:
    users = site.practice.world.state.users.values()
    return next(user.id for user in users if user.username == "theo")
