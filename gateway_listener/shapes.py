"""The objects that Discord's dispatches and answers have in common: invites and their times.

Every reader raises ContractError for a malformed object.
"""

from datetime import datetime, timedelta

from usher.contracts.errors import ContractError
from usher.contracts.observation import InviteRow
from usher.contracts.wire import (
    Fields,
    as_fields,
    read_code,
    read_count,
    read_flag,
    read_snowflake,
    read_time,
    unless_none,
)
from usher.ids import ChannelId, UserId


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


def after(moment: datetime, seconds: int) -> datetime:
    """Add seconds; raises ContractError beyond the calendar."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ContractError("max_age beyond the calendar") from error


def _object(fields: Fields, name: str) -> Fields:
    return as_fields(fields.get(name), name)
