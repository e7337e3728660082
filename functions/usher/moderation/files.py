"""Files that came with commands, fetched from where Discord keeps them."""

from dataclasses import dataclass

import urllib3
from urllib3.exceptions import HTTPError

from usher.moderation.ports import UncertainError


@dataclass(frozen=True, slots=True)
class HttpFiles:
    """Implements Files. Addresses come from signed interactions alone."""

    pool: urllib3.PoolManager

    def fetch(self, url: str, most: int) -> str:
        """Read a text file, at most so many bytes; raises UncertainError."""
        try:
            answer = self.pool.request(
                "GET", url, timeout=10.0, retries=False, redirect=False, preload_content=False
            )
            content = answer.read(most)
            answer.release_conn()
        except HTTPError as error:
            raise UncertainError from error
        if answer.status != 200:
            raise UncertainError
        return content.decode("utf-8", "replace")
