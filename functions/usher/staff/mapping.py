"""A staff member's mapping: as typed, checked, and as the setting holds it. Pure."""

import json
import re
from typing import Final
from urllib.parse import urlsplit

from usher.slash.errors import UserError
from usher.slash.say import say
from usher.staff.queries import Mapping

LINK_LIMIT: Final = 300
CODE_LIMIT: Final = 64

_LINK: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
"""The characters of a URL (RFC 3986): none of them ends a link in Discord's `<…>`."""
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST: Final = re.compile(rf"(?=.{{4,253}}$)({_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
_CODE: Final = re.compile(r"[^\s`\x00-\x1f\x7f]([^`\x00-\x1f\x7f]*[^\s`\x00-\x1f\x7f])?")


def read_mapping(ib_link: str, ib_code: str) -> Mapping:
    """Check what was typed; raises UserError."""
    link, code = ib_link.strip(), ib_code.strip()
    if len(link) > LINK_LIMIT or not _is_link(link):
        raise UserError(
            say(
                "`ib_link` must be a whole https link, like https://broker.example/ref/ida, of at "
                "most {most} characters.",
                most=LINK_LIMIT,
            )
        )
    if len(code) > CODE_LIMIT or not _CODE.fullmatch(code):
        raise UserError(
            say("`ib_code` must be 1 to {most} plain characters, like TRAVIS123.", most=CODE_LIMIT)
        )
    return Mapping(link, code)


def _is_link(link: str) -> bool:
    if not _LINK.fullmatch(link):
        return False
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        return False
    # Who would be named before an `@` is not where the link leads.
    safe = parts.scheme == "https" and "@" not in parts.netloc and port != 0
    return safe and _HOST.fullmatch(parts.hostname or "") is not None


def write_value(mapping: Mapping) -> str:
    """Write a mapping as the value of its setting."""
    fields = {"ib_link": mapping.ib_link, "ib_code": mapping.ib_code}
    return json.dumps(fields, separators=(",", ":"))


def read_value(value: object) -> Mapping | None:
    """Read what `write_value` wrote; None for anything else."""
    try:
        fields = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return None
    match fields:
        case {"ib_link": str(link), "ib_code": str(code)}:
            return Mapping(link, code)
    return None
