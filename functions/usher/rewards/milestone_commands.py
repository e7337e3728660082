"""/invite achievements, and /invite milestone for those who run the server (SPEC 2.5)."""

from typing import Annotated, Final

from usher.asking import LATER
from usher.ids import ChannelId, UserId
from usher.invites.group import invite
from usher.rewards.announcing import announcement, unknown
from usher.rewards.commands import BLURPLE
from usher.rewards.milestones import (
    HIGHEST_NUMBER,
    KEPT_DAYS,
    MOST_NUMBERS,
    NUMBERS,
    PLACEHOLDERS,
    STREAKS,
    TEMPLATE,
    TEMPLATE_LENGTH,
    title,
    typed_numbers,
)
from usher.rewards.queries import Asked, Managed, put
from usher.rewards.settings import MILESTONE_CHANNEL, MILESTONE_MESSAGE, MILESTONES
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Style
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.say import say, say_count

milestone = invite.group("milestone", "What is told when members reach milestones")

KNOWN: Final = ", ".join(f"`{{{name}}}`" for name in PLACEHOLDERS)


@invite.command("achievements", "Show which milestones a member has reached")
def achievements(
    ctx: Ctx[Asked],
    user: Annotated[UserId | None, Opt("Whose; yours when left out")] = None,
) -> Reply:
    """List a member's milestones, the oldest first."""
    subject = user or ctx.user_id
    found = ctx.services.rewards.achievements(ctx.guild_id, subject)
    if not found:
        none = say(
            "{user} has no achievements yet. The first invite is one.", user=text.user(subject)
        )
        return Reply(embeds=(Embed(none, say("Achievements"), color=BLURPLE),))
    lines = [f"🏅 {_capital(title(one.name))} · {text.when(one.at, 'D')}" for one in found]
    head = say_count(
        "{user} has **{number} achievement**.",
        "{user} has **{number} achievements**.",
        len(found),
        user=text.user(subject),
    )
    title_ = say("Achievements")
    return Reply(embeds=(Embed("\n".join((head, "", *lines)), title_, color=BLURPLE),))


@milestone.command(
    "channel",
    "Show or choose where milestones are told",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def channel_(
    ctx: Ctx[Managed],
    channel: Annotated[ChannelId | None, Opt("Which; shows what is set when left out")] = None,
) -> Reply:
    """Choose the channel, which switches milestones on."""
    if channel is None:
        return _present(ctx)
    if not put(ctx, {MILESTONE_CHANNEL: channel}):
        return sentence(say(LATER))
    return sentence(
        say(
            "Milestones are told in {channel} from now on. What members had reached before is "
            "recorded and not told.",
            channel=text.channel(channel),
        )
    )


@action("milestones.off", defer=True, permissions=Permission.MANAGE_GUILD)
def switch_off(ctx: Ctx[Managed]) -> Reply:
    """Tell of no milestones any more."""
    if not put(ctx, {MILESTONE_CHANNEL: None}):
        return sentence(say(LATER))
    return sentence(
        say("Milestones are told no more. `/invite achievements` keeps what was reached.")
    )


@milestone.command(
    "message",
    "Show or change what is told",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def message_(
    ctx: Ctx[Managed],
    message: Annotated[
        str | None,
        Opt("With {member}, {invites}, {milestone}, {server}", max_length=TEMPLATE_LENGTH),
    ] = None,
) -> Reply:
    """Change the text; placeholders that are not known stay as typed."""
    if message is None:
        now = ctx.services.rewards.settings(ctx.guild_id).milestone_message
        standard = Button(say("Use the standard text"), standard_message.press())
        told = say("Milestones are told as: {text}", text=text.code(now))
        said = f"{told}\n{say('Placeholders: {known}.', known=KNOWN)}"
        return Reply(said, ephemeral=True, rows=((standard,),) if now != TEMPLATE else ())
    if not message.strip():
        raise UserError(say("`message` must not be empty."))
    if not put(ctx, {MILESTONE_MESSAGE: message.strip()}):
        return sentence(say(LATER))
    strange = unknown(message)
    lines = [say("Saved. It looks like this:"), _sample(ctx, message.strip())]
    if strange:
        names = ", ".join(strange)
        lines.append(say("{names} stays as typed; I know {known}.", names=names, known=KNOWN))
    return sentence("\n".join(lines))


@action("milestones.standard", defer=True, permissions=Permission.MANAGE_GUILD)
def standard_message(ctx: Ctx[Managed]) -> Reply:
    """Go back to the standard text."""
    if not put(ctx, {MILESTONE_MESSAGE: None}):
        return sentence(say(LATER))
    return sentence(f"{say('The standard text it is:')}\n{_sample(ctx, TEMPLATE)}")


@milestone.command(
    "numbers",
    "Choose which numbers of members brought are milestones",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def numbers_(
    ctx: Ctx[Managed],
    numbers: Annotated[str, Opt("For example: 1, 10, 50, 100", min_length=1, max_length=200)],
) -> Reply:
    """Choose the numbers."""
    chosen = typed_numbers(numbers)
    if chosen is None:
        raise UserError(
            say(
                "`numbers` are up to {most} whole numbers from 1 to {highest}, with commas between "
                "them: `1, 10, 50`.",
                most=MOST_NUMBERS,
                highest=f"{HIGHEST_NUMBER:,}",
            )
        )
    value = None if chosen == NUMBERS else ",".join(str(number) for number in chosen)
    if not put(ctx, {MILESTONES: value}):
        return sentence(say(LATER))
    titles = ", ".join(title(f"invites-{number}") for number in chosen)
    return sentence(say("Milestones: {titles}.", titles=titles))


@milestone.command(
    "preview",
    "See what members would read",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def preview(ctx: Ctx[Managed]) -> Reply:
    """Show the present text for one milestone of each kind."""
    settings = ctx.services.rewards.settings(ctx.guild_id)
    kinds = (f"invites-{settings.milestone_numbers[-1]}", f"streak-{STREAKS[0]}")
    names = (f"invites-{settings.milestone_numbers[0]}", *kinds, f"kept-{KEPT_DAYS}")
    said = [_sample(ctx, settings.milestone_message, name) for name in dict.fromkeys(names)]
    return sentence("\n".join(said))


def _sample(ctx: Ctx[Managed], template: str, name: str = f"invites-{NUMBERS[1]}") -> str:
    hall = ctx.services.halls.hall(ctx.guild_id)
    tally = ctx.services.credit.tally(ctx.guild_id, ctx.user_id)
    server = hall.name if hall is not None else say("this server")
    return announcement(template, ctx.user_id, tally, name, server)


def _present(ctx: Ctx[Managed]) -> Reply:
    settings = ctx.services.rewards.settings(ctx.guild_id)
    if settings.milestone_channel_id is None:
        return sentence(
            say("Milestones are told nowhere. Choose a channel with the option `channel`.")
        )
    off = Button(say("Tell no milestones"), switch_off.press(), Style.DANGER)
    numbers = ", ".join(f"{number:,}" for number in settings.milestone_numbers)
    first, second = STREAKS
    said = say(
        "Milestones are told in {channel}: {numbers} members brought, {first} and {second} days in "
        "a row, a member who stayed {days} days.",
        channel=text.channel(settings.milestone_channel_id),
        numbers=numbers,
        first=first,
        second=second,
        days=KEPT_DAYS,
    )
    return Reply(said, ephemeral=True, rows=((off,),))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
