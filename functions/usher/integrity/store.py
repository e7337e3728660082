"""The check's own rows (pynamodb)."""

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from usher.ids import GuildId
from usher.integrity.model import Known, Progress
from usher.integrity.rows import (
    DRIFT,
    PROGRESS,
    drift_key,
    guild_key,
    read_known,
    read_progress,
    ttl_of,
    write_known,
    write_progress,
)
from usher.platform.dynamo import Row

AT_ONCE: Final = 100


class IntegrityRow(Row):
    """`INTEGRITY` and `DRIFT#…` of a guild."""

    integrity = UnicodeAttribute()
    ttl = NumberAttribute(null=True)


class DynamoNotes:
    """Implements Notes. Methods may raise pynamodb's errors."""

    def progress(self, guilds: Iterable[GuildId]) -> dict[GuildId, Progress]:
        """Read how far guilds are; who was never checked is left out."""
        found: dict[GuildId, Progress] = {}
        for some in batched(guilds, AT_ONCE, strict=False):
            keys = [(guild_key(guild), PROGRESS) for guild in some]
            for row in IntegrityRow.batch_get(keys, consistent_read=True):
                found[GuildId(row.pk.removeprefix("G#"))] = read_progress(row.integrity)
        return found

    def advance(self, guild_id: GuildId, progress: Progress) -> None:
        """Note how far a guild is."""
        self._put(guild_id, PROGRESS, write_progress(progress), None)

    def known(self, guild_id: GuildId) -> list[Known]:
        """Read the differences that are not solved."""
        rows = IntegrityRow.query(
            guild_key(guild_id), IntegrityRow.sk.startswith(DRIFT), consistent_read=True
        )
        known = [read_known(row.sk, row.integrity) for row in rows]
        return [one for one in known if one.solved is None]

    def keep(self, guild_id: GuildId, known: Sequence[Known]) -> None:
        """Write differences down."""
        for one in known:
            self._put(guild_id, drift_key(one), write_known(one), ttl_of(one))

    def _put(self, guild_id: GuildId, key: str, text: str, ttl: int | None) -> None:
        # An update, not a put: the door may set these attributes alone, of whatever row (template).
        actions: list[Action] = [
            IntegrityRow.integrity.set(text),
            IntegrityRow.ttl.remove() if ttl is None else IntegrityRow.ttl.set(ttl),
        ]
        IntegrityRow(guild_key(guild_id), key).update(actions=actions)
