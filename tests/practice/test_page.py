"""The page in a real browser."""

import aiohttp
import pytest
from playwright.async_api import Page, expect

from tests.practice.browser import Site, needs_browser, register
from tests.practice.endpoint import FakeEndpoint, Payload

HOSTILE = "<img src=x onerror=alert(1)>"


@needs_browser
@pytest.mark.asyncio
async def test_a_newcomer_comes_in_by_a_click_and_reaches_the_ledger(
    site: Site, page: Page
) -> None:
    await expect(page.locator("#ledger-note")).to_contain_text("No ledger is connected")
    site.lines = []
    await expect(page.locator("#ledger-note")).to_contain_text("No lines yet", timeout=9_000)

    await page.get_by_label("Name").fill(HOSTILE)
    await page.get_by_role("button", name="Join as somebody new with TheoWk25").click()

    await expect(page.locator("#messages")).to_contain_text(f"{HOSTILE} joined the server.")
    await expect(page.locator("#members")).to_contain_text(HOSTILE)
    await expect(page.locator("#invites")).to_contain_text("4 of 25 uses")
    site.lines = [
        {
            "timestamp": "2026-11-20T12:00:00.000000+00:00",
            "type": "join",
            "username": HOSTILE,
            "invite_code": "TheoWk25",
            "staff_username": "Theo",
            "kind": "invite",
            "method": "count",
            "confidence": "exact",
            "outcome": "attributed",
            "candidates": [],
        }
    ]
    fresh = page.locator("#ledger-lines li.fresh")
    await expect(fresh).to_contain_text("TheoWk25")
    await expect(fresh).to_contain_text("exact")
    assert await page.locator("img[src='x']").count() == 0
    assert "Practice" in await page.title()


@needs_browser
@pytest.mark.asyncio
async def test_a_command_is_typed_and_its_reply_shown(site: Site, page: Page) -> None:
    practice = site.practice
    theo = next(u.id for u in practice.world.state.users.values() if u.username == "theo")

    async def answer(payload: Payload) -> Payload:
        assert payload["data"]["options"][0]["options"][0]["value"] == theo
        embed = {
            "title": "Invites",
            "description": f"<@{theo}> brought **3**",
            "color": 0x5B8DEF,
            "fields": [{"name": "Left", "value": "1", "inline": True}],
        }
        row = [{"type": 2, "style": 1, "label": "Next", "custom_id": "next"}]
        data = {"embeds": [embed], "components": [{"type": 1, "components": row}], "flags": 64}
        return {"type": 4, "data": data}

    async def turn(_: Payload) -> Payload:
        return {"type": 7, "data": {"content": "Page two", "embeds": []}}

    async with FakeEndpoint(practice.public_key_hex) as endpoint:
        endpoint.answers.update(invite=answer, next=turn)
        practice.interactions_endpoint = endpoint.url
        await register(site)
        box = page.get_by_label("Message, or / for a command")
        await box.fill("/inv")
        await expect(page.locator("#suggestions").get_by_role("option")).to_have_count(2)
        await box.press("ArrowDown")
        await box.press("Enter")
        await page.get_by_label("user").fill("theo")
        await page.get_by_label("user").press("Enter")

        reply = page.locator(".message.private")
        await expect(reply.locator(".embed .title")).to_have_text("Invites")
        await expect(reply.locator(".mention")).to_have_text("@Theo")
        await expect(reply.locator(".embed strong").first).to_have_text("3")
        await expect(reply).to_contain_text("Only you can see this")
        await expect(reply).to_contain_text("Mara used /invite view")
        await reply.get_by_role("button", name="Next").click()
        await expect(reply).to_contain_text("Page two")
        await reply.get_by_role("button", name="Dismiss message").click()
        await expect(reply).to_have_count(0)
        await page.get_by_role("button", name="Check endpoint").click()
        await expect(page.locator("#toast")).to_contain_text("answers as it should")


@needs_browser
@pytest.mark.asyncio
async def test_suggestions_are_shown_while_typing_and_chosen_by_key(site: Site, page: Page) -> None:
    practice = site.practice
    sent: list[Payload] = []

    async def find(payload: Payload) -> Payload:
        [option] = payload["data"]["options"]
        if payload["type"] == 4:
            every = [("TheoWk25 · 3 uses", "TheoWk25"), ("JonasOpen7 · 2 uses", "JonasOpen7")]
            found = [one for one in every if one[1].startswith(option["value"])]
            return {
                "type": 8,
                "data": {"choices": [{"name": name, "value": value} for name, value in found]},
            }
        sent.append(option)
        return {"type": 4, "data": {"content": "Found"}}

    async with FakeEndpoint(practice.public_key_hex) as endpoint:
        endpoint.answers["find"] = find
        practice.interactions_endpoint = endpoint.url
        code = {"type": 3, "name": "code", "description": "Which", "autocomplete": True}
        await register(site, {"name": "find", "description": "Find", "options": [code]})
        message = page.get_by_label("Message, or / for a command")
        await message.fill("/find")
        await expect(page.locator("#suggestions").get_by_role("option")).to_have_count(1)
        await message.press("Enter")
        box = page.get_by_role("combobox", name="code")
        offers = page.get_by_role("listbox", name="Suggestions for code").get_by_role("option")

        await expect(offers).to_have_count(2)
        await box.press_sequentially("Jo")
        await expect(offers).to_have_text(["JonasOpen7 · 2 uses"])
        await box.press("ArrowDown")
        await expect(offers.first).to_have_attribute("aria-selected", "true")
        await box.press("Enter")
        await expect(box).to_have_value("JonasOpen7")
        await expect(offers).to_have_count(0)
        await box.press("Enter")

        await expect(page.locator("#messages")).to_contain_text("Found")
        assert [option["value"] for option in sent] == ["JonasOpen7"]


