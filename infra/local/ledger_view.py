"""The newest ledger lines of the emulator's bucket, for the practice page."""

from __future__ import annotations

import json
from typing import Any

from infra.local.aws import Cloud
from usher.ledger.store import LINES


def newest_lines(cloud: Cloud, bucket: str, limit: int = 100) -> list[dict[str, Any]]:
    """Return up to `limit` lines, newest first; ids only, as they are kept."""
    pages = cloud.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=LINES)
    held = [item for page in pages for item in page.get("Contents", [])]
    held.sort(key=lambda item: item["LastModified"], reverse=True)
    return [
        json.loads(cloud.s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
        for item in held[:limit]
    ]
