"""What Discord has on record, read from its answers: members, and its search over them.

The listener's recordings and the confirmer read the same answers. Every reader raises ContractError
for a malformed object.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.contracts.observation import MemberSearched, Person
from usher.contracts.wire import (
    Fields,
    as_fields,
    read_code,
    read_count,
    read_flag,
    read_list,
    read_snowflake,
    read_text,
    read_time,
    unless_none,
)
from usher.ids import UserId

INDEX_NOT_READY: Final = 110000
"""Discord's error code beside HTTP 202: the search's index is still being made."""


@dataclass(frozen=True, slots=True)
class NotReady:
    """The index is not there yet: no observation at all."""

    retry_after: float
    """Seconds; 0 where Discord does not say."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of POST /guilds/{id}/members-search."""

    found: tuple[MemberSearched, ...]
    """Members with a time of joining, in Discord's order."""
    listed: int
    """All members on the page: fewer than asked for on the last one."""


def read_person(member: Fields) -> Person:
    """Read a guild member object: the user, called by nickname, global name or username."""
    user = as_fields(member.get("user"), "user")
    username = read_text(user, "username")
    display_name = (
        unless_none(member, "nick", read_text)
        or unless_none(user, "global_name", read_text)
        or username
    )
    return Person(
        user_id=UserId(read_snowflake(user, "id")),
        username=username,
        display_name=display_name,
        discriminator=unless_none(user, "discriminator", read_text) or "0",
        bot=unless_none(user, "bot", read_flag) or False,
        has_avatar=unless_none(user, "avatar", read_text) is not None,
    )


def read_members_search(body: object, at: datetime) -> SearchPage | NotReady:
    """Read the answer to POST members-search (undocumented; userdoccers, resources/guild)."""
    fields = as_fields(body, "members-search")
    if "members" not in fields and (
        "retry_after" in fields or fields.get("code") == INDEX_NOT_READY
    ):
        return NotReady(_seconds(fields.get("retry_after")))
    rows = [as_fields(item, "member") for item in read_list(fields, "members")]
    found = [_searched(row, at) for row in rows]
    return SearchPage(tuple(row for row in found if row is not None), len(rows))


def _searched(row: Fields, at: datetime) -> MemberSearched | None:
    member = as_fields(row.get("member"), "member")
    joined_at = unless_none(member, "joined_at", read_time)
    if joined_at is None:
        return None
    inviter_id = unless_none(row, "inviter_id", read_snowflake)
    return MemberSearched(
        person=read_person(member),
        joined_at=joined_at,
        at=at,
        source=unless_none(row, "join_source_type", read_count) or 0,
        code=unless_none(row, "source_invite_code", read_code),
        inviter_id=None if inviter_id is None else UserId(inviter_id),
    )


def _seconds(value: object) -> float:
    return float(min(max(0, value), 86400)) if isinstance(value, int | float) else 0.0
