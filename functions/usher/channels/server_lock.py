"""Locking a whole server: every channel that members see, and its invites."""

from datetime import datetime

from usher.channels.asking import Services, guild
from usher.channels.bits import is_hidden
from usher.channels.codec import read_server_lock
from usher.channels.lock_service import Locking
from usher.channels.lock_words import locked_many, unlocked_many
from usher.channels.locks import LOCK, SERVER, Wish
from usher.channels.model import LOCKABLE
from usher.invites.ports import DeskError, asking
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.say import say, say_count
from usher.timing.terms import Term, term_key


def lock_server(ctx: Ctx[Services], locking: Locking, wish: Wish) -> str:
    """Lock everything that members see and pause invites; say what became of it."""
    hall, desk = guild(ctx), ctx.services.channels.desk
    channels = asking(lambda: desk.channels(ctx.guild_id))
    term = locking.begin_server(wish, ctx.now)
    if term is None:
        raise UserError(
            say("The server is locked already. `/unlock scope: server` opens it again.")
        )
    paused = _pause(ctx, term, wish)
    lockable = [one for one in channels if one.kind in LOCKABLE]
    seen = [one for one in lockable if not is_hidden(hall, one)]
    outcomes = locking.lock(wish, seen, {one.id: one for one in channels}, hall, ctx.now)
    words = [locked_many(outcomes, wish.until, wish.reason or None, server=True), paused]
    hidden = len(lockable) - len(seen)
    if hidden:
        words.append(
            say_count(
                "{number} channel that only staff sees stays open.",
                "{number} channels that only staff sees stay open.",
                hidden,
            )
        )
    return "\n".join(words)


def unlock_server(ctx: Ctx[Services], locking: Locking, audit: str) -> str:
    """Undo the lock of the server; channels that were locked by themselves stay so."""
    terms = ctx.services.channels.terms
    server = terms.read(ctx.guild_id, term_key(LOCK, SERVER))
    if server is None or server.ended:
        raise UserError(
            say("The server is not locked. Single channels are opened with `/unlock channel`.")
        )
    held = [one for one in locking.held(ctx.guild_id) if one.version == server.version]
    outcomes = locking.unlock(held, audit, ctx.now)
    try:
        problem = locking.end_server(server, ctx.now)
    except DeskError as error:
        problem = error
    if problem is None:
        return "\n".join([unlocked_many(outcomes, server=True), say("Invites let people in.")])
    sorry = say("Invites are still paused: {why}", why=problem.sentence)
    return "\n".join([unlocked_many(outcomes, server=True), sorry])


def _pause(ctx: Ctx[Services], term: Term, wish: Wish) -> str:
    """Pause invites and direct messages for as long as Discord allows; say how that went."""
    desk = ctx.services.channels.desk
    until = datetime.fromisoformat(read_server_lock(term.held).paused_until)
    try:
        desk.pause(ctx.guild_id, until, wish.audit)
    except DeskError as error:
        return say("Invites could not be paused: {why}", why=error.sentence)
    return say(
        "Invites, and direct messages among strangers, are paused too, for 24 hours at most."
    )
