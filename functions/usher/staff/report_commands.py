"""/staff report (SPEC 3.6)."""

from datetime import datetime
from typing import Final, Protocol

from usher.ids import UserId
from usher.ledger.options import From, To, Wanted, read_span
from usher.ledger.patience import TooLongError
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Argument, Button, Row
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.say import later, say, say_count
from usher.staff.access import admit
from usher.staff.commands import BLURPLE, PAGE_SIZE, staff
from usher.staff.queries import StaffMember, StaffReads
from usher.staff.report_found import Referrals, Reports
from usher.times import format_time, parse_time

NEVER: Final = later(
    "The log is too long to be counted at once. Please narrow it with `from` and `to`."
)


class Services(Protocol):
    """What this command calls."""

    @property
    def staff(self) -> StaffReads:
        """The staff list and role."""
        ...

    @property
    def reports(self) -> Reports:
        """What counts referrals."""
        ...


@staff.command("report", "Count whom each staff member referred", defer=True, ephemeral=True)
def report(ctx: Ctx[Services], from_: From = None, to: To = None) -> Reply:
    """Show the first page of the counts."""
    admit(ctx)
    return _page(ctx, read_span(from_, to), 1)


@action("staff.turn-report", defer=True)
def turn_report(ctx: Ctx[Services], start: str | None, end: str | None, page: int) -> Reply:
    """Turn to another page, counted anew."""
    admit(ctx)
    wanted = Wanted(
        start=None if start is None else parse_time(start),
        end=None if end is None else parse_time(end),
    )
    return _page(ctx, wanted, page)


def _page(ctx: Ctx[Services], wanted: Wanted, page: int) -> Reply:
    everyone = {member.user_id: member for member in ctx.services.staff.everyone(ctx.guild_id)}
    if not everyone:
        return sentence(say("The staff list is empty. Put somebody on it with `/staff set`."))
    try:
        counted = ctx.services.reports.referrals(ctx.guild_id, wanted, [*everyone])
    except TooLongError:
        raise UserError(say(NEVER)) from None
    first = (page - 1) * PAGE_SIZE
    shown = counted[first : first + PAGE_SIZE]
    lines = [_line(one, everyone[one.user_id]) for one in shown]
    joined, left = sum(one.joined for one in counted), sum(one.left for one in counted)
    totals = say_count(
        "**{number} join** by {members}: {present} still here, {left} left.",
        "**{number} joins** by {members}: {present} still here, {left} left.",
        joined,
        members=say_count("{number} staff member", "{number} staff members", len(counted)),
        present=f"{joined - left:,}",
        left=f"{left:,}",
    )
    head = f"{totals} {_span(wanted)}"
    embed = Embed(
        "\n".join((head, "", *(lines or [say("Nobody comes after that any more.")]))),
        say("Staff report"),
        footer=say("Page {page} · by the ledger, corrections included", page=page),
        color=BLURPLE,
    )
    more = len(counted) > first + PAGE_SIZE
    return Reply(embeds=(embed,), ephemeral=True, rows=_buttons(wanted, page, more=more))


def _buttons(wanted: Wanted, page: int, *, more: bool) -> tuple[Row, ...]:
    if page == 1 and not more:
        return ()
    span: dict[str, Argument] = {"start": _stamp(wanted.start), "end": _stamp(wanted.end)}
    return (
        (
            Button(say("Previous"), turn_report.press(**span, page=page - 1), disabled=page == 1),
            Button(say("Next"), turn_report.press(**span, page=page + 1), disabled=not more),
        ),
    )


def _line(one: Referrals, member: StaffMember) -> str:
    parts = [
        say("{number} still here", number=f"{one.present:,}"),
        say("{number} left", number=f"{one.left:,}"),
    ]
    if one.unpaired:
        more = f"{one.unpaired:,}"
        parts.append(say("{number} more whose joins cannot be told apart", number=more))
    who = f"{text.user(UserId(one.user_id))} {text.code(member.mapping.ib_code)}"
    joined = say_count("{number} join", "{number} joins", one.joined)
    return f"{who}: **{joined}** · {' · '.join(parts)}"


def _span(wanted: Wanted) -> str:
    end = text.when(wanted.end, "f") if wanted.end else say("now")
    if wanted.start is None:
        return say("From the beginning until {end}.", end=end)
    return say("From {start} until {end}.", start=text.when(wanted.start, "f"), end=end)


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)
