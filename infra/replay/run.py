"""Replay a recording: the final word on each join."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from infra.replay.lines import Line
from infra.replay.session import GuildSession
from usher.attribution.facts import Fact, JoinRecorded, JoinRevised
from usher.attribution.memory import GuildInMemory
from usher.attribution.outcomes import Ambiguous, Attributed, Confidence, Outcome, Unattributed
from usher.attribution.watching import LAG
from usher.contracts.observation import Observation
from usher.ids import GuildId, UserId
from usher.times import format_time


@dataclass(frozen=True, slots=True)
class Verdict:
    """The last word on one join."""

    guild_id: GuildId
    user_id: UserId
    joined_at: datetime
    outcome: Outcome
    recovered: bool = False
    corrected: bool = False

    def to_json(self) -> dict[str, object]:
        """Write it as the replay's output object."""
        outcome = self.outcome
        row: dict[str, object] = {
            "guild_id": self.guild_id,
            "user_id": self.user_id,
            "joined_at": format_time(self.joined_at),
            "outcome": type(outcome).__name__.lower(),
            "kind": outcome.kind.value,
            "code": None,
            "inviter_id": None,
            "confidence": Confidence.NONE.value,
            "method": None,
            "candidates": [],
            "reason": None,
            "recovered": self.recovered,
            "corrected": self.corrected,
        }
        match outcome:
            case Attributed():
                row |= {
                    "code": outcome.code,
                    "inviter_id": outcome.inviter_id,
                    "confidence": outcome.confidence.value,
                    "method": outcome.method.value,
                    "candidates": list(outcome.candidates),
                }
            case Ambiguous():
                row |= {
                    "confidence": Confidence.AMBIGUOUS.value,
                    "candidates": list(outcome.candidates),
                    "reason": outcome.reason.value,
                }
            case Unattributed():
                row |= {"confidence": outcome.confidence.value, "reason": outcome.reason.value}
        return row


def _takes_back(before: Outcome, after: Outcome) -> bool:
    """Whether credit moved: an inviter named before is not the one named now."""
    if not isinstance(before, Attributed):
        return False
    return not isinstance(after, Attributed) or after.inviter_id != before.inviter_id


class _GuildReplay:
    """One guild's session, state and verdicts."""

    def __init__(self, guild_id: GuildId) -> None:
        self.guild_id = guild_id
        self.session = GuildSession(guild_id)
        self.guild = GuildInMemory()
        self.verdicts: dict[tuple[UserId, datetime], Verdict] = {}
        self.last: datetime | None = None

    def take(self, line: Line) -> None:
        for observation in self.session.take(line):
            self._observe(observation)

    def finish(self) -> None:
        """Let what is left come in, and the evidence window run out."""
        for observation in self.session.flush():
            self._observe(observation)
        if self.last is not None:
            end = self.last + 2 * LAG + timedelta(seconds=1)
            self._observe(Observation(f"replay.{self.guild_id}.end", self.guild_id, "", end))

    def _observe(self, observation: Observation) -> None:
        self.last = observation.at
        for fact in self.guild.observe(observation):
            self._hear(fact)

    def _hear(self, fact: Fact) -> None:
        match fact:
            case JoinRecorded(person=person, joined_at=joined_at, outcome=outcome):
                self.verdicts[person.user_id, joined_at] = Verdict(
                    self.guild_id, person.user_id, joined_at, outcome, recovered=fact.recovered
                )
            case JoinRevised(user_id=user_id, joined_at=joined_at, before=before, after=after):
                verdict = self.verdicts[user_id, joined_at]
                corrected = verdict.corrected or _takes_back(before, after)
                self.verdicts[user_id, joined_at] = replace(
                    verdict, outcome=after, corrected=corrected
                )


def replay(lines: Iterable[Line]) -> list[Verdict]:
    """Replay recorded lines in their order and return a verdict a join, in order of joining."""
    guilds: dict[GuildId, _GuildReplay] = {}
    for line in lines:
        guild = guilds.setdefault(line.guild_id, _GuildReplay(line.guild_id))
        guild.take(line)
    for guild in guilds.values():
        guild.finish()
    verdicts = [verdict for guild in guilds.values() for verdict in guild.verdicts.values()]
    return sorted(verdicts, key=lambda verdict: verdict.joined_at)
