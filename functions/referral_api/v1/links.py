"""Links: list, make, read, change, switch off."""

from base64 import b32encode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Protocol

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.problems import InvalidParam, ProblemError, unknown_link
from referral_api.v1.cursors import Cursor, Limit, Page, read_cursor, write_cursor
from referral_api.v1.etags import changed_meanwhile, check_version
from referral_api.v1.gate import Caller
from referral_api.v1.link_fields import (
    CodePath,
    IfMatch,
    LinkChange,
    LinkView,
    NewLink,
    Site,
    link_view,
)
from referral_api.v1.routes import PREFIX, Routes
from usher.ids import GuildId, UserId
from usher.referrals.keys import Scope
from usher.referrals.link_commands import MOST
from usher.referrals.listing import Wanted
from usher.referrals.model import CampaignId, Link, LinkCode, Mode
from usher.referrals.ports import KeptHooks, ReferralTable, StaleError, TakenError
from usher.referrals.rules import RESERVED
from usher.referrals.telling import add_link
from usher.referrals.ways import EXACT
from usher.times import format_time


class Listing(Protocol):
    """Lists of links. May raise AwsError."""

    def count(self, guild_id: GuildId) -> int:
        """Count a guild's links."""
        ...

    def links(
        self, guild_id: GuildId, wanted: Wanted, after: tuple[str, str] | None, limit: int
    ) -> tuple[Link, ...]:
        """Read links, newest first, that come after one of this time and code."""
        ...


def reach(caller: Caller, table: ReferralTable, code: str) -> Link:
    """Read a link that the caller reaches; raises ProblemError as if others' did not exist."""
    link = table.link(LinkCode(code))
    owner = caller.key.owner_id
    if link is None or link.guild_id != caller.key.guild_id:
        raise unknown_link()
    if owner is not None and link.owner_id != owner:
        raise unknown_link()
    return link


def link_routes(
    router: APIGatewayHttpRouter,
    table: ReferralTable,
    listing: Listing,
    site: Site,
    clock: Callable[[], datetime],
    hooks: KeptHooks,
) -> None:
    """Declare the routes."""
    _reading(Routes(router, "Links"), table, listing, site)
    _making(Routes(router, "Links"), table, listing, site, clock, hooks)
    _changing(Routes(router, "Links"), table, site, clock)


def _reading(routes: Routes, table: ReferralTable, listing: Listing, site: Site) -> None:
    @routes.declare("GET", "/links", Scope.LINKS_READ, "List links, newest first")
    def list_links(
        campaign_id: Annotated[str | None, Query(max_length=64)] = None,
        owner_id: Annotated[str | None, Query(max_length=20)] = None,
        platform: Annotated[str | None, Query(max_length=100)] = None,
        active: Annotated[bool | None, Query()] = None,
        limit: Limit = 25,
        cursor: Cursor = None,
    ) -> Page[LinkView]:
        key, after = routes.caller.key, read_cursor(cursor, 2)
        if key.owner_id is not None and owner_id not in (None, key.owner_id):
            return Page[LinkView](items=[], next_cursor=None)
        wanted = Wanted(
            owner_id=key.owner_id or (UserId(owner_id) if owner_id else None),
            campaign_id=CampaignId(campaign_id) if campaign_id else None,
            platform=platform,
            active=active,
        )
        place = (after[0], after[1]) if after else None
        found = listing.links(key.guild_id, wanted, place, limit + 1)
        shown = found[:limit]
        follow = None
        if len(found) > limit:
            follow = write_cursor(format_time(shown[-1].created_at), shown[-1].code)
        return Page[LinkView](items=[link_view(one, site) for one in shown], next_cursor=follow)

    @routes.declare("GET", "/links/<code>", Scope.LINKS_READ, "Read a link", 404)
    def read_link(code: CodePath) -> LinkView:
        return link_view(reach(routes.caller, table, code), site)


