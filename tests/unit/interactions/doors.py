"""An interactions door over fakes, and requests signed as Discord signs them."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from nacl.signing import SigningKey

from interactions.door import Door
from interactions.verify import Verifier
from tests.fakes.presses import FakePressStore
from tests.unit.slash.fakes import NOW, FakeLog, FakeServices
from usher.catalogue import ROUTER
from usher.slash.presses import Presses, new_token
from usher.slash.router import Router

KEY = SigningKey(bytes(range(32)))
PUBLIC_KEY = bytes(KEY.verify_key).hex()


@dataclass
class FakeDeferrals:
    """Remembers deferred interactions, or raises `error`."""

    sent: list[Mapping[str, object]] = field(default_factory=list)
    error: Exception | None = None

    def defer(self, interaction: Mapping[str, object]) -> None:
        if self.error:
            raise self.error
        self.sent.append(interaction)


@dataclass
class Front:
    """The door under test with everything around it."""

    services: object = field(default_factory=FakeServices)
    deferrals: FakeDeferrals = field(default_factory=FakeDeferrals)
    presses: Presses = field(default_factory=lambda: Presses(FakePressStore(), new_token))
    log: FakeLog = field(default_factory=FakeLog)
    now: datetime = NOW
    router: Router = ROUTER
    failures: int = 0

    @property
    def door(self) -> Door[object]:
        return Door(
            verifier=Verifier.from_hex(PUBLIC_KEY),
            router=self.router,
            services=self.services,
            deferrals=self.deferrals,
            presses=self.presses,
            clock=lambda: self.now,
            log=self.log,
            failed=self.failed,
        )

    def failed(self) -> None:
        self.failures += 1

    def send(self, interaction: object) -> tuple[int, dict[str, object]]:
        """Sign and send an interaction; return the status and the body."""
        return self.raw(event(json.dumps(interaction).encode()))

    def raw(self, sent: Mapping[str, object]) -> tuple[int, dict[str, object]]:
        response = self.door.answer(sent)
        assert response["headers"] == {"content-type": "application/json"}
        status, body = response["statusCode"], response["body"]
        assert isinstance(status, int)
        assert isinstance(body, str)
        return status, json.loads(body)


def signature(timestamp: str, body: bytes) -> str:
    return KEY.sign(timestamp.encode() + body).signature.hex()


def event(
    body: bytes,
    headers: Mapping[str, str | None] | None = None,
    *,
    timestamp: str | None = None,
    base64: bool = False,
) -> dict[str, object]:
    """An HTTP API event (payload format 2.0); a header given as None is left out."""
    stamp = timestamp if timestamp is not None else str(int(NOW.timestamp()))
    sent: dict[str, str | None] = {
        "content-type": "application/json",
        "x-signature-ed25519": signature(stamp, body),
        "x-signature-timestamp": stamp,
    }
    sent |= headers or {}
    return {
        "version": "2.0",
        "routeKey": "POST /interactions",
        "rawPath": "/interactions",
        "headers": {name: value for name, value in sent.items() if value is not None},
        "requestContext": {"http": {"method": "POST", "path": "/interactions"}},
        "body": b64encode(body).decode() if base64 else body.decode(),
        "isBase64Encoded": base64,
    }
