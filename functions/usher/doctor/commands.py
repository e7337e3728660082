"""/doctor: whether everything that a server uses can work, and what to do where it cannot."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Protocol

from usher.asking import LATER, Deeds
from usher.attribution.sync_commands import looking
from usher.attribution.sync_ports import Syncs
from usher.contracts.deeds import SettingChanged
from usher.doctor.model import Finding, ProbeError, Repair
from usher.doctor.words import page_of, pages_of
from usher.ids import ChannelId, GuildId
from usher.slash.actions import action
from usher.slash.buttons import Button, Row, Style
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.say import say


class Doctors(Protocol):
    """Examines guilds; what cannot be asked is a finding."""

    def examine(self, guild_id: GuildId, now: datetime) -> tuple[Finding, ...]:
        """Find everything about a guild, the worst first."""
        ...

    def channel(
        self, guild_id: GuildId, channel_id: ChannelId, now: datetime
    ) -> tuple[Finding, ...]:
        """Find everything about one channel, the worst first."""
        ...

    def gone(self, guild_id: GuildId, now: datetime) -> tuple[str, ...]:
        """Name the settings that name deleted channels and roles; raises ProbeError."""
        ...


class Services(Protocol):
    """What these commands call."""

    @property
    def doctor(self) -> Doctors:
        """What examines."""
        ...

    @property
    def syncs(self) -> Syncs:
        """What looks at the invites."""
        ...

    @property
    def deeds(self) -> Deeds:
        """What changes settings."""
        ...


@command(
    "doctor",
    "Check whether everything here can work, and how to mend what cannot",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def doctor(
    ctx: Ctx[Services],
    channel: Annotated[ChannelId | None, Opt("Only this channel; everything if left out")] = None,
) -> Reply:
    """Examine the server, or what can be done in one channel."""
    return examined(ctx) if channel is None else _of_channel(ctx, channel)


@action("doctor.page", defer=True, permissions=Permission.MANAGE_GUILD)
def turn(ctx: Ctx[Services], page: int) -> Reply:
    """Look again, and show a page."""
    return examined(ctx, page)


@action("doctor.channel", defer=True, permissions=Permission.MANAGE_GUILD)
def look_there(ctx: Ctx[Services], channel: str) -> Reply:
    """Look at one channel again."""
    return _of_channel(ctx, ChannelId(channel))


@action("doctor.look", defer=True, permissions=Permission.MANAGE_GUILD)
def look(ctx: Ctx[Services]) -> Reply:
    """Look at the invites now and take Discord's counts over, then examine again."""
    done = looking(lambda: ctx.services.syncs.repair(ctx.guild_id, ctx.interaction_id))
    if done is None:
        raise UserError(say(LATER))
    return examined(ctx)


@action("doctor.forget", defer=True, permissions=Permission.MANAGE_GUILD)
def forget(ctx: Ctx[Services]) -> Reply:
    """Forget the settings that name what is deleted, then examine again."""
    try:
        names = ctx.services.doctor.gone(ctx.guild_id, ctx.now)
    except ProbeError as error:
        raise UserError(say("It could not be asked: {why}", why=error.why)) from None
    deeds = [
        SettingChanged(f"{ctx.interaction_id}.{name}", name, None, ctx.user_id, ctx.now)
        for name in names
    ]
    if deeds and not ctx.services.deeds.do(ctx.guild_id, *deeds):
        raise UserError(say(LATER))
    return examined(ctx)


def examined(ctx: Ctx[Services], page: int = 1, rows: tuple[Row, ...] = ()) -> Reply:
    """Show what is found now; `rows` stand below the doctor's own buttons."""
    found = ctx.services.doctor.examine(ctx.guild_id, ctx.now)
    return Reply(
        embeds=(page_of(found, page),), ephemeral=True, rows=(_buttons(found, page), *rows)
    )


def _of_channel(ctx: Ctx[Services], channel: ChannelId) -> Reply:
    found = ctx.services.doctor.channel(ctx.guild_id, channel, ctx.now)
    again = Button(say("Look again"), look_there.press(channel=channel))
    return Reply(embeds=(page_of(found, 1),), ephemeral=True, rows=((again,),))


def _buttons(found: Sequence[Finding], page: int) -> Row:
    wanted = {one.repair for one in found if one.repair is not None}
    pages = pages_of(found)
    page = min(max(page, 1), pages)
    row = [Button(say("Look again"), turn.press(page=page))]
    if Repair.LOOK in wanted:
        row.append(Button(say("Look at the invites now"), look.press(), Style.PRIMARY))
    if Repair.FORGET in wanted:
        row.append(Button(say("Forget what is deleted"), forget.press(), Style.DANGER))
    if pages > 1:
        row += [
            Button(say("Back"), turn.press(page=page - 1), disabled=page == 1),
            Button(say("More"), turn.press(page=page + 1), disabled=page == pages),
        ]
    return tuple(row)
