"""Whatever order things happen and are told in, credit is what the ledger alone gives."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import (
    GUILD,
    START,
    at,
    banned,
    joined,
    left,
    look,
    observe,
    removal,
    row,
    searched,
)
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.code_counts import CodeCount
from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.contracts.observation import GatewayEvent
from usher.credit.queries import Tally
from usher.ids import UserId
from usher.ledger.line_codec import read_line
from usher.ledger.lines import LATER_WORDS, Line, LineType

INVITERS = {"abc": "900", "def": "901", "xyz": "900"}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "join",
                "join",
                "leave",
                "kick",
                "ban",
                "entry",
                "look",
                "look",
                "search",
                "send",
                "away",
            ]
        ),
        st.sampled_from(["1", "2", "3"]),
        st.sampled_from(sorted(INVITERS)),
        st.sampled_from([0.2, 3, 40, 700]),
    ),
    min_size=4,
    max_size=30,
)


@dataclass
class Membership:
    """What the ledger says of one membership."""

    word: Word
    ended: bool = False


def recount(
    lines: list[Line],
) -> tuple[dict[str, Tally], dict[str, int], dict[str, CodeCount]]:
    """Count with pencil and paper: credit by inviter, live credits of each member, codes."""
    kept: dict[tuple[str, datetime], Membership] = {}
    tracked: dict[str, int] = defaultdict(int)
    gone: dict[str, int] = defaultdict(int)
    live: dict[str, int] = defaultdict(int)
    codes: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.timestamp):
        key = (str(line.user_id), line.joined_at or START)
        if line.type is LineType.JOIN and line.word is not None:
            kept.setdefault(key, Membership(line.word)).word = line.word
        elif line.type is LineType.CREDIT:
            tracked[str(line.staff_id)] += line.delta or 0
    for line in sorted(lines, key=lambda line: line.timestamp):
        key = (str(line.user_id), line.joined_at or START)
        if line.type in LATER_WORDS and line.word is not None:
            kept[key].word = line.word
        elif line.type is LineType.LEAVE and key in kept:
            kept[key].ended = True
    for (user, joined_at), membership in kept.items():
        later = any(who == user and when > joined_at for who, when in kept)
        ended, inviter = membership.ended or later, membership.word.inviter_id
        if membership.word.outcome is OutcomeName.ATTRIBUTED and inviter is not None:
            tracked[inviter] += 1
            gone[inviter] += ended
            live[user] += not ended
        if membership.word.code is not None:
            codes[membership.word.code].append((joined_at.hour, not ended))
    sums = {inviter: Tally(tracked=n, left=gone[inviter]) for inviter, n in tracked.items()}
    counted = {
        code: CodeCount(len(by), sum(here for _, here in by), Counter(hour for hour, _ in by))
        for code, by in codes.items()
    }
    return {inviter: tally for inviter, tally in sums.items() if tally != Tally()}, live, counted


@dataclass
class Town:
    """A guild whose events wait until they are sent, with a look or without."""

    worker: Worker = field(default_factory=Worker)
    now: float = 0
    uses: dict[str, int] = field(default_factory=lambda: dict.fromkeys(INVITERS, 0))
    here: dict[str, tuple[float, str]] = field(default_factory=dict)
    last: dict[str, tuple[float, str]] = field(default_factory=dict)
    owed: list[GatewayEvent] = field(default_factory=list)
    """Entries of the audit log that come later than the leave."""
    waiting: list[GatewayEvent] = field(default_factory=list)
    gap: bool = False
    ids: "count[int]" = field(default_factory=count)

    def happen(self, kind: str, user: str, code: str, pause: float) -> None:
        self.now += pause
        match kind:
            case "join" if user not in self.here:
                self.uses[code] += 1
                self.here[user] = self.last[user] = (self.now, code)
                self._tell(joined(user, self.now))
            case "leave" | "kick" | "ban" if user in self.here:
                del self.here[user]
                self._go(kind, user)
            case "entry" if self.owed:
                self.waiting.append(self.owed.pop())
            case "search" if user in self.last:
                when, used = self.last[user]
                self.waiting.append(searched(user, when, used, INVITERS[used]))
            case "look":
                self.send(looking=True)
            case "send":
                self.send(looking=False)
            case "away":
                self.send(looking=False)
                self.gap = not self.gap
            case _:
                pass

    def _go(self, kind: str, user: str) -> None:
        if kind == "ban":
            self._tell(banned(user, self.now))
        self._tell(left(user, self.now, audited=True))
        if kind != "leave":
            self.owed.append(removal(20 if kind == "kick" else 22, user, self.now))

    def _tell(self, event: GatewayEvent) -> None:
        """While the listener is away nothing is told."""
        if not self.gap:
            self.waiting.append(event)

    def send(self, *, looking: bool) -> None:
        self.now += 0.5
        rows = [row(code, uses, INVITERS[code]) for code, uses in self.uses.items()]
        seen = look(*rows, seconds=self.now) if looking else None
        gap, self.gap = self.gap and looking, self.gap and not looking
        events, self.waiting = self.waiting, []
        id_ = f"o{next(self.ids)}"
        self.worker.handle(observe(*events, look=seen, seconds=self.now, id=id_, gap=gap))


def lines(worker: Worker) -> list[Line]:
    return [read_line(content) for content in worker.objects.under("lines/").values()]


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_counters_are_what_the_ledger_gives_and_nobody_is_credited_twice(
    steps: list[tuple[str, str, str, float]],
) -> None:
    town = Town()
    town.send(looking=True)
    for kind, user, code, pause in steps:
        # When one more thing happens
        town.happen(kind, user, code, pause)

        # Then nobody has more than one live credit, whatever is open, pooled or resolved
        _, live, _ = recount(lines(town.worker))
        assert max(live.values(), default=0) <= 1
    town.gap = False
    town.waiting.extend(town.owed)
    town.send(looking=True)

    # and in the end the counters are what a naive reader of the ledger counts
    expected, _, codes = recount(lines(town.worker))
    assert isinstance(town.worker.guilds, FakeGuilds)
    guild = town.worker.guilds.guilds[GUILD]
    counted = {
        inviter: tally
        for (inviter, period), tally in guild.counters.items()
        if period == "all" and tally != Tally()
    }
    assert counted == expected
    assert {code: n for code, n in guild.counted.items() if n != CodeCount()} == codes
    for user, member in guild.members.items():
        word = member.now.word
        attributed = word.outcome is OutcomeName.ATTRIBUTED and word.inviter_id is not None
        assert member.now.booked == (attributed and member.now.left_at is None)
        assert (member.now.cause is None) == (member.now.left_at is None)
        assert member.now.joined_at <= at(town.last[UserId(user)][0])
