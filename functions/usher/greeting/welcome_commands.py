"""/welcome: what newcomers are told (SPEC 6.1)."""

from typing import Annotated, Literal

from usher.greeting import desk
from usher.greeting.settings import MESSAGE_LIMIT, TITLE_LIMIT, Occasion
from usher.ids import ChannelId
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply

welcome = Group("welcome", "What newcomers are told", permissions=Permission.MANAGE_GUILD)


@welcome.command(
    "on", "Welcome newcomers, once they are past the rules", defer=True, ephemeral=True
)
def on(
    ctx: Ctx[desk.Services],
    channel: Annotated[ChannelId | None, Opt("Where; needed the first time")] = None,
) -> Reply:
    """Switch welcomes on."""
    return desk.switch_on(ctx, Occasion.WELCOME, channel)


@welcome.command("off", "Welcome nobody; the rest stays as it is set", defer=True, ephemeral=True)
def off(ctx: Ctx[desk.Services]) -> Reply:
    """Switch welcomes off."""
    return desk.switch_off(ctx, Occasion.WELCOME)


@welcome.command(
    "message", "What to say; /welcome show lists placeholders", defer=True, ephemeral=True
)
def message(
    ctx: Ctx[desk.Services],
    text: Annotated[
        str | None,
        Opt(
            r"The message, \n for a new line; the standard one when left out",
            max_length=MESSAGE_LIMIT,
        ),
    ] = None,
) -> Reply:
    """Set the message."""
    return desk.write(ctx, Occasion.WELCOME, text)


@welcome.command("embed", "Whether the message stands in a frame", defer=True, ephemeral=True)
def embed(
    ctx: Ctx[desk.Services],
    state: Annotated[Literal["on", "off"], Opt("Framed or not")],
    title: Annotated[str | None, Opt("Its title", max_length=TITLE_LIMIT)] = None,
    color: Annotated[str | None, Opt("Its colour, like #5865F2", max_length=7)] = None,
    thumbnail: Annotated[Literal["on", "off"] | None, Opt("The member's picture")] = None,
) -> Reply:
    """Set the embed."""
    return desk.frame(ctx, Occasion.WELCOME, state, title, color, thumbnail)


@welcome.command("dm", "Send it as a direct message instead", defer=True, ephemeral=True)
def dm(
    ctx: Ctx[desk.Services],
    state: Annotated[
        Literal["on", "off"], Opt("On: to the channel only where direct messages are closed")
    ],
) -> Reply:
    """Set whether newcomers are told alone."""
    return desk.switch(ctx, Occasion.WELCOME, "dm", state)


@welcome.command("show", "Show what is set, and every placeholder", defer=True, ephemeral=True)
def show(ctx: Ctx[desk.Services]) -> Reply:
    """Show the settings."""
    return desk.show(ctx, Occasion.WELCOME)


@welcome.command("preview", "Show what would be sent, were you new", defer=True, ephemeral=True)
def preview(ctx: Ctx[desk.Services]) -> Reply:
    """Show the message to the asker alone."""
    return desk.preview(ctx, Occasion.WELCOME)


@welcome.command("reset", "Forget everything set here, and switch off", defer=True, ephemeral=True)
def reset(ctx: Ctx[desk.Services]) -> Reply:
    """Go back to the beginning."""
    return desk.reset(ctx, Occasion.WELCOME)


WELCOME = (on, off, message, embed, dm, show, preview, reset)
