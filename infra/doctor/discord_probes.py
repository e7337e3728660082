"""Discord as the operator's doctor asks it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from infra.doctor.discord import Answer, Discord, ask
from infra.doctor.facts import Bot, Door, Gateway, Wanted
from usher.doctor.model import ProbeError

OK: Final = 200
NONSENSE: Final = "00" * 64
"""No signature of anything."""
PING: Final = {"type": 1, "id": "1", "token": "ping", "version": 1}


@dataclass(frozen=True, slots=True)
class Portal:
    """The bot's application. Methods raise ProbeError."""

    discord: Discord

    def bot(self) -> tuple[Bot, int, str]:
        """Read who the token is of, the application's flags, and the bot's own id."""
        own = _good(self.discord.get("/users/@me"), "the token")
        told = _good(self.discord.get("/applications/@me"), "the application")
        endpoint, flags = told.get("interactions_endpoint_url"), told.get("flags")
        redirects = told.get("redirect_uris")
        return (
            Bot(
                name=str(own.get("username", "")),
                application_id=str(told.get("id", "")),
                public_key=str(told.get("verify_key", "")),
                endpoint=endpoint if isinstance(endpoint, str) and endpoint else None,
                redirects=tuple(map(str, redirects)) if isinstance(redirects, list) else (),
            ),
            flags if isinstance(flags, int) else 0,
            str(own.get("id", "")),
        )

    def gateway(self) -> Gateway:
        """Read what Discord says of connecting."""
        told = _good(self.discord.get("/gateway/bot"), "the gateway")
        limit = told.get("session_start_limit")
        starts = limit if isinstance(limit, dict) else {}
        shards = told.get("shards")
        return Gateway(
            shards if isinstance(shards, int) else 1,
            int(starts.get("remaining", 0)),
            int(starts.get("total", 1000)),
            timedelta(milliseconds=int(starts.get("reset_after", 0))),
        )

    def door(self, bot: Bot, wanted: Wanted) -> Door:
        """Knock at the endpoint as a forger does, and have Discord knock.

        Discord pings an address, well signed and badly, when it is saved (docs: Interactions
        Endpoint URL). So the address that it has already is saved again, which changes nothing.
        """
        forged = ask("POST", wanted.endpoint, {**_SIGNED, "X-Signature-Timestamp": "1"}, PING)
        unsigned = ask("POST", wanted.endpoint, None, PING)
        if bot.endpoint is None or bot.endpoint.rstrip("/") != wanted.endpoint.rstrip("/"):
            return Door(forged.status, unsigned.status)
        body = {"interactions_endpoint_url": bot.endpoint}
        saved = self.discord.call("PATCH", "/applications/@me", body)
        return Door(forged.status, unsigned.status, _TAKEN.get(saved.status))


_TAKEN: Final = {OK: True, 400: False}
"""What Discord says of the address; a limit, an outage, a refused token say nothing of it."""
_SIGNED: Final = {"X-Signature-Ed25519": NONSENSE}


def _good(answer: Answer, what: str) -> dict[str, object]:
    if answer.status == OK:
        return answer.fields()
    if answer.status == 401:
        raise ProbeError("Discord does not know the token: it was reset, or is another's.")
    raise ProbeError(f"Discord answered {answer.status} when asked for {what}.")
