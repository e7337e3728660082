"""A bucket through boto3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from time import sleep
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from usher.ledger.ports import Version
from usher.platform.s3_upload import upload

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import PutObjectRequestTypeDef

CONNECTIONS: Final = 32
RACE_PAUSES: Final = (0.05, 0.1, 0.2)
"""Seconds to wait while another write of the same key is under way."""

OK: Final = 200
CONFLICT: Final = 409
"""Another write of the key is under way (S3: ConditionalRequestConflict)."""
TAKEN: Final = 412
"""The key is there already (S3: PreconditionFailed)."""


PIECE: Final = 256 * 1024
"""Bytes read at once of an object that is read in pieces."""

CONTENT_TYPES: Final = {"csv": "text/csv; charset=utf-8", "gz": "application/gzip"}


def content_type(key: str) -> str:
    """Say what an object is, by the end of its key; JSON where nothing else is known."""
    return CONTENT_TYPES.get(key.rpartition(".")[2], "application/json")


def s3_client(region: str) -> S3Client:
    """Build a client that many threads may share."""
    config = Config(
        max_pool_connections=CONNECTIONS,
        connect_timeout=2,
        read_timeout=5,
        retries={"mode": "standard", "total_max_attempts": 4},
    )
    return boto3.client("s3", region_name=region, config=config)


@dataclass(frozen=True, slots=True)
class Listed:
    """One object of a listing."""

    key: str
    modified: datetime
    size: int = 0
    etag: str = ""


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """One version of an object, or the mark that it was deleted."""

    key: str
    id: str
    modified: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class Bucket:
    """Implements the ledger's Objects. Methods may raise ClientError and BotoCoreError."""

    client: S3Client
    name: str

    def add(self, key: str, content: bytes, *, lock_until: datetime | None = None) -> bool:
        """Write an object unless the key is taken (If-None-Match); say whether it was written."""
        request: PutObjectRequestTypeDef = {
            "Bucket": self.name,
            "Key": key,
            "Body": content,
            "ContentType": content_type(key),
            "IfNoneMatch": "*",
        }
        if lock_until is not None:
            request["ObjectLockMode"] = "GOVERNANCE"
            request["ObjectLockRetainUntilDate"] = lock_until
        for pause in RACE_PAUSES:
            status = self._put(request)
            if status != CONFLICT:
                return status != TAKEN
            sleep(pause)
        self.client.put_object(**request)
        return True

    def _put(self, request: PutObjectRequestTypeDef) -> int:
        try:
            self.client.put_object(**request)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status not in (TAKEN, CONFLICT):
                raise
            return status
        return OK

    def get(self, key: str) -> bytes | None:
        """Read an object; None when there is none."""
        try:
            return self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None

    def stream(self, key: str) -> Iterator[bytes] | None:
        """Read an object in pieces; None when there is none."""
        try:
            body = self.client.get_object(Bucket=self.name, Key=key)["Body"]
        except self.client.exceptions.NoSuchKey:
            return None
        return _pieces(body)

    def upload(self, key: str, chunks: Iterable[bytes]) -> int:
        """Write an object over what is there, in parts when it is large; return its bytes."""
        return upload(self.client, self.name, key, content_type(key), chunks)

    def list(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        """List objects under a prefix with keys greater than `after`, in key order."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=prefix, StartAfter=after
        )
        for page in pages:
            for item in page.get("Contents", []):
                yield Listed(
                    item["Key"], item["LastModified"], item["Size"], item["ETag"].strip('"')
                )

    def folders(self, prefix: str) -> Iterator[str]:
        """List the next steps below a prefix, each ending in a slash, in order."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=prefix, Delimiter="/"
        )
        for page in pages:
            for item in page.get("CommonPrefixes", []):
                yield item["Prefix"]

    def versions(self, prefix: str) -> Iterator[ListedVersion]:
        """List all versions and marks of deletion under a prefix, by key."""
        pages = self.client.get_paginator("list_object_versions").paginate(
            Bucket=self.name, Prefix=prefix
        )
        for page in pages:
            found = [
                ListedVersion(one["Key"], one["VersionId"], one["LastModified"], one["IsLatest"])
                for one in page.get("Versions", [])
            ]
            found += [
                ListedVersion(mark["Key"], mark["VersionId"], mark["LastModified"], False)
                for mark in page.get("DeleteMarkers", [])
            ]
            yield from sorted(found, key=lambda version: version.key)

    def destroy(self, versions: Iterable[Version]) -> int:
        """Destroy versions for ever; return how many. A locked one is refused (ClientError)."""
        count = 0
        for one in versions:
            self.client.delete_object(Bucket=self.name, Key=one.key, VersionId=one.id)
            count += 1
        return count


def _pieces(body: StreamingBody) -> Iterator[bytes]:
    with body:
        yield from body.iter_chunks(PIECE)
