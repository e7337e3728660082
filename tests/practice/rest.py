"""A REST client that holds every answer against Discord's description."""

import json
from collections.abc import Mapping
from typing import Any, Self

import aiohttp

from tests.practice import contract

type Body = Any


class Rest:
    """Asks the practice Discord as the bot does; `headers` are those of the latest answer."""

    def __init__(self, base: str, token: str) -> None:
        self.base = base
        self._session = aiohttp.ClientSession(headers={"Authorization": f"Bot {token}"})
        self.headers: Mapping[str, str] = {}
        self.visited: set[tuple[str, str]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def call(
        self,
        method: str,
        path: str,
        body: Body = None,
        *,
        expect: int | None = None,
        headers: dict[str, str] | None = None,
        data: aiohttp.FormData | None = None,
    ) -> Body:
        """Send a request, check the answer's status and shape, and return its JSON."""
        async with self._session.request(
            method, f"{self.base}{path}", json=body, headers=headers, data=data
        ) as response:
            raw = await response.read()
            structured = response.content_type == "application/json"
            answer = (json.loads(raw) if structured else raw.decode()) if raw else None
            plain = path.split("?", maxsplit=1)[0]
            self.headers = response.headers
            assert {"X-RateLimit-Bucket", "X-RateLimit-Global"} & response.headers.keys()
            if contract.available():
                assert contract.problems(method, plain, response.status, answer) == []
                if response.status < 300:
                    self.visited.add((method, contract.operation(method, plain)))
            if expect is not None:
                assert response.status == expect, answer
            else:
                assert response.status < 300, answer
            return answer

    async def get(self, path: str, **more: Any) -> Body:  # noqa: ANN401 passed on
        """GET a path."""
        return await self.call("GET", path, **more)

    async def refused(
        self, method: str, path: str, body: Body = None, *, status: int, code: int
    ) -> Body:
        """Send a request that must be refused with a status and a code."""
        answer = await self.call(method, path, body, expect=status)
        assert answer["code"] == code, answer
        return answer
