"""The application's interactions endpoint: posted to, timed, and checked before it is accepted."""

import asyncio
import json
from dataclasses import dataclass

import aiohttp

from infra.practice.interactions.signing import Signer
from infra.practice.json_types import Json, JsonObject
from infra.practice.moments import Clock

PING = 1
PONG = 1
_USER_AGENT = "Discord-Interactions/1.0 (+https://discord.com)"


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the endpoint did: a status with a JSON body, or a failure in words."""

    status: int = 0
    body: Json = None
    failure: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class EndpointCheck:
    """The result of Discord's check of an endpoint; `problems` is empty when it passed."""

    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether Discord would accept the endpoint."""
        return not self.problems


class Endpoint:
    """Sends interactions as Discord does. `limit` is the time to answer, in seconds."""

    def __init__(self, signer: Signer, clock: Clock, application_id: str, limit: float) -> None:
        self._signer = signer
        self._clock = clock
        self._application_id = application_id
        self.limit = limit
        self._session: aiohttp.ClientSession | None = None

    async def send(self, url: str, payload: JsonObject, *, sound: bool = True) -> Reaction:
        """POST a payload, well signed unless `sound` is False, and return the answer in time."""
        body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
        timestamp = str(int(self._clock().timestamp()))
        sign = self._signer.headers if sound else self._signer.wrong_headers
        headers = {
            **sign(body, timestamp),
            "Content-Type": "application/json",
            "User-Agent": _USER_AGENT,
        }
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with (
                asyncio.timeout(self.limit),
                self._client().post(url, data=body, headers=headers) as response,
            ):
                raw = await response.read()
                status = response.status
        except TimeoutError:
            return Reaction(failure=f"no answer within {self.limit:g} s", seconds=self.limit)
        except aiohttp.ClientError as error:
            return Reaction(failure=f"not reachable: {error}", seconds=loop.time() - started)
        return _read(status, raw, loop.time() - started)

    async def verify(self, url: str) -> EndpointCheck:
        """Check an endpoint as Discord does when its URL is entered.

        A signed PING must be answered with 200 and type 1; PINGs with a signature of another key,
        with a signature of other bytes, and with none at all must be answered with 401.
        """
        problems: list[str] = []
        pong = await self.send(url, self._ping())
        if pong.failure is not None:
            return EndpointCheck((f"signed PING: {pong.failure}",))
        kind = pong.body.get("type") if isinstance(pong.body, dict) else None
        if pong.status != 200 or kind != PONG:
            problems.append(f"signed PING: expected 200 and type 1, got {pong.status}, type {kind}")
        for attempt in range(2):
            forged = await self.send(url, self._ping(), sound=False)
            if forged.status != 401:
                told = forged.failure or forged.status
                problems.append(f"forged PING {attempt + 1}: expected 401, got {told}")
        unsigned = await self._unsigned(url)
        if unsigned.status != 401:
            told = unsigned.failure or unsigned.status
            problems.append(f"unsigned PING: expected 401, got {told}")
        return EndpointCheck(tuple(problems))

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _unsigned(self, url: str) -> Reaction:
        try:
            async with (
                asyncio.timeout(self.limit),
                self._client().post(url, json=self._ping()) as response,
            ):
                return Reaction(status=response.status)
        except (TimeoutError, aiohttp.ClientError) as error:
            return Reaction(failure=str(error) or "no answer in time")

    def _ping(self) -> JsonObject:
        return {
            "application_id": self._application_id,
            "entitlements": [],
            "id": "1",
            "token": "ping",
            "type": PING,
            "version": 1,
        }

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession()
        return self._session


def _read(status: int, raw: bytes, seconds: float) -> Reaction:
    if not raw:
        return Reaction(status=status, seconds=seconds)
    try:
        body: Json = json.loads(raw)
    except ValueError:
        return Reaction(status=status, failure=_status(status, "not JSON"), seconds=seconds)
    failure = None if 200 <= status < 300 else _status(status, raw[:200].decode(errors="replace"))
    return Reaction(status=status, body=body, failure=failure, seconds=seconds)


def _status(status: int, told: str) -> str:
    return f"answered {status}: {told}"
