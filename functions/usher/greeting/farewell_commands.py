"""/farewell: what is said of those who went (SPEC 6.1)."""

from typing import Annotated, Literal

from usher.greeting import desk
from usher.greeting.settings import MESSAGE_LIMIT, TITLE_LIMIT, Occasion
from usher.ids import ChannelId
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply

farewell = Group("farewell", "What is said of who left", permissions=Permission.MANAGE_GUILD)


@farewell.command("on", "Tell of members who leave", defer=True, ephemeral=True)
def on(
    ctx: Ctx[desk.Services],
    channel: Annotated[ChannelId | None, Opt("Where; needed the first time")] = None,
) -> Reply:
    """Switch farewells on."""
    return desk.switch_on(ctx, Occasion.FAREWELL, channel)


@farewell.command("off", "Tell of nobody; the rest stays as it is set", defer=True, ephemeral=True)
def off(ctx: Ctx[desk.Services]) -> Reply:
    """Switch farewells off."""
    return desk.switch_off(ctx, Occasion.FAREWELL)


@farewell.command(
    "message", "What to say; /farewell show lists placeholders", defer=True, ephemeral=True
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
    return desk.write(ctx, Occasion.FAREWELL, text)


@farewell.command("embed", "Whether the message stands in a frame", defer=True, ephemeral=True)
def embed(
    ctx: Ctx[desk.Services],
    state: Annotated[Literal["on", "off"], Opt("Framed or not")],
    title: Annotated[str | None, Opt("Its title", max_length=TITLE_LIMIT)] = None,
    color: Annotated[str | None, Opt("Its colour, like #5865F2", max_length=7)] = None,
    thumbnail: Annotated[Literal["on", "off"] | None, Opt("The member's picture")] = None,
) -> Reply:
    """Set the embed."""
    return desk.frame(ctx, Occasion.FAREWELL, state, title, color, thumbnail)


@farewell.command("bots", "Whether bots that leave are told of", defer=True, ephemeral=True)
def bots(
    ctx: Ctx[desk.Services],
    state: Annotated[Literal["on", "off"], Opt("Tell of bots or not")],
) -> Reply:
    """Set whether bots are named too."""
    return desk.switch(ctx, Occasion.FAREWELL, "bots", state)


@farewell.command("show", "Show what is set, and every placeholder", defer=True, ephemeral=True)
def show(ctx: Ctx[desk.Services]) -> Reply:
    """Show the settings."""
    return desk.show(ctx, Occasion.FAREWELL)


@farewell.command("preview", "Show what would be sent, did you leave", defer=True, ephemeral=True)
def preview(ctx: Ctx[desk.Services]) -> Reply:
    """Show the message to the asker alone."""
    return desk.preview(ctx, Occasion.FAREWELL)


@farewell.command("reset", "Forget everything set here, and switch off", defer=True, ephemeral=True)
def reset(ctx: Ctx[desk.Services]) -> Reply:
    """Go back to the beginning."""
    return desk.reset(ctx, Occasion.FAREWELL)


FAREWELL = (on, off, message, embed, bots, show, preview, reset)
