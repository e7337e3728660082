"""Joins of links in the DynamoDB table, without the SDK: the effects function's side.

`L#@<guild>` / `JOIN#<user>#<time>` says for which link a membership is counted, `L#<code>` /
`JOINS` how many a link has. The latter is a row of its own: clicks on the link's row, which are no
transactions, would fail where they met one.
"""

from dataclasses import dataclass
from typing import Final

from usher.credit.member_reads import read_member
from usher.ids import GuildId, UserId
from usher.invites.notes import note_setting, read_note
from usher.platform.dynamo_reads import Caller, DynamoReads, Key
from usher.platform.signed_http import AwsError
from usher.referrals.codec import JOINS, Attributes
from usher.referrals.counting import Arrival
from usher.referrals.model import LinkCode
from usher.referrals.ports import StaleError
from usher.times import format_time

_REFUSED: Final = ("TransactionCanceledException", "TransactionConflictException")


@dataclass(frozen=True, slots=True)
class DynamoJoinRows:
    """Implements JoinRows."""

    client: Caller
    name: str

    @property
    def _reads(self) -> DynamoReads:
        return DynamoReads(self.client, self.name)

    def arrival(self, guild_id: GuildId, user_id: UserId) -> Arrival | None:
        """Read a member's latest membership, and by which link it came; None for nobody known."""
        item = self._reads.get((f"G#{guild_id}", f"M#{user_id}"), consistent=True)
        if item is None:
            return None
        member = read_member(item)
        code, added_by = member.word.code, member.word.link
        if code is None:
            return Arrival(user_id, member.joined_at, LinkCode(added_by) if added_by else None)
        note = self._reads.get((f"G#{guild_id}", f"S#{note_setting(code)}"), consistent=True)
        link = None if note is None else read_note(note.get("value")).link
        return Arrival(user_id, member.joined_at, LinkCode(link) if link else None)

    def counted(self, guild_id: GuildId, arrival: Arrival) -> LinkCode | None:
        """Read for which link a membership is counted."""
        item = self._reads.get(_key(guild_id, arrival), consistent=True)
        link = None if item is None else item.get("link")
        return LinkCode(link) if isinstance(link, str) and link else None

    def count(self, guild_id: GuildId, arrival: Arrival, before: LinkCode | None) -> None:
        """Count a membership for its link, and for the one before no more; raises StaleError."""
        partition, sort = _key(guild_id, arrival)
        put: dict[str, object] = {
            "TableName": self.name,
            "Item": {
                "pk": {"S": partition},
                "sk": {"S": sort},
                "link": {"S": arrival.link or ""},
            },
            "ConditionExpression": "attribute_not_exists(pk) OR link = :before",
            "ExpressionAttributeValues": {":before": {"S": before or ""}},
        }
        actions: list[object] = [{"Put": put}]
        if arrival.link is not None:
            actions.append(self._add(arrival.link, 1))
        if before is not None:
            actions.append(self._add(before, -1))
        try:
            self.client.call("TransactWriteItems", {"TransactItems": actions})
        except AwsError as error:
            if error.code in _REFUSED:
                raise StaleError from error
            raise

    def _add(self, link: LinkCode, number: int) -> dict[str, object]:
        values: Attributes = {":number": {"N": str(number)}}
        return {
            "Update": {
                "TableName": self.name,
                "Key": {"pk": {"S": f"L#{link}"}, "sk": {"S": JOINS}},
                "UpdateExpression": "ADD joins :number",
                "ExpressionAttributeValues": values,
            }
        }


def _key(guild_id: GuildId, arrival: Arrival) -> Key:
    return f"L#@{guild_id}", f"JOIN#{arrival.user_id}#{format_time(arrival.joined_at)}"
