"""What the join log channel is told: one plain sentence a join, mentioning nobody."""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import batched
from typing import Final

from usher.attribution.model import Membership
from usher.attribution.outcomes import Kind
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.contracts.effect import Effect, SendMessage
from usher.contracts.observation import MemberJoined, Observation, Person
from usher.ids import VANITY, ChannelId, InviteCode, UserId
from usher.ledger.lines import Line
from usher.slash.say import say

JOINS_A_MESSAGE: Final = 10
NAME_LENGTH: Final = 32
"""Discord's own limit of a name; longer text is cut, so that ten sentences fit 2,000 characters."""
CODE_LENGTH: Final = 32
EFFECT_ID_LENGTH: Final = 25
"""Discord takes nonces of at most 25 characters (Create Message)."""
MESSAGE_LENGTH: Final = 2000

_MARKDOWN: Final = re.compile(r"([\\*_~`|>#\-+\[\]()<:@])")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def announce(
    observation: Observation, lines: Mapping[Membership, Line], channel_id: ChannelId
) -> tuple[Effect, ...]:
    """Tell of the observation's joins among `lines`; the same lines give the same effects."""
    usernames = dict(observation.names)
    told: dict[str, str] = {}
    for event in observation.events:
        if isinstance(event, MemberJoined):
            line = lines.get((event.person.user_id, event.joined_at))
            if line is not None and line.word is not None:
                told[line.event_id] = sentence(event.person, line.word, usernames)
    return tuple(
        SendMessage(
            id=_effect_id([event_id for event_id, _ in some]),
            guild_id=observation.guild_id,
            channel_id=channel_id,
            content="\n".join(text for _, text in some)[:MESSAGE_LENGTH],
        )
        for some in batched(told.items(), JOINS_A_MESSAGE, strict=False)
    )


def sentence(person: Person, word: Word, usernames: Mapping[UserId, str]) -> str:
    """Say in one sentence how a member came."""
    who = f"**{plain(person.display_name or person.username)}** ({person.user_id})"
    match word.outcome:
        case OutcomeName.ATTRIBUTED:
            return f"{_how(who, word, usernames)} ({word.confidence.value})."
        case OutcomeName.AMBIGUOUS:
            number = len(word.candidates)
            return say("{who} joined; {number} invites are possible.", who=who, number=number)
        case OutcomeName.UNATTRIBUTED if word.kind is Kind.BOT:
            return say("{who} joined: a bot, added by its permission link.", who=who)
        case OutcomeName.UNATTRIBUTED:
            return say("{who} joined; it is not known by which invite.", who=who)


def plain(name: str) -> str:
    """Cut a name and escape what Discord would format or turn into a mention or a link."""
    shown = _UNSEEN.sub(" ", name)[:NAME_LENGTH].strip()
    return _MARKDOWN.sub(r"\\\1", shown) or "?"


def _how(who: str, word: Word, usernames: Mapping[UserId, str]) -> str:
    code = _code(word.code)
    if word.inviter_id == VANITY:
        return say("{who} joined by the server's own link {code}", who=who, code=code)
    if word.inviter_id is None:
        if not word.code:
            return say("{who} joined", who=who)
        return say("{who} joined by invite {code}", who=who, code=code)
    name = usernames.get(word.inviter_id)
    inviter = word.inviter_id if name is None else f"**{plain(name)}** ({word.inviter_id})"
    if not word.code:
        return say("{who} joined, invited by {inviter}", who=who, inviter=inviter)
    return say(
        "{who} joined, invited by {inviter} with invite {code}",
        who=who,
        inviter=inviter,
        code=code,
    )


def _code(code: InviteCode | None) -> str:
    return f"`{(code or '?')[:CODE_LENGTH].replace('`', '')}`"


def _effect_id(event_ids: Sequence[str]) -> str:
    return sha256("|".join(["join-log", *event_ids]).encode()).hexdigest()[:EFFECT_ID_LENGTH]
