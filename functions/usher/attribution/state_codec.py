"""A guild's attribution state as text for its DynamoDB items, and back.

Text is JSON, short: joins and uses are arrays, times are microseconds since 1970. People appear by
id alone: the rules need no names of joins already recorded, and DynamoDB holds none (DESIGN 10).
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final

from usher.attribution.adding import read_adding, write_adding
from usher.attribution.group_codec import read_group, write_group
from usher.attribution.micros import micros, moment, time_of
from usher.attribution.model import CodeState, CodeStatus, Group, Head, Prune
from usher.ids import InviteCode

COMPRESS_OVER: Final = 32 * 1024
"""Characters from which text is compressed: an item may hold 400 KB (DynamoDB's limit), and the
open joins of a raid repeat themselves."""

_COMPRESSED: Final = "z:"
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    zlib.error,
)


class StateError(RuntimeError):
    """What is stored of a guild cannot be read; `what` names the part. No message is to blame."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def encode_head(head: Head) -> str:
    """Write a head; the version is an attribute of its own and not part of the text."""
    return _write(
        {
            "looked_at": micros(head.looked_at),
            "blind_since": micros(head.blind_since),
            "shown_at": micros(head.shown_at),
            "gap": head.gap,
            "vanity_code": head.vanity_code,
            "open": write_group(head.open),
            "closed_until": micros(head.closed_until),
            "since": micros(head.since),
            "seen_at": micros(head.seen_at),
            "gaps": [[micros(began), micros(ended)] for began, ended in head.gaps],
            "forgotten": micros(head.forgotten),
            "added": [write_adding(one) for one in head.added],
            "departures": [[user_id, micros(at)] for user_id, at in head.departures],
            "prunes": [[micros(one.at), one.by, one.left] for one in head.prunes],
            **({"by_name": True} if head.by_name else {}),
            **({"off": [[micros(a), micros(b)] for a, b in head.off]} if head.off else {}),
            **({"settings": head.settings} if head.settings else {}),
        }
    )


def decode_head(text: str, version: int) -> Head:
    """Read what `encode_head` wrote; raises StateError."""
    return _read(
        "head",
        text,
        lambda fields: Head(
            version=version,
            looked_at=moment(fields["looked_at"]),
            blind_since=moment(fields.get("blind_since")),
            shown_at=moment(fields.get("shown_at")),
            gap=fields["gap"],
            vanity_code=fields["vanity_code"],
            open=read_group(fields["open"]),
            closed_until=moment(fields["closed_until"]),
            since=moment(fields.get("since")),
            seen_at=moment(fields.get("seen_at")),
            gaps=tuple((time_of(began), time_of(ended)) for began, ended in fields.get("gaps", ())),
            forgotten=moment(fields.get("forgotten")),
            added=tuple(read_adding(one) for one in fields.get("added", ())),
            departures=tuple(
                (user_id, time_of(at)) for user_id, at in fields.get("departures", ())
            ),
            prunes=tuple(Prune(time_of(at), by, n) for at, by, n in fields.get("prunes", ())),
            by_name=fields.get("by_name", False),
            off=tuple((time_of(began), moment(ended)) for began, ended in fields.get("off", ())),
            settings=fields.get("settings", 0),
        ),
    )


def encode_group(group: Group) -> str:
    """Write a group of joins and uses."""
    return _write(write_group(group))


def decode_group(text: str) -> Group:
    """Read what `encode_group` wrote; raises StateError."""
    return _read("group", text, read_group)


def encode_code(state: CodeState) -> str:
    """Write one code's state; its code is the item's key and not part of the text."""
    fields = {
        "inviter": state.inviter_id,
        "channel": state.channel_id,
        "uses": state.uses,
        "max_uses": state.max_uses,
        "max_age": state.max_age,
        "temporary": state.temporary,
        "created": micros(state.created_at),
        "expires": micros(state.expires_at),
        "status": state.status.value,
        "ended": micros(state.ended_at),
        "told": state.told or None,
        "only": list(state.only) or None,
        "joins": state.joins,
        "last_used": micros(state.last_used_at),
        "named": state.named or None,
        "counted": state.counted or None,
        "warned": state.warned or None,
        "made_for": state.made_for,
    }
    return _write({name: value for name, value in fields.items() if value is not None})


def decode_code(code: InviteCode, text: str) -> CodeState:
    """Read what `encode_code` wrote; raises StateError."""
    return _read(
        "code",
        text,
        lambda fields: CodeState(
            code=code,
            inviter_id=fields.get("inviter"),
            channel_id=fields.get("channel"),
            uses=fields.get("uses"),
            max_uses=fields["max_uses"],
            max_age=fields["max_age"],
            temporary=fields["temporary"],
            created_at=moment(fields.get("created")),
            expires_at=moment(fields.get("expires")),
            status=CodeStatus(fields["status"]),
            ended_at=moment(fields.get("ended")),
            told=fields.get("told", False),
            only=tuple(fields.get("only", ())),
            joins=fields["joins"],
            last_used_at=moment(fields.get("last_used")),
            named=fields.get("named", 0),
            counted=fields.get("counted", 0),
            warned=fields.get("warned", False),
            made_for=fields.get("made_for"),
        ),
    )


type _Fields = Mapping[str, Any]


def _write(value: object) -> str:
    text = json.dumps(value, separators=(",", ":"))
    if len(text) <= COMPRESS_OVER:
        return text
    return _COMPRESSED + b64encode(zlib.compress(text.encode())).decode()


def _read[T](what: str, text: str, build: Callable[[_Fields], T]) -> T:
    try:
        if text.startswith(_COMPRESSED):
            text = zlib.decompress(b64decode(text[len(_COMPRESSED) :], validate=True)).decode()
        return build(json.loads(text))
    except _UNREADABLE as error:
        raise StateError(what) from error
