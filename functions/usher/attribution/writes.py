"""Changes of a guild's rows: transactions on the condition that the head has not moved.

The head is also the lock of a burst. Its first transaction puts the observation's id on the head,
each further one demands it there, and the last advances the head and takes it away. Rows that a
burst wrote and never completed are taken back by whoever comes next, unless it is the same
observation again, which completes them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Final, Protocol

from pynamodb.expressions.condition import Condition

from usher.attribution.accuracy_store import add_accuracy
from usher.attribution.code_counts_store import add_code_count
from usher.attribution.guild_settings import put_setting
from usher.attribution.model import Head
from usher.attribution.plan import Part
from usher.attribution.ports import AppliedError, Change, PoisonError, StaleHeadError
from usher.attribution.rows import (
    CodeRow,
    EventRow,
    GroupRow,
    HeadRow,
    event_row,
    guild_key,
    head_row,
    put_code,
    put_group,
    read_code,
    reopen_group,
)
from usher.attribution.touched import observation_event_id
from usher.credit.store import add_counter, put_member
from usher.ids import GuildId
from usher.ledger.lines import LineType
from usher.platform.dynamo import (
    ACTIONS_LIMIT,
    Actions,
    ConditionsFailedError,
    TableRefusedError,
)

HEAD: Final = "HEAD"
TAKEN_BACK: Final = "taken back"
"""Stands on the head while rows of a burst that was given up are undone."""


class Transactions(Protocol):
    """Runs transactions."""

    def run(self, actions: Actions) -> float:
        """Write everything or nothing, as `dynamo.Transactor` does."""
        ...


@dataclass(frozen=True, slots=True)
class Writes:
    """What DynamoGuilds writes."""

    transactions: Transactions
    clock: Callable[[], datetime]

    def commit(self, change: Change) -> float:
        """Write a change, part by part; raises StaleHeadError, AppliedError, PoisonError."""
        units = 0.0
        *ahead, last = change.parts
        for number, part in enumerate(ahead):
            actions = Actions()
            if number == 0:
                self._open_burst(actions, change)
            else:
                _demand(actions, change.guild_id, change.head.version - 1, change.observation_id)
            self._fill(actions, change, part, ahead=True)
            units += self._run(actions)
        actions = Actions()
        self._advance(actions, change)
        self._fill(actions, change, last, ahead=False)
        return units + self._run(actions)

    def move_head(
        self, guild_id: GuildId, head: Head, guild_name: str | None, mark: EventRow
    ) -> None:
        """Write a head as the next version, and what that was for; raises StaleHeadError."""
        actions = Actions()
        row = head_row(guild_id, head.version + 1, head, guild_name)
        actions.put(row, _unmoved(head.version) & HeadRow.burst.does_not_exist(), HEAD)
        actions.put(mark, EventRow.pk.does_not_exist(), HEAD)
        self._run(actions)

    def take_back(self, guild_id: GuildId, head: HeadRow) -> None:
        """Undo the codes and groups that another observation wrote and did not complete.

        Its events stay applied, since the ledger has them. Raises StaleHeadError.
        """
        version = int(head.version)
        self._claim(guild_id, version, str(head.burst))
        undone = [*_ahead_codes(guild_id, version), *_ahead_groups(guild_id, version)]
        for some in batched(undone, ACTIONS_LIMIT - 1, strict=False):
            actions = Actions()
            _demand(actions, guild_id, version, TAKEN_BACK)
            for undo in some:
                undo(actions)
            self._run(actions)
        actions = Actions()
        held = _unmoved(version) & (HeadRow.burst == TAKEN_BACK)
        row = HeadRow(guild_key(guild_id), "HEAD")
        actions.update(row, [HeadRow.burst.remove()], held, HEAD)
        self._run(actions)

    def _claim(self, guild_id: GuildId, version: int, burst: str) -> None:
        actions = Actions()
        row = HeadRow(guild_key(guild_id), "HEAD")
        held = _unmoved(version) & (HeadRow.burst == burst)
        actions.update(row, [HeadRow.burst.set(TAKEN_BACK)], held, HEAD)
        self._run(actions)

    def _open_burst(self, actions: Actions, change: Change) -> None:
        version, id_ = change.head.version - 1, change.observation_id
        free = HeadRow.burst.does_not_exist() | (HeadRow.burst == id_)
        if version == 0:
            row = head_row(change.guild_id, 0, Head(), change.guild_name, burst=id_)
            actions.put(row, _unmoved(0) & free, HEAD)
        else:
            row = HeadRow(guild_key(change.guild_id), "HEAD")
            actions.update(row, [HeadRow.burst.set(id_)], _unmoved(version) & free, HEAD)

    def _advance(self, actions: Actions, change: Change) -> None:
        version, id_ = change.head.version - 1, change.observation_id
        free = HeadRow.burst == id_
        if len(change.parts) == 1:
            free = free | HeadRow.burst.does_not_exist()
        row = head_row(change.guild_id, change.head.version, change.head, change.guild_name)
        actions.put(row, _unmoved(version) & free, HEAD)
        mark = observation_event_id(change.guild_id, id_)
        done = event_row(
            mark,
            id_,
            self.clock(),
            notices=change.notices,
            owed=change.owed,
            ended=change.ended,
            told=change.told,
        )
        actions.put(done, EventRow.pk.does_not_exist(), HEAD)

    def _fill(self, actions: Actions, change: Change, part: Part, *, ahead: bool) -> None:
        guild_id, version, id_ = change.guild_id, change.head.version, change.observation_id
        now = self.clock()
        for line in part.lines:
            at = line.timestamp if line.type is LineType.JOIN else None
            pending = line.event_id in change.pending
            row = event_row(line.event_id, id_, now, at, pending=pending)
            actions.put(row, EventRow.pk.does_not_exist(), line.event_id)
        for user_id, record in part.members.items():
            before = change.members_before.get(user_id)
            put_member(actions, guild_id, user_id, record, id_ if ahead else None, before)
        for counter, tally in part.counters.items():
            add_counter(actions, guild_id, counter, tally)
        for day, accuracy in part.accuracy.items():
            add_accuracy(actions, guild_id, day, accuracy)
        for name, line in part.settings.items():
            put_setting(actions, guild_id, name, line)
        for code, count in part.counted.items():
            add_code_count(actions, guild_id, code, count)
        for state in part.codes:
            was = change.codes_before.get(state.code)
            put_code(actions, guild_id, version, state, was, change.lead)
        for group in part.closed:
            put_group(actions, guild_id, version, group, now)
        for group in part.reopened:
            reopen_group(actions, guild_id, version, group)

    def _run(self, actions: Actions) -> float:
        try:
            return self.transactions.run(actions)
        except ConditionsFailedError as error:
            if HEAD in error.tags:
                raise StaleHeadError from error
            raise AppliedError(frozenset(error.tags)) from error
        except TableRefusedError as error:
            raise PoisonError(error.code) from error


def _unmoved(version: int) -> Condition:
    """Demand that the head is of a version; 0 when there may be none."""
    if version == 0:
        unseen: Condition = HeadRow.pk.does_not_exist() | (HeadRow.version == 0)
        return unseen
    same: Condition = HeadRow.version == version
    return same


def _demand(actions: Actions, guild_id: GuildId, version: int, burst: str) -> None:
    held: Condition = _unmoved(version) & (HeadRow.burst == burst)
    actions.check(HeadRow, (guild_key(guild_id), "HEAD"), held, HEAD)


type _Undo = Callable[[Actions], None]


def _ahead_codes(guild_id: GuildId, version: int) -> Iterable[_Undo]:
    rows = CodeRow.query(
        guild_key(guild_id),
        CodeRow.sk.startswith("I#"),
        filter_condition=CodeRow.v > version,
        consistent_read=True,
    )
    for row in rows:
        yield _undo_code(guild_id, version, row)


def _undo_code(guild_id: GuildId, version: int, row: CodeRow) -> _Undo:
    state = read_code(row, version)

    def undo(actions: Actions) -> None:
        if state is None:
            actions.delete(row)
        else:
            put_code(actions, guild_id, version, state, None)

    return undo


def _ahead_groups(guild_id: GuildId, version: int) -> Iterable[_Undo]:
    rows = GroupRow.query(
        guild_key(guild_id),
        GroupRow.sk.startswith("W#"),
        filter_condition=(GroupRow.v > version) | (GroupRow.gone > version),
        consistent_read=True,
    )
    for row in rows:
        yield _undo_group(version, row)


def _undo_group(version: int, row: GroupRow) -> _Undo:
    def undo(actions: Actions) -> None:
        if row.v is not None and row.v <= version:
            actions.update(row, [GroupRow.gone.remove()])
        else:
            actions.delete(row)

    return undo
