"""Target users: the list of those who alone may accept an invite, and its processing.

Source: Discord API reference, "Invite", sections Get Target Users, Update Target Users and
Get Target Users Job Status; "Channel", Create Channel Invite.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.practice.errors import INVALID_FORM, ApiError
from infra.practice.forms import is_snowflake
from infra.practice.json_types import Json, JsonObject
from infra.practice.moments import stamp

HEADER = "user_id"
PROCESSING, COMPLETED = 1, 2


@dataclass(slots=True)
class TargetUsers:
    """The only users who may accept an invite, and when the list has been or will be processed."""

    user_ids: list[str]
    created_at: datetime
    completed_at: datetime


class InvalidTargetsError(ApiError):
    """A file with lines that are no user ids; the answer names them by their numbers."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(INVALID_FORM)
        self.problems = problems

    @property
    def body(self) -> JsonObject:
        """The JSON of the answer: Discord's example, with the code that its description asks."""
        problems: list[Json] = list(self.problems)
        return {**super().body, "target_users_file": problems}


def read_targets(content: bytes, now: datetime, takes: timedelta) -> TargetUsers:
    """Read a CSV file of one column of user ids; duplicates and the header line are ignored."""
    user_ids: list[str] = []
    problems: list[str] = []
    for number, line in enumerate(content.decode("utf-8-sig", "replace").splitlines(), start=1):
        value = line.strip().strip('"')
        if not value or (number == 1 and value == HEADER):
            continue
        if not value.isascii() or not value.isdigit():
            problems.append(f"Line {number}: invalid user ID format")
        elif not is_snowflake(value) or value == "0":
            problems.append(f"Line {number}: invalid user ID - must be a valid Discord snowflake")
        else:
            user_ids.append(value)
    if not user_ids and not problems:
        problems.append("The file names no users")
    if problems:
        raise InvalidTargetsError(problems)
    return TargetUsers(list(dict.fromkeys(user_ids)), created_at=now, completed_at=now + takes)


def admits(targets: TargetUsers, user_id: str, now: datetime) -> bool:
    """Tell whether a user is among the targets, as far as they are processed."""
    return now >= targets.completed_at and user_id in targets.user_ids


def targets_csv(targets: TargetUsers) -> str:
    """Write the list as Discord gives it out."""
    return "".join(f"{line}\n" for line in (HEADER, *targets.user_ids))


def job_json(targets: TargetUsers, now: datetime) -> JsonObject:
    """Write how far the processing is."""
    done = now >= targets.completed_at
    span = (targets.completed_at - targets.created_at).total_seconds()
    share = 1.0 if done else (now - targets.created_at).total_seconds() / span
    return {
        "status": COMPLETED if done else PROCESSING,
        "total_users": len(targets.user_ids),
        "processed_users": int(len(targets.user_ids) * share),
        "created_at": stamp(targets.created_at),
        "completed_at": stamp(targets.completed_at) if done else None,
        "error_message": None,
    }
