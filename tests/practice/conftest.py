"""A practice Discord for each test: in memory, on a free port of 127.0.0.1."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Page

from infra.practice import GatewayTerms, Practice, PracticeServer
from tests.practice.browser import Site, opened
from tests.practice.rest import Rest


class FakeClock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def practice(clock: FakeClock) -> Practice:
    # Tests identify as often as they like; those of the limits give their own terms.
    return Practice(clock=clock, answer_limit=2.0, gateway=GatewayTerms(identify_window=0))


@pytest_asyncio.fixture
async def server(practice: Practice) -> AsyncIterator[PracticeServer]:
    async with PracticeServer(practice) as running:
        yield running


@pytest_asyncio.fixture
async def rest(practice: Practice, server: PracticeServer) -> AsyncIterator[Rest]:
    async with Rest(server.api_base, practice.bot_token) as client:
        yield client


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    site = Site(Practice())
    await site.start()
    yield site
    await site.runner.cleanup()


@pytest_asyncio.fixture
async def page(site: Site) -> AsyncIterator[Page]:
    async with opened(site) as page:
        yield page
