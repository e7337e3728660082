"""A guild's invites from the table, in order of their codes."""

from dataclasses import dataclass

from referral_api.v1.read_fields import CodeRow
from usher.attribution.code_list import DynamoCodeList
from usher.ids import GuildId


@dataclass(frozen=True, slots=True)
class CodeRows:
    """Implements Codes on the list that the synchronisation reads. May raise AwsError."""

    codes: DynamoCodeList

    def rows(self, guild_id: GuildId, after: str, limit: int) -> tuple[CodeRow, ...]:
        """Read invites in order of their codes that come after one."""
        held = self.codes.held(guild_id)
        names = sorted(code for code in held if code > after)[:limit]
        return tuple(
            CodeRow(
                code=name,
                inviter_id=held[name].inviter_id,
                uses=held[name].uses,
                active=held[name].active,
            )
            for name in names
        )
