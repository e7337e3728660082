"""The rows of codes' numbers: one a code, beside the row of its state (pynamodb)."""

from typing import Final

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from usher.attribution.code_counts import CodeCount
from usher.attribution.rows import guild_key
from usher.ids import GuildId, InviteCode
from usher.platform.dynamo import Actions, Row
from usher.platform.dynamo_scan import Item

PREFIX: Final = "N#"


class CodeCountRow(Row):
    """`N#<code>`: what became of its joins, `h00` to `h23` by hour."""

    joins = NumberAttribute(null=True)
    present = NumberAttribute(null=True)


def add_code_count(actions: Actions, guild_id: GuildId, code: InviteCode, count: CodeCount) -> None:
    """Add to a code's row."""
    changes: list[Action] = [
        CodeCountRow.joins.add(count.joins),
        CodeCountRow.present.add(count.present),
    ]
    changes += [Path(hour_name(hour)).add(number) for hour, number in sorted(count.hours.items())]
    actions.update(CodeCountRow(guild_key(guild_id), f"{PREFIX}{code}"), changes)


def code_count_item(guild_id: GuildId, code: InviteCode, count: CodeCount) -> Item:
    """Write a code's numbers as a whole row, as DynamoDB's JSON."""
    hours = {hour_name(hour): number for hour, number in sorted(count.hours.items())}
    numbers = {"joins": count.joins, "present": count.present, **hours}
    return {
        "pk": {"S": guild_key(guild_id)},
        "sk": {"S": f"{PREFIX}{code}"},
        **{name: {"N": str(number)} for name, number in numbers.items()},
    }


def hour_name(hour: int) -> str:
    """Name the attribute of an hour of the day, `h00` to `h23`."""
    return f"h{hour:02}"
