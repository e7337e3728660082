"""What is on record of a guild, read from the DynamoDB table without the SDK."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from usher.attribution.accuracy import Accuracy
from usher.attribution.model import CodeState, CodeStatus, Head
from usher.attribution.outcomes import Confidence
from usher.attribution.state_codec import decode_code, decode_head
from usher.doctor.facts import Books, Checked, Codes, Overdue, Search, Session, Settings
from usher.doctor.probing import probing
from usher.hooks.ports import EndpointTable
from usher.ids import GuildId, InviteCode, UserId
from usher.integrity.reads import DynamoIntegrityReads
from usher.platform.dynamo_reads import DynamoReads, Item
from usher.referrals.model import Campaign
from usher.referrals.ports import ReferralTable
from usher.rewards.queries import RewardReads
from usher.times import parse_time
from usher.timing.terms import TERM, read_key

DAYS: Final = 7
GROUPS: Final = ("guild", "welcome", "farewell", "mod", "automod", "rank", "fake")
SNOWFLAKE_SHARD: Final = 22
"""Discord docs: Gateway, Sharding: the shard of a guild is (id >> 22) % count."""


@dataclass(frozen=True, slots=True)
class DynamoProbe:
    """Implements TableProbe."""

    table: DynamoReads
    referrals: ReferralTable
    rewards: RewardReads
    endpoints: EndpointTable

    def settings(self, guild_id: GuildId) -> Settings:
        """Read what the guild has set, consistently."""
        with probing():
            return Settings(*(self._group(guild_id, group) for group in GROUPS))

    def campaigns(self, guild_id: GuildId) -> tuple[Campaign, ...]:
        """Read the guild's campaigns."""
        with probing():
            return self.referrals.campaigns(guild_id)

    def books(self, guild_id: GuildId, now: datetime) -> Books:
        """Read what is known of the guild's invites and joins."""
        with probing():
            head = self._head(guild_id)
            terms = [*self._terms(guild_id)]
            endpoints = self.endpoints.endpoints(guild_id)
            return Books(
                head=head,
                codes=self._codes(guild_id, head),
                accuracy=self._accuracy(guild_id, now),
                problems=self.rewards.problems(guild_id),
                overdue=tuple(one for one in terms if one.due_at <= now),
                terms=frozenset(one.kind for one in terms),
                checked=self._checked(guild_id),
                failing_hooks=sum(
                    1
                    for one, health in endpoints
                    if one.active and (health.ended_at or health.failing_since)
                ),
            )

    def search(self, guild_id: GuildId) -> Search:
        """Read whether Discord's own record may be asked."""
        with probing():
            row = self.table.get((f"G#{guild_id}", "SEARCH"), consistent=True) or {}
            until, refusals = row.get("closed_until"), row.get("refusals")
            return Search(
                parse_time(until) if isinstance(until, str) else None,
                refusals if isinstance(refusals, int) else 0,
            )

    def session(self, guild_id: GuildId, bot_id: UserId) -> Session | None:
        """Read the session of the guild's shard; None before any listener has begun."""
        with probing():
            plan = self.table.get((f"SHARD#{bot_id}", "PLAN"), consistent=True)
            count = None if plan is None else plan.get("shards")
            if not isinstance(count, int) or count < 1:
                return None
            shard = (int(guild_id) >> SNOWFLAKE_SHARD) % count
            key = (f"SHARD#{bot_id}#{count}", f"LEASE#{shard}")
            row = self.table.get(key, consistent=True)
            return session_of(row, shard, count)

    def _group(self, guild_id: GuildId, group: str) -> dict[str, str]:
        prefix = f"S#{group}#"
        rows = self.table.under(f"G#{guild_id}", prefix)
        return {str(row["sk"]).removeprefix(prefix): str(row.get("value", "")) for row in rows}

    def _head(self, guild_id: GuildId) -> Head | None:
        row = self.table.get((f"G#{guild_id}", "HEAD"), consistent=True)
        return None if row is None else decode_head(str(row["state"]), int(str(row["version"])))

    def _codes(self, guild_id: GuildId, head: Head | None) -> Codes:
        active = ended = 0
        newest: CodeState | None = None
        for row in self.table.under(f"G#{guild_id}", "I#"):
            code = InviteCode(str(row["sk"]).removeprefix("I#"))
            if head is not None and code == head.vanity_code:
                continue
            state = decode_code(code, str(row["cur"]))
            if state.status is not CodeStatus.ACTIVE:
                ended += 1
                continue
            active += 1
            if state.created_at and (newest is None or _made(state) > _made(newest)):
                newest = state
        if newest is None:
            return Codes(active, ended)
        return Codes(active, ended, newest.code, newest.created_at)

    def _accuracy(self, guild_id: GuildId, now: datetime) -> Accuracy:
        last = now.astimezone(UTC).date()
        first = last - timedelta(days=DAYS - 1)
        rows = self.table.between(f"G#{guild_id}", f"ACCURACY#{first}", f"ACCURACY#{last}")
        return sum((_read_accuracy(row) for row in rows), Accuracy())

    def _checked(self, guild_id: GuildId) -> Checked | None:
        last = DynamoIntegrityReads(self.table).last_check(guild_id)
        if last is None:
            return None
        return Checked(last.at, last.repairs, len(last.differences), last.asked_at)

    def _terms(self, guild_id: GuildId) -> Iterator[Overdue]:
        """Read what holds until a time."""
        for row in self.table.under(f"G#{guild_id}", TERM):
            due = row.get("due_at")
            if isinstance(due, str) and row.get("due") is not None:
                yield Overdue(*read_key(str(row["sk"])), parse_time(due))


def session_of(row: Item | None, shard: int, count: int) -> Session:
    """Read a lease of the listener's, as `gateway_listener.lease_table` writes it."""
    if row is None:
        return Session(shard, count)
    owner, until = row.get("lease_owner"), row.get("expires_at")
    heard, intents = row.get("last_alive"), row.get("intents")
    return Session(
        shard,
        count,
        owner if isinstance(owner, str) else None,
        datetime.fromtimestamp(until / 1000, UTC) if isinstance(until, int) else None,
        parse_time(heard) if isinstance(heard, str) else None,
        intents if isinstance(intents, int) else 0,
    )


def _made(state: CodeState) -> float:
    return state.created_at.timestamp() if state.created_at else 0.0


def _read_accuracy(row: Item) -> Accuracy:
    found = {one: row.get(one.value) for one in Confidence}
    return Accuracy({one: number for one, number in found.items() if isinstance(number, int)})
