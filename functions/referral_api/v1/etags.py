"""Entity tags (RFC 9110): `"<version>-<digest>"` of what can be changed, else `"<digest>"`.

Whoever reads gets all of a tag compared, so a click makes a link new. Whoever changes gets the
version alone compared, so that clicks stand in nobody's way.
"""

import json
import re
from hashlib import sha256
from typing import Any, Final

from referral_api.problems import ProblemError
from referral_api.v1.asked import Asked

_TAG: Final = re.compile(r'(W/)?"([^"]*)"')
_VERSION: Final = re.compile(r"([0-9]{1,9})-[0-9a-f]{16}")


def conditional(asked: Asked, found: dict[str, Any]) -> dict[str, Any]:
    """Tag an answer; leave it out where the asker has it already."""
    text = found.get("body")
    headers = found.get("headers", {})
    if not text or not 200 <= found["statusCode"] < 300:
        return found
    tag = f'"{_version(text)}{sha256(text.encode()).hexdigest()[:16]}"'
    headers = {**headers, "ETag": tag}
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "private, no-cache"
    held = asked.headers.get("if-none-match", "")
    if asked.method == "GET" and (held.strip() == "*" or tag.strip('"') in _tags(held)):
        del headers["Content-Type"]
        return {**found, "statusCode": 304, "body": "", "headers": headers}
    return {**found, "headers": headers}


def check_version(if_match: str | None, version: int) -> None:
    """Hold what the asker last saw against what there is; raises ProblemError (412)."""
    if if_match is None or if_match.strip() == "*":
        return
    strong = (text for weak, text in _TAG.findall(if_match) if not weak)
    versions = {int(match[1]) for text in strong if (match := _VERSION.fullmatch(text))}
    if version not in versions:
        raise changed_meanwhile(412)


def changed_meanwhile(status: int) -> ProblemError:
    """Say that somebody else was faster: 412 to who named a version, 409 to who did not."""
    return ProblemError(
        status,
        "changed_meanwhile",
        "It was changed meanwhile",
        "Read it again, and send its ETag as If-Match.",
    )


def _tags(text: str) -> set[str]:
    return {tag for _, tag in _TAG.findall(text)}


def _version(text: str) -> str:
    try:
        fields = json.loads(text)
    except ValueError:  # a file
        return ""
    version = fields.get("version") if isinstance(fields, dict) else None
    return f"{version}-" if isinstance(version, int) else ""
