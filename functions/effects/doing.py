"""Effects as calls of Discord's REST API."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol, assert_never
from urllib.parse import quote

from usher.contracts.effect import (
    ChangeRole,
    CheckStanding,
    Effect,
    MendRank,
    SendMessage,
    SweepStandings,
)

NONCE_LENGTH: Final = 25
"""Characters of a message's nonce (API reference: Create Message)."""


class Rest(Protocol):
    """Discord's REST API."""

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        """Call a route; raises DiscordError."""
        ...


class Standings(Protocol):
    """What members have earned by their invites."""

    def check(self, order: CheckStanding) -> None:
        """Look at one member; raises DiscordError, and errors of table and queue."""
        ...

    def sweep(self, order: SweepStandings) -> None:
        """Have a page of members looked at, and the next one after it."""
        ...


class Trouble(Protocol):
    """What keeps ranks from working."""

    def mend(self, order: MendRank) -> None:
        """Look whether a problem is mended; raises DiscordError, and errors of table and queue."""
        ...


@dataclass(frozen=True, slots=True)
class DiscordEffects:
    """Does effects. Doing one twice within minutes has the effect of once."""

    rest: Rest
    standings: Standings
    trouble: Trouble

    def do(self, effect: Effect) -> None:
        """Do an effect; raises DiscordError."""
        match effect:
            case SendMessage():
                self._send(effect)
            case ChangeRole():
                self._change_role(effect)
            case CheckStanding():
                self.standings.check(effect)
            case SweepStandings():
                self.standings.sweep(effect)
            case MendRank():
                self.trouble.mend(effect)
            case _:
                assert_never(effect)

    def _send(self, effect: SendMessage) -> None:
        users = [] if effect.mention is None else [effect.mention]
        mentions: dict[str, list[str]] = {"parse": []}
        if users:
            mentions["users"] = [*users]
        body = {
            "content": effect.content,
            "nonce": _nonce(effect.id),
            "enforce_nonce": True,
            "allowed_mentions": mentions,
        }
        self.rest.call("POST", f"/channels/{_part(effect.channel_id)}/messages", body)

    def _change_role(self, effect: ChangeRole) -> None:
        guild, user, role = _part(effect.guild_id), _part(effect.user_id), _part(effect.role_id)
        method = "PUT" if effect.present else "DELETE"
        route = f"/guilds/{guild}/members/{user}/roles/{role}"
        self.rest.call(method, route, reason=effect.reason)


def _nonce(effect_id: str) -> str:
    """Fit an id into a nonce; a longer one by its hash, so that ids stay apart."""
    if len(effect_id) <= NONCE_LENGTH:
        return effect_id
    return sha256(effect_id.encode()).hexdigest()[:NONCE_LENGTH]


def _part(text: str) -> str:
    return quote(text, safe="")
