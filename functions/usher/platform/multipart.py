"""Messages to a webhook with files beside them (Discord API reference: Uploading Files)."""

import secrets
from collections.abc import Sequence
from typing import Protocol


class Attached(Protocol):
    """A file."""

    @property
    def name(self) -> str:
        """What members see; quotes and line breaks are taken out of it."""
        ...

    @property
    def content(self) -> bytes:
        """What it holds."""
        ...

    @property
    def content_type(self) -> str:
        """Its media type."""
        ...


def encode_message(payload: bytes, files: Sequence[Attached]) -> tuple[str, bytes]:
    """Say a request's media type and body: the JSON alone, or as `payload_json` before files."""
    if not files:
        return "application/json", payload
    boundary = f"usher-{secrets.token_hex(16)}"
    parts = [_part(boundary, 'name="payload_json"', "application/json", payload)]
    for index, file in enumerate(files):
        disposition = f'name="files[{index}]"; filename="{_quoted(file.name)}"'
        parts.append(_part(boundary, disposition, file.content_type, file.content))
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def _part(boundary: str, disposition: str, content_type: str, content: bytes) -> bytes:
    head = (
        f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n"
        f"Content-Type: {content_type}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"


def _quoted(name: str) -> str:
    return name.replace('"', "'").replace("\r", " ").replace("\n", " ")
