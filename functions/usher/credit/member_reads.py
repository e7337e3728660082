"""Member records read from the DynamoDB table, without the SDK (decision 6)."""

from collections.abc import Iterable

from usher.attribution.wording import Word
from usher.credit.rules import MemberRecord
from usher.frozen import frozen
from usher.ids import GuildId, RoleId, UserId
from usher.ledger.word_codec import read_word
from usher.platform.dynamo_reads import DynamoReads, Item, Value
from usher.times import parse_time


@frozen
class DynamoMemberReads:
    """The latest membership of users, eventually consistent.

    Rows of a large burst are believed as they appear, a moment before the burst is complete.
    """

    table: DynamoReads

    def records(self, guild_id: GuildId, users: Iterable[UserId]) -> dict[UserId, MemberRecord]:
        """Read records; who has none is left out. Raises AwsError."""
        keys = [(f"G#{guild_id}", f"M#{user}") for user in dict.fromkeys(users)]
        found = self.table.get_many(keys)
        return {UserId(sk.removeprefix("M#")): read_member(item) for (_, sk), item in found.items()}


def read_member(item: Item) -> MemberRecord:
    """Read a row as a member's latest membership."""
    left_at, epochs = item.get("left_at"), item.get("epochs")
    avatar, lacks = item.get("has_avatar"), item.get("lacks")
    return MemberRecord(
        joined_at=parse_time(str(item["joined_at"])),
        left_at=parse_time(left_at) if isinstance(left_at, str) else None,
        word=_word(item),
        epochs=epochs if isinstance(epochs, int) else 1,
        booked=item.get("booked") is True,
        verdict=_names(item.get("verdict")),
        untracked=item.get("untracked") is True,
        has_avatar=avatar if isinstance(avatar, bool) else None,
        returned=item.get("returned") is True,
        lacks=RoleId(lacks) if isinstance(lacks, str) else None,
    )


def _names(value: Value) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, list) else ()


def _word(item: Item) -> Word:
    names = {"invite_code": "code", "staff_id": "inviter_id"}
    fields = {field: item.get(names.get(field, field)) for field in _FIELDS}
    word = read_word(fields)
    if word is None:
        raise ValueError("a member's row without an outcome")
    return word


_FIELDS = (
    "outcome",
    "kind",
    "invite_code",
    "staff_id",
    "uses_before",
    "uses_after",
    "confidence",
    "method",
    "candidates",
    "reason",
    "link",
)
