"""Files that members fetch by a signed link, in a bucket through boto3."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from usher.platform.s3_upload import upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CSV: Final = "text/csv; charset=utf-8"


def shelf_client(region: str) -> S3Client:
    """Build a client whose links name the Region, so that they need no redirection."""
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual"},
        connect_timeout=2,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 4},
    )
    return boto3.client("s3", region_name=region, config=config)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Implements the export's Shelf. Methods may raise ClientError and BotoCoreError."""

    client: S3Client
    bucket: str

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        """Write a file piece by piece."""
        upload(self.client, self.bucket, key, CSV, chunks)

    def link(self, key: str, filename: str, life: timedelta) -> str:
        """Sign a link that has a browser save the file under its name.

        It dies with the credentials that signed it, if these end sooner (S3: presigned URLs).
        """
        return self.client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{filename}"',
                "ResponseContentType": CSV,
            },
            ExpiresIn=int(life.total_seconds()),
        )
