"""What members read about locks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from usher.channels.asking import ends
from usher.channels.codec import read_lock
from usher.channels.locks import Outcome, Verdict
from usher.ids import ChannelId
from usher.invites.ports import DeskRefusedError
from usher.slash import text
from usher.slash.say import say, say_count

LISTED: Final = 15


def locked_one(one: Outcome, end: datetime | None, reason: str | None) -> str:
    """Say what became of locking a channel."""
    where = text.channel(one.channel_id)
    if one.verdict is not Verdict.DONE:
        return _not_locked(one, where)
    lines = [say("🔒 {channel} is locked{until}.", channel=where, until=ends(end))]
    return "\n".join([*lines, *_why(reason), *_open(one)])


def locked_many(
    outcomes: Sequence[Outcome], end: datetime | None, reason: str | None, *, server: bool = False
) -> str:
    """Say what became of locking several channels; each that was not is named."""
    done = [one for one in outcomes if one.verdict is Verdict.DONE]
    count = say_count("{number} channel locked", "{number} channels locked", len(done))
    head = say("🔒 The server is locked: {count}", count=count) if server else f"🔒 {count}"
    lines = [f"{head}{ends(end)}.", *_why(reason)]
    spared = {role for one in done for role in one.spared}
    if spared:
        lines.append(_spared(sorted(spared)))
    lines += _rest([_not_locked(one, text.channel(one.channel_id)) for one in _failed(outcomes)])
    for one in done[:LISTED]:
        if one.beyond:
            lines.append(f"{text.channel(one.channel_id)}: {_beyond(one)}")
    return "\n".join(lines)


def unlocked_one(one: Outcome | None, channel_id: ChannelId) -> str:
    """Say what became of unlocking a channel; None for one that was not locked."""
    where = text.channel(channel_id)
    if one is None:
        return say(
            "{channel} is not locked by me. Who may write there is set under Edit Channel, "
            "Permissions.",
            channel=where,
        )
    if one.verdict is Verdict.PARTLY:
        return _not_unlocked(one)
    return say(
        "🔓 {channel} is unlocked. Its permissions are as they were before, and what was changed "
        "meanwhile has stayed.",
        channel=where,
    )


def unlocked_many(outcomes: Sequence[Outcome], *, server: bool = False) -> str:
    """Say what became of unlocking several channels."""
    done = [one for one in outcomes if one.verdict is not Verdict.PARTLY]
    if not outcomes and not server:
        return say("Nothing in that category is locked by me.")
    count = say_count("{number} channel unlocked", "{number} channels unlocked", len(done))
    lines = [f"🔓 {count}."]
    partly = [one for one in outcomes if one.verdict is Verdict.PARTLY]
    return "\n".join([*lines, *_rest([_not_unlocked(one) for one in partly])])


def server_warning(end: datetime | None) -> str:
    """Ask whether the server is to be locked."""
    return say(
        "Lock the whole server{until}? Nobody but staff can write, react, or speak in any channel "
        "that members see, and invites let nobody in.",
        until=ends(end),
    )


def _failed(outcomes: Sequence[Outcome]) -> list[Outcome]:
    quiet = (Verdict.DONE, Verdict.SHUT, Verdict.ALREADY)
    return [one for one in outcomes if one.verdict not in quiet]


def _not_locked(one: Outcome, where: str) -> str:
    match one.verdict:
        case Verdict.ALREADY if one.term is not None and not one.term.ended:
            return say(
                "{channel} is locked already{until}, by {user}. `/unlock` opens it; `/lockdown` "
                "with a duration changes when it ends.",
                channel=where,
                until=ends(one.term.due_at),
                user=text.user(read_lock(one.term.held).by),
            )
        case Verdict.ALREADY:
            return say("{channel} was changed just now. Please try again.", channel=where)
        case Verdict.SHUT:
            return say(
                "Nobody can write in {channel} anyway: there is nothing to lock.", channel=where
            )
        case Verdict.PARTLY:
            return say(
                "{channel} is not locked, and some of its permissions are changed: {why} `/unlock` "
                "tries to give them back.",
                channel=where,
                why="" if one.problem is None else one.problem.sentence,
            )
        case _ if not isinstance(one.problem, DeskRefusedError | None):
            why = one.problem.sentence
            return say("{channel} is not locked: {why}", channel=where, why=why)
        case _:
            return say(
                "I cannot lock {channel}: I need Manage Permissions there, and myself what I am "
                "to take from everyone.",
                channel=where,
            )


def _not_unlocked(one: Outcome) -> str:
    where = text.channel(one.channel_id)
    if one.beyond:
        return say(
            "{channel}: I could not give back what {whose} had: I need Manage Permissions there. "
            "Then run `/unlock` again.",
            channel=where,
            whose=", ".join(one.beyond),
        )
    why = "" if one.problem is None else one.problem.sentence
    return say("{channel} is still locked: {why}", channel=where, why=why)


def _open(one: Outcome) -> list[str]:
    lines = [_spared(one.spared)] if one.spared else []
    return [*lines, _beyond(one)] if one.beyond else lines


def _spared(roles: Sequence[str]) -> str:
    return say("Staff may still write: {roles}.", roles=", ".join(f"<@&{one}>" for one in roles))


def _beyond(one: Outcome) -> str:
    return say(
        "I could not stop {whose} from writing: the channel allows it to them, and Discord does "
        "not let me change that.",
        whose=", ".join(one.beyond),
    )


def _why(reason: str | None) -> list[str]:
    return [say("Reason: {reason}", reason=text.escape(reason))] if reason else []


def _rest(lines: list[str]) -> list[str]:
    more = len(lines) - LISTED
    if more <= 0:
        return lines
    return [*lines[:LISTED], say_count("and {number} more.", "and {number} more.", more)]
