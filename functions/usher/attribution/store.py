"""The stored state of guilds over DynamoDB: consistent reads, and changes in transactions."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from usher.attribution.guild_settings import load_greets, load_rules, load_settings
from usher.attribution.model import CodeState, Head, Membership, Stored
from usher.attribution.noticing import read_notices
from usher.attribution.outcomes import Outcome
from usher.attribution.ports import Change, GuildSettings, Loaded
from usher.attribution.rows import (
    EVENT_SORT_KEY,
    KEEP_GROUP,
    CodeRow,
    EventRow,
    GroupRow,
    HeadRow,
    event_key,
    event_row,
    groups_since,
    guild_key,
    read_code,
    read_group,
    read_head,
)
from usher.attribution.touched import (
    codes_named,
    gap_id,
    join_ids,
    needs_all_codes,
    searched_memberships,
    whole_id,
)
from usher.attribution.wording import outcome_of
from usher.attribution.writes import Transactions, Writes
from usher.contracts.observation import Observation
from usher.credit.fake import Rules
from usher.credit.rules import Members
from usher.credit.store import load_added, load_members
from usher.greeting.rules import read_ended
from usher.greeting.settings import Occasion
from usher.hooks.line_facts import read_tellings
from usher.ids import GuildId, InviteCode, UserId
from usher.ledger.lines import join_id
from usher.rewards.owed import read_owed
from usher.times import parse_time

MANY_CODES: Final = 300
"""From this number on, one query of all codes is cheaper than reading them by name."""

NEAR: Final = timedelta(seconds=1)
"""More than any difference of clocks that the rules allow for."""


@dataclass(frozen=True, slots=True)
class DynamoGuilds:
    """Implements Guilds. Methods may raise pynamodb's errors and TableBusyError."""

    transactions: Transactions
    clock: Callable[[], datetime]

    @property
    def _writes(self) -> Writes:
        return Writes(self.transactions, self.clock)

    def load(self, observation: Observation) -> Loaded:
        """Read what an observation touches; raises StaleHeadError, StateError."""
        guild_id = observation.guild_id
        row = _head_row(guild_id)
        head = Head() if row is None else read_head(row)
        if row is not None and row.burst not in (None, observation.id):
            self._writes.take_back(guild_id, row)
            return self.load(observation)
        joins, mark = join_ids(observation), whole_id(observation)
        marks = _marks([mark, *joins.values()])
        own = {
            membership: parse_time(marks[id_].at)
            for membership, id_ in joins.items()
            if id_ in marks and marks[id_].observation == observation.id and marks[id_].at
        }
        if mark in marks:
            said = marks[mark].notices
            return Loaded(
                Stored(head),
                done=True,
                own=own,
                notices=read_notices(said) if said else (),
                owed=read_owed(marks[mark].owed),
                ended=read_ended(marks[mark].ended),
                told=read_tellings(marks[mark].told),
            )
        known = self._known(observation, joins, marks, own)
        codes = self._codes(observation, head)
        name = "" if row is None else row.guild_name or ""
        return Loaded(Stored(head, codes, known), own=own, guild_name=name)

    def reopen(self, stored: Stored, observation: Observation) -> Stored:
        """Add the groups closed lately, and the codes of their uses."""
        guild_id, version = observation.guild_id, stored.head.version
        joined = [joined_at for _, joined_at in join_ids(observation)]
        earliest = max(min(joined, default=observation.at) - NEAR, observation.at - KEEP_GROUP)
        rows = GroupRow.query(
            guild_key(guild_id),
            GroupRow.sk.between(groups_since(earliest), "W#~"),
            consistent_read=True,
        )
        read = [read_group(row, version) for row in rows]
        closed = tuple(group for group in read if group is not None)
        named = {use.code for group in closed for use in group.uses if use.code}
        missing = named - stored.codes.keys()
        codes = {**stored.codes, **_codes_by_name(guild_id, version, missing)}
        return replace(stored, codes=codes, closed=closed)

    def members(self, guild_id: GuildId, users: Collection[UserId], observation_id: str) -> Members:
        """Read member records; who has none is left out."""
        return load_members(guild_id, users, observation_id)

    def added(self, guild_id: GuildId, users: Collection[UserId]) -> dict[UserId, int]:
        """Read how many invites admins have added to members in all."""
        return load_added(guild_id, users)

    def applied(self, event_ids: Iterable[str]) -> frozenset[str]:
        """Say which events were applied already."""
        return frozenset(_marks(event_ids))

    def commit(self, change: Change) -> float:
        """Write a change; raises StaleHeadError, AppliedError, PoisonError."""
        return self._writes.commit(change)

    def mark_gap(self, guild_id: GuildId, message_id: str) -> bool:
        """Note that a message of the guild went unseen, once; raises StaleHeadError."""
        row, mark = _head_row(guild_id), gap_id(guild_id, message_id)
        if row is None:
            return False
        if mark in _marks([mark]):
            # Parked before, and its followers may have been applied: for them there is no gap.
            return True
        if row.burst is not None:
            self._writes.take_back(guild_id, row)
        head = replace(read_head(row), gap=True)
        noted = event_row(mark, message_id, self.clock())
        self._writes.move_head(guild_id, head, row.guild_name, noted)
        return True

    def settings(self, guild_id: GuildId) -> GuildSettings:
        """Read the guild's settings."""
        return load_settings(guild_id)

    def rules(self, guild_id: GuildId) -> Rules:
        """Read by which rules memberships are fake."""
        return load_rules(guild_id)

    def greets(self, guild_id: GuildId) -> frozenset[Occasion]:
        """Read what the guild greets."""
        return load_greets(guild_id)

    def screened(
        self, guild_id: GuildId, memberships: Collection[Membership]
    ) -> frozenset[Membership]:
        """Pick the memberships that began with the screening still before them."""
        ids = {membership: join_id(guild_id, *membership) for membership in memberships}
        marks = _marks(ids.values())
        return frozenset(m for m, id_ in ids.items() if id_ in marks and marks[id_].pending)

    def _known(
        self,
        observation: Observation,
        joins: dict[Membership, str],
        marks: dict[str, EventRow],
        own: Collection[Membership],
    ) -> dict[Membership, Outcome | None]:
        """Joins recorded already: by their mark or, once that has expired, by the member's row."""
        known: dict[Membership, Outcome | None] = {
            membership: None
            for membership, id_ in joins.items()
            if id_ in marks and membership not in own
        }
        searched = searched_memberships(observation)
        users = {user_id for user_id, _ in (joins.keys() - known.keys()) | searched}
        records = self.members(observation.guild_id, users, observation.id).before
        for user_id, record in records.items():
            membership = (user_id, record.joined_at)
            if membership in joins and membership not in own:
                known[membership] = outcome_of(record.word)
        return known

    def _codes(self, observation: Observation, head: Head) -> dict[InviteCode, CodeState]:
        names = codes_named(observation, head)
        if not needs_all_codes(observation) and len(names) < MANY_CODES:
            return _codes_by_name(observation.guild_id, head.version, names)
        rows = CodeRow.query(
            guild_key(observation.guild_id), CodeRow.sk.startswith("I#"), consistent_read=True
        )
        return _states(rows, head.version)


def _codes_by_name(
    guild_id: GuildId, version: int, names: Iterable[InviteCode]
) -> dict[InviteCode, CodeState]:
    keys = [(guild_key(guild_id), f"I#{name}") for name in names]
    return _states(CodeRow.batch_get(keys, consistent_read=True), version)


def _states(rows: Iterable[CodeRow], version: int) -> dict[InviteCode, CodeState]:
    read = [read_code(row, version) for row in rows]
    return {state.code: state for state in read if state is not None}


def _marks(event_ids: Iterable[str]) -> dict[str, EventRow]:
    keys = [event_key(id_) for id_ in event_ids]
    rows = EventRow.batch_get(keys, consistent_read=True)
    return {row.pk.removeprefix("E#"): row for row in rows if row.sk == EVENT_SORT_KEY}


def _head_row(guild_id: GuildId) -> HeadRow | None:
    try:
        return HeadRow.get(guild_key(guild_id), "HEAD", consistent_read=True)
    except HeadRow.DoesNotExist:
        return None
