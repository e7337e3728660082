"""Permissions and channels: what is missing for what is in use. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from usher.channels.bits import in_channel, in_guild
from usher.channels.model import THREADS, Channel
from usher.doctor.facts import Server, Settings
from usher.doctor.model import Finding, Repair, State
from usher.doctor.needs import Demand, Use
from usher.doctor.permissions import (
    CREATE_INVITE,
    EMBED_LINKS,
    SEND_IN_THREADS,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    names,
)
from usher.doctor.role_rules import own_role
from usher.greeting.settings import Occasion, read_greeting
from usher.ids import ChannelId
from usher.rewards.hierarchy import Hall
from usher.slash import text
from usher.slash.say import later, say, say_count

PERMISSIONS: Final = later("Permissions")
CHANNELS: Final = later("Channels")


def permission_findings(server: Server, demands: Sequence[Demand]) -> list[Finding]:
    """Say which permissions are missing in the guild at large."""
    held, area = in_guild(server.hall), say(PERMISSIONS)
    wanted = {one.bit: [two for two in demands if two.bit == one.bit] for one in demands}
    missing = [bit for bit in wanted if not held & bit]
    if not missing:
        return [Finding(area, area, State.WELL, say("I have every permission that is needed."))]
    return [_lacking(server.hall, bit, wanted[bit]) for bit in missing]


def channel_findings(server: Server, uses: Sequence[Use]) -> list[Finding]:
    """Say what is in the way in the channels that Usher is set to use."""
    used = {
        one.channel_id: [two for two in uses if two.channel_id == one.channel_id] for one in uses
    }
    found = [_in_channel(server, channel_id, some) for channel_id, some in used.items()]
    wrong = [one for one in found if one is not None]
    if wrong or not used:
        return wrong
    words = say_count(
        "I can do what is wanted of me in the {number} channel that I use.",
        "I can do what is wanted of me in the {number} channels that I use.",
        len(used),
    )
    return [Finding(say(CHANNELS), say(CHANNELS), State.WELL, words)]


def placeless_findings(settings: Settings) -> list[Finding]:
    """Say what is switched on and goes nowhere."""
    found: list[Finding] = []
    for occasion, values in (
        (Occasion.WELCOME, settings.welcome),
        (Occasion.FAREWELL, settings.farewell),
    ):
        greeting = read_greeting(occasion, values)
        if greeting.on and greeting.channel_id is None and not greeting.dm:
            what = say("Welcome") if occasion is Occasion.WELCOME else say("Farewell")
            said = say("{what} is switched on, and no channel is set for it.", what=what)
            remedy = say("Choose one with `{command}`.", command=f"/{occasion.value} on")
            found.append(Finding(say(CHANNELS), what, State.BROKEN, said, remedy))
    return found


def of_channel(server: Server, channel_id: ChannelId, uses: Sequence[Use]) -> list[Finding]:
    """Say everything about one channel."""
    some = [one for one in uses if one.channel_id == channel_id]
    wrong = _in_channel(server, channel_id, some) if some else None
    channel = server.channels.get(channel_id)
    if channel is None:
        unseen = say("I do not see that channel: let my role view it, and try again.")
        area, where = say(CHANNELS), text.channel(channel_id)
        return [wrong or Finding(area, where, State.ATTENTION, unseen)]
    held = _held(server, channel)
    lacking = (VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | CREATE_INVITE) & ~held
    what = text.channel(channel_id)
    use = (
        say("I use it for {features}.", features=_features(some))
        if some
        else say("I am not set to use it for anything.")
    )
    lack = say("I lack {names} there.", names=names(lacking)) if lacking else ""
    told = " ".join(part for part in (use, lack) if part)
    return [
        *([] if wrong is None else [wrong]),
        Finding(say(CHANNELS), what, State.WELL, told),
    ]


def _lacking(hall: Hall, bit: int, demands: Sequence[Demand]) -> Finding:
    vital = any(one.vital for one in demands)
    features = "; ".join(dict.fromkeys(one.feature for one in demands))
    return Finding(
        say(PERMISSIONS),
        names(bit),
        State.BROKEN if vital else State.ATTENTION,
        say("I lack {name}, which I need to {features}.", name=names(bit), features=features),
        say("Give it to {role} under Server Settings, Roles.", role=own_role(hall)),
    )


def _in_channel(server: Server, channel_id: ChannelId, uses: Sequence[Use]) -> Finding | None:
    area, features, command = say(CHANNELS), _features(uses), uses[0].command
    channel = server.channels.get(channel_id)
    if channel is None and channel_id not in server.hidden:
        return Finding(
            area,
            text.code(channel_id),
            State.BROKEN,
            say(
                "The channel {id} is gone, which is set for {features}.",
                id=text.code(channel_id),
                features=features,
            ),
            say("Choose another one with `{command}`.", command=command),
            repair=Repair.FORGET if any(one.setting for one in uses) else None,
        )
    needed = 0
    for one in uses:
        needed |= one.bits
    held = 0 if channel is None else _held(server, channel)
    lacking = needed & ~held
    if not lacking:
        return None
    if lacking & VIEW_CHANNEL:
        lacking = needed
    where = text.channel(channel_id)
    return Finding(
        area,
        where,
        State.ATTENTION if lacking == EMBED_LINKS else State.BROKEN,
        say(
            "I lack {names} in {channel}, which is set for {features}.",
            names=names(lacking),
            channel=where,
            features=features,
        ),
        say(
            "Give it to {role} under that channel's settings, Permissions, or choose another "
            "channel with `{command}`.",
            role=own_role(server.hall),
            command=command,
        ),
    )


def _held(server: Server, channel: Channel) -> int:
    """Work out what Usher may do there; in a thread, that of its channel."""
    parent = server.channels.get(channel.parent_id) if channel.parent_id else None
    if channel.kind not in THREADS or parent is None:
        return in_channel(server.hall, channel)
    held = in_channel(server.hall, parent)
    return held | SEND_MESSAGES if held & SEND_IN_THREADS else held & ~SEND_MESSAGES


def _features(uses: Iterable[Use]) -> str:
    return ", ".join(dict.fromkeys(one.feature for one in uses))
