"""Copies of the files that moderators show, in the bucket (SPEC 7.2). Implements Files.

`evidence/guild=…/user=…/<attachment>`: under whom they are about, so that an erasure finds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from usher.ledger.keys import evidence_key
from usher.moderation.ports import LINK_LIFE
from usher.platform.attached import AttachedError
from usher.slash.resolved import is_snowflake

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from usher.ids import GuildId, UserId
    from usher.moderation.model import Evidence

LARGEST: Final = 25_000_000
"""Bytes of a file that is kept: one is in memory at a time."""
PLAIN: Final = "application/octet-stream"
"""A browser saves it, and runs nothing of it."""
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
TAKEN: Final = 412
GONE: Final = 404


class Fetching(Protocol):
    """Fetches files from Discord."""

    def fetch(self, url: str, limit: int) -> bytes:
        """Fetch a file of at most `limit` bytes; raises AttachedError."""
        ...


@dataclass(frozen=True, slots=True)
class EvidenceShelf:
    """Keeps and hands out copies."""

    client: S3Client
    bucket: str
    attached: Fetching
    failed: Callable[[str], None] = lambda _: None
    """Told why a copy could not be kept."""

    def keep(self, guild_id: GuildId, user_id: UserId, evidence: Evidence) -> Evidence:
        """Keep a copy of a file; whatever fails there, the case is written down all the same."""
        if not is_snowflake(evidence.attachment):
            return evidence
        key = evidence_key(guild_id, user_id, evidence.attachment)
        try:
            self._put(key, self.attached.fetch(evidence.url, LARGEST))
        except (AttachedError, BotoCoreError, ClientError) as error:
            self.failed(f"{type(error).__name__}: {error}")
            return evidence
        return replace(evidence, copy=key)

    def link(self, evidence: Evidence) -> str | None:
        """Sign a link that has a browser save the copy; raises ClientError and BotoCoreError."""
        try:
            self.client.head_object(Bucket=self.bucket, Key=evidence.copy)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == GONE:
                return None
            raise
        return self.client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket,
                "Key": evidence.copy,
                "ResponseContentDisposition": f'attachment; filename="{_plain(evidence.name)}"',
            },
            ExpiresIn=int(LINK_LIFE.total_seconds()),
        )

    def _put(self, key: str, content: bytes) -> None:
        try:
            self.client.put_object(
                Bucket=self.bucket, Key=key, Body=content, ContentType=PLAIN, IfNoneMatch="*"
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != TAKEN:
                raise


def _plain(name: str) -> str:
    """Write a name that a header takes."""
    return _UNSAFE.sub("_", name)
