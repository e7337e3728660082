"""Links from files and as files, as the commands ask for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from usher.ids import GuildId, UserId
from usher.referrals.bulk import Plan
from usher.referrals.bulk_commands import CodeFor, Form
from usher.referrals.bulk_form import as_csv, as_json, read_file
from usher.referrals.bulk_model import BulkError, Ground, Row
from usher.referrals.bulk_service import BulkLinks
from usher.slash.say import say


@dataclass(frozen=True, slots=True)
class BulkDesk:
    """Implements LinkFiles, and what the REST API asks."""

    bulk: BulkLinks
    clock: Callable[[], datetime]
    sign_in: Callable[[], bool]

    def take(
        self,
        guild_id: GuildId,
        content: bytes,
        by: UserId,
        made_by: str,
        code_for: CodeFor,
        *,
        atomic: bool,
        dry: bool,
    ) -> Plan:
        """Make links of a file's rows; raises BulkError."""
        rows = read_file(content)
        ground = self.ground(guild_id, rows, by, made_by, code_for, only=False)
        return self.bulk.run(rows, ground, atomic=atomic, dry=dry)

    def ground(
        self,
        guild_id: GuildId,
        rows: Sequence[Row],
        by: UserId | None,
        made_by: str,
        code_for: CodeFor,
        *,
        only: bool,
    ) -> Ground:
        """Read what rows are held against."""
        table = self.bulk.table
        return Ground(
            guild_id=guild_id,
            campaigns=table.campaigns(guild_id),
            known=self.bulk.codes(rows),
            held=table.count_links(guild_id),
            by=by,
            only=only,
            sign_in=self.sign_in(),
            now=self.clock(),
            made_by=made_by,
            code_for=code_for,
        )

    def give(self, guild_id: GuildId, owner: UserId | None, form: Form, base: str) -> bytes:
        """Write a guild's links, or those of one owner; raises BulkError where there is none."""
        table = self.bulk.table
        links = [one for one in table.links(guild_id) if owner in (None, one.owner_id)]
        if not links:
            raise BulkError(say("There is no referral link to export."))
        write = as_csv if form is Form.CSV else as_json
        return write(links, table.campaigns(guild_id), base)
