"""Chains and steps of links (SPEC 5.8)."""

from enum import StrEnum
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.v1.chain_fields import (
    ChainView,
    EventView,
    chain_view,
    event_view,
)
from referral_api.v1.cursors import Cursor, Limit, Page, read_cursor, write_cursor
from referral_api.v1.link_fields import CodePath
from referral_api.v1.links import reach
from referral_api.v1.routes import Routes
from usher.funnel.chains import ChainRows, Chains
from usher.funnel.model import EventKind
from usher.ids import UserId
from usher.referrals.keys import Scope
from usher.referrals.ports import ReferralTable
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
