"""Files that came with an interaction, fetched from where Discord keeps them."""

from dataclasses import dataclass
from typing import Final

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

TIMEOUT: Final = Timeout(connect=3, read=8)


class AttachedError(Exception):
    """The file could not be fetched."""


@dataclass(frozen=True, slots=True)
class AttachedFiles:
    """Implements Attached. The address is Discord's own word, in a signed interaction."""

    pool: PoolManager

    def fetch(self, url: str, limit: int) -> bytes:
        """Fetch a file of at most `limit` bytes; raises AttachedError."""
        try:
            answer = self.pool.request(
                "GET", url, redirect=False, retries=2, preload_content=False, timeout=TIMEOUT
            )
            try:
                content = answer.read(limit + 1)
            finally:
                answer.release_conn()
        except HTTPError as error:
            raise AttachedError from error
        if answer.status != 200 or len(content) > limit:
            raise AttachedError
        return bytes(content)
