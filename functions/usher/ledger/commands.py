"""/export_invite_logs (SPEC 3.4)."""

from datetime import datetime
from typing import Final, Protocol

from usher.ids import GuildId
from usher.ledger.options import Code, From, Member, To, Wanted, read_wanted
from usher.ledger.patience import TooLongError
from usher.slash import text
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.replies import Embed, File, Reply
from usher.slash.say import later, say, say_count
from usher.staff.access import SHOWN_TO, admit
from usher.staff.queries import StaffReads

ATTACHMENT_LIMIT: Final = 10 * 1024 * 1024
"""Bytes a bot may attach in a server without boosts (Discord docs: Uploading Files). Where a server
takes more a larger file goes by link all the same, since an attachment is held in memory."""
BLURPLE: Final = 0x5865F2
TOO_LONG: Final = later(
    "The log is too long to be read at once. Please narrow it with `from` and `to`, for example to "
    "one month."
)


class Export(Protocol):
    """A finished export."""

    @property
    def filename(self) -> str:
        """`invite_logs_YYYYMMDD.csv`."""
        ...

    @property
    def lines(self) -> int:
        """Rows below the header."""
        ...

    @property
    def content(self) -> bytes | None:
        """The whole file, byte order mark included; None for one that is fetched by its link."""
        ...

    @property
    def link(self) -> str | None:
        """Where a large file is fetched."""
        ...

    @property
    def expires_at(self) -> datetime | None:
        """When the link ends at the latest."""
        ...


class LedgerExports(Protocol):
    """Turns a stretch of the ledger into a CSV file."""

    def export(self, guild_id: GuildId, wanted: Wanted, name: str, limit: int) -> Export:
        """Export joins; a file larger than `limit` bytes is put where a link leads.

        `name` tells this export from others. Raises TooLongError.
        """
        ...


class Services(Protocol):
    """What this command calls."""

    @property
    def staff(self) -> StaffReads:
        """The staff role."""
        ...

    @property
    def exports(self) -> LedgerExports:
        """The ledger's export."""
        ...


@command(
    "export_invite_logs",
    "Export the join log as a CSV file",
    defer=True,
    ephemeral=True,
    shown_to=SHOWN_TO,
)
def export_invite_logs(
    ctx: Ctx[Services],
    from_: From = None,
    to: To = None,
    user_id: Member = None,
    invite_code: Code = None,
) -> Reply:
    """Attach the joins that fit, or link to them."""
    admit(ctx)
    wanted = read_wanted(from_, to, user_id, invite_code)
    limit = min(ctx.attachment_limit or ATTACHMENT_LIMIT, ATTACHMENT_LIMIT)
    try:
        export = ctx.services.exports.export(ctx.guild_id, wanted, ctx.interaction_id, limit)
    except TooLongError:
        raise UserError(say(TOO_LONG)) from None
    if not export.lines:
        return Reply(say("The log has no lines that fit."), ephemeral=True)
    if export.content is not None:
        told = say_count(
            "{number} line of the join log.", "{number} lines of the join log.", export.lines
        )
        file = File(export.filename, export.content, "text/csv; charset=utf-8")
        return Reply(told, files=(file,), ephemeral=True)
    told = say_count(
        "{number} line of the join log, more than Discord takes in one file.",
        "{number} lines of the join log, more than Discord takes in one file.",
        export.lines,
    )
    fetch = say("Download {file}", file=export.filename)
    until = say(
        "The link ends {when} at the latest. Whoever has it can fetch the file: keep it to "
        "yourself.",
        when="" if export.expires_at is None else text.when(export.expires_at),
    )
    words = f"{told}\n**[{fetch}]({export.link})**\n{until}"
    return Reply(embeds=(Embed(words, say("Join log"), color=BLURPLE),), ephemeral=True)
