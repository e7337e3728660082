"""What was counted, and who brought whom."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Final, Protocol

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.problems import InvalidParam, ProblemError
from referral_api.v1.cursors import (
    Cursor,
    Limit,
    Page,
    invalid_cursor,
    read_cursor,
    write_cursor,
)
from referral_api.v1.link_fields import CodePath, counts_view
from referral_api.v1.links import reach
from referral_api.v1.read_fields import (
    Analytics,
    ClickView,
    CodeRow,
    DayView,
    OriginView,
    PlaceView,
    VariantView,
    click_view,
)
from referral_api.v1.routes import Routes
from usher.attribution.queries import InviteReads
from usher.credit.queries import CreditReads, Period
from usher.ids import GuildId, UserId
from usher.referrals.clicks import Click
from usher.referrals.keys import Scope
from usher.referrals.listing import Series
from usher.referrals.model import LinkCode
from usher.referrals.ports import ReferralTable
from usher.times import format_time

MOST_DAYS: Final = 366
LAST_PAGE: Final = 400
"""Boards are read from the top: the place of a page costs what is above it."""


class ClickReads(Protocol):
    """Clicks and days of links. Every method may raise AwsError."""

    def clicks(
        self, code: LinkCode, since: datetime | None, before: tuple[str, str] | None, limit: int
    ) -> tuple[Click, ...]:
        """Read clicks, newest first, that come before one of this time and id."""
        ...

    def series(self, code: LinkCode, first: date, last: date) -> Series:
        """Read what was counted from day to day, and by variant of all time."""
        ...


class Codes(Protocol):
    """A guild's invites. May raise AwsError."""

    def rows(self, guild_id: GuildId, after: str, limit: int) -> tuple[CodeRow, ...]:
        """Read invites in order of their codes that come after one."""
        ...


def read_routes(
    router: APIGatewayHttpRouter,
    table: ReferralTable,
    clicks: ClickReads,
    clock: Callable[[], datetime],
) -> None:
    """Declare what is read of a link."""
    routes = Routes(router, "Analytics")

    @routes.declare(
        "GET", "/links/<code>/clicks", Scope.ANALYTICS_READ, "List a link's clicks of 90 days", 404
    )
    def list_clicks(code: CodePath, limit: Limit = 25, cursor: Cursor = None) -> Page[ClickView]:
        link, place = reach(routes.caller, table, code), read_cursor(cursor, 2)
        before = (place[0], place[1]) if place else None
        found = clicks.clicks(link.code, None, before, limit + 1)
        shown = found[:limit]
        follow = None
        if len(found) > limit:
            follow = write_cursor(format_time(shown[-1].at), shown[-1].id)
        return Page[ClickView](items=[click_view(one) for one in shown], next_cursor=follow)

    @routes.declare(
        "GET", "/links/<code>/analytics", Scope.ANALYTICS_READ, "Read a link's numbers", 404
    )
    def read_analytics(
        code: CodePath,
        first: Annotated[date | None, Query(alias="from", description="First day, UTC")] = None,
        last: Annotated[date | None, Query(alias="to", description="Last day, UTC")] = None,
    ) -> Analytics:
        end = last or clock().astimezone(UTC).date()
        start = first or _days_before(end, 29)
        if start > end or (end - start).days >= MOST_DAYS:
            raise _wrong("from", f"At most {MOST_DAYS} days, the first before the last.")
        link = reach(routes.caller, table, code)
        series = clicks.series(link.code, start, end)
        return Analytics(
            code=link.code,
            totals=counts_view(link.counts),
            by_day=[DayView(day=day, counts=counts_view(one)) for day, one in series.days],
            by_variant=[
                VariantView(variant=name, counts=counts_view(one)) for name, one in series.variants
            ],
        )


def guild_routes(
    router: APIGatewayHttpRouter,
    credit: CreditReads,
    invites: InviteReads,
    codes: Codes,
    clock: Callable[[], datetime],
) -> None:
    """Declare what is read of the guild."""
    routes = Routes(router, "Invites")

    @routes.declare("GET", "/leaderboard", Scope.INVITES_READ, "Read who brought most")
    def read_leaderboard(
        period: Annotated[Period, Query(description="In UTC")] = Period.ALL,
        limit: Limit = 25,
        cursor: Cursor = None,
    ) -> Page[PlaceView]:
        number = _page_number(read_cursor(cursor, 2), limit)
        page = credit.leaderboard(routes.caller.key.guild_id, period, clock(), number, limit)
        places = [
            PlaceView(
                rank=(number - 1) * limit + place,
                user_id=one.user_id,
                invites=one.tally.effective,
                tracked=one.tally.tracked,
                added=one.tally.added,
                fake=one.tally.fake,
                left=one.tally.left,
            )
            for place, one in enumerate(page.standings, 1)
        ]
        more = page.has_next and number < LAST_PAGE
        follow = write_cursor(str(number + 1), str(limit)) if more else None
        return Page[PlaceView](items=places, next_cursor=follow)

    @routes.declare(
        "GET", "/members/<member_id>/inviter", Scope.INVITES_READ, "Read who brought a member", 404
    )
    def read_inviter(
        member_id: Annotated[str, Path(description="The member's id", pattern=r"^[0-9]{15,20}$")],
    ) -> OriginView:
        origin = invites.origin(routes.caller.key.guild_id, UserId(member_id))
        if origin is None:
            raise ProblemError(
                404, "unknown_member", "No such member", "They joined before Usher, or never."
            )
        return OriginView(
            user_id=origin.user_id,
            outcome=origin.outcome.value,
            kind=origin.kind.value,
            inviter_id=origin.inviter_id,
            code=origin.code,
            confidence=origin.confidence.value,
            method=origin.method.value if origin.method else None,
            reason=origin.reason.value if origin.reason else None,
            candidates=list(origin.candidates),
            joined_at=origin.joined_at,
            left_at=origin.left_at,
        )

    @routes.declare("GET", "/invites", Scope.INVITES_READ, "List the server's invites by code")
    def list_invites(limit: Limit = 25, cursor: Cursor = None) -> Page[CodeRow]:
        after = read_cursor(cursor, 1)
        found = codes.rows(routes.caller.key.guild_id, after[0] if after else "", limit + 1)
        shown = list(found[:limit])
        follow = write_cursor(shown[-1].code) if len(found) > limit else None
        return Page[CodeRow](items=shown, next_cursor=follow)


def _page_number(place: tuple[str, ...] | None, limit: int) -> int:
    if place is None:
        return 1
    number, size = place
    if not (number.isdigit() and 1 < int(number[:4]) <= LAST_PAGE and len(number) < 4):
        raise invalid_cursor()
    if size != str(limit):
        raise _wrong("limit", "It must stay the same from page to page.")
    return int(number)


def _days_before(end: date, days: int) -> date:
    return date.fromordinal(max(1, end.toordinal() - days))


def _wrong(name: str, detail: str) -> ProblemError:
    wrong = InvalidParam(pointer=f"/query/{name}", detail=detail)
    return ProblemError(422, "invalid", "The request is not as described", errors=(wrong,))
