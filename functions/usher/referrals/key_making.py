"""API keys given out, by command and by command line alike."""

from datetime import datetime, timedelta
from typing import Protocol

from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.referrals.keys import (
    MOST_KEYS,
    ApiKey,
    KeyFieldsError,
    Scope,
    check_owner,
    digest_of,
    key_text,
    prefix_of,
)
from usher.slash.say import say


class ApiKeys(Protocol):
    """API keys. Every method may raise an error of its store."""

    def of_guild(self, guild_id: GuildId) -> tuple[ApiKey, ...]:
        """Read a guild's keys, oldest first."""
        ...

    def add(self, key: ApiKey) -> None:
        """Write a key; one that the same thing has made before gets this secret instead."""
        ...

    def revoke(self, guild_id: GuildId, prefix: str, now: datetime) -> bool:
        """End a key for good; False for one that the guild does not have."""
        ...


@frozen
class KeyWish:
    """What key is wanted, and by whom."""

    guild_id: GuildId
    name: str
    scopes: frozenset[Scope]
    owner_id: UserId | None
    days: int | None
    """How long it opens anything; for ever where None."""
    by: str
    made_by: str
    """What asks for it: the same again gets no second key."""


def issue(keys: ApiKeys, wish: KeyWish, secret: str, now: datetime) -> tuple[ApiKey, str]:
    """Make a key and return it with its text, which nobody can read again.

    `secret` is 256 random bits, URL-safe. Raises KeyFieldsError with what is wrong.
    """
    name = " ".join(wish.name.split())
    if not name:
        raise KeyFieldsError(say("Please give it a name."))
    check_owner(wish.scopes, wish.owner_id)
    prefix = prefix_of(wish.made_by)
    live = [one for one in keys.of_guild(wish.guild_id) if one.live(now) and one.prefix != prefix]
    if len(live) >= MOST_KEYS:
        raise KeyFieldsError(
            say("A server has at most {most} keys. Revoke one first.", most=MOST_KEYS)
        )
    key = ApiKey(
        prefix=prefix,
        digest=digest_of(secret),
        guild_id=wish.guild_id,
        name=name,
        scopes=wish.scopes,
        created_at=now,
        created_by=wish.by,
        owner_id=wish.owner_id,
        expires_at=None if wish.days is None else now + timedelta(days=wish.days),
        made_by=wish.made_by,
    )
    keys.add(key)
    return key, key_text(prefix, secret)
