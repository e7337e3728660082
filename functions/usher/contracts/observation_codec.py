"""An Observation as the body of a message to `events.fifo`, and back.

The body is JSON in ASCII: SQS refuses some Unicode characters (SendMessage, API reference), and
what people put in their names must never make a message unsendable. Invite rows are arrays with
times as epoch microseconds, so that 1,000 of them fit one message; everything else keeps its name.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from usher.contracts.errors import ContractError
from usher.contracts.observation import OBSERVATION_VERSION, InviteLook, Observation
from usher.contracts.observation_events import read_event, write_event
from usher.contracts.observation_looks import (
    read_look,
    read_name,
    read_vanity,
    write_look,
    write_vanity,
)
from usher.contracts.wire import (
    as_fields,
    read_count,
    read_flag,
    read_list,
    read_matching,
    read_snowflake,
    read_text,
    read_time,
    unless_none,
)
from usher.ids import GuildId
from usher.times import format_time

MESSAGE_LIMIT: Final = 256 * 1024
"""Bytes of one message's body."""
LOOK_TOO_LARGE: Final = 413
"""Status of a look that no message could carry; 413 is HTTP's Content Too Large."""

_MESSAGE_ID: Final = re.compile(r"[!-~]{1,128}")
_SUFFIX_ROOM: Final = 8


def encode(observation: Observation) -> str:
    """Write an observation as the body of a message: compact JSON, ASCII only."""
    return _dump(
        {
            "v": OBSERVATION_VERSION,
            "id": observation.id,
            "guild_id": observation.guild_id,
            "guild_name": observation.guild_name,
            "at": format_time(observation.at),
            "gap": observation.gap,
            "events": [write_event(event) for event in observation.events],
            "look": None if observation.look is None else write_look(observation.look),
            "vanity": None if observation.vanity is None else write_vanity(observation.vanity),
            "names": [list(name) for name in observation.names],
            "member_count": observation.member_count,
        }
    )


def decode(body: str) -> Observation:
    """Read the body of a message; raises ContractError, and nothing else, for any other text."""
    try:
        fields = as_fields(json.loads(body), "observation")
    except (ValueError, RecursionError) as error:
        raise ContractError("not JSON") from error
    if fields.get("v") != OBSERVATION_VERSION or fields["v"] is True:
        raise ContractError("not an observation of a known version")
    look, vanity = fields.get("look"), fields.get("vanity")
    return Observation(
        id=read_matching(_MESSAGE_ID, fields, "id"),
        guild_id=GuildId(read_snowflake(fields, "guild_id")),
        guild_name=read_text(fields, "guild_name"),
        at=read_time(fields, "at"),
        events=tuple(read_event(item) for item in read_list(fields, "events")),
        look=None if look is None else read_look(as_fields(look, "look")),
        vanity=None if vanity is None else read_vanity(as_fields(vanity, "vanity")),
        gap=read_flag(fields, "gap"),
        names=tuple(read_name(item) for item in read_list(fields, "names")),
        member_count=unless_none(fields, "member_count", read_count),
    )


def split(observation: Observation, limit: int = MESSAGE_LIMIT) -> list[Observation]:
    """Cut an observation into parts whose bodies fit `limit` bytes each, in the order to send.

    Events go first and the look goes with the last part, so that no use is seen before the join
    that made it. Parts are named `<id>.1`, `<id>.2`, …; `gap` belongs to the first. A look that
    fits no message at all is replaced by a failed one (`LOOK_TOO_LARGE`): nobody saw it whole.
    """
    if len(encode(observation)) <= limit:
        return [observation]
    bare = replace(observation, events=(), look=None, vanity=None, names=())
    room = limit - len(encode(bare)) - _SUFFIX_ROOM
    last = replace(observation, events=(), gap=False)
    parts: list[Observation] = []
    if len(encode(last)) + _SUFFIX_ROOM > limit:
        named = _portions(observation.names, lambda name: _dump(list(name)), room)
        parts += [replace(bare, names=names) for names in named]
        last = replace(last, names=())
    if observation.look is not None and len(encode(last)) + _SUFFIX_ROOM > limit:
        last = replace(last, look=InviteLook(at=observation.look.at, status=LOOK_TOO_LARGE))
    portions = _portions(observation.events, lambda event: _dump(write_event(event)), room)
    if portions and len(encode(replace(last, events=portions[-1]))) + _SUFFIX_ROOM <= limit:
        last = replace(last, events=portions.pop())
    parts += [replace(bare, events=events) for events in portions]
    return [
        replace(part, id=f"{observation.id}.{number}", gap=observation.gap and number == 1)
        for number, part in enumerate([*parts, last], start=1)
    ]


def _portions[T](items: Iterable[T], write: Callable[[T], str], room: int) -> list[tuple[T, ...]]:
    portions: list[list[T]] = []
    left = 0
    for item in items:
        size = len(write(item)) + 1
        if size > left or not portions:
            portions.append([])
            left = room
        portions[-1].append(item)
        left -= size
    return [tuple(portion) for portion in portions]


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
