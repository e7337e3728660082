"""/purge: the newest messages of a channel deleted (SPEC 7.1)."""

from typing import Annotated, Final

from usher.channels.asking import Services, audit
from usher.channels.bits import MANAGE_MESSAGES, READ_MESSAGE_HISTORY, VIEW_CHANNEL
from usher.channels.purging import Purged, Wanted, purge, read_message
from usher.ids import ChannelId, UserId
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Style
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission, allows
from usher.slash.replies import Reply, sentence
from usher.slash.say import say, say_count
from usher.timing.terms import Term, term_key

MOST: Final = 1_000
ASKED_ABOVE: Final = 100
PURGE: Final = "purge"
_NEEDED: Final = MANAGE_MESSAGES | READ_MESSAGE_HISTORY | VIEW_CHANNEL


@command(
    "purge",
    "Delete the newest messages of this channel",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_MESSAGES,
)
def purge_(
    ctx: Ctx[Services],
    count: Annotated[int, Opt("How many at most", min=1, max=MOST)],
    user: Annotated[UserId | None, Opt("Only messages of this person")] = None,
    bots: Annotated[bool | None, Opt("Yes: only those of apps; no: none of apps")] = None,
    before: Annotated[str | None, Opt("Older than this message: its link or id")] = None,
    after: Annotated[str | None, Opt("Newer than this message: its link or id")] = None,
) -> Reply:
    """Delete messages; above a hundred the member is asked first."""
    _require(ctx)
    oldest, newest = _message(ctx, after), _message(ctx, before)
    if count <= ASKED_ABOVE:
        return _purge(ctx, count, user, bots, newest, oldest)
    yes = Button(
        say_count("Delete {number} message", "Delete {number} messages", count),
        purge_now.press(count=count, user=user, bots=bots, before=newest, after=oldest),
        Style.DANGER,
    )
    return Reply(
        say_count(
            "Delete up to {number} message here? That cannot be undone.",
            "Delete up to {number} messages here? That cannot be undone.",
            count,
        ),
        ephemeral=True,
        rows=((yes,),),
    )


@action("purge.now", defer=True, permissions=Permission.MANAGE_MESSAGES)
def purge_now(
    ctx: Ctx[Services],
    count: int,
    user: str | None,
    bots: bool | None,
    before: str | None,
    after: str | None,
) -> Reply:
    """Delete messages, as was confirmed."""
    _require(ctx)
    return _purge(ctx, count, UserId(user) if user else None, bots, before, after)


def _purge(
    ctx: Ctx[Services],
    count: int,
    user: UserId | None,
    bots: bool | None,
    before: str | None,
    after: str | None,
) -> Reply:
    channel_id = _here(ctx)
    _begin_once(ctx, channel_id)
    wanted = Wanted(channel_id, count, before or ctx.interaction_id, after, user, bots)

    def told(went: Purged) -> None:
        if went.deleted < count:
            words = say("Deleting: {number} so far …", number=f"{went.deleted:,}")
            ctx.services.channels.progress.show(ctx.token, sentence(words))

    went = purge(ctx.services.channels.messages, wanted, audit(ctx, "Purged"), ctx.now, told)
    return sentence(" ".join(_words(went, count)))


def _begin_once(ctx: Ctx[Services], channel_id: ChannelId) -> None:
    """Refuse to go on where this was begun already: it would delete as many again."""
    terms, key = ctx.services.channels.terms, term_key(PURGE, channel_id)
    last = terms.read(ctx.guild_id, key)
    if last is not None and last.version == ctx.interaction_id:
        raise UserError(
            say("I was interrupted: some messages are deleted. Run `/purge` again for the rest.")
        )
    if not terms.write(Term(ctx.guild_id, PURGE, channel_id, ctx.interaction_id), last):
        raise UserError(say("Somebody else has begun a purge here just now. Please wait for it."))


def _words(went: Purged, count: int) -> list[str]:
    if went.deleted:
        words = [say_count("{number} message deleted.", "{number} messages deleted.", went.deleted)]
    else:
        words = [say("No message deleted.")]
    if went.problem is not None:
        return [*words, went.problem.sentence]
    if went.deleted < count:
        if went.pinned:
            words.append(
                say_count("{number} pinned one stays.", "{number} pinned ones stay.", went.pinned)
            )
        if went.old:
            words.append(say("Discord lets me delete nothing older than 14 days; that stays."))
        if went.cut:
            words.append(say("I have looked through 5,000 messages. Run it again to go on."))
    return words


def _require(ctx: Ctx[Services]) -> None:
    if not allows(ctx.app_permissions, Permission(_NEEDED)):
        raise UserError(
            say(
                "I need View Channel, Read Message History and Manage Messages here: give them to "
                "my role, and try again."
            )
        )


def _message(ctx: Ctx[Services], typed: str | None) -> str | None:
    if typed is None:
        return None
    found = read_message(typed, _here(ctx))
    if found is None:
        raise UserError(
            say(
                "{typed} is no message of this channel: copy its link or its id.",
                typed=text.code(text.cut(typed, 100)),
            )
        )
    return found


def _here(ctx: Ctx[Services]) -> ChannelId:
    if ctx.channel_id is None:
        raise UserError(say("Please run this in a channel."))
    return ctx.channel_id
