"""The wire form of the looks in an Observation."""

from typing import Final

from usher.contracts.errors import ContractError
from usher.contracts.observation import InviteLook, InviteRow, VanityLook
from usher.contracts.wire import (
    EPOCH,
    MICROSECOND,
    Fields,
    read_code,
    read_count,
    read_flag,
    read_instant,
    read_list,
    read_snowflake,
    read_text,
    read_time,
    unless_none,
)
from usher.ids import ChannelId, UserId
from usher.times import format_time


def write_look(look: InviteLook) -> Fields:
    """Write a look at the invites."""
    return {
        "at": format_time(look.at),
        "status": look.status,
        "full": look.full,
        "rows": [write_row(row) for row in look.rows],
        "gone": list(look.gone),
    }


def read_look(fields: Fields) -> InviteLook:
    """Read what `write_look` wrote; raises ContractError."""
    return InviteLook(
        at=read_time(fields, "at"),
        status=read_count(fields, "status"),
        full=read_flag(fields, "full"),
        rows=tuple(read_row(item) for item in read_list(fields, "rows")),
        gone=tuple(read_code({"gone": item}, "gone") for item in read_list(fields, "gone")),
    )


def write_vanity(vanity: VanityLook) -> Fields:
    """Write a look at the vanity code."""
    return {
        "at": format_time(vanity.at),
        "status": vanity.status,
        "code": vanity.code,
        "uses": vanity.uses,
    }


def read_vanity(fields: Fields) -> VanityLook:
    """Read what `write_vanity` wrote; raises ContractError."""
    return VanityLook(
        at=read_time(fields, "at"),
        status=read_count(fields, "status"),
        code=unless_none(fields, "code", read_code),
        uses=unless_none(fields, "uses", read_count),
    )


_ROW: Final = (
    "code",
    "inviter_id",
    "channel_id",
    "uses",
    "max_uses",
    "max_age",
    "temporary",
    "created_at",
    "expires_at",
)


def write_row(row: InviteRow) -> list[object]:
    """Write an invite as an array in the order of `_ROW`, times as epoch microseconds."""
    return [
        row.code,
        row.inviter_id,
        row.channel_id,
        row.uses,
        row.max_uses,
        row.max_age,
        row.temporary,
        None if row.created_at is None else (row.created_at - EPOCH) // MICROSECOND,
        None if row.expires_at is None else (row.expires_at - EPOCH) // MICROSECOND,
    ]


def read_row(item: object) -> InviteRow:
    """Read what `write_row` wrote; raises ContractError."""
    if not isinstance(item, list) or len(item) != len(_ROW):
        raise ContractError("invite row")
    fields = dict(zip(_ROW, item, strict=True))
    inviter_id = unless_none(fields, "inviter_id", read_snowflake)
    channel_id = unless_none(fields, "channel_id", read_snowflake)
    return InviteRow(
        code=read_code(fields, "code"),
        inviter_id=None if inviter_id is None else UserId(inviter_id),
        channel_id=None if channel_id is None else ChannelId(channel_id),
        uses=unless_none(fields, "uses", read_count),
        max_uses=read_count(fields, "max_uses"),
        max_age=read_count(fields, "max_age"),
        temporary=read_flag(fields, "temporary"),
        created_at=unless_none(fields, "created_at", read_instant),
        expires_at=unless_none(fields, "expires_at", read_instant),
    )


def read_name(item: object) -> tuple[UserId, str]:
    """Read a user's id and username; raises ContractError."""
    if not isinstance(item, list) or len(item) != 2:
        raise ContractError("name")
    fields: Fields = {"user_id": item[0], "username": item[1]}
    return UserId(read_snowflake(fields, "user_id")), read_text(fields, "username")
