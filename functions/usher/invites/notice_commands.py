"""/invite notices: where Usher tells of invites and joins (SPEC 1.11)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final, Literal

from usher.asking import LATER
from usher.contracts.deeds import SettingChanged
from usher.ids import ChannelId
from usher.invites.group import BLURPLE, invite
from usher.invites.ports import DeskRefusedError, Services, asking
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Reply, sentence
from usher.slash.say import say, say_count

notices = invite.group("notices", "Where Usher tells of invites and joins")

CHANNEL: Final = "guild#notice_channel_id"
LEAD: Final = "guild#notice_lead_seconds"
JOINS: Final = "guild#join_log_channel_id"
DEFAULT_LEAD: Final = timedelta(hours=24)
"""As in `usher.attribution.noticing`."""
_HOUR: Final = 3600


@notices.command(
    "channel",
    "Tell in a channel of invites that expire soon, are nearly or wholly used up",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def channel(
    ctx: Ctx[Services],
    channel: Annotated[ChannelId | None, Opt("Which channel; this one when left out")] = None,
) -> Reply:
    """Have notices about invites in a channel."""
    return _tell_in(ctx, channel, CHANNEL, say("Notices about invites will come here."))


@notices.command(
    "joins",
    "Tell in a channel of every join and who brought them",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def joins(
    ctx: Ctx[Services],
    channel: Annotated[ChannelId | None, Opt("Which channel; this one when left out")] = None,
) -> Reply:
    """Have the join log in a channel."""
    return _tell_in(ctx, channel, JOINS, say("I will tell here who joins, and who brought them."))


@notices.command(
    "lead",
    "How long before its end an invite is told of",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def lead(
    ctx: Ctx[Services],
    hours: Annotated[int, Opt("Hours before the end; 24 unless you say so", min=1, max=720)],
) -> Reply:
    """Say how early a notice is wanted."""
    whole = timedelta(hours=hours)
    value = None if whole == DEFAULT_LEAD else str(hours * _HOUR)
    return _set(ctx, {LEAD: value})


@notices.command(
    "off",
    "Tell no more",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def off(
    ctx: Ctx[Services],
    what: Annotated[Literal["invites", "joins", "both"], Opt("Of what")] = "both",
) -> Reply:
    """Have notices, the join log, or both no more."""
    names = {"invites": [CHANNEL], "joins": [JOINS], "both": [CHANNEL, JOINS]}[what]
    return _set(ctx, dict.fromkeys(names))


@notices.command(
    "show",
    "Show where Usher tells of invites and joins",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def show(ctx: Ctx[Services]) -> Reply:
    """Show the channels and the lead."""
    return _now(ctx)


def _tell_in(ctx: Ctx[Services], channel: ChannelId | None, name: str, words: str) -> Reply:
    """Try the channel by a first message: only Discord knows for sure who can write where."""
    where = channel or ctx.channel_id
    if where is None:
        raise UserError(say("Please name the channel."))

    def greet() -> None:
        try:
            ctx.services.desk.post(where, words, ctx.interaction_id)
        except DeskRefusedError:
            raise UserError(
                say(
                    "I cannot write in {channel}. Please give me View Channel and Send Messages "
                    "there, or name another channel.",
                    channel=text.channel(where),
                )
            ) from None

    asking(greet)
    return _set(ctx, {name: where})


def _set(ctx: Ctx[Services], wanted: Mapping[str, str | None]) -> Reply:
    deeds = [
        SettingChanged(f"{ctx.interaction_id}.{name}", name, value, ctx.user_id, ctx.now)
        for name, value in wanted.items()
    ]
    if not ctx.services.deeds.do(ctx.guild_id, *deeds):
        return sentence(say(LATER))
    return _now(ctx)


def _now(ctx: Ctx[Services]) -> Reply:
    held = ctx.services.settings.group(ctx.guild_id, "guild")
    notices, joins = (held.get(name.removeprefix("guild#")) for name in (CHANNEL, JOINS))
    seconds = held.get(LEAD.removeprefix("guild#"), "")
    early = int(seconds) // _HOUR if seconds.isdecimal() else DEFAULT_LEAD // timedelta(hours=1)
    lines = [
        say("Notices about invites: {channel}", channel=_where(notices)),
        say_count(
            "Told before an invite ends: {number} hour",
            "Told before an invite ends: {number} hours",
            early,
        ),
        say("Join log: {channel}", channel=_where(joins)),
    ]
    return Reply(embeds=(Embed("\n".join(lines), say("Notices"), color=BLURPLE),), ephemeral=True)


def _where(channel: str | None) -> str:
    return text.channel(ChannelId(channel)) if channel else say("nowhere")
