"""Which Discord the local system speaks to, and as which application."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

REAL_API: Final = "https://discord.com/api/v10"
PRACTICE: Final = "practice"
NONE: Final = "none"

_PUBLIC_KEY = re.compile(r"[0-9a-fA-F]{64}")
_APPLICATION_ID = re.compile(r"[0-9]{17,20}")
# With no bot there is no application either, but the template asks for an id.
_NO_APPLICATION: Final = "0" * 18


class SettingError(Exception):
    """A setting is missing or malformed; the message is one sentence for the person."""


@dataclass(frozen=True, slots=True)
class Bot:
    """One Discord application: public key in hex, id, token ("" for none), the API's base.

    With the client's secret links may ask people to sign in; "" for none.
    """

    public_key: str
    application_id: str
    token: str
    api_base: str
    client_secret: str = ""

    def __repr__(self) -> str:
        """Leave token and secret out, so that no log or traceback carries them."""
        return f"Bot(application_id={self.application_id!r}, api_base={self.api_base!r})"


def choose(asked: str | None, environment: Mapping[str, str]) -> str:
    """Return `practice`, `none` or an API base: what was asked, else what a bot token implies."""
    if asked is None:
        if not environment.get("DISCORD_BOT_TOKEN"):
            return PRACTICE
        asked = environment.get("DISCORD_API_BASE") or REAL_API
    if asked in {PRACTICE, NONE}:
        return asked
    if not re.match(r"https?://[^/]", asked):
        raise SettingError(f"--discord takes practice, none or an API base; {asked!r} is none.")
    return asked.rstrip("/")


def from_environment(choice: str, environment: Mapping[str, str]) -> Bot:
    """Return the application for `none` or an API base; raises SettingError."""
    public_key = environment.get("DISCORD_PUBLIC_KEY", "")
    if not public_key:
        raise SettingError(f"--discord {choice} needs DISCORD_PUBLIC_KEY in the environment.")
    token = environment.get("DISCORD_BOT_TOKEN", "")
    secret = environment.get("DISCORD_CLIENT_SECRET", "")
    application_id = environment.get("DISCORD_APPLICATION_ID", "")
    if choice == NONE:
        base = environment.get("DISCORD_API_BASE") or REAL_API
        return checked(
            Bot(public_key, application_id or _NO_APPLICATION, token, base.rstrip("/"), secret)
        )
    if not token:
        raise SettingError(f"--discord {choice} needs DISCORD_BOT_TOKEN in the environment.")
    bot = checked(Bot(public_key, application_id or _NO_APPLICATION, token, choice, secret))
    return bot if application_id else replace(bot, application_id=_ask_who_i_am(bot))


def checked(bot: Bot) -> Bot:
    """Return the bot, or raise SettingError where the template would refuse it."""
    if not _PUBLIC_KEY.fullmatch(bot.public_key):
        raise SettingError(
            "DISCORD_PUBLIC_KEY must be the 64 hexadecimal characters of the developer portal."
        )
    if not _APPLICATION_ID.fullmatch(bot.application_id):
        raise SettingError("DISCORD_APPLICATION_ID must be a Discord id of 17 to 20 digits.")
    return bot


def _ask_who_i_am(bot: Bot) -> str:
    request = urllib.request.Request(  # noqa: S310 - `choose` let only http and https through
        f"{bot.api_base}/applications/@me",
        headers={"Authorization": f"Bot {bot.token}", "User-Agent": "DiscordBot (usher, 0.1)"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            return str(json.load(answer)["id"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise SettingError(
            f"{bot.api_base} did not say which application the token belongs to ({error}); "
            "set DISCORD_APPLICATION_ID."
        ) from error
