"""The stored state of guilds in memory, with the table's rules: parts, marks, a moving head."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from tests.fakes.fuse import Fuse
from usher.attribution.accuracy import Accuracy
from usher.attribution.code_counts import CodeCount
from usher.attribution.model import CodeState, Group, Head, Membership, Stored
from usher.attribution.noticing import Notice, read_notices, write_notices
from usher.attribution.outcomes import Outcome
from usher.attribution.plan import Part
from usher.attribution.ports import AppliedError, Change, GuildSettings, Loaded, StaleHeadError
from usher.attribution.state_codec import decode_group, decode_head, encode_group, encode_head
from usher.attribution.touched import (
    codes_named,
    gap_id,
    join_ids,
    needs_all_codes,
    observation_event_id,
    searched_memberships,
    whole_id,
)
from usher.attribution.wording import outcome_of
from usher.contracts.observation import Observation
from usher.credit.fake import BLOCK, FAKE, Rules, read_rules
from usher.credit.queries import Tally
from usher.credit.rules import MemberRecord, Members
from usher.greeting.rules import Ended, read_ended, write_ended
from usher.greeting.settings import Occasion
from usher.hooks.line_facts import Telling, read_tellings, write_tellings
from usher.ids import GuildId, InviteCode, UserId
from usher.ledger.lines import Line, LineType, join_id
from usher.rewards.owed import Owed, read_owed, write_owed


@dataclass
class Code:
    """A code's row."""

    version: int
    now: CodeState
    before: CodeState | None


@dataclass
class Member:
    """A member's row."""

    now: MemberRecord
    ahead: str | None
    before: MemberRecord | None


@dataclass
class Guild:
    """One guild's rows."""

    head: Head = field(default_factory=Head)
    name: str = ""
    burst: str | None = None
    codes: dict[InviteCode, Code] = field(default_factory=dict)
    members: dict[UserId, Member] = field(default_factory=dict)
    counters: dict[tuple[UserId, str], Tally] = field(default_factory=dict)
    accuracy: dict[date, Accuracy] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    set_by: dict[str, Line] = field(default_factory=dict)
    """The lines by which settings are what they are."""
    counted: dict[InviteCode, CodeCount] = field(default_factory=dict)
    closed: dict[str, tuple[int, Group]] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)


