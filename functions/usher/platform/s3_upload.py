"""Writing an object piece by piece: whole when it is small, else in parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PART: Final = 8 * 1024 * 1024
"""Bytes of a part; S3 takes 10,000 parts of at least 5 MiB, so this is good for 80 GB."""


def upload(client: S3Client, bucket: str, key: str, kind: str, chunks: Iterable[bytes]) -> int:
    """Write an object over what is there; return its bytes.

    Nothing is to be seen of what breaks off; the bucket's lifecycle clears its parts away.
    """
    parts = _parts(chunks)
    first, second = next(parts, b""), next(parts, None)
    if second is None:
        client.put_object(Bucket=bucket, Key=key, Body=first, ContentType=kind)
        return len(first)
    begun = client.create_multipart_upload(Bucket=bucket, Key=key, ContentType=kind)
    id_ = begun["UploadId"]
    done: list[CompletedPartTypeDef] = []
    size = 0
    for number, part in enumerate(chain((first, second), parts), start=1):
        answer = client.upload_part(
            Bucket=bucket, Key=key, UploadId=id_, PartNumber=number, Body=part
        )
        done.append({"PartNumber": number, "ETag": answer["ETag"]})
        size += len(part)
    client.complete_multipart_upload(
        Bucket=bucket, Key=key, UploadId=id_, MultipartUpload={"Parts": done}
    )
    return size


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Gather pieces to parts; the last may be smaller."""
    part = bytearray()
    for chunk in chunks:
        part += chunk
        if len(part) >= PART:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)
