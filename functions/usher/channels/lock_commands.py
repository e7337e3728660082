"""/lockdown and /unlock: a channel, a category or the whole server (SPEC 7.1)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

from usher.channels.asking import (
    DURATION_LENGTH,
    REASON_LENGTH,
    Services,
    any_duration,
    audit,
    ends,
    guild,
    target,
    until,
)
from usher.channels.lock_service import Locking
from usher.channels.lock_words import (
    locked_many,
    locked_one,
    server_warning,
    unlocked_many,
    unlocked_one,
)
from usher.channels.locks import LOCK, SERVER, Verdict, Wish
from usher.channels.model import LOCKABLE, THREADS, Channel, Kind
from usher.channels.server_lock import lock_server, unlock_server
from usher.ids import ChannelId
from usher.invites.ports import asking
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Style
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission, allows
from usher.slash.replies import Reply
from usher.slash.say import say
from usher.timing.terms import term_key

type Scope = Literal["channel", "server"]


@command(
    "lockdown",
    "Let nobody but staff write in a channel, or anywhere",
    defer=True,
    permissions=Permission.MANAGE_CHANNELS,
)
def lockdown(
    ctx: Ctx[Services],
    channel: Annotated[ChannelId | None, Opt("Which channel or category; here if left out")] = None,
    duration: Annotated[
        str | None,
        Opt(
            "For how long, like 30m; until /unlock if left out",
            max_length=DURATION_LENGTH,
            complete=any_duration,
        ),
    ] = None,
    reason: Annotated[str | None, Opt("Why; members read it", max_length=REASON_LENGTH)] = None,
    scope: Annotated[
        Literal["channel", "server"], Opt("The channel, or the whole server with its invites")
    ] = "channel",
) -> Reply:
    """Lock a channel or a category; for the server the member is asked first."""
    end = until(ctx, duration)
    if scope == "server":
        return _ask(ctx, end, reason)
    meant = target(ctx, channel)
    if meant.kind == Kind.CATEGORY:
        return _lock_category(ctx, meant, end, reason)
    if meant.kind not in LOCKABLE | THREADS:
        raise UserError(say("A channel of that kind cannot be locked."))
    parent_id = meant.parent_id if meant.kind not in THREADS else None
    desk = ctx.services.channels.desk
    parent = asking(lambda: desk.channel(parent_id)) if parent_id else None
    parents = {} if parent is None else {parent.id: parent}
    (one,) = _locking(ctx).lock(_wish(ctx, end, reason), (meant,), parents, guild(ctx), ctx.now)
    again = None if end is None or one.verdict is not Verdict.ALREADY else one.term
    if again is None or end is None:
        return Reply(locked_one(one, end, reason))
    if not _locking(ctx).prolong(again, ctx.interaction_id, end, ctx.now):
        raise UserError(say("Somebody else has changed that just now. Please try again."))
    where = text.channel(meant.id)
    return Reply(say("🔒 {channel} stays locked{until}.", channel=where, until=ends(end)))


@action("locks.server", defer=True, permissions=Permission.MANAGE_GUILD)
def lock_all(ctx: Ctx[Services], seconds: int | None, reason: str | None) -> Reply:
    """Lock the whole server, as was confirmed."""
    end = None if seconds is None else ctx.now + timedelta(seconds=seconds)
    return Reply(lock_server(ctx, _locking(ctx), _wish(ctx, end, reason)))


@command(
    "unlock",
    "Let people write again where /lockdown stopped them",
    defer=True,
    permissions=Permission.MANAGE_CHANNELS,
)
def unlock(
    ctx: Ctx[Services],
    channel: Annotated[ChannelId | None, Opt("Which channel or category; here if left out")] = None,
    reason: Annotated[str | None, Opt("Why", max_length=REASON_LENGTH)] = None,
    scope: Annotated[Literal["channel", "server"], Opt("The channel, or the server")] = "channel",
) -> Reply:
    """Give back what a lock took."""
    why = audit(ctx, "Unlocked", reason)
    if scope == "server":
        _require_manager(ctx)
        return Reply(unlock_server(ctx, _locking(ctx), why))
    meant = target(ctx, channel)
    if meant.kind == Kind.CATEGORY:
        inside = {one.id for one in _children(ctx, meant)}
        held = [one for one in _locking(ctx).held(ctx.guild_id) if one.what in inside]
        return Reply(unlocked_many(_locking(ctx).unlock(held, why, ctx.now)))
    term = ctx.services.channels.terms.read(ctx.guild_id, term_key(LOCK, meant.id))
    if term is None or term.ended:
        return Reply(unlocked_one(None, meant.id))
    (one,) = _locking(ctx).unlock([term], why, ctx.now)
    return Reply(unlocked_one(one, meant.id))


def _ask(ctx: Ctx[Services], end: datetime | None, reason: str | None) -> Reply:
    _require_manager(ctx)
    held = ctx.services.channels.terms.read(ctx.guild_id, term_key(LOCK, SERVER))
    if held is not None and not held.ended:
        raise UserError(
            say("The server is locked already. `/unlock scope: server` opens it again.")
        )
    seconds = None if end is None else int((end - ctx.now).total_seconds())
    press = lock_all.press(seconds=seconds, reason=reason)
    yes = Button(say("Lock the server"), press, Style.DANGER)
    return Reply(server_warning(end), rows=((yes,),))


def _lock_category(
    ctx: Ctx[Services], category: Channel, end: datetime | None, reason: str | None
) -> Reply:
    inside = _children(ctx, category)
    if not inside:
        raise UserError(say("There is no channel in that category that can be locked."))
    wish, parents = _wish(ctx, end, reason), {category.id: category}
    outcomes = _locking(ctx).lock(wish, inside, parents, guild(ctx), ctx.now)
    return Reply(locked_many(outcomes, end, reason))


def _children(ctx: Ctx[Services], category: Channel) -> Sequence[Channel]:
    found = asking(lambda: ctx.services.channels.desk.channels(ctx.guild_id))
    return [one for one in found if one.parent_id == category.id and one.kind in LOCKABLE]


def _locking(ctx: Ctx[Services]) -> Locking:
    return Locking(ctx.services.channels)


def _wish(ctx: Ctx[Services], end: datetime | None, reason: str | None) -> Wish:
    why = audit(ctx, "Locked", reason)
    return Wish(ctx.guild_id, ctx.interaction_id, ctx.user_id, reason or "", end, why)


def _require_manager(ctx: Ctx[Services]) -> None:
    if not allows(ctx.permissions, Permission.MANAGE_GUILD):
        raise UserError(say("For the whole server you need Manage Server."))
