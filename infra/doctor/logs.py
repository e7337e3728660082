"""What functions have logged of errors; never more of it than its kind and sentence."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.doctor.place import AWS_FAILURES, Place

PAGES: Final = 100
"""Answers that are read of a log: many are empty, since each looks through a part of it alone."""
FEW_PAGES: Final = 10
"""The same for one of many questions: what is sought is near the beginning."""
LENGTH: Final = 160
ERROR: Final = '{ $.level = "ERROR" }'
"""A pattern of CloudWatch Logs: lines of our loggers that tell an error. (The embedded cloud takes
every line for one, hence the second look.)"""


def newest_error(place: Place, group: str, since: datetime) -> tuple[int, str]:
    """Count a log's errors since a time, and say what the newest was; raises the SDK's errors.

    A log that does not exist has none: its function has not run yet.
    """
    try:
        told = events(place, group, since, ERROR)
    except ClientError as error:
        if error.response["Error"].get("Code") != "ResourceNotFoundException":
            raise
        told = []
    found = [one for one in told if _level(one) == "ERROR"]
    return len(found), said(found[-1]) if found else ""


def about(place: Place, group: str, since: datetime, word: str) -> str:
    """Say what a log's newest error about something was; empty where it cannot be read."""
    try:
        told = events(place, group, since, f'"{word}"', FEW_PAGES)
    except AWS_FAILURES:
        return ""
    found = [one for one in told if _level(one) != "INFO"]
    return said(found[-1]) if found else ""


def events(
    place: Place, group: str, since: datetime, pattern: str, pages: int = PAGES
) -> list[Mapping[str, Any]]:
    """Read a log's JSON objects, oldest first, without other lines; raises the SDK's errors."""
    client, token = place.client("logs"), None
    found: list[Mapping[str, Any]] = []
    for _ in range(pages):
        asked: dict[str, Any] = {"nextToken": token} if token else {}
        answer = client.filter_log_events(
            logGroupName=group,
            startTime=int(since.timestamp() * 1000),
            filterPattern=pattern,
            **asked,
        )
        found += [line for one in answer.get("events", ()) if (line := _line(one["message"]))]
        token = answer.get("nextToken")
        if not token:
            break
    return found


def said(line: Mapping[str, Any]) -> str:
    """Say what a line tells: the error's name and our own sentence."""
    words = [str(line[name]) for name in ("exception_name", "message") if line.get(name)]
    text = " ".join(": ".join(words).split())
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


def _level(line: Mapping[str, Any]) -> str:
    return str(line.get("level", ""))


def _line(text: str) -> Mapping[str, Any] | None:
    begin = text.find("{")
    try:
        found = json.loads(text[begin:]) if begin >= 0 else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
