"""What a link is worth now, and who a visitor is. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import new as hmac
from typing import Final

from usher.referrals.model import Campaign, Link, LinkCode, Variant

CODE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{1,30}[A-Za-z0-9])")
"""Chosen codes: 3 to 32 characters that no mail program cuts a link at."""
RESERVED: Final = frozenset({"bulk", "export"})
"""Names of other things under `/api/v1/links/`."""
VISITOR_DIGITS: Final = 24


class State(StrEnum):
    """Whether a link leads somewhere."""

    OPEN = "open"
    EARLY = "early"
    """The campaign has not begun."""
    PAUSED = "paused"
    """By the link's owner or the campaign's."""
    EXPIRED = "expired"
    """The link or its campaign is over."""


def state_of(link: Link, campaign: Campaign, now: datetime) -> State:
    """Tell whether a link leads into the guild now; the end outranks a pause, it is for good."""
    ends = [end for end in (link.expires_at, campaign.active_to) if end is not None]
    if any(now >= end for end in ends):
        return State.EXPIRED
    if not link.active or campaign.paused:
        return State.PAUSED
    if campaign.active_from is not None and now < campaign.active_from:
        return State.EARLY
    return State.OPEN


def is_code(text: str) -> bool:
    """Whether a text can be a link's code."""
    return CODE.fullmatch(text) is not None and text not in RESERVED


def visitor_of(salt: bytes, address: str, user_agent: str) -> str:
    """Name a visitor for the day whose salt it is: nobody can tell the address from it later.

    The salt is deleted after two days, and the address is never kept (SPEC 5.8).
    """
    told = f"{address}\n{user_agent}".encode("utf-8", "surrogatepass")
    return hmac(salt, told, sha256).hexdigest()[:VISITOR_DIGITS]


def variant_for(variants: Sequence[Variant], code: LinkCode, seed: str) -> Variant | None:
    """Choose a variant by its weight: the same seed, a visitor, always sees the same."""
    total = sum(max(one.weight, 0) for one in variants)
    if not total:
        return None
    drawn = int.from_bytes(sha256(f"{code}\n{seed}".encode()).digest()[:8]) % total
    for one in variants:
        drawn -= max(one.weight, 0)
        if drawn < 0:
            return one
    return None
