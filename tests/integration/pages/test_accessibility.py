"""axe-core on every page that visitors may see: phone and desktop, light and dark."""

from pathlib import Path
from typing import Final, Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright

from tests.integration.pages.showing import every_page, show, told

CHROMIUM = Path("/usr/bin/chromium")
WIDTHS: Final = (320, 1280)
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


async def problems_of(page: Page) -> list[str]:
    """What keeps somebody out of the page, at any width and in any light."""
    found: list[str] = []
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        wide = await page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{wide} pixels wide at {width}")
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            found += [f"{one} ({width}, {scheme})" for one in told(await Axe().run(page))]
    return found


@pytest.mark.asyncio
@pytest.mark.timeout(300)
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium")
async def test_no_page_keeps_anybody_out() -> None:
    found: dict[str, list[str]] = {}
    headings: dict[str, str] = {}
    with every_page() as pages:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--headless=new", "--disable-background-networking"],
            )
            page = await browser.new_page()
            for name, (serve, address, cookies) in pages.items():
                await show(page, serve, address, cookies)
                headings[name] = await page.locator("h1").inner_text()
                if problems := await problems_of(page):
                    found[name] = problems
            await page.set_content("<title>x</title><img src='data:,'>")
            assert any("image-alt" in one for one in told(await Axe().run(page)))  # it does look
            await browser.close()

    assert found == {}
    # Each says something of its own, but for a link's four modes and two ways to a crowded door.
    assert len(set(headings.values())) == len(headings) - 4
