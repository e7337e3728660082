"""Which lines of the ledger are about a person, and what of them is theirs to read. Pure."""

import json
from typing import Final

from usher.ids import UserId
from usher.ledger.line_codec import write_line
from usher.ledger.lines import Line, LineType
from usher.staff.queries import staff_setting

OTHERS: Final = frozenset({"by", "user_id", "staff_id"})
"""Fields that may hold the id of somebody else."""


def is_about(line: Line, user_id: UserId) -> bool:
    """Whether a line is about somebody: their memberships, their credit, what they have set."""
    if line.type in (LineType.CREDIT, LineType.GRANT):
        return user_id in (line.staff_id, line.by)
    if line.type is LineType.SETTING:
        return line.by == user_id or line.name == staff_setting(user_id)
    return line.user_id == user_id


def own_part(line: Line, user_id: UserId) -> dict[str, object]:
    """Write a line as it is in the ledger, without ids of others but for the inviter's."""
    fields: dict[str, object] = json.loads(write_line(line))
    for name in OTHERS & fields.keys():
        is_inviter = name == "staff_id" and line.user_id == user_id
        if fields[name] not in (None, user_id) and not is_inviter:
            fields[name] = "somebody else"
    return fields
