"""Posting to addresses that strangers chose: looked up once, checked, and reached just there.

The standard library alone: what matters is that the connection goes to the address that was
checked, that the certificate is held against the name, and that nobody can keep a thread.
"""

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ssl import SSLCertVerificationError, SSLContext, SSLError, create_default_context
from threading import Timer
from time import monotonic
from typing import Final

from usher.hooks.model import Attempt
from usher.hooks.ports import Answered
from usher.hooks.targets import Target, TargetError, is_public, read_target

CONNECT_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 15.0
"""From the look-up on; Standard Webhooks asks for 15 to 30 s."""
MOST_BYTES: Final = 4_096
"""Of an answer that is read."""
MOST_KEPT: Final = 500
"""Characters of it that are kept."""


class RefusedError(Exception):
    """An address that is not called."""


@dataclass(frozen=True, slots=True)
class HookHttp:
    """Implements Post."""

    anywhere: bool = False
    """For a local run: plain HTTP, and addresses that are not public."""
    trust: Callable[[], SSLContext] = create_default_context
    total: float = TOTAL_SECONDS

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Answered:
        """Post a body, waiting for the answer for some seconds; never raises."""
        started = monotonic()
        try:
            target = read_target(url, anywhere=self.anywhere)
            address = self._address(target)
            answer = self._ask(target, address, headers, body, self.total - monotonic() + started)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's server does is its answer
            return Answered(Attempt(now, _since(started), error=_why(error)), {})
        status, told, text = answer
        return Answered(Attempt(now, _since(started), status, body=_cut(text)), told)

    def _address(self, target: Target) -> str:
        """Look a name up; raises RefusedError unless all that is found is public."""
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        if not self.anywhere and not all(map(is_public, addresses)):
            raise RefusedError
        # A function without a network of its own has no way out by IPv6.
        return sorted(addresses, key=lambda one: ":" in one)[0]

    def _ask(
        self, target: Target, address: str, headers: Mapping[str, str], body: bytes, left: float
    ) -> tuple[int, dict[str, str], bytes]:
        context = self.trust() if target.secure else None
        connection = _Pinned(target, address, min(CONNECT_SECONDS, left), context)
        # Timeouts are of one wait each: whoever sends a byte now and then is cut off by the clock.
        watch = Timer(left, connection.cut)
        watch.daemon = True
        watch.start()
        try:
            connection.request("POST", target.path, body, dict(headers))
            if connection.sock is not None:
                connection.sock.settimeout(left)
            return _read(connection.getresponse())
        finally:
            watch.cancel()
            connection.close()
            if connection.was_cut:
                raise TimeoutError


class _Pinned(HTTPConnection):
    """Connects to one address, under the name that the certificate must be of."""

    def __init__(
        self, target: Target, address: str, timeout: float, context: SSLContext | None
    ) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self.default_port = 443 if target.secure else 80  # leaves the usual one out of Host
        self.was_cut = False
        self._address = address
        self._context = context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = plain
        if self._context is not None:
            secure = self._context.wrap_socket(
                plain, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = secure
            secure.do_handshake()

    def cut(self) -> None:
        """End it, from another thread, whatever it is doing."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _read(response: HTTPResponse) -> tuple[int, dict[str, str], bytes]:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return response.status, headers, response.read(MOST_BYTES)


def _why(error: Exception) -> str:
    """Say in a word why there is no answer."""
    match error:
        case RefusedError():
            return "address not public"
        case TargetError():
            return "address refused"
        case TimeoutError():
            return "timeout"
        case socket.gaierror():
            return "name not found"
        case SSLCertVerificationError():
            return "certificate not trusted"
        case SSLError():
            return "TLS failed"
        case ConnectionRefusedError():
            return "connection refused"
        case OSError():
            return "connection failed"
        case HTTPException():
            return "not HTTP"
    return "failed"


def _since(started: float) -> int:
    return round((monotonic() - started) * 1000)


def _cut(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return "".join(one if one.isprintable() else " " for one in text)[:MOST_KEPT].strip()
