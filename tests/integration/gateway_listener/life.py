"""What happens in the life of a listener that may end anywhere, and what the worker makes of it."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.fakes.crash_world import World
from tests.fakes.fifo import Message, message
from tests.integration.gateway_listener.process import Deed
from tests.integration.gateway_listener.stage import GUILD, START, Stage
from usher.attribution.code_counts import CodeCount
from usher.attribution.model import CodeStatus
from usher.credit.queries import Tally
from usher.credit.rules import ALL_TIME, MemberRecord
from usher.ids import InviteCode
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line, LineType


def opening(stage: Stage) -> None:
    stage.invite("abc", "900")
    stage.invite("def", "901")


def joins(user: str, code: str | None) -> Deed:
    return lambda stage: stage.join(user, code)


def leaves(user: str) -> Deed:
    return lambda stage: stage.leave(user)


DEEDS: list[tuple[float, Deed]] = [
    (0, opening),
    # a listener that has not been there for a while has no session to go on with
    (121, joins("11", "abc")),
    (131, joins("13", "def")),
    (141, joins("12", "abc")),
    # leaves and comes back, in one message and in two
    (151, leaves("11")),
    (151.4, joins("11", "abc")),
    (161, leaves("12")),
    (164, joins("12", "abc")),
    # several at once
    *((171 + n / 10, joins(str(20 + n), "abc")) for n in range(3)),
    # an invite that is made, used up and gone between two looks
    (181, lambda stage: stage.invite("once", "902", max_uses=1)),
    (181.2, joins("31", "once")),
    # by no invite, and then by one
    (201, joins("32", None)),
    (221, joins("33", "def")),
    (231, leaves("33")),
]
GONE = {"33": START + timedelta(seconds=231)}
"""Who is gone in the end, and since when."""


type Membership = tuple[str | None, datetime | None]


@dataclass(frozen=True)
class Known:
    """What the event worker arrives at: everything, but for what a listener that ends changes.

    - `uses_before` and `uses_after` of a word: they tell what one look showed. Where the listener
      is away for a moment, one look shows what two would have shown.
    - When somebody left: Discord dates no leave, and one that is replayed is dated with the
      earliest time at which it can have happened. It is between the join and the true leave.
    - How many words were said before the last: what is still open when the process ends is decided
      later. So corrections, confirmations and credit without a pairing are not counted; the words
      that they end with are here, and the credit that they add up to.
    """

    joins: Counter[Membership]
    """By ledger lines, who joined when, and how often that was recorded."""
    leaves: Counter[Membership]
    recovered: frozenset[Membership]
    """Joins and leaves that nobody saw."""
    members: dict[str, MemberRecord]
    """Last words with confidence and method, memberships so far, live credit, cause of leaving."""
    tallies: dict[tuple[str, str], Tally]
    """All counters, by inviter and period."""
    uses: dict[str, tuple[int | None, int, CodeStatus]]
    """By code: the count, the uses that were seen, and its life."""
    counted: dict[InviteCode, CodeCount]
    """By code: joins, those still there, and joins by hour."""

    @property
    def present(self) -> set[str]:
        """Who is there."""
        return {user for user, member in self.members.items() if member.left_at is None}

    @property
    def codes(self) -> dict[str, str | None]:
        """By which codes they came."""
        return {user: member.word.code for user, member in self.members.items()}

    @property
    def live(self) -> dict[str, int]:
        """The effective credit of inviters."""
        return {
            who: one.effective for (who, period), one in self.tallies.items() if period == ALL_TIME
        }

    def is_but_for_doubt(self, other: "Known") -> bool:
        """Whether it is the other, but that who has left may have come by nobody knows which code.

        A second listener's start is an absence to the worker: counts prove less for ten minutes,
        and Discord's record knows nobody who has left. Certainty is lost then, never correctness.
        """
        told = {u: code for u, code in self.codes.items() if u in self.present or code is not None}
        doubtful = {u: one for u, one in other.members.items() if one.left_at is not None}
        mine = replace(
            self,
            members=self.members | doubtful,
            tallies=other.tallies,
            counted=other.counted,
        )
        return mine == other and self.live == other.live and told.items() <= other.codes.items()


def known(stage: Stage, sent: list[Message], lag: float = 0.0) -> Known:
    """Let the worker process what was sent, and what Discord's own record tells later."""
    world = World().play([*sent, message(stage.recorded())])
    lines = [read_line(content) for content in world.objects("lines/").values()]
    joins = Counter(_of(line) for line in lines if line.type is LineType.JOIN)
    leaves = Counter(_of(line) for line in lines if line.type is LineType.LEAVE)
    guild = world.guilds.guilds[GUILD]
    assert world.credit(GUILD) == world.credit_of_lines(GUILD)
    return Known(
        joins,
        leaves,
        frozenset(_of(line) for line in lines if line.recovered),
        {
            user: _settled(member.now, user, timedelta(seconds=lag))
            for user, member in guild.members.items()
        },
        {key: tally for key, tally in guild.counters.items() if tally != Tally()},
        {
            code: (held.now.uses, held.now.joins, held.now.status)
            for code, held in guild.codes.items()
        },
        dict(guild.counted),
    )


def _of(line: Line) -> Membership:
    return line.user_id, line.joined_at


def _settled(record: MemberRecord, user: str, lag: timedelta) -> MemberRecord:
    """Leave out of a record which look told of the use, and a leave's time if it can be right."""
    record = replace(record, word=replace(record.word, uses_before=None, uses_after=None))
    if record.left_at is None:
        return record
    assert record.joined_at <= record.left_at <= GONE[user] + lag
    return replace(record, left_at=GONE[user])
