"""The rows that are checked, read consistently where DynamoDB can."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from usher.attribution.rows import EventRow, HeadRow, SettingRow, event_key, read_head
from usher.credit.queries import Period
from usher.credit.reads import board_name
from usher.credit.store import load_members, load_page
from usher.ids import ChannelId, GuildId, UserId
from usher.integrity.ledger_rows import COMPARED
from usher.integrity.ports import HeadSeen, MemberSeen
from usher.integrity.rows import guild_key
from usher.integrity.sanctions import in_force
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.dynamo_scan import WholeTable
from usher.platform.dynamo_sdk import SdkQueries
from usher.rewards.settings import ADMIN_CHANNEL
from usher.timing.due import SHARDS
from usher.timing.reads import DynamoDueIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from usher.integrity.row_diff import Item

AT_ONCE: Final = 100
"""Keys of one BatchGetItem (DynamoDB's limit)."""
ROUNDS: Final = 10


class BusyError(Exception):
    """DynamoDB kept leaving rows out."""


@dataclass(frozen=True, slots=True)
class DynamoTable:
    """Implements Table. Methods may raise errors of botocore and pynamodb, and StateError."""

    client: DynamoDBClient
    name: str
    clock: Callable[[], datetime]

    @property
    def _reads(self) -> DynamoReads:
        return DynamoReads(SdkQueries(self.client), self.name)

    def head(self, guild_id: GuildId) -> HeadSeen | None:
        """Read a guild's head; None where there is none."""
        try:
            row = HeadRow.get(guild_key(guild_id), "HEAD", consistent_read=True)
        except HeadRow.DoesNotExist:
            return None
        since = read_head(row).since
        return HeadSeen(int(row.version), row.burst is not None, since, row.guild_name or "")

    def marks(self, event_ids: Collection[str]) -> frozenset[str]:
        """Say which events have been booked, of those of the last 30 days."""
        rows = EventRow.batch_get(
            [event_key(id_) for id_ in event_ids],
            consistent_read=True,
            attributes_to_get=["pk", "sk"],
        )
        return frozenset(row.pk.removeprefix("E#") for row in rows)

    def rows(self, guild_id: GuildId) -> Iterator[Item]:
        """Read all rows that the ledger tells of, in order of their sort keys."""
        whole = WholeTable(self.client, self.name)
        for kind in sorted(COMPARED):
            yield from whole.query(guild_key(guild_id), kind)

    def named(self, guild_id: GuildId, sort_keys: Collection[str]) -> list[Item]:
        """Read rows by their sort keys."""
        return [
            item
            for some in batched(sort_keys, AT_ONCE, strict=False)
            for item in self._batch([(guild_key(guild_id), key) for key in some])
        ]

    def members(self, guild_id: GuildId, users: Collection[UserId]) -> list[MemberSeen]:
        """Read the latest memberships of users."""
        records = load_members(guild_id, users, "").now
        return [MemberSeen(user, one.joined_at, one.left_at) for user, one in records.items()]

    def members_after(self, guild_id: GuildId, after: str, limit: int) -> list[MemberSeen]:
        """Read the members whose rows come next in the order of sort keys."""
        begin = UserId(after.removeprefix("M#")) if after else None
        page = load_page(guild_id, begin, limit)
        return [MemberSeen(user, one.joined_at, one.left_at) for user, one in page[:limit]]

    def board(self, guild_id: GuildId) -> dict[str, int]:
        """Read the scores of the board of all time by sort key, as the index has them."""
        scores = self._reads.scores(board_name(guild_id, Period.ALL, self.clock()))
        return {str(one["sk"]): int(str(one["score"])) for one in scores}

    def sanctions(self, guild_id: GuildId) -> Mapping[str, list[UserId]]:
        """Name whom bans and mutes are in force for, by `ban` and `mute`."""
        rows = self._reads.under(guild_key(guild_id), "X#")
        return in_force(guild_id, rows, self.clock())

    def orphans(self, guild_id: GuildId) -> list[tuple[str, str]]:
        """Name the referral links whose campaign is gone, each with the campaign."""
        pk = f"R#{guild_id}"
        codes = [str(row["sk"]).removeprefix("LINK#") for row in self._reads.under(pk, "LINK#")]
        if not codes:
            return []
        listed = self._reads.under(pk, "CAMPAIGN#")
        campaigns = {str(row["sk"]).removeprefix("CAMPAIGN#") for row in listed}
        found: list[tuple[str, str]] = []
        for some in batched(codes, AT_ONCE, strict=False):
            for item in self._batch([(f"L#{code}", "LINK") for code in some]):
                campaign = str(item.get("campaign_id", {}).get("S", ""))
                if campaign not in campaigns:
                    found.append((str(item["pk"]["S"]).removeprefix("L#"), campaign))
        return found

    def overdue(self, until: datetime) -> dict[GuildId, list[tuple[str, datetime]]]:
        """Name the rows, of all guilds, whose time had come by then."""
        index, found = DynamoDueIndex(self._reads), dict[GuildId, list[tuple[str, datetime]]]()
        for shard in range(SHARDS):
            for one in index.due(shard, until):
                found.setdefault(one.guild_id, []).append((one.key, one.at))
        return found

    def admin_channel(self, guild_id: GuildId) -> ChannelId | None:
        """Say where the guild's admins are told of what is wrong."""
        try:
            row = SettingRow.get(guild_key(guild_id), f"S#{ADMIN_CHANNEL}", consistent_read=True)
        except SettingRow.DoesNotExist:
            return None
        return ChannelId(row.value)

    def _batch(self, keys: list[tuple[str, str]]) -> Iterator[Item]:
        wanted: Any = {
            self.name: {
                "Keys": [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys],
                "ConsistentRead": True,
            }
        }
        for _ in range(ROUNDS):
            answer = self.client.batch_get_item(RequestItems=wanted)
            yield from answer["Responses"].get(self.name, [])
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return
        raise BusyError
