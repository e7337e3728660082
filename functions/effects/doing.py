"""Effects as calls of Discord's REST API."""

from dataclasses import dataclass
from typing import assert_never
from urllib.parse import quote

from effects.policing import Policing
from usher.contracts.effect import ChangeRole, CheckInvite, Effect, SendMessage
from usher.platform.discord_messages import Rest, send


@dataclass(frozen=True, slots=True)
class DiscordEffects:
    """Does effects. Doing one twice within minutes has the effect of once."""

    rest: Rest

    def do(self, effect: Effect) -> None:
        """Do an effect; raises DiscordError."""
        match effect:
            case SendMessage():
                send(self.rest, effect)
            case ChangeRole():
                self._change_role(effect)
            case CheckInvite():
                Policing(self.rest).check(effect)
            case _:
                assert_never(effect)

    def _change_role(self, effect: ChangeRole) -> None:
        guild, user, role = _part(effect.guild_id), _part(effect.user_id), _part(effect.role_id)
        method = "PUT" if effect.present else "DELETE"
        route = f"/guilds/{guild}/members/{user}/roles/{role}"
        self.rest.call(method, route, reason=effect.reason)


def _part(text: str) -> str:
    return quote(text, safe="")
