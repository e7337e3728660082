"""Chains and steps of links, and the conversions that wait for a reviewer (SPEC 5.8, 5.11)."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.problems import ProblemError
from referral_api.v1.chain_fields import (
    ChainView,
    EventView,
    HeldView,
    chain_view,
    event_view,
    held_view,
)
from referral_api.v1.cursors import Cursor, Limit, Page, read_cursor, write_cursor
from referral_api.v1.link_fields import CodePath
from referral_api.v1.links import reach
from referral_api.v1.routes import Routes
from usher.funnel.chains import ChainRows, Chains
from usher.funnel.model import EventKind, read_journey_id
from usher.funnel.ports import HeldRows, Review, Reviews
from usher.ids import UserId
from usher.referrals.keys import Scope
from usher.referrals.ports import ReferralTable, StaleError
from usher.times import format_time

IdPath = Annotated[str, Path(description="As it is listed", pattern=r"^[0-9]{1,20}-[0-9]{1,17}$")]


class Step(StrEnum):
    """Steps of members; clicks have a list of their own."""

    JOIN = "discord_join"
    ONBOARDING = "onboarding_start"
    CONVERSION = "conversion"


def chain_routes(router: APIGatewayHttpRouter, table: ReferralTable, rows: ChainRows) -> None:
    """Declare what is read of a link's members."""
    routes, chains = Routes(router, "Analytics"), Chains(rows)

    @routes.declare(
        "GET",
        "/links/<code>/chain",
        Scope.ANALYTICS_READ,
        "Read ways from click to conversion of 90 days, newest first",
        404,
    )
    def read_chain(
        code: CodePath,
        member_id: Annotated[
            str | None, Query(description="Of this member", pattern=r"^[0-9]{15,20}$")
        ] = None,
        visitor: Annotated[
            str | None,
            Query(description="Of this visitor, as clicks name them", pattern=r"^[0-9a-f]{24}$"),
        ] = None,
        limit: Limit = 25,
        cursor: Cursor = None,
    ) -> Page[ChainView]:
        link, place = reach(routes.caller, table, code), read_cursor(cursor, 2)
        follow = None
        if member_id is not None:
            found = chains.of_member(link, UserId(member_id))[:limit]
        elif visitor is not None:
            found = chains.of_visitor(link, visitor)[:limit]
        else:
            before = (place[0], place[1]) if place else None
            found = chains.newest(link, before, limit)
            last = found[-1].journey if len(found) == limit else None
            if last is not None:
                follow = write_cursor(format_time(last.joined_at), last.user_id)
        return Page[ChainView](items=[chain_view(one) for one in found], next_cursor=follow)

    @routes.declare(
        "GET",
        "/links/<code>/events",
        Scope.ANALYTICS_READ,
        "List members' steps of 90 days, newest first",
        404,
    )
    def list_events(
        code: CodePath, kind: Step = Step.JOIN, limit: Limit = 25, cursor: Cursor = None
    ) -> Page[EventView]:
        link, place = reach(routes.caller, table, code), read_cursor(cursor, 2)
        before = (place[0], place[1]) if place else None
        found = rows.events(link.code, EventKind(kind.value), before, limit + 1)
        shown, follow = found[:limit], None
        if len(found) > limit:
            follow = write_cursor(format_time(shown[-1].at), shown[-1].user_id)
        return Page[EventView](items=[event_view(one) for one in shown], next_cursor=follow)


def review_routes(
    router: APIGatewayHttpRouter, held: HeldRows, reviews: Reviews, clock: Callable[[], datetime]
) -> None:
    """Declare what is done with conversions that are held."""
    routes = Routes(router, "Conversions")

    @routes.declare(
        "GET",
        "/conversions/held",
        Scope.CONVERSIONS_READ,
        "List conversions that wait for a review, longest first",
    )
    def list_held(limit: Limit = 25, cursor: Cursor = None) -> Page[HeldView]:
        place = read_cursor(cursor, 2)
        after = (place[0], place[1]) if place else None
        found = held.held(routes.caller.key.guild_id, after, limit + 1)
        items = [held_view(one, one.conversion) for one in found[:limit] if one.conversion]
        follow = None
        if len(found) > limit and items:
            follow = write_cursor(format_time(items[-1].conversion.at), items[-1].id)
        return Page[HeldView](items=items, next_cursor=follow)

    @routes.declare(
        "POST",
        "/conversions/<conversion_id>/approve",
        Scope.CONVERSIONS_WRITE,
        "Let a held conversion count",
        *(404, 409),
    )
    def approve_conversion(conversion_id: IdPath) -> HeldView:
        """The first word stays: it is in the answer, whoever said it."""
        return _decided(conversion_id, approve=True)

    @routes.declare(
        "POST",
        "/conversions/<conversion_id>/reject",
        Scope.CONVERSIONS_WRITE,
        "Never let a held conversion count",
        *(404, 409),
    )
    def reject_conversion(conversion_id: IdPath) -> HeldView:
        """The first word stays: it is in the answer, whoever said it."""
        return _decided(conversion_id, approve=False)

    def _decided(conversion_id: str, *, approve: bool) -> HeldView:
        key, meant = routes.caller.key, read_journey_id(conversion_id)
        unknown = ProblemError(404, "unknown_conversion", "No such conversion")
        if meant is None:
            raise unknown
        by = UserId(key.created_by)
        try:
            found = reviews.review(Review(key.guild_id, *meant, by, clock(), approve))
        except StaleError as error:
            raise ProblemError(409, "conflict", "Others were at it", "Please try again.") from error
        if found is None or found.conversion is None:
            raise unknown
        return held_view(found, found.conversion)
