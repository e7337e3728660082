"""Which addresses webhooks may be sent to. Pure.

Whoever can name an address could have Usher call what only it can reach: its own host, the
network around it, the cloud's metadata. So a name is looked up, everything found must be public,
and the connection goes to the very address that was looked at (`platform/hook_http.py`).
"""

import re
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from usher.frozen import frozen
from usher.slash.say import say

MOST_URL: Final = 500
PORTS: Final = frozenset({443, 8443})
_HOST: Final = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+")
_GLOBAL_V6: Final = IPv6Network("2000::/3")
"""All that is given out; loopback, mapped IPv4, NAT64 and local addresses are outside of it."""
_TUNNELS: Final = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
"""Teredo and 6to4: IPv4 addresses, whatever they are, in disguise."""
_ODD_V4: Final = (IPv4Network("192.88.99.0/24"), IPv4Network("168.63.129.16/32"))
"""The relays of 6to4, and another cloud's host: public by the book."""


class TargetError(ValueError):
    """An address cannot be an endpoint; the message is a sentence for who named it."""


@frozen
class Target:
    """Where to connect to, and what to ask for there."""

    secure: bool
    host: str
    port: int
    path: str
    """With the query."""


def read_target(url: str, *, anywhere: bool = False) -> Target:
    """Read an endpoint's address; raises TargetError.

    `anywhere` is for a local run: plain HTTP, any port, any host.
    """
    if len(url) > MOST_URL or not _PRINTABLE.fullmatch(url):
        raise TargetError(say("An address has at most {most} plain characters.", most=MOST_URL))
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise _no_address() from None
    secure = parts.scheme == "https"
    if not host or not (secure or (anywhere and parts.scheme == "http")):
        raise _no_address()
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise TargetError(
            say("An address has no user name and nothing after a #: use its query instead.")
        )
    port = port or (443 if secure else 80)
    if not anywhere:
        _check(host, port)
    query = f"?{parts.query}" if parts.query else ""
    return Target(secure, host, port, (parts.path or "/") + query)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet."""
    try:
        found = ip_address(address)
    except ValueError:
        return False  # a scope, as of link-local addresses, among others
    if isinstance(found, IPv6Address):
        return (
            found in _GLOBAL_V6
            and found.is_global
            and not any(found in tunnel for tunnel in _TUNNELS)
        )
    odd = any(found in network for network in _ODD_V4)
    return found.is_global and not (found.is_multicast or found.is_reserved or odd)


def shown(url: str) -> str:
    """Write an endpoint's address without its query: it may hold what is secret."""
    return url.partition("?")[0]


def _check(host: str, port: int) -> None:
    if port not in PORTS:
        ports = " or ".join(map(str, sorted(PORTS)))
        raise TargetError(say("An endpoint listens on port {ports}.", ports=ports))
    literal = host.replace(".", "").isdecimal() or ":" in host
    if literal and not is_public(host):
        raise TargetError(say("This address is not on the open internet."))
    if not literal and not _HOST.fullmatch(host):
        raise _no_address()


def _no_address() -> TargetError:
    return TargetError(say("Write an address such as https://example.com/hooks."))
