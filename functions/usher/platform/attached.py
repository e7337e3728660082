"""Files that came with an interaction, fetched from where Discord keeps them."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

DISCORD: Final = frozenset({"https://cdn.discordapp.com", "https://media.discordapp.net"})
"""Where Discord keeps files (Discord docs: Reference, CDN)."""
OWN_API: Final = "https://discord.com"
TIMEOUT: Final = Timeout(connect=3, read=8)
TOTAL_SECONDS: Final = 20.0
PIECE: Final = 65_536


class AttachedError(Exception):
    """The file could not be fetched."""


def origins(api_base: str) -> frozenset[str]:
    """Say where files may be fetched: at Discord, or at what stands in for it."""
    api = _origin(api_base)
    return DISCORD if api == OWN_API else DISCORD | {api}


@dataclass(frozen=True, slots=True)
class AttachedFiles:
    """Implements Attached. Nothing is fetched from anywhere but `allowed`, nor by redirection."""

    pool: PoolManager
    allowed: frozenset[str] = DISCORD
    clock: Callable[[], float] = monotonic

    def fetch(self, url: str, limit: int) -> bytes:
        """Fetch a file of at most `limit` bytes; raises AttachedError."""
        if _origin(url) not in self.allowed:
            raise AttachedError("not one of Discord's addresses")
        until = self.clock() + TOTAL_SECONDS
        try:
            answer = self.pool.request(
                "GET", url, redirect=False, retries=2, preload_content=False, timeout=TIMEOUT
            )
            try:
                content = bytearray()
                for piece in answer.stream(PIECE) if answer.status == 200 else ():
                    content += piece
                    if len(content) > limit or self.clock() > until:
                        raise AttachedError("too large, or too slow")
            finally:
                answer.close()
        except HTTPError as error:
            raise AttachedError(type(error).__name__) from error
        if answer.status != 200:
            raise AttachedError(f"HTTP {answer.status}")
        return bytes(content)


def _origin(url: str) -> str:
    """Scheme, host and port; whoever writes a user before the host has another one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
