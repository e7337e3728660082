"""Steps on links in the DynamoDB table, as they are read, without the SDK."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.funnel.chains import Place
from usher.funnel.codec import read_event
from usher.funnel.model import Event, EventKind, Journey, Trace
from usher.funnel.rows import link_rows, member_rows
from usher.funnel.table import DynamoJourneys, journey_of
from usher.ids import GuildId, InviteCode, UserId
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.referrals.model import LinkCode
from usher.times import format_time

_PAST: Final = "~"


@dataclass(frozen=True, slots=True)
class DynamoChains:
    """Implements ChainRows."""

    client: Caller
    name: str

    def events(
        self, code: LinkCode, kind: EventKind, before: Place | None, limit: int
    ) -> tuple[Event, ...]:
        """Read steps of a kind, newest first, that come before one of this time and member."""
        prefix = f"EVENT#{kind.value}#"
        last = f"{prefix}{_PAST if before is None else '#'.join(before)}"
        rows = self._reads.some(link_rows(code), prefix, last, limit + 1, newest=True)
        return tuple(read_event(row) for row in rows if row["sk"] != last)[:limit]

    def joins(self, code: LinkCode, begin: datetime, end: datetime, most: int) -> tuple[Event, ...]:
        """Read joins of a time, oldest first."""
        prefix = f"EVENT#{EventKind.JOIN.value}#"
        first, last = f"{prefix}{format_time(begin)}", f"{prefix}{format_time(end)}#{_PAST}"
        rows = self._reads.some(link_rows(code), first, last, most)
        return tuple(read_event(row) for row in rows)

    def taken(
        self, guild_id: GuildId, events: Iterable[Event]
    ) -> dict[tuple[UserId, datetime], Journey]:
        """Read the journeys that joins began."""
        keys = [
            (member_rows(guild_id), f"JOIN#{one.user_id}#{format_time(one.at)}") for one in events
        ]
        rows = self._reads.get_many(keys)
        journeys = (journey_of(guild_id, row) for row in rows.values())
        return {(one.user_id, one.joined_at): one for one in journeys}

    def journeys(self, guild_id: GuildId, user_id: UserId) -> tuple[Journey, ...]:
        """Read a member's journeys, oldest first."""
        return DynamoJourneys(self.client, self.name).journeys(guild_id, user_id)

    def trace(self, link: LinkCode, user_id: UserId, invite: InviteCode | None) -> Trace:
        """Read what is known of the click that led to an invite, or to a member's sign-in."""
        return DynamoJourneys(self.client, self.name).trace(link, user_id, invite)

    def invite_of(self, code: LinkCode, visitor: str) -> InviteCode | None:
        """Read the newest invite that was made for a visitor."""
        item = self._reads.get((link_rows(code), f"MINE#{visitor}"))
        return None if item is None else InviteCode(str(item["invite"]))

    @property
    def _reads(self) -> DynamoReads:
        return DynamoReads(self.client, self.name)
