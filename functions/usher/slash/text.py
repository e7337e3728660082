"""Discord markdown: text that others wrote made harmless, and what Discord renders itself."""

import re
from datetime import datetime
from typing import Final, Literal

from usher.ids import ChannelId, RoleId, UserId

ELLIPSIS: Final = "…"

_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
"""A backslash before any ASCII punctuation shows just the punctuation in Discord."""
_UNSEEN: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+"
)
"""Controls, line ends, direction overrides and lone surrogates: they break or fake the layout."""

type TimeStyle = Literal["t", "T", "d", "D", "f", "F", "R"]


def escape(text: str) -> str:
    """Make a name harmless: no formatting, no mention, no link, one line."""
    return _PUNCTUATION.sub(r"\\\1", _UNSEEN.sub(" ", text))


def code(text: str) -> str:
    """Show a short text, such as an invite code, in a fixed width and without formatting."""
    inner = _UNSEEN.sub(" ", text).replace("`", "ˋ")
    return f"`{inner}`" if inner else "` `"


def user(user_id: UserId) -> str:
    """Mention a user; nobody is notified, since no reply allows mentions."""
    return f"<@{user_id}>"


def channel(channel_id: ChannelId) -> str:
    """Link a channel."""
    return f"<#{channel_id}>"


def role(role_id: RoleId) -> str:
    """Mention a role; nobody is notified."""
    return f"<@&{role_id}>"


def when(moment: datetime, style: TimeStyle = "R") -> str:
    """Show a time in each reader's own zone and language; `R` is relative, `f` a date."""
    return f"<t:{int(moment.timestamp())}:{style}>"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Write a number with its noun, for example `1 join`, `1,204 joins`."""
    noun = singular if number == 1 else plural or f"{singular}s"
    return f"{number:,} {noun}"


def cut(text: str, limit: int) -> str:
    """Shorten to `limit` characters, the last one an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    return text[: limit - 1] + ELLIPSIS if limit > 0 else ""
