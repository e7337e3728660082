"""Campaigns: list, make, read, change, pause."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.problems import InvalidParam, ProblemError
from referral_api.v1.campaign_fields import (
    CampaignChange,
    CampaignView,
    NewCampaign,
    campaign_view,
    model_fields,
)
from referral_api.v1.cursors import Cursor, Limit, Page, read_cursor, write_cursor
from referral_api.v1.etags import changed_meanwhile, check_version
from referral_api.v1.link_fields import IfMatch
from referral_api.v1.routes import PREFIX, Routes
from usher.ids import GuildId
from usher.referrals.campaign_commands import MOST
from usher.referrals.keys import Scope
from usher.referrals.model import Campaign, CampaignId
from usher.referrals.ports import ReferralTable, StaleError, TakenError
from usher.times import format_time

IdPath = Annotated[str, Path(description="The campaign's id", pattern=r"^[A-Za-z0-9_-]{1,64}$")]


def campaign_routes(
    router: APIGatewayHttpRouter,
    table: ReferralTable,
    count_joins: Callable[[GuildId, str], None],
    clock: Callable[[], datetime],
) -> None:
    """Declare the routes. `count_joins` has a guild's joins counted for links; takes who asks."""
    _reading(Routes(router, "Campaigns"), table)
    _making(Routes(router, "Campaigns"), table, count_joins, clock)
    _changing(Routes(router, "Campaigns"), table, clock)


def _reading(routes: Routes, table: ReferralTable) -> None:
    @routes.declare("GET", "/campaigns", Scope.CAMPAIGNS_READ, "List campaigns, oldest first")
    def list_campaigns(limit: Limit = 25, cursor: Cursor = None) -> Page[CampaignView]:
        after = read_cursor(cursor, 2)
        found = [
            one
            for one in table.campaigns(routes.caller.key.guild_id)
            if after is None or (format_time(one.created_at), one.id) > (after[0], after[1])
        ]
        shown = found[:limit]
        follow = None
        if len(found) > limit:
            follow = write_cursor(format_time(shown[-1].created_at), shown[-1].id)
        return Page[CampaignView](items=[campaign_view(one) for one in shown], next_cursor=follow)

    @routes.declare("GET", "/campaigns/<campaign_id>", Scope.CAMPAIGNS_READ, "Read a campaign", 404)
    def read_campaign(campaign_id: IdPath) -> CampaignView:
        return campaign_view(_found(routes, table, campaign_id))


def _making(
    routes: Routes,
    table: ReferralTable,
    count_joins: Callable[[GuildId, str], None],
    clock: Callable[[], datetime],
) -> None:
    @routes.declare(
        "POST", "/campaigns", Scope.CAMPAIGNS_WRITE, "Make a campaign", 409, success=201
    )
    def create_campaign(new: NewCampaign) -> Response[CampaignView]:
        caller, now = routes.caller, clock()
        campaign = Campaign(
            id=CampaignId(sha256(caller.seed.encode()).hexdigest()[:16]),
            guild_id=caller.key.guild_id,
            created_at=now,
            updated_at=now,
            **model_fields(new, set(NewCampaign.model_fields)),
        )
        _check_span(campaign)
        others = [one for one in table.campaigns(campaign.guild_id) if one.id != campaign.id]
        _check_name(campaign, others)
        if len(others) >= MOST:
            raise ProblemError(409, "too_many", f"A server has at most {MOST} campaigns")
        count_joins(campaign.guild_id, caller.key.created_by)
        try:
            table.add_campaign(campaign)
        except TakenError:  # made by this very request, whose answer was lost
            campaign = _found(routes, table, campaign.id)
        headers: dict[str, Any] = {"Location": f"{PREFIX}/campaigns/{campaign.id}"}
        return Response(201, "application/json", campaign_view(campaign), headers=headers)


def _changing(routes: Routes, table: ReferralTable, clock: Callable[[], datetime]) -> None:
    @routes.declare(
        "PATCH",
        "/campaigns/<campaign_id>",
        Scope.CAMPAIGNS_WRITE,
        "Change a campaign",
        *(404, 409, 412),
    )
    def change_campaign(
        campaign_id: IdPath, change: CampaignChange, if_match: IfMatch = None
    ) -> CampaignView:
        campaign = _found(routes, table, campaign_id)
        check_version(if_match, campaign.version)
        given = model_fields(change, change.model_fields_set)
        return campaign_view(_changed(campaign, given, if_match))

    @routes.declare(
        "DELETE",
        "/campaigns/<campaign_id>",
        Scope.CAMPAIGNS_WRITE,
        "Pause a campaign",
        *(404, 409, 412),
        success=204,
        told="Its links lead nowhere until it is no longer paused",
    )
    def delete_campaign(campaign_id: IdPath, if_match: IfMatch = None) -> Response[None]:
        campaign = _found(routes, table, campaign_id)
        check_version(if_match, campaign.version)
        _changed(campaign, {"paused": True}, if_match)
        return Response(204, body=None)

    def _changed(campaign: Campaign, given: dict[str, Any], if_match: str | None) -> Campaign:
        new = replace(campaign, **given)
        if new == campaign:
            return campaign
        _check_span(new)
        if new.name != campaign.name:
            others = [one for one in table.campaigns(new.guild_id) if one.id != new.id]
            _check_name(new, others)
        new = replace(new, updated_at=clock(), version=campaign.version + 1)
        try:
            table.change_campaign(new)
        except StaleError as error:
            raise changed_meanwhile(409 if if_match is None else 412) from error
        return new


def _found(routes: Routes, table: ReferralTable, campaign_id: str) -> Campaign:
    campaign = table.campaign(routes.caller.key.guild_id, CampaignId(campaign_id))
    if campaign is None:
        raise ProblemError(404, "unknown_campaign", "No such campaign")
    return campaign


def _check_name(campaign: Campaign, others: Sequence[Campaign]) -> None:
    if any(one.name.casefold() == campaign.name.casefold() for one in others):
        raise ProblemError(409, "name_taken", "There is a campaign of this name already")


def _check_span(campaign: Campaign) -> None:
    begins, ends = campaign.active_from, campaign.active_to
    if begins is not None and ends is not None and begins >= ends:
        wrong = InvalidParam(pointer="/body/active_to", detail="It ends before it begins.")
        raise ProblemError(422, "invalid", "The request is not as described", errors=(wrong,))
