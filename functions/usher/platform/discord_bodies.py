"""What is sent with requests to Discord's REST API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import urllib3


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent with a request."""

    filename: str
    content: bytes
    kind: str
    """Its media type."""


def encode_body(
    body: object, files: Mapping[str, Upload] | None
) -> tuple[bytes, str] | tuple[None, None]:
    """Write a body, and say what media type it is; with files it goes beside them."""
    if files:
        fields: dict[str, tuple[str | None, bytes, str]] = {
            "payload_json": (None, json.dumps(body).encode(), "application/json"),
            **{name: (one.filename, one.content, one.kind) for name, one in files.items()},
        }
        # urllib3 leaves a filename of None out, though its types know no such field.
        return urllib3.encode_multipart_formdata(fields)  # type: ignore[arg-type]
    if body is None:
        return None, None
    return json.dumps(body).encode(), "application/json"
