"""`usher register`: tells Discord the commands, when it does not have them as declared."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Final
from urllib.parse import quote

from infra.cli.commands import Subparsers
from infra.cli.diff import Diff, Json, compare
from infra.cli.discord_call import call
from usher.catalogue import ROUTER
from usher.platform.settings import DISCORD_API_BASE

_GLOBAL_ONLY: Final = ("contexts", "integration_types")
"""Discord takes these for global commands only (docs: Application Command Object)."""


class RegisterError(Exception):
    """Discord refused or could not be reached; `sentence` says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Registry:
    """The commands of one application, everywhere or in one guild."""

    api_base: str
    application_id: str
    token: str = field(repr=False)
    guild_id: str | None = None

    def declared(self) -> list[Json]:
        """Write what should be registered here."""
        commands = ROUTER.registration()
        if self.guild_id is None:
            return list(commands)
        return [{k: v for k, v in one.items() if k not in _GLOBAL_ONLY} for one in commands]

    def diff(self) -> Diff:
        """Ask Discord and compare; raises RegisterError."""
        declared, registered = self.declared(), self._call("GET", query="?with_localizations=true")
        if self.guild_id is not None:
            registered = [
                {k: v for k, v in one.items() if k not in _GLOBAL_ONLY} for one in registered
            ]
        return compare(declared, registered)

    def overwrite(self) -> None:
        """Replace all registered commands by the declared ones; raises RegisterError."""
        self._call("PUT", self.declared())

    def _call(
        self, method: str, body: Sequence[Json] | None = None, query: str = ""
    ) -> Sequence[Json]:
        scope = f"/guilds/{quote(self.guild_id, safe='')}" if self.guild_id else ""
        route = f"/applications/{quote(self.application_id, safe='')}{scope}/commands{query}"
        try:
            status, answer = call(self.api_base, self.token, method, route, body)
        except (OSError, HTTPException) as error:
            raise RegisterError(f"Discord at {self.api_base} cannot be reached.") from error
        return _commands(status, answer)


def apply(api_base: str, application_id: str, token: str) -> Diff:
    """Register the declared commands globally if they differ, and return what differed."""
    registry = Registry(api_base, application_id, token)
    diff = registry.diff()
    if diff:
        registry.overwrite()
    return diff


def add_parser(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "register",
        help="register the slash commands with Discord",
        description="The bot token is read from DISCORD_BOT_TOKEN, never from an argument.",
    )
    parser.add_argument("--api-base", default=os.environ.get("DISCORD_API_BASE", DISCORD_API_BASE))
    parser.add_argument("--application-id", default=os.environ.get("DISCORD_APPLICATION_ID"))
    parser.add_argument("--guild", metavar="ID", help="register in one guild only, at once")
    parser.add_argument("--dry-run", action="store_true", help="only show what would change")
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Show the difference and apply it."""
    token = os.environ.get("DISCORD_BOT_TOKEN")
    if not (token and namespace.application_id):
        print(
            "set DISCORD_BOT_TOKEN, and DISCORD_APPLICATION_ID or --application-id", file=sys.stderr
        )
        return 2
    registry = Registry(namespace.api_base, namespace.application_id, token, namespace.guild)
    try:
        diff = registry.diff()
        print("\n".join(diff.lines()))
        if diff and not namespace.dry_run:
            registry.overwrite()
            print("registered")
    except RegisterError as error:
        print(error.sentence, file=sys.stderr)
        return 1
    return 0


def _commands(status: int, answer: bytes) -> Sequence[Json]:
    known = {
        401: "Discord does not know this bot token: check DISCORD_BOT_TOKEN.",
        403: "Discord forbids it: is the application id this bot's, and is the bot in the guild?",
        404: "Discord does not know this application: check its id and the API base.",
        429: "Discord limits registrations for now: try again in a few minutes.",
    }
    if status != 200:
        told = answer.decode(errors="replace")[:500]
        raise RegisterError(known.get(status, f"Discord answered {status}: {told}"))
    try:
        commands = json.loads(answer)
    except ValueError:
        commands = None
    if not isinstance(commands, list) or not all(isinstance(one, dict) for one in commands):
        raise RegisterError("Discord's answer is no list of commands: check the API base.")
    return commands
