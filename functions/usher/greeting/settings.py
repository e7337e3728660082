"""What a guild has set for its welcome and its farewell. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import ChannelId
from usher.slash.say import ENGLISH, say

MESSAGE_LIMIT: Final = 1500
"""Characters of a message as typed: filled in it has to fit Discord's 2,000."""
TITLE_LIMIT: Final = 200
"""Characters of an embed's title as typed; Discord takes 256."""

ON: Final = "on"
OFF: Final = "off"


class Occasion(StrEnum):
    """What is greeted; also the name of the group of settings."""

    WELCOME = "welcome"
    FAREWELL = "farewell"


@frozen
class Greeting:
    """How an occasion is greeted."""

    occasion: Occasion
    on: bool = False
    channel_id: ChannelId | None = None
    message: str = ""
    """With placeholders; empty for the standard message."""
    embed: bool = False
    title: str = ""
    color: int | None = None
    thumbnail: bool = True
    """Whether an embed shows the member's picture."""
    dm: bool = False
    """Sent to the member, and to the channel only where that cannot be done."""
    bots: bool = False
    """Whether bots are greeted too."""
    locale: str = ENGLISH
    """Language of the words that stand for placeholders, as Discord names it."""

    @property
    def text(self) -> str:
        """The message, or the standard one in the guild's language."""
        return self.message or standard(self.occasion)


def standard(occasion: Occasion) -> str:
    """Write the message of who has set none; say it in the guild's language."""
    if occasion is Occasion.WELCOME:
        return say("Welcome {{member:mention}} to **{{server}}**! Invited by {{inviter:name}}.")
    return say("**{{member}}** {{reason}} after {{stayed}}. They were invited by {{inviter:name}}.")


def setting(occasion: Occasion, key: str) -> str:
    """Name a setting."""
    return f"{occasion.value}#{key}"


def read_greeting(occasion: Occasion, values: Mapping[str, object]) -> Greeting:
    """Read a group of settings by key; what no release writes counts as the default."""

    def text(key: str) -> str:
        value = values.get(key)
        return value if isinstance(value, str) else ""

    channel = text("channel_id")
    return Greeting(
        occasion=occasion,
        on=text("state") == ON,
        channel_id=ChannelId(channel) if channel else None,
        message=text("message"),
        embed=text("embed") == ON,
        title=text("title"),
        color=read_color(text("color")),
        thumbnail=text("thumbnail") != OFF,
        dm=text("dm") == ON,
        bots=text("bots") == ON,
        locale=text("locale") or ENGLISH,
    )


def write_greeting(greeting: Greeting) -> dict[str, str]:
    """Write what `read_greeting` reads: keys at their default are left out."""
    switches = {"embed": greeting.embed, "dm": greeting.dm, "bots": greeting.bots}
    told = {
        "state": ON if greeting.on else "",
        "channel_id": greeting.channel_id or "",
        "message": greeting.message,
        "title": greeting.title,
        "color": "" if greeting.color is None else write_color(greeting.color),
        "thumbnail": "" if greeting.thumbnail else OFF,
        "locale": "" if greeting.locale == ENGLISH else greeting.locale,
        **{key: ON if on else "" for key, on in switches.items()},
    }
    return {key: value for key, value in told.items() if value}


def write_color(color: int) -> str:
    """Write `#5865F2`."""
    return f"#{color:06X}"


def read_color(written: str) -> int | None:
    """Read `#5865F2`; None for anything else."""
    digits = written.strip().removeprefix("#")
    try:
        return int(digits, 16) if len(digits) == 6 and digits.isalnum() else None
    except ValueError:
        return None
