"""What /welcome and /farewell have in common: setting, showing, previewing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from usher.asking import LATER, Deeds
from usher.contracts.deeds import SettingChanged
from usher.greeting.drafting import BLURPLE, Draft
from usher.greeting.settings import (
    OFF,
    ON,
    Greeting,
    Occasion,
    read_color,
    setting,
    standard,
    write_color,
    write_greeting,
)
from usher.greeting.values import FAREWELLS_TOO, PLACEHOLDERS
from usher.ids import ChannelId, GuildId, UserId
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.replies import Embed, Field, Reply, sentence
from usher.slash.say import ENGLISH, say
from usher.slash.template import placeholders


class Drafts(Protocol):
    """Greetings as they are set and as they would be said."""

    def greeting(self, guild_id: GuildId, occasion: Occasion) -> Greeting:
        """Read what the guild has set; may raise an error of the store."""
        ...

    def preview(
        self, guild_id: GuildId, occasion: Occasion, user_id: UserId, now: datetime
    ) -> Draft | None:
        """Put together what would be said of a member now; None for who is no member."""
        ...


class Services(Protocol):
    """What these commands call."""

    @property
    def greetings(self) -> Drafts:
        """Greetings."""
        ...

    @property
    def deeds(self) -> Deeds:
        """What changes settings."""
        ...


def switch_on(ctx: Ctx[Services], occasion: Occasion, channel: ChannelId | None) -> Reply:
    """Greet from now on, in the language of who says so; raises UserError without a place."""
    greeting = ctx.services.greetings.greeting(ctx.guild_id, occasion)
    if channel is None and greeting.channel_id is None and not greeting.dm:
        raise UserError(say("Say in which `channel`; none is set yet."))
    locale = None if ctx.locale == ENGLISH else ctx.locale
    wanted: dict[str, str | None] = {"state": ON, "locale": locale}
    if channel is not None:
        wanted["channel_id"] = channel
    return _change(ctx, occasion, wanted)


def switch_off(ctx: Ctx[Services], occasion: Occasion) -> Reply:
    """Greet nobody from now on; the rest stays as it is set."""
    return _change(ctx, occasion, {"state": None})


def write(ctx: Ctx[Services], occasion: Occasion, message: str | None) -> Reply:
    r"""Set the message, or the standard one. Options hold one line: `\n` is typed for another."""
    typed = (message or "").replace("\\n", "\n").strip()
    if message is not None and not typed:
        raise UserError(say("`text` must say something."))
    return _change(ctx, occasion, {"message": typed or None})


def frame(
    ctx: Ctx[Services],
    occasion: Occasion,
    state: str,
    title: str | None,
    color: str | None,
    thumbnail: str | None,
) -> Reply:
    """Set whether the message stands in an embed, and what that looks like."""
    wanted: dict[str, str | None] = {"embed": ON if state == ON else None}
    if title is not None:
        wanted["title"] = title.strip() or None
    if color is not None:
        number = read_color(color)
        if number is None:
            raise UserError(say("`color` must be like `#5865F2`."))
        wanted["color"] = write_color(number)
    if thumbnail is not None:
        wanted["thumbnail"] = OFF if thumbnail == OFF else None
    return _change(ctx, occasion, wanted)


def switch(ctx: Ctx[Services], occasion: Occasion, key: str, state: str) -> Reply:
    """Set what is on or off."""
    return _change(ctx, occasion, {key: ON if state == ON else None})


def reset(ctx: Ctx[Services], occasion: Occasion) -> Reply:
    """Go back to the beginning: nothing is greeted, nothing is set."""
    held = ctx.services.greetings.greeting(ctx.guild_id, occasion)
    return _change(ctx, occasion, dict.fromkeys(write_greeting(held)))


def show(ctx: Ctx[Services], occasion: Occasion) -> Reply:
    """Show what is set, and which placeholders there are."""
    greeting = ctx.services.greetings.greeting(ctx.guild_id, occasion)
    on, off = say("on"), say("off")
    state = say("This is **on**.") if greeting.on else say("This is **off**: nothing is sent.")
    channel = greeting.channel_id
    fields = [
        Field(say("Channel"), text.channel(channel) if channel else say("none"), inline=True),
        Field(say("Embed"), on if greeting.embed else off, inline=True),
    ]
    if occasion is Occasion.WELCOME:
        fields.append(Field(say("Direct message"), on if greeting.dm else off, inline=True))
    else:
        fields.append(Field(say("Bots"), on if greeting.bots else off, inline=True))
    if greeting.embed and greeting.title:
        fields.append(Field(say("Title"), _typed(greeting.title)))
    fields.append(Field(say("Message"), _typed(greeting.message or standard(occasion))))
    known = (*PLACEHOLDERS, *(FAREWELLS_TOO if occasion is Occasion.FAREWELL else ()))
    fields.append(Field(say("Placeholders"), _named(known)))
    if strange := placeholders(greeting.text + greeting.title) - {*known}:
        fields.append(Field(say("No placeholders; these stay as typed"), _named(sorted(strange))))
    title = say("Welcome") if occasion is Occasion.WELCOME else say("Farewell")
    embed = Embed(state, title, tuple(fields), color=BLURPLE)
    return Reply(embeds=(embed,), ephemeral=True)


def preview(ctx: Ctx[Services], occasion: Occasion) -> Reply:
    """Show exactly what would be sent, were it about the asker; nobody is notified."""
    drawn = ctx.services.greetings.preview(ctx.guild_id, occasion, ctx.user_id, ctx.now)
    if drawn is None:
        raise UserError(say("Discord does not show you as a member here; please try again."))
    return drawn.reply


def _change(ctx: Ctx[Services], occasion: Occasion, wanted: dict[str, str | None]) -> Reply:
    """Have settings changed, as far as they differ, and show what is set then."""
    held = write_greeting(ctx.services.greetings.greeting(ctx.guild_id, occasion))
    deeds = [
        SettingChanged(
            f"{ctx.interaction_id}.{occasion.value}.{key}",
            setting(occasion, key),
            value,
            ctx.user_id,
            ctx.now,
        )
        for key, value in wanted.items()
        if held.get(key) != value
    ]
    if deeds and not ctx.services.deeds.do(ctx.guild_id, *deeds):
        return sentence(say(LATER))
    return show(ctx, occasion)


def _typed(message: str) -> str:
    """Show a template as it was typed; a fence in it would end ours."""
    return f"```\n{text.cut(message.replace('```', 'ˋˋˋ'), 1000)}\n```"


def _named(names: Iterable[str]) -> str:
    return " ".join(f"`{{{name}}}`" for name in names)
