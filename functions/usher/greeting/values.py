"""What stands in the place of each placeholder. Pure.

Names are escaped: whatever people call themselves formats nothing, mentions nobody and is no link.
"""

from datetime import timedelta
from typing import Final

from usher.attribution.causes import Cause
from usher.attribution.outcomes import Kind
from usher.attribution.queries import OutcomeName
from usher.greeting.model import Face, Scene
from usher.ids import VANITY
from usher.slash import text
from usher.slash.say import later, say, say_count

NAME_LENGTH: Final = 32
"""Discord's own limit of a name."""

PLACEHOLDERS: Final = (
    *("member", "member:mention", "member:name", "member:tag", "member:id", "member:created"),
    *("server", "count", "count:ordinal"),
    *("inviter", "inviter:name", "inviter:tag", "inviter:mention", "inviter:id"),
    *("invites", "code"),
)
FAREWELLS_TOO: Final = ("stayed", "reason")
"""What only farewells can tell."""

_ROADS: Final = {
    Kind.VANITY: later("the server's own link"),
    Kind.DISCOVERY: later("Server Discovery"),
    Kind.HUB: later("a student hub"),
    Kind.API: later("an application"),
    Kind.BOT: later("an administrator"),
}
"""Who stands for the inviter on roads where nobody invites."""
_SOMEBODY: Final = later("somebody")
_NOBODY_KNOWS: Final = later("unknown")

_WENT: Final = {
    Cause.KICKED: later("was kicked"),
    Cause.BANNED: later("was banned"),
    Cause.PRUNED: later("was removed for inactivity"),
}
_LEFT: Final = later("left")


def values_of(scene: Scene, locale: str) -> dict[str, str]:
    """Fill every placeholder, in the language that is being spoken."""
    who, count = scene.who, scene.place.members
    told = {
        "member": _name(who),
        "member:mention": text.user(who.user_id),
        "member:name": _escaped(who.username),
        "member:tag": _escaped(who.tag),
        "member:id": who.user_id,
        "member:created": text.when(who.created_at, "R"),
        "server": text.escape(text.cut(scene.place.name, 100)),
        "count": say("many") if count is None else f"{count:,}",
        "count:ordinal": say("newest") if count is None else ordinal(count, locale),
        **_inviter(scene),
    }
    if scene.occasion is scene.occasion.FAREWELL:
        told |= {"stayed": _stayed(scene), "reason": _reason(scene)}
    return told


def ordinal(number: int, locale: str) -> str:
    """Write `1st`, `22nd`, `1,013th`; where English is not spoken, `22.`."""
    if not locale.startswith("en"):
        return f"{number}."
    teens = 10 <= number % 100 <= 20
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def _inviter(scene: Scene) -> dict[str, str]:
    origin, inviter = scene.origin, scene.inviter
    code = origin.code if origin is not None else None
    told = {"code": _escaped(code) if code else say(_NOBODY_KNOWS)}
    inviter_id = origin.inviter_id if origin is not None else None
    if inviter_id is not None and inviter_id != VANITY:
        name = say(_SOMEBODY) if inviter is None else _name(inviter)
        return told | {
            "inviter": name,
            "inviter:name": name,
            "inviter:tag": name if inviter is None else _escaped(inviter.tag),
            "inviter:mention": text.user(inviter_id),
            "inviter:id": inviter_id,
            "invites": f"{scene.invites or 0:,}",
        }
    road = _SOMEBODY
    if origin is not None and origin.outcome is not OutcomeName.AMBIGUOUS:
        road = _ROADS.get(origin.kind, _SOMEBODY)
    names = ("inviter", "inviter:name", "inviter:tag", "inviter:mention")
    unknown = dict.fromkeys(("inviter:id", "invites"), say(_NOBODY_KNOWS))
    return told | dict.fromkeys(names, say(road)) | unknown


def _stayed(scene: Scene) -> str:
    if scene.joined_at is None or scene.at is None:
        return say("an unknown time")
    return span(scene.at - scene.joined_at)


def span(time: timedelta) -> str:
    """Write a time by its largest unit: `3 days`."""
    days, minutes = time.days, max(0, int(time.total_seconds())) // 60
    if days >= 730:
        return say_count("{number} year", "{number} years", days // 365)
    if days >= 60:
        return say_count("{number} month", "{number} months", days // 30)
    if days >= 1:
        return say_count("{number} day", "{number} days", days)
    if minutes >= 60:
        return say_count("{number} hour", "{number} hours", minutes // 60)
    if minutes >= 1:
        return say_count("{number} minute", "{number} minutes", minutes)
    return say("less than a minute")


def _reason(scene: Scene) -> str:
    cause = scene.origin.cause if scene.origin is not None else None
    return say(_WENT.get(cause, _LEFT) if cause is not None else _LEFT)


def _name(face: Face) -> str:
    return _escaped(face.display_name)


def _escaped(name: str) -> str:
    return text.escape(text.cut(name, NAME_LENGTH)).strip() or "?"
