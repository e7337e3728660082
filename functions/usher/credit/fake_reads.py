"""Fake rules read without the SDK, what a recount would change, and its start (decision 6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.recount import RecountStep
from usher.credit.fake import BLOCK, FAKE, Rules, read_rules, version_of
from usher.credit.fake_queries import Survey
from usher.credit.member_reads import read_member
from usher.credit.recount_ports import Steps
from usher.credit.recounting import look_at
from usher.credit.rules import MemberRecord
from usher.ids import GuildId, UserId
from usher.ledger.patience import Patience, TooLongError
from usher.platform.dynamo_reads import DynamoReads

TOKEN_SERVES: Final = timedelta(minutes=14)
"""An interaction's token serves 15 minutes (Discord docs), and some have passed already."""
START_SECONDS: Final = 3
"""The answer of the button comes first, what replaces it later."""


@dataclass(frozen=True, slots=True)
class FakeRulesDesk:
    """Implements FakeRules. Consistent: who has just set something asks what it is."""

    table: DynamoReads
    steps: Steps
    patience: Patience

    def rules(self, guild_id: GuildId) -> Rules:
        """Read the rules in force; raises AwsError."""
        return read_rules(self._group(guild_id, FAKE), self._group(guild_id, BLOCK))

    def survey(self, guild_id: GuildId, rules: Rules) -> Survey:
        """Look at everybody, or at as many as there is time for; raises AwsError."""
        found = Survey()
        try:
            look_at(self.patience.starts().heed(self._members(guild_id)), rules, found)
        except TooLongError:
            found.whole = False
        return found

    def begin(
        self, guild_id: GuildId, run: str, by: UserId, rules: Rules, now: datetime, token: str
    ) -> None:
        """Send the first step; raises what the queue raises."""
        until = now + TOKEN_SERVES
        step = RecountStep(
            guild_id, run, by, version_of(rules), now, token=token, token_until=until
        )
        self.steps.send(step, START_SECONDS)

    def _group(self, guild_id: GuildId, group: str) -> dict[str, str]:
        prefix = f"S#{group}#"
        rows = self.table.under(f"G#{guild_id}", prefix)
        return {str(row["sk"]).removeprefix(prefix): str(row.get("value")) for row in rows}

    def _members(self, guild_id: GuildId) -> Iterator[tuple[UserId, MemberRecord]]:
        for item in self.table.under(f"G#{guild_id}", "M#"):
            yield UserId(str(item["sk"]).removeprefix("M#")), read_member(item)
