"""/invite stats (SPEC 3.1, 11.1)."""

from typing import Annotated, Final, Protocol

from usher.analytics.queries import AnalyticsReads, Charts, Span, Summary
from usher.analytics.words import alt, causes, here, kinds, peak, share, stayed, top, trend
from usher.credit.queries import CreditReads, Period
from usher.invites.group import invite
from usher.slash.actions import action
from usher.slash.buttons import Button, Row, Style
from usher.slash.context import Ctx
from usher.slash.options import Opt
from usher.slash.replies import Embed, Field, File, Reply
from usher.slash.say import later, say, say_count

BLURPLE: Final = 0x5865F2
CHART: Final = "invite-stats.png"
TOP: Final = 5
"""Inviters named."""

TITLES: Final = {
    Span.DAY: later("Today"),
    Span.WEEK: later("The last 7 days"),
    Span.MONTH: later("The last 30 days"),
    Span.ALL: later("All time"),
}
BUTTONS: Final = {
    Span.DAY: later("Today"),
    Span.WEEK: later("7 days"),
    Span.MONTH: later("30 days"),
    Span.ALL: later("All time"),
}
BOARDS: Final = {
    Span.DAY: (Period.DAY, later("Top inviters today")),
    Span.WEEK: (Period.WEEK, later("Top inviters this week")),
    Span.MONTH: (Period.ALL, later("Top inviters of all time")),
    Span.ALL: (Period.ALL, later("Top inviters of all time")),
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
        files=(File(CHART, chart, "image/png", alt(summary, say(TITLES[span]))),),
        rows=(_buttons(span),),
    )


def _embed(ctx: Ctx[Services], summary: Summary) -> Embed:
    title = f"{say('Server statistics')} · {say(TITLES[summary.span])}"
    if summary.since is None:
        nobody = say("Nobody has been seen joining here yet.")
        return Embed(nobody, title, image=CHART, color=BLURPLE)
    before = summary.before
    total = summary.total
    people = f"{summary.people:,}"
    if not summary.people_exact:
        people = say("about {number}", number=people)
    fields = [
        Field(
            say("Joins"),
            f"**{total.joins:,}**{trend(total.joins, before.joins if before else None)}",
            True,
        ),
        Field(
            say("Leaves"),
            f"**{total.leaves:,}**{trend(total.leaves, before.leaves if before else None)}",
            True,
        ),
        Field(say("Growth"), f"**{total.net:+,}**{_was(summary)}", True),
        Field(say("Different people"), people, True),
        Field(say("Inviter known"), share(summary.known), True),
        Field(say("Known for sure"), share(summary.certain), True),
        Field(say("Agrees with Discord's record"), share(summary.agreement), True),
        Field(say("Busiest hour"), peak(summary), True),
        Field(say("Still here"), here(summary), True),
        Field(say("Stayed"), stayed(summary)),
    ]
    if summary.kinds:
        fields.append(Field(say("How they came"), kinds(summary)))
    if summary.causes:
        fields.append(Field(say("How they went"), causes(summary)))
    period, heading = BOARDS[summary.span]
    board = ctx.services.credit.leaderboard(ctx.guild_id, period, ctx.now, 1, TOP)
    fields.append(Field(say(heading), top(board.standings)))
    return Embed(
        _sentence(summary), title, tuple(fields), _footer(ctx, summary), BLURPLE, image=CHART
    )


def _sentence(summary: Summary) -> str:
    if not summary.total.joins and not summary.total.leaves:
        return say("Nobody joined or left in this time.")
    return say_count(
        "{number} member joined and {leaves} left.",
        "{number} members joined and {leaves} left.",
        summary.total.joins,
        leaves=f"{summary.total.leaves:,}",
    )


def _was(summary: Summary) -> str:
    if summary.before is None:
        return ""
    return f" ({say('was {number}', number=f'{summary.before.net:+,}')})"


def _footer(ctx: Ctx[Services], summary: Summary) -> str:
    parts = [say("Days are UTC, bots are left out")]
    if summary.before is not None:
        parts.append(say("compared with as long a time just before"))
    if summary.until < ctx.now:
        parts.append(say("counted until {time} UTC", time=f"{summary.until:%Y-%m-%d %H:%M}"))
    if summary.since is not None:
        parts.append(say("Usher watches since {day}", day=f"{summary.since:%Y-%m-%d}"))
    return " · ".join(parts)


def _buttons(span: Span) -> Row:
    return tuple(
        Button(
            say(name),
            switch.press(period=one.value),
            Style.PRIMARY if one is span else Style.SECONDARY,
            disabled=one is span,
        )
        for one, name in BUTTONS.items()
    )
