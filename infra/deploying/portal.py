"""The application as Discord's API tells and changes it, with the bot's token.

Source: Discord API reference, "Get Current Application" and "Edit Current Application".
"""

import json
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Final

from infra.cli.discord_call import call
from infra.cli.register import RegisterError, apply
from infra.deploying.model import Application, StopError

ROUTE: Final = "/applications/@me"
REFUSALS: Final = {
    401: "Discord does not know this bot token: reset it in the portal (Bot, Reset Token), and "
    "give the new one with --new-secrets.",
    429: "Discord limits these questions for now: run this again in a few minutes.",
}


class BotPortal:
    """Implements Portal."""

    def __init__(self, api_base: str, token: str) -> None:
        self._api_base = api_base
        self._token = token
        self._id = ""

    def look(self) -> Application:
        """Say what the application is."""
        status, answer = self._call("GET")
        fields = _fields(answer)
        if status != 200 or not isinstance(fields.get("id"), str):
            raise StopError(REFUSALS.get(status, f"Discord answered {status} to who the bot is."))
        application = _application(fields)
        self._id = application.id
        return application

    def change(self, fields: Mapping[str, object]) -> str | None:
        """Change the application; None, or what Discord has against it."""
        status, answer = self._call("PATCH", fields)
        if status == 200:
            return None
        if status in REFUSALS:
            raise StopError(REFUSALS[status])
        return _reason(status, _fields(answer))

    def register(self) -> Sequence[str]:
        """Register the commands where they differ; a line for each difference."""
        try:
            return apply(self._api_base, self._id or self.look().id, self._token).lines()
        except RegisterError as error:
            raise StopError(error.sentence) from error

    def _call(self, method: str, fields: Mapping[str, object] | None = None) -> tuple[int, bytes]:
        try:
            return call(self._api_base, self._token, method, ROUTE, fields)
        except (OSError, HTTPException) as error:
            raise StopError(f"Discord at {self._api_base} cannot be reached.") from error


def _application(fields: Mapping[str, object]) -> Application:
    redirects, installs = fields.get("redirect_uris"), fields.get("integration_types_config")
    endpoint, flags = fields.get("interactions_endpoint_url"), fields.get("flags")
    return Application(
        id=str(fields["id"]),
        name=str(fields.get("name")),
        public_key=str(fields.get("verify_key")),
        flags=flags if isinstance(flags, int) else 0,
        endpoint=endpoint if isinstance(endpoint, str) and endpoint else None,
        redirects=tuple(redirects) if isinstance(redirects, list) else (),
        installs=installs if isinstance(installs, dict) else {},
    )


def _fields(answer: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(answer)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _reason(status: int, fields: Mapping[str, object]) -> str:
    """Find the sentence of the first field that Discord names, else its message."""
    errors = fields.get("errors")
    if isinstance(errors, dict):
        for about in errors.values():
            inner = about.get("_errors") if isinstance(about, dict) else None
            if isinstance(inner, list) and inner and isinstance(inner[0], dict):
                return str(inner[0].get("message"))
    return str(fields.get("message") or f"status {status}")
