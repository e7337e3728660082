"""Discord's answers about a guild's invites and its vanity code, read as looks.

A body is what Discord answered, or `{"error": status}` for a refusal (`code` beside it, where
Discord gave its own error code), with status 0 when no answer came.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway_listener.errors import ObserveError
from usher.contracts.discord_invites import read_invites
from usher.contracts.errors import ContractError
from usher.contracts.observation import InviteLook, InviteRow, VanityLook
from usher.contracts.wire import (
    as_fields,
    read_code,
    read_count,
    unless_none,
)
from usher.ids import InviteCode

NO_VANITY: Final = 50020
"""Discord's error code where a guild cannot have a vanity code. The status beside it has been 400,
403 and 404 over the years (discord-api-docs issues 2004 and 2084), so only this code counts."""


def invite_look(body: object, at: datetime) -> InviteLook:
    """Read the answer to GET /guilds/{id}/invites, complete at `at`, as a full look.

    Raises ObserveError when it is neither a list of invites nor a refusal.
    """
    status = refusal(body)
    if status is not None:
        return InviteLook(at=at, status=status)
    if not isinstance(body, list):
        raise ObserveError("invites: not a list")
    try:
        rows = read_invites(body)
    except ContractError as error:
        raise ObserveError(f"invites: {error.reason}") from error
    return InviteLook(at=at, status=200, rows=rows)


def vanity_look(body: object, at: datetime) -> VanityLook:
    """Read the answer to GET /guilds/{id}/vanity-url, complete at `at`.

    A guild that has no vanity code is a good look with code None. Raises ObserveError when the
    answer is neither `{code, uses}` nor a refusal.
    """
    try:
        fields = as_fields(body, "vanity")
        status = refusal(fields)
        if fields.get("code") == NO_VANITY:
            return VanityLook(at=at, status=200)
        if status is not None:
            return VanityLook(at=at, status=status)
        if "code" not in fields:
            raise ObserveError("vanity: no code")
        code = unless_none(fields, "code", read_code)
        uses = unless_none(fields, "uses", read_count)
    except ContractError as error:
        raise ObserveError(f"vanity: {error.reason}") from error
    return VanityLook(at=at, status=200, code=code, uses=None if code is None else uses)


def refusal(body: object) -> int | None:
    """Tell the status of a refusal. A good vanity answer may have an `error` that is an object."""
    if isinstance(body, Mapping) and isinstance(body.get("error"), int):
        try:
            return read_count(body, "error")
        except ContractError as error:
            raise ObserveError("error: not a status") from error
    return None


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of a row until the next look: a listener knows a million of them."""

    uses: int | None
    max_uses: int
    mark: int
    """Equal for equal rows, within one process."""


def known_rows(look: InviteLook) -> dict[InviteCode, Known]:
    """Note the rows of a good look, to compare the next one with."""
    return {row.code: Known(row.uses, row.max_uses, hash(row)) for row in look.rows}


def diff_look(previous: Mapping[InviteCode, Known] | None, look: InviteLook) -> InviteLook:
    """Cut a full look down to what changed since the rows of the look before it.

    Full stays full when there was none before; a failed look stays as it is. So does one without
    counts: cut down it would look like one in which nothing has changed.
    """
    if previous is None or not look.ok or any(row.uses is None for row in look.rows):
        return look
    listed = {row.code for row in look.rows}
    return InviteLook(
        at=look.at,
        status=look.status,
        full=False,
        rows=tuple(row for row in look.rows if _changed(previous.get(row.code), row)),
        gone=tuple(code for code in previous if code not in listed),
    )


def _changed(before: Known | None, row: InviteRow) -> bool:
    return before is None or before.mark != hash(row)
