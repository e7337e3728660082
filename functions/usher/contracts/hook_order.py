"""What the webhooks function is asked to do, beside being told events."""

import json
from dataclasses import asdict
from typing import Final, Literal

from usher.contracts.errors import ContractError
from usher.contracts.hook_event import EVENTS, HOOKS_VERSION, HookEvent, read_events
from usher.frozen import frozen
from usher.ids import GuildId


@frozen
class Deliver:
    """Try a delivery, if that try is still awaited."""

    guild_id: GuildId
    endpoint_id: str
    key: str
    due_at: str
    """The time for which it was asked, as the row has it."""
    t: Literal["deliver"] = "deliver"


@frozen
class TellKept:
    """Tell an event that was written with its fact, if nobody has yet."""

    guild_id: GuildId
    event_id: str
    t: Literal["kept"] = "kept"


@frozen
class Replay:
    """Send deliveries again, a page at a time, oldest first."""

    guild_id: GuildId
    endpoint_id: str
    first: str
    """Keys after this one."""
    last: str
    only_failed: bool
    run: str
    """Names the replay: it sends each delivery once."""
    t: Literal["replay"] = "replay"


type HookOrder = Deliver | TellKept | Replay

_KINDS: Final[dict[str, type[HookOrder]]] = {
    "deliver": Deliver,
    "kept": TellKept,
    "replay": Replay,
}


def encode_order(order: HookOrder) -> str:
    """Write an order as the body of a message."""
    return json.dumps({"v": HOOKS_VERSION, **asdict(order)}, separators=(",", ":"))


def decode_hook(body: str) -> HookOrder | tuple[HookEvent, ...]:
    """Read a message to the webhooks function: an order, or events. Raises ContractError."""
    try:
        fields = json.loads(body)
        if fields.pop("v") != HOOKS_VERSION:
            raise ContractError("not a webhook message of a known version")
        if fields.get("t") == EVENTS:
            return read_events(fields)
        return _KINDS[fields["t"]](**fields)
    except (AttributeError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ContractError(f"not a webhook message: {error}") from error
