"""Invites as Discord writes them, in dispatches, in answers and in its audit log.

Every reader raises ContractError for a malformed object.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.errors import ContractError
from usher.contracts.observation import InviteRow
from usher.contracts.wire import (
    Fields,
    as_fields,
    read_code,
    read_count,
    read_flag,
    read_snowflake,
    read_text,
    read_time,
    unless_none,
)
from usher.ids import ChannelId, UserId

_GUILD_INVITE: Final = 0
"""The invite type of guilds; group messages and friend invites have others (resources/invite)."""


def invite_row(invite: Fields, channel_id: str | None, uses: int | None) -> InviteRow:
    """Read what INVITE_CREATE and the guild's invite list have in common.

    Raises ContractError. Without Manage Server the list lacks all but code, inviter, channel and
    end (resources/guild, Get Guild Invites).
    """
    inviter = unless_none(invite, "inviter", _object)
    inviter_id = None if inviter is None else UserId(read_snowflake(inviter, "id"))
    max_age = unless_none(invite, "max_age", read_count) or 0
    created_at = unless_none(invite, "created_at", read_time)
    expires_at = unless_none(invite, "expires_at", read_time)
    if expires_at is None and created_at is not None and max_age:
        expires_at = after(created_at, max_age)
    return InviteRow(
        code=read_code(invite, "code"),
        inviter_id=inviter_id,
        channel_id=None if channel_id is None else ChannelId(channel_id),
        uses=uses,
        max_uses=unless_none(invite, "max_uses", read_count) or 0,
        max_age=max_age,
        temporary=unless_none(invite, "temporary", read_flag) or False,
        created_at=created_at,
        expires_at=expires_at,
    )


def read_invites(body: Sequence[object]) -> tuple[InviteRow, ...]:
    """Read the list of a guild's invites, each code once."""
    rows = [_listed(as_fields(item, "invite")) for item in body if not _foreign(item)]
    return tuple({row.code: row for row in rows}.values())


def names_of(body: object) -> tuple[tuple[UserId, str], ...]:
    """List the inviters' ids and usernames in a list of invites or in one INVITE_CREATE.

    Names decide nothing: whatever is malformed is left out.
    """
    names: dict[UserId, str] = {}
    for invite in body if isinstance(body, list) else [body]:
        inviter = invite.get("inviter") if isinstance(invite, Mapping) else None
        if inviter is None:
            continue
        try:
            fields = as_fields(inviter, "inviter")
            names[UserId(read_snowflake(fields, "id"))] = read_text(fields, "username")
        except ContractError:
            continue
    return tuple(names.items())


def _foreign(item: object) -> bool:
    """Whether an item is no invite of a guild: null and other types are in Discord's schema."""
    return item is None or (
        isinstance(item, dict) and item.get("type", _GUILD_INVITE) != _GUILD_INVITE
    )


def _listed(invite: Fields) -> InviteRow:
    channel = invite.get("channel")
    channel_id = None if channel is None else read_snowflake(as_fields(channel, "channel"), "id")
    return invite_row(invite, channel_id, unless_none(invite, "uses", read_count))


def after(moment: datetime, seconds: int) -> datetime:
    """Add seconds; raises ContractError beyond the calendar."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ContractError("max_age beyond the calendar") from error


def _object(fields: Fields, name: str) -> Fields:
    return as_fields(fields.get(name), name)
