"""Keys of the REST API: their text, what they may do, and until when. Pure.

A key reads `usher_<prefix>_<secret>`. The prefix finds its row, and may be shown; of the secret,
256 random bits, only the SHA-256 is kept: a digest that cannot be guessed back needs no salt.
"""

import re
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.slash.say import say

MOST_KEYS: Final = 50
"""Keys that a guild can have at a time, revoked and expired ones not counted."""
PER_MINUTE: Final = 120
"""Requests that a key may make within a minute."""
NAME_LENGTH: Final = 80

_TEXT: Final = re.compile(r"usher_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


class Scope(StrEnum):
    """What a key may do."""

    LINKS_READ = "links:read"
    LINKS_WRITE = "links:write"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    ANALYTICS_READ = "analytics:read"
    INVITES_READ = "invites:read"
    CONVERSIONS_READ = "conversions:read"
    CONVERSIONS_WRITE = "conversions:write"
    """To let held conversions count, or never."""
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    ONBOARDING_WRITE = "onboarding:write"


READING: Final = frozenset(scope for scope in Scope if scope.value.endswith(":read"))
OWNERS: Final = frozenset({Scope.LINKS_READ, Scope.LINKS_WRITE, Scope.ANALYTICS_READ})
"""What a key that is bound to one owner can hold: all else shows what is others'."""


@frozen
class ApiKey:
    """A key as it is kept."""

    prefix: str
    digest: str
    """SHA-256 of the secret, in hexadecimal digits."""
    guild_id: GuildId
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    created_by: str
    """A user's id, or `cli`."""
    owner_id: UserId | None = None
    """Whose links alone it reaches; all of the guild's where None."""
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    """To the hour."""
    made_by: str = ""
    """What made it, for example an interaction's id."""

    def live(self, now: datetime) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class KeyFieldsError(ValueError):
    """A key cannot be made so; the message is a sentence for who asked."""


def key_text(prefix: str, secret: str) -> str:
    """Write a key as its holder gets it, once."""
    return f"usher_{prefix}_{secret}"


def read_key(text: str) -> tuple[str, str] | None:
    """Take a key's text apart into prefix and secret; None for anything else."""
    found = _TEXT.fullmatch(text)
    return None if found is None else (found[1], found[2])


def prefix_of(made_by: str) -> str:
    """Name a key after what makes it, so that the same again makes no other."""
    return sha256(made_by.encode()).hexdigest()[:12]


def digest_of(secret: str) -> str:
    """Digest a secret."""
    return sha256(secret.encode()).hexdigest()


def fits(key: ApiKey, secret: str) -> bool:
    """Whether it is the key's secret, in the same time for every wrong one."""
    return compare_digest(key.digest, digest_of(secret))


def read_scopes(text: str) -> frozenset[Scope]:
    """Read scopes parted by spaces or commas; raises KeyFieldsError."""
    words = text.replace(",", " ").split()
    try:
        scopes = frozenset(Scope(word) for word in words)
    except ValueError as error:
        known = ", ".join(Scope)
        raise KeyFieldsError(say("A scope is one of {known}.", known=known)) from error
    if not scopes:
        raise KeyFieldsError(say("A key needs at least one scope."))
    return scopes


def check_owner(scopes: frozenset[Scope], owner_id: UserId | None) -> None:
    """Hold the scopes against an owner; raises KeyFieldsError."""
    beyond = sorted(scopes - OWNERS)
    if owner_id is not None and beyond:
        raise KeyFieldsError(
            say(
                "A key for one member's links cannot have {scopes}: that shows others'.",
                scopes=", ".join(beyond),
            )
        )
