"""/referral import and export (SPEC 5.9)."""

from enum import StrEnum
from hashlib import sha256
from hmac import new as hmac
from typing import Annotated, Final, Protocol

from usher.ids import GuildId, UserId
from usher.referrals.asking import Services as ReferralServices
from usher.referrals.asking import is_manager, letters_of
from usher.referrals.bulk_model import BulkError, Result, Status
from usher.referrals.link_commands import referral
from usher.referrals.model import LinkCode
from usher.slash import text
from usher.slash.attached import HasAttached, read_attached
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, File, Reply, sentence
from usher.slash.resolved import AttachmentId
from usher.slash.say import say, say_count

MOST_BYTES: Final = 1_000_000
SHOWN: Final = 15
RED: Final = 0xED4245
GREEN: Final = 0x57F287


class Form(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    JSON = "json"


class Outcome(Protocol):
    """What became of an import."""

    @property
    def results(self) -> tuple[Result, ...]:
        """A result a row."""
        ...

    def count(self, status: Status) -> int:
        """Count rows by what became of them."""
        ...


class LinkFiles(Protocol):
    """Links from files and as files. Methods may raise errors of the table."""

    def take(
        self,
        guild_id: GuildId,
        content: bytes,
        by: UserId,
        made_by: str,
        code_for: "CodeFor",
        *,
        atomic: bool,
        dry: bool,
    ) -> Outcome:
        """Make links of a file's rows; raises BulkError."""
        ...

    def give(self, guild_id: GuildId, owner: UserId | None, form: Form, base: str) -> bytes:
        """Write a guild's links, or those of one owner; raises BulkError where there is none."""
        ...


class CodeFor(Protocol):
    """Names the link of a row that names none."""

    def __call__(self, row: int, /) -> LinkCode:
        """Name it."""
        ...


class Services(ReferralServices, HasAttached, Protocol):
    """What these commands call."""

    @property
    def link_files(self) -> LinkFiles:
        """Links from files and as files."""
        ...


@referral.command(
    "import",
    "Make many links from a CSV or JSON file",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def import_(
    ctx: Ctx[Services],
    file: Annotated[AttachmentId, Opt("CSV or JSON, as `/referral export` writes it")],
    atomic: Annotated[bool, Opt("All rows or none")] = False,
    trial: Annotated[bool, Opt("Only say what would become of it")] = False,
) -> Reply:
    """Make links, and say what is wrong with each row that failed."""
    content = read_attached(ctx, file, MOST_BYTES)
    try:
        outcome = ctx.services.link_files.take(
            ctx.guild_id,
            content,
            ctx.user_id,
            ctx.interaction_id,
            _codes(ctx),
            atomic=atomic,
            dry=trial,
        )
    except BulkError as error:
        raise UserError(str(error)) from None
    return _told(outcome, trial=trial)


@referral.command(
    "export",
    "Get referral links as a file; yours if you are no manager",
    defer=True,
    ephemeral=True,
)
def export(
    ctx: Ctx[Services],
    form: Annotated[Form, Opt("CSV for spreadsheets, or JSON for programs")] = Form.CSV,
) -> Reply:
    """Attach every link, or the member's own."""
    owner = None if is_manager(ctx) else ctx.user_id
    try:
        content = ctx.services.link_files.give(ctx.guild_id, owner, form, ctx.services.referral_url)
    except BulkError as error:
        raise UserError(str(error)) from None
    kinds = {Form.CSV: "text/csv; charset=utf-8", Form.JSON: "application/json"}
    name = f"referral_links_{ctx.now:%Y%m%d}.{form.value}"
    return Reply(
        say("The links, as they are now. `/referral import` takes the file again."),
        files=(File(name, content, kinds[form]),),
        ephemeral=True,
    )


def _codes(ctx: Ctx[Services]) -> CodeFor:
    """Name links as `/referral create` does: nobody guesses them, a repetition finds them."""

    def code_for(row: int, /) -> LinkCode:
        named = f"{ctx.interaction_id}:{row}"
        return letters_of(hmac(ctx.token.encode(), named.encode(), sha256).digest())

    return code_for


def _told(outcome: Outcome, *, trial: bool) -> Reply:
    made, same = outcome.count(Status.CREATED), outcome.count(Status.UNCHANGED)
    failed, skipped = outcome.count(Status.FAILED), outcome.count(Status.SKIPPED)
    told = [
        say_count("{number} link would be made", "{number} links would be made", made)
        if trial
        else say_count("{number} link made", "{number} links made", made)
    ]
    if same:
        told.append(say_count("{number} there already", "{number} there already", same))
    if skipped:
        told.append(say_count("{number} left out", "{number} left out", skipped))
    if failed:
        told.append(say_count("{number} row is wrong", "{number} rows are wrong", failed))
    head = f"{' · '.join(told)}."
    if not failed:
        return sentence(head)
    wrong = [one for one in outcome.results if one.status is Status.FAILED]
    lines = [_line(one) for one in wrong[:SHOWN]]
    if len(wrong) > SHOWN:
        lines.append(say("and {number} more", number=f"{len(wrong) - SHOWN:,}"))
    color = GREEN if made else RED
    return Reply(
        head, embeds=(Embed("\n".join(lines), say("What is wrong"), color=color),), ephemeral=True
    )


def _line(result: Result) -> str:
    faults = "; ".join(
        f"{text.code(fault.field)} {fault.detail}" if fault.field else fault.detail
        for fault in result.faults
    )
    return say("Row {row}: {faults}", row=f"{result.row:,}", faults=text.cut(faults, 200))
