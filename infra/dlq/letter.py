"""A message that was given up: what it is, by kind and ids, and never a name or a token. Pure."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.backfill import decode_request
from usher.contracts.deferred import DeferredCommand
from usher.contracts.errors import ContractError
from usher.contracts.hook_order import decode_hook
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import decode

TOKEN_LIFE: Final = timedelta(minutes=15)
"""How long an interaction may be answered (Discord docs)."""
COMMANDS: Final = "commands"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a dead-letter queue."""

    id: str
    """SQS's message id; it stays the same when a message is given up."""
    body: str
    sent_at: datetime
    """When it was first put into its own queue."""
    receipt: str
    """For deleting it, or showing it again."""
    group: str | None = None
    """Of a FIFO queue: the guild, as a rule."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a letter is."""

    kind: str
    guild_id: str = ""
    subject: str = ""
    """Ids that tell which one it is."""


def is_expired(queue: str, letter: Letter, now: datetime) -> bool:
    """Whether doing it is no use any more: nobody can be answered after a quarter of an hour."""
    return queue == COMMANDS and now - letter.sent_at > TOKEN_LIFE


def tell(queue: str, letter: Letter) -> Told:
    """Say what a letter is; one that nobody understands says so."""
    try:
        return _READERS.get(queue, _plainly)(letter.body)
    except (ContractError, ValueError, KeyError, TypeError, RecursionError):
        return Told("not understood", letter.group or "", f"{len(letter.body):,} characters")


def _observation(body: str) -> Told:
    seen: Observation = decode(body)
    kinds = Counter(type(one).__name__ for one in seen.events)
    parts = [f"{number} {kind}" for kind, number in kinds.items()]
    parts += ["a look at the invites"] if seen.look is not None else []
    return Told(", ".join(parts) or "nothing new", seen.guild_id, seen.id)


def _command(body: str) -> Told:
    interaction = DeferredCommand.decode(body).interaction
    name = _name(interaction.get("data"))
    what = f"/{name}" if name else "a button or form"
    return Told(what, str(interaction.get("guild_id") or ""), str(interaction.get("id") or ""))


def _name(data: object) -> str:
    """Name a command with its subcommands; nothing that was typed."""
    names: list[str] = []
    while isinstance(data, Mapping) and isinstance(data.get("name"), str) and len(names) < 3:
        if names and data.get("type") not in (1, 2):
            break
        names.append(str(data["name"]))
        options = data.get("options")
        data = options[0] if isinstance(options, list) and options else None
    return " ".join(names)


def _effect(body: str) -> Told:
    fields = _fields(body)
    return Told(str(fields["kind"]), str(fields.get("guild_id") or ""), str(fields["id"]))


def _request(body: str) -> Told:
    asked = decode_request(body)
    return Told(type(asked).__name__, asked.guild_id, getattr(asked, "run", ""))


def _hook(body: str) -> Told:
    found = decode_hook(body)
    if isinstance(found, tuple):
        kinds = Counter(one.type.value for one in found)
        said = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        return Told(said, found[0].guild_id if found else "", found[0].id if found else "")
    subject = getattr(found, "key", "") or getattr(found, "event_id", "") or found.t
    return Told(found.t, found.guild_id, subject)


def _plainly(body: str) -> Told:
    fields = _fields(body)
    kind = fields.get("kind") or fields.get("t") or fields.get("type") or "a message"
    guild = fields.get("guild_id") or ""
    return Told(str(kind), str(guild), str(fields.get("id") or ""))


def _fields(body: str) -> Mapping[str, object]:
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ContractError("not an object")
    return found


_READERS: Final[Mapping[str, Callable[[str], Told]]] = {
    "events": _observation,
    COMMANDS: _command,
    "effects": _effect,
    "confirmations": _request,
    "hooks": _hook,
}