def _making(
    routes: Routes,
    table: ReferralTable,
    listing: Listing,
    site: Site,
    clock: Callable[[], datetime],
    hooks: KeptHooks,
) -> None:
    @routes.declare(
        "POST", "/links", Scope.LINKS_WRITE, "Make a link", 409, success=201, told="The link"
    )
    def create_link(new: NewLink) -> Response[LinkView]:
        check_mode(new.mode, site, has_invite=False)
        link = _new(new, routes.caller, table, clock())
        if listing.count(link.guild_id) >= MOST:
            raise ProblemError(409, "too_many", f"A server has at most {MOST:,} links")
        try:
            add_link(table, hooks, link)
        except TakenError as error:
            before = table.link(link.code)
            if before is None or before.made_by != link.made_by:
                raise ProblemError(
                    409, "code_taken", "The code is taken", "Choose another, or leave it out."
                ) from error
            link = before  # made by this very request, whose answer was lost
        headers: dict[str, Any] = {"Location": f"{PREFIX}/links/{link.code}"}
        return Response(201, "application/json", link_view(link, site), headers=headers)


def _changing(
    routes: Routes, table: ReferralTable, site: Site, clock: Callable[[], datetime]
) -> None:
    @routes.declare("PATCH", "/links/<code>", Scope.LINKS_WRITE, "Change a link", 404, 409, 412)
    def change_link(code: CodePath, change: LinkChange, if_match: IfMatch = None) -> LinkView:
        link = reach(routes.caller, table, code)
        check_version(if_match, link.version)
        given = {name: getattr(change, name) for name in change.model_fields_set}
        if "mode" in given:
            check_mode(change.mode, site, has_invite=link.invite is not None)
        return link_view(_changed(link, given, if_match), site)

    @routes.declare(
        "DELETE",
        "/links/<code>",
        Scope.LINKS_WRITE,
        "Switch a link off",
        *(404, 409, 412),
        success=204,
        told="It leads nowhere any more; what it counted stays",
    )
    def delete_link(code: CodePath, if_match: IfMatch = None) -> Response[None]:
        link = reach(routes.caller, table, code)
        check_version(if_match, link.version)
        if link.active:
            _changed(link, {"active": False}, if_match)
        return Response(204, body=None)

    def _changed(link: Link, given: dict[str, Any], if_match: str | None) -> Link:
        if all(getattr(link, name) == value for name, value in given.items()):
            return link
        new = replace(link, **given, updated_at=clock(), version=link.version + 1)
        try:
            table.change_link(new)
        except StaleError as error:
            raise changed_meanwhile(409 if if_match is None else 412) from error
        return new


def _new(new: NewLink, caller: Caller, table: ReferralTable, now: datetime) -> Link:
    key = caller.key
    owner = new.owner_id or key.owner_id or (key.created_by if key.created_by.isdigit() else None)
    if owner is None:
        raise _wrong("owner_id", "Whose link it is must be said: this key was made by nobody.")
    if key.owner_id is not None and owner != key.owner_id:
        raise ProblemError(403, "other_owner", "The key reaches one member's links only")
    if new.code in RESERVED:
        raise _wrong("code", "This code is the name of something else.")
    if table.campaign(key.guild_id, CampaignId(new.campaign_id)) is None:
        raise _wrong("campaign_id", "There is no such campaign.")
    return Link(
        code=LinkCode(new.code or code_of(caller.seed)),
        guild_id=key.guild_id,
        campaign_id=CampaignId(new.campaign_id),
        owner_id=UserId(owner),
        title=new.title,
        description=new.description,
        platform=new.platform,
        expires_at=new.expires_at,
        created_at=now,
        updated_at=now,
        mode=new.mode,
        made_by=f"api:{caller.seed}",
    )


def check_mode(mode: Mode, site: Site, *, has_invite: bool) -> None:
    """Say what a mode lacks; raises ProblemError."""
    if mode in EXACT and not site.sign_in:
        raise _wrong("mode", "Signing in with Discord is not set up here.")
    if mode is Mode.SHARED and not has_invite:
        raise _wrong("mode", "The link has no shared invite: make one with /referral.")


def code_of(seed: str) -> str:
    """Name a link after an unguessable seed: 60 bits."""
    return b32encode(sha256(seed.encode()).digest())[:12].decode().lower()


def _wrong(field: str, detail: str) -> ProblemError:
    wrong = InvalidParam(pointer=f"/body/{field}", detail=detail)
    return ProblemError(422, "invalid", "The request is not as described", errors=(wrong,))
