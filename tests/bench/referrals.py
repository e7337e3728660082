"""A link's page and its clicks in a warm container: how long, how many requests, how many a second.

The floor is one read and one write of the same table over the same kind of connection. A container
answers one request at a time; Lambda runs as many as there are visitors.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from unittest.mock import patch

from aws_lambda_powertools.utilities.typing import LambdaContext

from referral_api.bootstrap import build
from referral_api.door import ReferralDoor
from tests.bench.link_server import serving
from tests.referring import CODE
from usher.platform.signed_http import DYNAMODB, Service, SignedClient

RUNS: Final = 300
PHONE: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)


class Context(LambdaContext):
    """What Lambda tells of a call."""

    aws_request_id = "bench"


@dataclass(frozen=True)
class Measured:
    """The median of many runs."""

    milliseconds: float
    requests: float


def measure(runs: int = RUNS) -> list[str]:
    """Medians and rates, each beside a bare read and a bare write of the same run."""
    with serving() as url:
        environ = _environ(url)
        client, numbers = SignedClient(DYNAMODB, environ), count(1)
        door, opened = _door(environ)
        key = {"pk": {"S": f"L#{CODE}"}, "sk": {"S": "LINK"}}
        read = _measured(lambda: client.call("GetItem", {"TableName": "usher", "Key": key}), runs)
        put = {"TableName": "usher", "Item": key | {"click": {"S": "x" * 200}}}
        write = _measured(lambda: client.call("PutItem", put), runs)
        page = _measured(lambda: _ask(door, "GET", f"/r/{CODE}", 0), runs)
        gone = _measured(lambda: _ask(door, "GET", "/r/nobodys", 0), runs)
        seen = f"/r/{CODE}/seen"
        click = _measured(lambda: _ask(door, "POST", seen, next(numbers)), runs)
        bot = _measured(lambda: _ask(door, "HEAD", f"/api/referral/{CODE}", 0), runs)
        for one in (client, *opened):
            one.close()
    return [
        f"{'':30} {'requests':>8} {'ms':>7} {'a second':>9}",
        _row("a bare GetItem", read),
        _row("a link's page", page, read, "GetItems"),
        _row("a page of no link", gone, read, "GetItems"),
        _row("a bare PutItem", write),
        _row("a new visitor's click", click, write, "PutItems"),
        _row("a HEAD of one's own page", bot, write, "PutItems"),
    ]


def _door(environ: Mapping[str, str]) -> tuple[ReferralDoor, list[SignedClient]]:
    """Build the door as Lambda does, and say what is to be closed."""
    opened: list[SignedClient] = []

    def opening(service: Service, environ: Mapping[str, str]) -> SignedClient:
        opened.append(SignedClient(service, environ))
        return opened[-1]

    with patch("referral_api.bootstrap.SignedClient", opening):
        return build(environ), opened


def _row(name: str, it: Measured, floor: Measured | None = None, of: str = "") -> str:
    row = f"{name:30} {it.requests:8.0f} {it.milliseconds:7.2f} {1000 / it.milliseconds:9.0f}"
    if floor is None:
        return row
    return f"{row}  {it.milliseconds / floor.milliseconds:6.1f} {of}"


def _measured(run: Callable[[], object], runs: int) -> Measured:
    requests, call = count(), SignedClient.call

    def counted(
        self: SignedClient, operation: str, request: Mapping[str, object]
    ) -> dict[str, object]:
        next(requests)
        return call(self, operation, request)

    run()
    with patch.object(SignedClient, "call", counted):
        run()
    asked, took = next(requests), []
    for _ in range(runs):
        began = time.perf_counter()
        run()
        took.append(time.perf_counter() - began)
    return Measured(statistics.median(took) * 1000, asked)


def _ask(door: ReferralDoor, method: str, path: str, visitor: int) -> None:
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "ANY /r/{proxy+}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"user-agent": PHONE, "accept-language": "en"},
        "requestContext": {
            "domainName": "usher.example",
            "stage": "$default",
            "http": {
                "method": method,
                "path": path,
                "sourceIp": f"10.{visitor >> 16 & 255}.{visitor >> 8 & 255}.{visitor & 255}",
            },
        },
        "isBase64Encoded": False,
    }
    answer = door.handle(event, Context())
    assert answer["statusCode"] in (200, 204, 404), answer


def _environ(url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "TABLE_NAME": "usher",
        "EVENTS_QUEUE_URL": url,
        "HOOKS_QUEUE_URL": url,
        "EFFECTS_QUEUE_URL": url,
        "DISCORD_API_BASE": url,
        "DISCORD_TOKEN_SECRET": "bench",
        "DISCORD_APPLICATION_ID": "1",
    }
