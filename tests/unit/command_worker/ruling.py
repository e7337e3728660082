"""Asking for Discord's own rules through the worker's door."""

from tests.unit.command_worker.desk import Desk, words
from tests.unit.slash.payloads import GUILD, option
from usher.ids import GuildId

ALERTS = "645027906669510999"
APP = str(1 << 5)
"""Usher holds Manage Server."""
MANY = ",".join(f"word{n}" for n in range(90))


def run(there: Desk, line: str, *options: object, **changes: object) -> str:
    named = {"id": ALERTS, "name": "mods", "type": 0, "permissions": "0"}
    resolved = {"channels": {ALERTS: named}, **dict(changes.pop("resolved", {}))}  # type: ignore[call-overload]
    reply = there.run(line, *options, resolved=resolved, app_permissions=APP, **changes)  # type: ignore[arg-type]
    return words(reply)


def enable(there: Desk, preset: str, **options: object) -> str:
    named = [option(name, value) for name, value in options.items()]
    return run(there, "automod enable", option("preset", preset), *named)


def setting(there: Desk, name: str) -> str | None:
    return there.services.settings.find(GuildId(GUILD), name)


def policy(there: Desk, action: str, rule: str = "801", **options: object) -> str:
    named = [option(name, value) for name, value in options.items()]
    asked = (option("rule", rule), option("action", action))
    return run(there, "automod policy", *asked, *named)
