"""Conversions: told by programs, and reviewed where something speaks against them (SPEC 5.11)."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.problems import ProblemError
from referral_api.v1.chain_fields import ConversionAnswer, HeldView, NewConversion, held_view
from referral_api.v1.cursors import Cursor, Limit, Page, read_cursor, write_cursor
from referral_api.v1.routes import Routes
from usher.funnel.model import Outcome, read_journey_id
from usher.funnel.ports import Converted, HeldRows, Review, Reviews, Steps
from usher.ids import UserId
from usher.referrals.keys import Scope
from usher.referrals.model import LinkCode
from usher.referrals.ports import StaleError
from usher.times import format_time

IdPath = Annotated[str, Path(description="As it is listed", pattern=r"^[0-9]{1,20}-[0-9]{1,17}$")]


def conversion_routes(
    router: APIGatewayHttpRouter, steps: Steps, clock: Callable[[], datetime]
) -> None:
    """Declare how programs tell of conversions."""
    routes = Routes(router, "Conversions")

    @routes.declare(
        "POST",
        "/conversions",
        Scope.CONVERSIONS_WRITE,
        "Tell that a member converted",
        *(404, 409),
        told="Once a membership, however often it is told",
    )
    def create_conversion(new: NewConversion) -> ConversionAnswer:
        claimed = LinkCode(new.referral_code) if new.referral_code else None
        guild_id, user_id = routes.caller.key.guild_id, UserId(new.member_id)
        step = Converted(guild_id, user_id, clock(), Decimal(new.value), claimed=claimed)
        try:
            outcome = steps.converted(step)
        except StaleError as error:
            raise _conflict() from error
        if outcome is Outcome.UNKNOWN:
            raise ProblemError(
                404, "unknown_member", "No such member", "They joined before Usher, or never."
            )
        return ConversionAnswer(outcome=outcome)


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
            raise _conflict() from error
        if found is None or found.conversion is None:
            raise unknown
        return held_view(found, found.conversion)


def _conflict() -> ProblemError:
    return ProblemError(409, "conflict", "Others were at it", "Please try again.")
