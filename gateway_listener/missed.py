"""What Discord has on record of a guild's absence: asked page by page, answers kept small.

A page is what a replay can read too: MEMBERS, MEMBERS_SEARCH or AUDIT_LOG with Discord's answer,
cut down to what falls into the absence (a guild may have a hundred thousand members).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from gateway_listener.audit import made_at
from gateway_listener.errors import ObserveError
from gateway_listener.looker import Answer
from gateway_listener.timing import RETRIES
from usher.contracts.errors import ContractError
from usher.contracts.wire import (
    EPOCH,
    Fields,
    as_fields,
    read_list,
    read_snowflake,
    read_time,
)
from usher.ids import GuildId

MARGIN: Final = timedelta(seconds=60)
"""Read from this long before the absence: the last that was heard may not be the last that was."""
PAGE: Final = 1_000
LOG_PAGE: Final = 100
MOST_PAGES: Final = 1_000
PATIENCE: Final = (*RETRIES, *(RETRIES[-1],) * 26)
"""Pauses before a page is asked for again: an hour in all, in the background."""
LOGGED: Final = (40, 42, 20, 22, 23)
"""Entries that tell of an absence: invites made and ended, members kicked, banned and unbanned."""
BREAKER: Final = 5
"""Refusals of members-search in a row after which it is not asked for again for a while."""
BREAK: Final = timedelta(hours=1)
_REFUSED: Final = frozenset(range(400, 500)) - {408, 429}
_MILLISECOND: Final = timedelta(milliseconds=1)

log = logging.getLogger(__name__)


class RecordSource(Protocol):
    """Asks Discord about a guild's past. Failures are answers too."""

    async def search(self, guild_id: GuildId, body: Mapping[str, object]) -> Answer:
        """POST members-search."""

    async def members(self, guild_id: GuildId, after: str) -> Answer:
        """GET a page of members with ids above `after`."""

    async def audit_log(self, guild_id: GuildId, action: int, before: str | None) -> Answer:
        """GET a page of the audit log, newest entry first, of entries older than `before`."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page, in the form of a recording's line."""

    kind: str
    at: datetime
    body: object


class RefusedReadError(Exception):
    """Discord will not tell; `status` is its answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class FailedReadError(Exception):
    """Discord did not tell now; `retry_after` is what it asked for."""

    def __init__(self, status: int, retry_after: timedelta | None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.retry_after = retry_after


class MissedReader:
    """Reads pages. One that fails raises: RefusedReadError, FailedReadError, ObserveError."""

    def __init__(self, source: RecordSource, pause: float = 0.2) -> None:
        self._source = source
        self._pause = pause
        self._refusals = 0
        self._closed_until: datetime | None = None

    def may_search(self, now: datetime) -> bool:
        """Whether members-search is worth a request: it is undocumented and may go away."""
        return self._closed_until is None or now >= self._closed_until

    async def searched(self, guild_id: GuildId, since: datetime) -> AsyncIterator[Page]:
        """Search the members who joined since, newest first."""
        joined = {"range": {"gte": _milliseconds(since - MARGIN)}}
        body: dict[str, object] = {"limit": PAGE, "sort": 1}
        body["and_query"] = {"guild_joined_at": joined}
        place: tuple[int, str] | None = None
        for _ in range(MOST_PAGES):
            answer = await self._source.search(guild_id, body)
            self._count(answer)
            rows = _rows(_good(answer), "members")
            yield Page("MEMBERS_SEARCH", answer.at, answer.body)
            last = _place(rows[-1]) if rows else None
            if len(rows) < PAGE or last is None or last == place:
                return
            place = last
            body["after"] = {"guild_joined_at": last[0], "user_id": last[1]}
            await asyncio.sleep(self._pause)
        log.error("Guild %s: the search was given up after %d pages.", guild_id, MOST_PAGES)

    async def listed(self, guild_id: GuildId, since: datetime) -> AsyncIterator[Page]:
        """List all members, and keep those who joined since."""
        after = "0"
        for _ in range(MOST_PAGES):
            answer = await self._insist(partial(self._source.members, guild_id, after))
            rows = _rows({"members": answer.body}, "members")
            if recent := [row for row in rows if _joined_since(row, since - MARGIN)]:
                yield Page("MEMBERS", answer.at, recent)
            last = _user_id(rows[-1]) if rows else after
            if len(rows) < PAGE or int(last) <= int(after):
                return
            after = last
            await asyncio.sleep(self._pause)
        log.error("Guild %s: the list was given up after %d pages.", guild_id, MOST_PAGES)

    async def logged(self, guild_id: GuildId, since: datetime) -> AsyncIterator[Page]:
        """Read the audit log's entries of invites and removed members since."""
        for action in LOGGED:
            before: str | None = None
            for _ in range(MOST_PAGES):
                asked = partial(self._source.audit_log, guild_id, action, before)
                answer = await self._insist(asked)
                rows = _rows(answer.body, "audit_log_entries")
                recent = [row for row in rows if _made_since(row, since - MARGIN)]
                if recent:
                    yield Page("AUDIT_LOG", answer.at, {"audit_log_entries": recent})
                if len(recent) < LOG_PAGE:
                    break
                before = _id(recent[-1])
                await asyncio.sleep(self._pause)

    async def _insist(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask for a page until it is answered or refused, for an hour."""
        for pause in PATIENCE:
            answer = await ask()
            try:
                _good(answer)
            except FailedReadError as error:
                await asyncio.sleep(max(pause, error.retry_after or pause).total_seconds())
            else:
                return answer
        raise FailedReadError(_status(answer.body) or 0, answer.retry_after)

    def _count(self, answer: Answer) -> None:
        if _status(answer.body) not in _REFUSED:
            self._refusals = 0
            return
        self._refusals += 1
        if self._refusals >= BREAKER:
            self._closed_until = answer.at + BREAK


def _good(answer: Answer) -> object:
    status = _status(answer.body)
    if status is None:
        return answer.body
    if status in _REFUSED:
        raise RefusedReadError(status)
    raise FailedReadError(status, answer.retry_after)


def _status(body: object) -> int | None:
    """Tell the status of a refusal; None for a good answer."""
    status = body.get("error") if isinstance(body, dict) else None
    return status if isinstance(status, int) else None


def _rows(body: object, name: str) -> list[Fields]:
    try:
        return [as_fields(row, name) for row in read_list(as_fields(body, name), name)]
    except ContractError as error:
        raise ObserveError(f"{name}: {error.reason}") from error


def _place(row: Fields) -> tuple[int, str] | None:
    """Tell where a member stands in the order of the search."""
    try:
        member = as_fields(row.get("member"), "member")
        joined_at = read_time(member, "joined_at")
        return _milliseconds(joined_at), _user_id(member)
    except ContractError:
        return None


def _milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // _MILLISECOND


def _joined_since(row: Fields, since: datetime) -> bool:
    try:
        return row.get("joined_at") is not None and read_time(row, "joined_at") >= since
    except ContractError as error:
        raise ObserveError(f"members: {error.reason}") from error


def _made_since(row: Fields, since: datetime) -> bool:
    try:
        return made_at(row) >= since
    except ContractError as error:
        raise ObserveError(f"audit log: {error.reason}") from error


def _user_id(member: Fields) -> str:
    try:
        return read_snowflake(as_fields(member.get("user"), "user"), "id")
    except ContractError as error:
        raise ObserveError(f"members: {error.reason}") from error


def _id(row: Fields) -> str:
    return read_snowflake(row, "id")
