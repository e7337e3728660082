"""A guild's attribution state as text for its DynamoDB items, and back.

Text is JSON, short: joins and uses are arrays, times are microseconds since 1970. People appear by
id alone: the rules need no names of joins already recorded, and DynamoDB holds none (DESIGN 10).
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from usher.attribution.model import (
    CodeState,
    CodeStatus,
    Group,
    Head,
    OpenJoin,
    Pin,
    Prune,
    Use,
    Weight,
)
from usher.attribution.outcome_codec import read_outcome, write_outcome
from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.contracts.observation import Person
from usher.contracts.wire import EPOCH, MICROSECOND
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
            "looked_at": _micros(head.looked_at),
            "blind_since": _micros(head.blind_since),
            "gap": head.gap,
            "vanity_code": head.vanity_code,
            "open": _group(head.open),
            "closed_until": _micros(head.closed_until),
            "since": _micros(head.since),
            "seen_at": _micros(head.seen_at),
            "gaps": [[_micros(began), _micros(ended)] for began, ended in head.gaps],
            "forgotten": _micros(head.forgotten),
            "added": [[user_id, _micros(at)] for user_id, at in head.added],
            "departures": [[user_id, _micros(at)] for user_id, at in head.departures],
            "prunes": [[_micros(one.at), one.by, one.left] for one in head.prunes],
            **({"by_name": True} if head.by_name else {}),
            **({"off": [[_micros(a), _micros(b)] for a, b in head.off]} if head.off else {}),
        }
    )


def decode_head(text: str, version: int) -> Head:
    """Read what `encode_head` wrote; raises StateError."""
    return _read(
        "head",
        text,
        lambda fields: Head(
            version=version,
            looked_at=_moment(fields["looked_at"]),
            blind_since=_moment(fields.get("blind_since")),
            gap=fields["gap"],
            vanity_code=fields["vanity_code"],
            open=_read_group(fields["open"]),
            closed_until=_moment(fields["closed_until"]),
            since=_moment(fields.get("since")),
            seen_at=_moment(fields.get("seen_at")),
            gaps=tuple((_time(began), _time(ended)) for began, ended in fields.get("gaps", ())),
            forgotten=_moment(fields.get("forgotten")),
            added=tuple((user_id, _time(at)) for user_id, at in fields.get("added", ())),
            departures=tuple((user_id, _time(at)) for user_id, at in fields.get("departures", ())),
            prunes=tuple(Prune(_time(at), by, n) for at, by, n in fields.get("prunes", ())),
            by_name=fields.get("by_name", False),
            off=tuple((_time(began), _moment(ended)) for began, ended in fields.get("off", ())),
        ),
    )


def encode_group(group: Group) -> str:
    """Write a group of joins and uses."""
    return _write(_group(group))


def decode_group(text: str) -> Group:
    """Read what `encode_group` wrote; raises StateError."""
    return _read("group", text, _read_group)


def encode_code(state: CodeState) -> str:
    """Write one code's state; its code is the item's key and not part of the text."""
    fields = {
        "inviter": state.inviter_id,
        "channel": state.channel_id,
        "uses": state.uses,
        "max_uses": state.max_uses,
        "max_age": state.max_age,
        "temporary": state.temporary,
        "created": _micros(state.created_at),
        "expires": _micros(state.expires_at),
        "status": state.status.value,
        "ended": _micros(state.ended_at),
        "told": state.told or None,
        "only": list(state.only) or None,
        "joins": state.joins,
        "last_used": _micros(state.last_used_at),
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
            created_at=_moment(fields.get("created")),
            expires_at=_moment(fields.get("expires")),
            status=CodeStatus(fields["status"]),
            ended_at=_moment(fields.get("ended")),
            told=fields.get("told", False),
            only=tuple(fields.get("only", ())),
            joins=fields["joins"],
            last_used_at=_moment(fields.get("last_used")),
            named=fields.get("named", 0),
            counted=fields.get("counted", 0),
            warned=fields.get("warned", False),
            made_for=fields.get("made_for"),
        ),
    )


type _Fields = Mapping[str, Any]
type _Items = Sequence[Any]


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


def _group(group: Group) -> dict[str, object]:
    return {
        "id": group.id,
        "joins": [_join(join) for join in group.joins],
        "uses": [_use(use) for use in group.uses],
        "pooled": dict(group.pooled),
    }


def _read_group(fields: _Fields) -> Group:
    return Group(
        id=fields["id"],
        joins=tuple(_read_join(join) for join in fields["joins"]),
        uses=tuple(_read_use(use) for use in fields["uses"]),
        pooled=dict(fields["pooled"]),
    )


def _join(join: OpenJoin) -> list[object]:
    person = join.person
    return [
        person.user_id,
        int(person.bot),
        int(person.has_avatar),
        _micros(join.joined_at),
        _micros(join.at),
        write_outcome(join.outcome),
        None if join.pin is None else _pin(join.pin),
    ]


def _read_join(items: _Items) -> OpenJoin:
    user_id, bot, avatar, joined_at, at, said, *more = items
    person = Person(user_id, "", "", bot=bool(bot), has_avatar=bool(avatar))
    pin = _read_pin(more[0]) if more and more[0] is not None else None
    return OpenJoin(person, _time(joined_at), _time(at), read_outcome(said), pin)


def _pin(pin: Pin) -> list[object]:
    return [pin.kind.value, pin.code, pin.inviter_id, pin.confidence.value, pin.method.value]


def _read_pin(items: _Items) -> Pin:
    kind, code, inviter, confidence, method = items
    return Pin(Kind(kind), code, inviter, Confidence(confidence), Method(method))


def _use(use: Use) -> list[object]:
    return [
        use.code,
        use.inviter_id,
        use.count,
        use.weight.value,
        _micros(use.since),
        _micros(use.until),
        use.uses_before,
        use.reason.value,
        *([list(use.only)] if use.only else []),
    ]


def _read_use(items: _Items) -> Use:
    code, inviter, count, weight, since, until, before, why, *more = items
    return Use(
        code=code,
        inviter_id=inviter,
        count=count,
        weight=Weight(weight),
        since=_moment(since),
        until=_time(until),
        uses_before=before,
        reason=Reason(why),
        only=tuple(more[0]) if more else (),
    )


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - EPOCH) // MICROSECOND


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else _time(micros)


def _time(micros: int) -> datetime:
    return EPOCH + micros * MICROSECOND
