"""Open joins and the uses that may explain them as JSON values, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from usher.attribution.micros import micros, moment, time_of
from usher.attribution.model import Group, OpenJoin, Pin, Use, Weight
from usher.attribution.outcome_codec import read_outcome, write_outcome
from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.contracts.observation import Person

type _Items = Sequence[Any]


def write_group(group: Group) -> dict[str, object]:
    """Write a group; people appear by id alone."""
    return {
        "id": group.id,
        "joins": [_join(join) for join in group.joins],
        "uses": [_use(use) for use in group.uses],
        "pooled": dict(group.pooled),
    }


def read_group(fields: Mapping[str, Any]) -> Group:
    """Read what `write_group` wrote; raises what a wrong shape raises."""
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
        micros(join.joined_at),
        micros(join.at),
        write_outcome(join.outcome),
        None if join.pin is None else _pin(join.pin),
    ]


def _read_join(items: _Items) -> OpenJoin:
    user_id, bot, avatar, joined_at, at, said, *more = items
    person = Person(user_id, "", "", bot=bool(bot), has_avatar=bool(avatar))
    pin = _read_pin(more[0]) if more and more[0] is not None else None
    return OpenJoin(person, time_of(joined_at), time_of(at), read_outcome(said), pin)


def _pin(pin: Pin) -> list[object]:
    link = [pin.link] if pin.link is not None else []
    sure, how = pin.confidence.value, pin.method.value
    return [pin.kind.value, pin.code, pin.inviter_id, sure, how, *link]


def _read_pin(items: _Items) -> Pin:
    kind, code, inviter, confidence, method, *more = items
    link = more[0] if more else None
    return Pin(Kind(kind), code, inviter, Confidence(confidence), Method(method), link)


def _use(use: Use) -> list[object]:
    return [
        use.code,
        use.inviter_id,
        use.count,
        use.weight.value,
        micros(use.since),
        micros(use.until),
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
        since=moment(since),
        until=time_of(until),
        uses_before=before,
        reason=Reason(why),
        only=tuple(more[0]) if more else (),
    )
