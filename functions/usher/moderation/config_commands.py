"""/modconfig: log, direct messages, reasons, moderators' roles (SPEC 7.2)."""

import json
from typing import Annotated, Literal

from usher.ids import ChannelId, RoleId
from usher.moderation.asking import Services, is_page, reasons
from usher.moderation.saving import save
from usher.moderation.settings import (
    APPEAL_LINK,
    APPEALS,
    DM,
    LOG,
    MOST_PRESETS,
    MOST_ROLES,
    OFF,
    ON,
    PRESET_LENGTH,
    PRESETS,
    REASONS,
    REPORTS,
    ROLES,
    ModSettings,
)
from usher.slash import text
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Field, Reply
from usher.slash.resolved import ResolvedChannel
from usher.slash.say import say

modconfig = Group("modconfig", "How this server is moderated", permissions=Permission.MANAGE_GUILD)

WRITABLE = (0, 5)
"""Discord's channel types for text and announcements."""
SEND = 1 << 10 | 1 << 11 | 1 << 14
"""View Channel, Send Messages, Embed Links."""


@modconfig.command("show", "Show what is set", defer=True, ephemeral=True)
def show(ctx: Ctx[Services]) -> Reply:
    """Show the settings."""
    return _now(ctx, "")


@modconfig.command("log", "Where cases are shown", defer=True, ephemeral=True)
def log(
    ctx: Ctx[Services],
    channel: Annotated[ChannelId | None, Opt("A text channel; none if left out")] = None,
) -> Reply:
    """Set the moderation log."""
    _check(ctx, channel)
    return _now(ctx, save(ctx, **{LOG: channel}))


@modconfig.command("reports", "Where reports and appeals go", defer=True, ephemeral=True)
def reports(
    ctx: Ctx[Services],
    channel: Annotated[ChannelId | None, Opt("A text channel; the log if left out")] = None,
) -> Reply:
    """Set where reports go."""
    _check(ctx, channel)
    return _now(ctx, save(ctx, **{REPORTS: channel}))


@modconfig.command("dm", "Whether members are told what is done", defer=True, ephemeral=True)
def dm(ctx: Ctx[Services], state: Annotated[Literal["on", "off"], Opt("Told or not")]) -> Reply:
    """Set whether members are told by direct message."""
    return _now(ctx, save(ctx, **{DM: None if state == ON else OFF}))


@modconfig.command("reasons", "Whether every act needs a reason", defer=True, ephemeral=True)
def required(
    ctx: Ctx[Services], state: Annotated[Literal["on", "off"], Opt("Needed or not")]
) -> Reply:
    """Set whether reasons may be left out where a command could do without."""
    return _now(ctx, save(ctx, **{REASONS: ON if state == ON else None}))


@modconfig.command(
    "preset", "Add a reason that is suggested, or remove it", defer=True, ephemeral=True
)
def preset(
    ctx: Ctx[Services],
    reason: Annotated[
        str, Opt("The reason", min_length=2, max_length=PRESET_LENGTH, complete=reasons)
    ],
    state: Annotated[Literal["add", "remove"], Opt("Add or remove")] = "add",
) -> Reply:
    """Change the suggested reasons."""
    said = " ".join(reason.split())
    held = [*ctx.services.rulebook.read(ctx.guild_id).presets]
    if state == "remove":
        if said not in held:
            raise UserError(say("That is none of the suggested reasons."))
        held.remove(said)
    elif said not in held:
        held.append(said)
    if len(held) > MOST_PRESETS:
        raise UserError(say("A server has at most {most} suggested reasons.", most=MOST_PRESETS))
    value = json.dumps(held, ensure_ascii=False) if held else None
    return _now(ctx, save(ctx, **{PRESETS: value}))


@modconfig.command(
    "role", "Make a role the moderators', or not any more", defer=True, ephemeral=True
)
def role(
    ctx: Ctx[Services],
    role: Annotated[RoleId, Opt("The role")],
    state: Annotated[Literal["add", "remove"], Opt("Add or remove")] = "add",
) -> Reply:
    """Change who may moderate besides those whom Discord's permissions allow it."""
    if role == RoleId(ctx.guild_id):
        raise UserError(say("Everybody has that role. Please choose one of the moderators'."))
    held = ctx.services.rulebook.read(ctx.guild_id).roles
    wanted = held | {role} if state == "add" else held - {role}
    if len(wanted) > MOST_ROLES:
        raise UserError(say("A server has at most {most} moderators' roles.", most=MOST_ROLES))
    value = ",".join(sorted(wanted)) or None
    words = save(ctx, **{ROLES: value})
    if state == "add":
        words += " " + say(
            "Discord offers the commands to who holds its own permissions. Open them to the role "
            "in the server's settings, under Integrations."
        )
    return _now(ctx, words)


@modconfig.command("appeals", "Whether members may appeal", defer=True, ephemeral=True)
def appeals(
    ctx: Ctx[Services],
    state: Annotated[Literal["on", "off"], Opt("May they or not")],
    link: Annotated[
        str | None, Opt("An https page for those who are banned or muted", max_length=300)
    ] = None,
) -> Reply:
    """Set whether members may ask for another look."""
    if link is not None and not is_page(link):
        raise UserError(say("A link begins with https:// and has no spaces or brackets."))
    kept = {} if link is None else {APPEAL_LINK: link}
    return _now(ctx, save(ctx, **{APPEALS: ON if state == ON else None}, **kept))


def _check(ctx: Ctx[Services], channel_id: ChannelId | None) -> None:
    """Refuse a channel in which nothing can be shown."""
    found: ResolvedChannel | None = ctx.channels.get(channel_id) if channel_id else None
    if found is None:
        return
    if found.type not in WRITABLE:
        raise UserError(say("Please choose a text channel."))
    held = found.app_permissions
    if held and held & SEND != SEND and not held & Permission.ADMINISTRATOR:
        raise UserError(
            say(
                "I need View Channel, Send Messages and Embed Links in {channel}.",
                channel=text.channel(found.id),
            )
        )


def _now(ctx: Ctx[Services], words: str) -> Reply:
    settings = ctx.services.rulebook.read(ctx.guild_id)
    embed = Embed(title=say("Moderation"), fields=tuple(_fields(settings)))
    return Reply(words, (embed,), ephemeral=True)


def _fields(settings: ModSettings) -> list[Field]:
    def channel(channel_id: ChannelId | None) -> str:
        return say("none") if channel_id is None else text.channel(channel_id)

    def state(on: bool) -> str:
        return say("on") if on else say("off")

    roles = ", ".join(text.role(one) for one in sorted(settings.roles))
    page = f"<{settings.appeal_link}>" if settings.appeal_link else say("none")
    presets = "\n".join(f"- {text.escape(one)}" for one in settings.presets)
    return [
        Field(say("Log"), channel(settings.log_channel_id), inline=True),
        Field(say("Reports and appeals"), channel(settings.desk), inline=True),
        Field(say("Members are told"), state(settings.dm), inline=True),
        Field(say("Reasons needed"), state(settings.reasons), inline=True),
        Field(say("Appeals"), state(settings.appeals), inline=True),
        Field(say("Appeals of those who are gone"), page, inline=True),
        Field(say("Moderators' roles"), roles or say("none")),
        Field(say("Suggested reasons"), presets or say("none")),
    ]
