"""What an observation tells of moderation: acts by hand, and members who come back. Pure."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from usher.contracts.audit_acts import BAN, KICK, MEMBER_UPDATE, UNBAN
from usher.contracts.case_effects import CheckMute, NoteByHand
from usher.contracts.observation import (
    AuditEntry,
    MemberBanned,
    MemberJoined,
    MemberUnbanned,
    Observation,
)
from usher.ids import UserId
from usher.times import format_time

AFTERWARDS: Final = 15
"""Seconds after which a ban or its end is looked at that no audit entry explains: those come a
moment later, and Usher's own acts are on record by then."""
_WHAT: Final = {KICK: "kick", BAN: "ban", UNBAN: "unban"}


def by_hand(observation: Observation) -> Iterator[tuple[NoteByHand, int]]:
    """Write what may have been done by hand, each with a delay; the same again is the same id."""
    for event in observation.events:
        match event:
            case AuditEntry(act=act, target_id=str(target)) if act is not None:
                muted = "unmute" if act.until is None else "mute"
                what = muted if event.action == MEMBER_UPDATE else _WHAT.get(event.action)
                if what is not None:
                    yield (
                        NoteByHand(
                            id=_id(observation, "audit", act.entry_id),
                            guild_id=observation.guild_id,
                            user_id=UserId(target),
                            what=what,
                            by=event.user_id,
                            at=format_time(event.made_at or event.at),
                            reason=act.reason,
                            until=None if act.until is None else format_time(act.until),
                        ),
                        0,
                    )
            case MemberBanned(user_id=user_id, at=at) | MemberUnbanned(user_id=user_id, at=at):
                what = "ban" if isinstance(event, MemberBanned) else "unban"
                id_ = _id(observation, what, user_id, format_time(at))
                order = NoteByHand(id_, observation.guild_id, user_id, what, None, format_time(at))
                yield order, AFTERWARDS
            case _:
                pass


def returns(observation: Observation) -> Iterator[CheckMute]:
    """Write who has come and may be muted still."""
    for event in observation.events:
        if isinstance(event, MemberJoined) and not event.person.bot:
            user_id = event.person.user_id
            id_ = _id(observation, "return", user_id, format_time(event.joined_at))
            yield CheckMute(id_, observation.guild_id, user_id)


def _id(observation: Observation, *parts: str) -> str:
    return sha256("|".join((observation.guild_id, *parts)).encode()).hexdigest()[:25]