@dataclass
class FakeGuilds:
    """Implements Guilds."""

    fuse: Fuse = field(default_factory=Fuse)
    guilds: dict[GuildId, Guild] = field(default_factory=dict)
    marks: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)
    configured: dict[GuildId, GuildSettings] = field(default_factory=dict)
    notices: dict[str, tuple[Notice, ...]] = field(default_factory=dict)
    """What whole observations gave to tell of codes."""
    owed: dict[str, Owed] = field(default_factory=dict)
    """Whose standing is to be looked at after whole observations."""
    greeting: dict[GuildId, frozenset[Occasion]] = field(default_factory=dict)
    """What guilds greet."""
    ended: dict[str, tuple[Ended, ...]] = field(default_factory=dict)
    told: dict[str, tuple[Telling, ...]] = field(default_factory=dict)
    """Of which lines of whole observations webhooks tell."""
    pending: set[str] = field(default_factory=set)

    def load(self, observation: Observation) -> Loaded:
        guild = self.guilds.get(observation.guild_id, Guild())
        if guild.burst is not None and guild.burst != observation.id:
            self._take_back(guild)
        joins = join_ids(observation)
        own = {
            membership: at
            for membership, id_ in joins.items()
            if (mark := self.marks.get(id_)) and mark[0] == observation.id and (at := mark[1])
        }
        if whole_id(observation) in self.marks:
            said = self.notices.get(whole_id(observation), ())
            owed = self.owed.get(whole_id(observation), Owed())
            ended = self.ended.get(whole_id(observation), ())
            return Loaded(
                Stored(guild.head),
                done=True,
                own=own,
                notices=said,
                owed=owed,
                ended=ended,
                told=self.told.get(whole_id(observation), ()),
            )
        users = {user_id for user_id, _ in joins}
        records = self.members(observation.guild_id, users, observation.id).before
        searched = searched_memberships(observation)
        known: dict[Membership, Outcome | None] = {}
        for (user_id, joined_at), id_ in joins.items():
            record = records.get(user_id)
            latest = record is not None and record.joined_at == joined_at
            if (user_id, joined_at) in own or not (latest or id_ in self.marks):
                continue
            told = latest and (id_ not in self.marks or (user_id, joined_at) in searched)
            known[user_id, joined_at] = outcome_of(record.word) if record and told else None
        version = guild.head.version
        named = codes_named(observation, guild.head)
        codes = {
            code: state
            for code, row in guild.codes.items()
            if (code in named or needs_all_codes(observation))
            and (state := row.now if row.version <= version else row.before) is not None
        }
        stored = Stored(guild.head, codes, known)
        return Loaded(stored, own=own, guild_name=guild.name)

    def reopen(self, stored: Stored, observation: Observation) -> Stored:
        guild = self.guilds[observation.guild_id]
        version = guild.head.version
        closed = tuple(
            group
            for id_, (since, group) in sorted(guild.closed.items())
            if since <= version and not guild.gone.get(id_, version + 1) <= version
        )
        named = {use.code for group in closed for use in group.uses}
        codes = {
            code: state
            for code, row in guild.codes.items()
            if code in named
            and (state := row.now if row.version <= version else row.before) is not None
        }
        return replace(stored, codes={**codes, **stored.codes}, closed=closed)

    def members(self, guild_id: GuildId, users: Collection[UserId], observation_id: str) -> Members:
        guild = self.guilds.get(guild_id, Guild())
        found = {user: guild.members[user] for user in users if user in guild.members}
        before = {
            user: row.before if row.ahead == observation_id else row.now
            for user, row in found.items()
        }
        return Members(
            {user: record for user, record in before.items() if record is not None},
            {user: row.now for user, row in found.items()},
        )

    def added(self, guild_id: GuildId, users: Collection[UserId]) -> dict[UserId, int]:
        held = self.guilds.get(guild_id, Guild()).counters
        return {user: held[user, "all"].added for user in users if (user, "all") in held}

    def applied(self, event_ids: Iterable[str]) -> frozenset[str]:
        return frozenset(event_ids) & self.marks.keys()

    def commit(self, change: Change) -> float:
        for number, part in enumerate(change.parts, start=1):
            last = number == len(change.parts)
            apply = partial(self._apply, change, part, last=last)
            self.fuse.step(f"transaction {number}", apply)
        return 0.0

    def mark_gap(self, guild_id: GuildId, message_id: str) -> bool:
        mark = gap_id(guild_id, message_id)
        if guild_id not in self.guilds or not self.guilds[guild_id].head.version:
            return False
        if mark in self.marks:
            return True
        self.marks[mark] = message_id, None
        guild = self.guilds[guild_id]
        if guild.burst is not None:
            self._take_back(guild)
        guild.head = replace(guild.head, gap=True, version=guild.head.version + 1)
        return True

    def settings(self, guild_id: GuildId) -> GuildSettings:
        return self.configured.get(guild_id, GuildSettings())

    def rules(self, guild_id: GuildId) -> Rules:
        values = self.guilds.get(guild_id, Guild()).settings
        under = {
            group: {
                name.removeprefix(f"{group}#"): value
                for name, value in values.items()
                if name.startswith(f"{group}#")
            }
            for group in (FAKE, BLOCK)
        }
        return read_rules(under[FAKE], under[BLOCK])

    def greets(self, guild_id: GuildId) -> frozenset[Occasion]:
        return self.greeting.get(guild_id, frozenset())

    def screened(
        self, guild_id: GuildId, memberships: Collection[Membership]
    ) -> frozenset[Membership]:
        return frozenset(m for m in memberships if join_id(guild_id, *m) in self.pending)

    def _apply(self, change: Change, part: Part, *, last: bool) -> None:
        guild = self.guilds.setdefault(change.guild_id, Guild())
        whole = observation_event_id(change.guild_id, change.observation_id)
        moved = guild.head.version != change.head.version - 1 or whole in self.marks
        if moved or guild.burst not in (None, change.observation_id):
            raise StaleHeadError
        if again := self.applied(line.event_id for line in part.lines):
            raise AppliedError(again)
        for line in part.lines:
            at = line.timestamp if line.type is LineType.JOIN else None
            self.marks[line.event_id] = change.observation_id, at
            if line.event_id in change.pending:
                self.pending.add(line.event_id)
        ahead = None if last else change.observation_id
        _fill(guild, change, part, ahead)
        guild.burst = ahead
        if last:
            guild.head = decode_head(encode_head(change.head), change.head.version)
            guild.name = change.guild_name
            self.marks[whole] = change.observation_id, None
            if change.notices:
                self.notices[whole] = read_notices(write_notices(change.notices))
            self.owed[whole] = read_owed(write_owed(change.owed))
            self.ended[whole] = read_ended(write_ended(change.ended))
            self.told[whole] = read_tellings(write_tellings(change.told))

    def _take_back(self, guild: Guild) -> None:
        version = guild.head.version
        for code, row in list(guild.codes.items()):
            if row.version > version:
                del guild.codes[code]
                if row.before is not None:
                    guild.codes[code] = Code(version, row.before, None)
        guild.closed = {i: row for i, row in guild.closed.items() if row[0] <= version}
        guild.gone = {i: v for i, v in guild.gone.items() if v <= version}
        guild.burst = None


def _fill(guild: Guild, change: Change, part: Part, ahead: str | None) -> None:
    for user_id, record in part.members.items():
        before = change.members_before.get(user_id)
        guild.members[user_id] = Member(record, ahead, before if ahead else None)
    for counter, tally in part.counters.items():
        key = counter.inviter_id, counter.period
        guild.counters[key] = _add(guild.counters.get(key, Tally()), tally)
    for day, accuracy in part.accuracy.items():
        guild.accuracy[day] = guild.accuracy.get(day, Accuracy()) + accuracy
    for name, line in part.settings.items():
        if line.value is None:
            guild.settings.pop(name, None)
            guild.set_by.pop(name, None)
        else:
            guild.settings[name] = line.value
            guild.set_by[name] = line
    for code, count in part.counted.items():
        guild.counted[code] = guild.counted.get(code, CodeCount()) + count
    version = change.head.version
    for state in part.codes:
        guild.codes[state.code] = Code(version, state, change.codes_before.get(state.code))
    for group in part.closed:
        guild.closed[group.id] = version, decode_group(encode_group(group))
    for group in part.reopened:
        guild.gone[group.id] = version


def _add(one: Tally, other: Tally) -> Tally:
    return Tally(
        one.tracked + other.tracked,
        one.added + other.added,
        one.fake + other.fake,
        one.left + other.left,
    )
