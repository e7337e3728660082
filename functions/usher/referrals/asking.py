"""What the campaign and referral commands ask, and how they find what a member means."""

import re
from collections.abc import Iterable
from hashlib import sha256
from hmac import new as hmac
from typing import Final, Protocol
from urllib.parse import urlsplit

from usher.asking import Deeds, SettingReads
from usher.invites.ports import InviteDesk
from usher.referrals.model import Campaign, CampaignId, Link, LinkCode
from usher.referrals.ports import KeptHooks, ReferralTable
from usher.referrals.rules import is_code
from usher.slash import text
from usher.slash.completing import Suggestion, Suggestions, Typing
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.permissions import Permission, allows
from usher.slash.say import say, say_count

SUGGESTED: Final = 25
LINE: Final = 100
"""Characters that Discord shows of a suggestion."""
_COLOR: Final = re.compile(r"#?([0-9a-fA-F]{6})")
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Digits and letters that nobody confuses."""
_CODE_LENGTH: Final = 12
"""Some 59 bits: nobody finds another's link by trying."""


class FrontServices(Protocol):
    """What is called while a member types."""

    @property
    def referrals(self) -> ReferralTable:
        """Campaigns and links."""
        ...


class Services(FrontServices, Protocol):
    """What these commands call."""

    @property
    def desk(self) -> InviteDesk:
        """Discord."""
        ...

    @property
    def deeds(self) -> Deeds:
        """What changes settings and ledger."""
        ...

    @property
    def settings(self) -> SettingReads:
        """The guild's settings."""
        ...

    @property
    def hooks(self) -> KeptHooks:
        """What webhooks are told through."""
        ...

    @property
    def referral_url(self) -> str:
        """Under which address links are given out, without a slash at the end."""
        ...

    @property
    def sign_in(self) -> bool:
        """Whether links may ask visitors to sign in with Discord."""
        ...


def any_campaign(typing: Typing[FrontServices]) -> Suggestions:
    """Suggest campaigns by a word of their name."""
    wanted = typing.typed.strip().casefold()
    found = typing.services.referrals.campaigns(typing.guild_id)
    fitting = [one for one in reversed(found) if wanted in one.name.casefold()]
    return [(text.cut(one.name, LINE), one.id) for one in fitting[:SUGGESTED]]


def any_link(typing: Typing[FrontServices]) -> Suggestions:
    """Suggest links by code or title; their owners are offered their own."""
    wanted = typing.typed.strip().rpartition("/")[2].casefold()
    found: Iterable[Link] = typing.services.referrals.links(typing.guild_id)
    if not allows(typing.permissions, Permission.MANAGE_GUILD):
        found = [one for one in found if one.owner_id == typing.user_id]
    fitting = [
        one for one in found if wanted in one.code.casefold() or wanted in one.title.casefold()
    ]
    return [_suggestion(one) for one in fitting[:SUGGESTED]]


def find_campaign(ctx: Ctx[Services], written: str) -> Campaign:
    """Find a campaign by id or by name, whatever its case; raises UserError."""
    table, wanted = ctx.services.referrals, written.strip()
    if wanted.isdecimal():
        found = table.campaign(ctx.guild_id, CampaignId(wanted))
        if found is not None:
            return found
    for one in table.campaigns(ctx.guild_id):
        if one.name.casefold() == wanted.casefold():
            return one
    raise UserError(say("There is no campaign {name} here.", name=text.code(wanted)))


def find_link(ctx: Ctx[Services], written: str) -> Link:
    """Find a link by its code or address; others than managers find their own. Raises UserError."""
    code = written.strip().rstrip("/").rpartition("/")[2]
    link = ctx.services.referrals.link(LinkCode(code)) if is_code(code) else None
    mine = link is not None and (is_manager(ctx) or link.owner_id == ctx.user_id)
    if link is None or link.guild_id != ctx.guild_id or not mine:
        raise UserError(say("I know no link {code} here.", code=text.code(code)))
    return link


def is_manager(ctx: Ctx[Services]) -> bool:
    """Whether the member may see everybody's links."""
    return allows(ctx.permissions, Permission.MANAGE_GUILD)


def unguessable(ctx: Ctx[Services]) -> LinkCode:
    """Make a code that nobody can guess and that a repetition makes again.

    The interaction's token is known to Discord and Usher alone.
    """
    return letters_of(hmac(ctx.token.encode(), ctx.interaction_id.encode(), sha256).digest())


def letters_of(told: bytes) -> LinkCode:
    """Write a digest as a code."""
    number, letters = int.from_bytes(told), ""
    for _ in range(_CODE_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[place]
    return LinkCode(letters)


def read_color(written: str) -> int:
    """Read `#5865f2`; raises UserError."""
    found = _COLOR.fullmatch(written.strip())
    if found is None:
        raise UserError(
            say("{color} is no colour. Write it like `#5865f2`.", color=text.code(written))
        )
    return int(found[1], 16)


def read_https(written: str) -> str:
    """Read the https address of a picture; raises UserError."""
    address = written.strip()
    try:
        parts = urlsplit(address)
        good = parts.scheme == "https" and "." in (parts.hostname or "") and not parts.username
    except ValueError:
        good = False
    if not good or any(one.isspace() for one in address):
        raise UserError(
            say("{address} is no address that starts with https://.", address=text.code(written))
        )
    return address


def one_line(written: str | None) -> str:
    """Write what was typed as one line without blanks around it."""
    return " ".join((written or "").split())


def days(number: int) -> str:
    """Say how many days."""
    return say_count("{number} day", "{number} days", number)


def _suggestion(link: Link) -> Suggestion:
    clicks = say_count("{number} click", "{number} clicks", link.counts.clicks)
    return text.cut(f"{link.code} · {link.title} · {clicks}", LINE), link.code
