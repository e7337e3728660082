"""/invite stats (SPEC 3.1, 11.1)."""

from typing import Annotated, Final, Protocol

from usher.analytics.queries import AnalyticsReads, Charts, Span, Summary
from usher.analytics.words import alt, causes, here, kinds, peak, share, stayed, top, trend
from usher.attribution.commands import invite
from usher.credit.queries import CreditReads, Period
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Row, Style
from usher.slash.context import Ctx
from usher.slash.options import Opt
from usher.slash.replies import Embed, Field, File, Reply

BLURPLE: Final = 0x5865F2
CHART: Final = "invite-stats.png"
TOP: Final = 5
"""Inviters named."""

TITLES: Final = {
    Span.DAY: "Today",
    Span.WEEK: "The last 7 days",
    Span.MONTH: "The last 30 days",
    Span.ALL: "All time",
}
BOARDS: Final = {
    Span.DAY: (Period.DAY, "today"),
    Span.WEEK: (Period.WEEK, "this week"),
    Span.MONTH: (Period.ALL, "of all time"),
    Span.ALL: (Period.ALL, "of all time"),
}
"""Whose boards there are: of the UTC day, of the week since Monday, of all time."""


class Services(Protocol):
    """What this command calls."""

    @property
    def analytics(self) -> AnalyticsReads:
        """Figures."""
        ...

    @property
    def charts(self) -> Charts:
        """Their picture."""
        ...

    @property
    def credit(self) -> CreditReads:
        """Boards."""
        ...


@invite.command("stats", "Show joins, leaves, growth and top inviters, with a chart", defer=True)
def stats(
    ctx: Ctx[Services],
    period: Annotated[Span, Opt("Which time; the last 7 days when left out")] = Span.WEEK,
) -> Reply:
    """Show a span of the server's figures."""
    return _page(ctx, period)


@action("invite.stats", defer=True)
def switch(ctx: Ctx[Services], period: str) -> Reply:
    """Show another span."""
    return _page(ctx, Span(period))


def _page(ctx: Ctx[Services], span: Span) -> Reply:
    summary = ctx.services.analytics.summary(ctx.guild_id, span, ctx.now)
    chart = ctx.services.charts.draw(summary)
    return Reply(
        embeds=(_embed(ctx, summary),),
        files=(File(CHART, chart, "image/png", alt(summary, TITLES[span])),),
        rows=(_buttons(span),),
    )


def _embed(ctx: Ctx[Services], summary: Summary) -> Embed:
    title = f"Server statistics · {TITLES[summary.span]}"
    if summary.since is None:
        return Embed("Nobody has been seen joining here yet.", title, image=CHART, color=BLURPLE)
    before = summary.before
    total = summary.total
    people = f"{'' if summary.people_exact else 'about '}{summary.people:,}"
    fields = [
        Field(
            "Joins",
            f"**{total.joins:,}**{trend(total.joins, before.joins if before else None)}",
            True,
        ),
        Field(
            "Leaves",
            f"**{total.leaves:,}**{trend(total.leaves, before.leaves if before else None)}",
            True,
        ),
        Field("Growth", f"**{total.net:+,}**{_was(summary)}", True),
        Field("Different people", people, True),
        Field("Inviter known", share(summary.known), True),
        Field("Known for sure", share(summary.certain), True),
        Field("Agrees with Discord's record", share(summary.agreement), True),
        Field("Busiest hour", peak(summary), True),
        Field("Still here", here(summary), True),
        Field("Stayed", stayed(summary)),
    ]
    if summary.kinds:
        fields.append(Field("How they came", kinds(summary)))
    if summary.causes:
        fields.append(Field("How they went", causes(summary)))
    period, when = BOARDS[summary.span]
    board = ctx.services.credit.leaderboard(ctx.guild_id, period, ctx.now, 1, TOP)
    fields.append(Field(f"Top inviters {when}", top(board.standings)))
    return Embed(
        _sentence(summary), title, tuple(fields), _footer(ctx, summary), BLURPLE, image=CHART
    )


def _sentence(summary: Summary) -> str:
    if not summary.total.joins and not summary.total.leaves:
        return "Nobody joined or left in this time."
    joined = text.count(summary.total.joins, "member")
    return f"{joined} joined and {summary.total.leaves:,} left."


def _was(summary: Summary) -> str:
    return "" if summary.before is None else f" (was {summary.before.net:+,})"


def _footer(ctx: Ctx[Services], summary: Summary) -> str:
    parts = ["Days are UTC, bots are left out"]
    if summary.before is not None:
        parts.append("compared with as long a time just before")
    if summary.until < ctx.now:
        parts.append(f"counted until {summary.until:%d %b %H:%M} UTC")
    if summary.since is not None:
        parts.append(f"Usher watches since {summary.since:%d %b %Y}")
    return " · ".join(parts)


def _buttons(span: Span) -> Row:
    names = {Span.DAY: "Today", Span.WEEK: "7 days", Span.MONTH: "30 days", Span.ALL: "All time"}
    return tuple(
        Button(
            name,
            switch.press(period=one.value),
            Style.PRIMARY if one is span else Style.SECONDARY,
            disabled=one is span,
        )
        for one, name in names.items()
    )
