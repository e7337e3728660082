"""/export_invite_logs (SPEC 3.4)."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final, Protocol

from usher.ids import GuildId, InviteCode, UserId
from usher.slash import text
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.interaction import is_snowflake
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import File, Reply

ATTACHMENT_LIMIT: Final = 10 * 1024 * 1024
"""Bytes a bot may attach in a server without boosts (Discord docs: Uploading Files)."""
DAY: Final = timedelta(days=1)
MOMENT: Final = timedelta(microseconds=1)


class Export(Protocol):
    """A finished export."""

    @property
    def filename(self) -> str:
        """`invite_logs_YYYYMMDD.csv`."""
        ...

    @property
    def content(self) -> bytes:
        """The whole file, byte order mark included."""
        ...

    @property
    def lines(self) -> int:
        """Rows below the header."""
        ...


class LedgerExports(Protocol):
    """Turns a stretch of the ledger into a CSV file."""

    def export(
        self,
        guild_id: GuildId,
        start: datetime | None,
        end: datetime | None,
        user_id: UserId | None,
        invite_code: InviteCode | None,
    ) -> Export:
        """Export lines with start <= timestamp < end; None for no bound or any value."""
        ...


class Services(Protocol):
    """What this command calls."""

    @property
    def exports(self) -> LedgerExports:
        """The ledger's export."""
        ...


@command(
    "export_invite_logs",
    "Export the join log as a CSV file",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def export_invite_logs(
    ctx: Ctx[Services],
    from_: Annotated[str | None, Opt("First day, like 2026-11-01 (UTC)", max_length=40)] = None,
    to: Annotated[str | None, Opt("Last day, like 2026-11-30 (UTC)", max_length=40)] = None,
    user_id: Annotated[str | None, Opt("Only this member's id", max_length=24)] = None,
    invite_code: Annotated[str | None, Opt("Only this invite code", max_length=100)] = None,
) -> Reply:
    """Attach the lines of the ledger that fit."""
    start, _ = _span("from", from_)
    _, end = _span("to", to)
    if start and end and start >= end:
        raise UserError("`from` must not be later than `to`.")
    code = _code(invite_code) if invite_code else None
    member = _user(user_id) if user_id else None
    export = ctx.services.exports.export(ctx.guild_id, start, end, member, code)
    if not export.lines:
        return Reply("The log has no lines that fit.", ephemeral=True)
    if len(export.content) > ATTACHMENT_LIMIT:
        raise UserError(
            f"That is {text.count(export.lines, 'line')}, more than Discord takes in one file. "
            "Please narrow it with `from` and `to`, for example to one month."
        )
    file = File(export.filename, export.content, "text/csv; charset=utf-8")
    told = f"{text.count(export.lines, 'line')} of the join log."
    return Reply(told, files=(file,), ephemeral=True)


def _span(name: str, written: str | None) -> tuple[datetime | None, datetime | None]:
    """Read a day or a time as UTC: its first moment, and the moment after its last."""
    if written is None:
        return None, None
    words = written.strip()
    try:
        moment = datetime.fromisoformat(words)
        start = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        return start, start + (DAY if _is_day(words) else MOMENT)
    except (ValueError, OverflowError):
        raise UserError(
            f"`{name}` must be a day like 2026-11-20, or a time like 2026-11-20T14:30 (UTC)."
        ) from None


def _is_day(words: str) -> bool:
    try:
        date.fromisoformat(words)
    except ValueError:
        return False
    return True


def _user(written: str) -> UserId:
    bare = written.strip().removeprefix("<@").removeprefix("!").removesuffix(">")
    if not is_snowflake(bare):
        raise UserError("`user_id` must be a member's id: up to 20 digits, or a mention.")
    return UserId(bare)


def _code(written: str) -> InviteCode:
    """Take the code alone or the whole link."""
    return InviteCode(written.strip().rstrip("/").rpartition("/")[2])
