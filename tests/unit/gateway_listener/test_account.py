"""What discord.py would keep is forgotten once it binds nobody any more."""

import asyncio

import pytest
from discord.http import Ratelimit

from gateway_listener import account
from gateway_listener.account import Account
from gateway_listener.bootstrap import utc_now


@pytest.mark.asyncio
async def test_rate_limits_are_forgotten_when_they_are_over_and_nobody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(account, "TIDY_EVERY", 0.01)
    own = Account("http://127.0.0.1:1", utc_now)
    now = asyncio.get_running_loop().time()
    kept = {"unknown yet": None, "binding": now + 60, "asked": now - 1, "waited for": now - 1}
    for key, expires in {**kept, "over": now - 1}.items():
        own.http._buckets[key] = Ratelimit(None)
        own.http._buckets[key].expires = expires
    own.http._buckets["asked"].outgoing = 1
    own.http._buckets["waited for"]._pending_requests.append(asyncio.Future())

    tidying = asyncio.create_task(own.tidy())
    async with asyncio.timeout(5):
        while "over" in own.http._buckets:  # noqa: ASYNC110 - the account's own pace
            await asyncio.sleep(0.005)
    tidying.cancel()

    assert own.http._buckets.keys() == kept.keys()