@needs_browser
@pytest.mark.asyncio
async def test_roles_are_made_and_moved_and_shown_with_who_holds_them(
    site: Site, page: Page
) -> None:
    practice = site.practice
    await page.get_by_label("New role").fill(HOSTILE)
    await page.get_by_role("button", name="Create role").click()
    await expect(page.locator("#roles li").last).to_contain_text(HOSTILE)

    await page.get_by_role("button", name=f"Move up {HOSTILE}").click()
    await expect(page.locator("#roles li").last).to_contain_text("Regular")
    (role,) = [one for one in practice.guild.roles.values() if one.name == HOSTILE]
    theo = next(u.id for u in practice.world.state.users.values() if u.username == "theo")
    practice.hand_role(practice.guild.id, theo, role.id)
    shown = page.locator("#members .member", has_text="Theo").locator(".role")
    await expect(shown).to_have_text(["Staff", HOSTILE])

    await page.get_by_role("button", name=f"Delete {HOSTILE}").click()
    await expect(shown).to_have_text(["Staff"])


@needs_browser
@pytest.mark.asyncio
async def test_it_fits_a_phone(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    for panel, shown in (("People", "#members"), ("Ledger", "#ledger-note"), ("Chat", "#messages")):
        await page.get_by_role("button", name=panel, exact=True).click()
        await expect(page.locator(shown)).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.asyncio
async def test_no_other_site_can_drive_it(site: Site) -> None:
    url = f"{site.origin}/practice/api/join"
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data='{"code":"JonasOpen7"}') as response:
            assert response.status == 404
        other = {"Origin": "https://example.com"}
        async with session.post(url, json={"code": "JonasOpen7"}, headers=other) as response:
            assert response.status == 404
        async with session.post(url, json={"code": "gone"}) as response:
            assert (response.status, (await response.json())["code"]) == (404, 10006)
        async with session.post(url, json={"code": "JonasOpen7", "user": "Robin"}) as response:
            assert response.status == 200
        async with session.get(f"{site.origin}/practice") as response:
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert site.practice.guild.invites["JonasOpen7"].uses == 3


@needs_browser
@pytest.mark.asyncio
async def test_a_newcomer_accepts_the_rules_and_reads_a_direct_message(
    site: Site, page: Page
) -> None:
    # Given a server whose newcomers accept the rules first
    await page.get_by_label("Newcomers accept the rules first").check()
    await page.get_by_label("Name", exact=True).first.fill("Noor")
    await page.get_by_role("button", name="Join as somebody new with TheoWk25").click()
    newcomer = page.get_by_role("button", name="Noor has not accepted the rules")
    await newcomer.click()

    # When they accept them, and the bot writes to them alone
    await page.get_by_role("button", name="Accept the rules").click()
    await expect(newcomer).to_have_count(0)
    practice = site.practice
    (noor,) = [user for user in practice.world.state.users.values() if user.global_name == "Noor"]
    assert not practice.guild.members[noor.id].pending
    headers = {"Authorization": f"Bot {practice.bot_token}"}
    async with aiohttp.ClientSession(f"{site.origin}/", headers=headers) as session:
        body = {"recipient_id": noor.id}
        async with session.post("api/v10/users/@me/channels", json=body) as opened:
            channel = (await opened.json())["id"]
        said = {"content": r"Welcome, only you\. Not \@everyone"}
        async with session.post(f"api/v10/channels/{channel}/messages", json=said) as sent:
            assert sent.status == 200

    # Then they find it beside the channels, and nobody else does
    direct = page.locator("#channels").get_by_role("button", name="@")
    await direct.click()
    await expect(page.locator("#messages")).to_contain_text("Welcome, only you. Not @everyone")
    await expect(page.locator("#messages .mention")).to_have_count(0)
    await page.locator("#members").get_by_role("button", name="Mara owner").click()
    await expect(direct).to_have_count(0)
    await expect(page.locator("#messages")).not_to_contain_text("Welcome, only you")
