"""Reading the values of a JSON message that anybody may have written.

Every reader takes the fields and the name of one of them, and raises ContractError, never anything
else, when the value is not of its kind.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NoReturn

from usher.contracts.errors import ContractError
from usher.ids import InviteCode, RoleId
from usher.times import parse_time

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

_LARGEST: Final = 2**63 - 1
_SNOWFLAKE: Final = re.compile(r"[0-9]{1,20}")

type Fields = Mapping[str, object]


def wrong(what: str) -> NoReturn:
    """Refuse the message because of the field `what`."""
    raise ContractError(f"{what} missing or of a wrong kind")


def as_fields(value: object, what: str) -> Fields:
    """Read a JSON object."""
    return value if isinstance(value, dict) else wrong(what)


def read_list(fields: Fields, name: str) -> list[object]:
    """Read a JSON array."""
    value = fields.get(name)
    return value if isinstance(value, list) else wrong(name)


def read_text(fields: Fields, name: str) -> str:
    """Read a string, the empty one included."""
    value = fields.get(name)
    return value if isinstance(value, str) else wrong(name)


def read_matching(pattern: re.Pattern[str], fields: Fields, name: str) -> str:
    """Read a string that matches `pattern` from end to end."""
    value = read_text(fields, name)
    return value if pattern.fullmatch(value) else wrong(name)


def read_snowflake(fields: Fields, name: str) -> str:
    """Read one of Discord's ids: at most 20 digits."""
    return read_matching(_SNOWFLAKE, fields, name)


def read_roles(fields: Fields, name: str) -> tuple[RoleId, ...]:
    """Read an array of role ids."""
    return tuple(RoleId(read_snowflake({name: role}, name)) for role in read_list(fields, name))


def read_code(fields: Fields, name: str) -> InviteCode:
    """Read an invite code: any text but the empty one."""
    return InviteCode(read_text(fields, name) or wrong(name))


def read_flag(fields: Fields, name: str) -> bool:
    """Read true or false."""
    value = fields.get(name)
    return value if isinstance(value, bool) else wrong(name)


def _integer(fields: Fields, name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else wrong(name)


def read_count(fields: Fields, name: str) -> int:
    """Read an integer of 0 or more that fits 63 bits."""
    value = _integer(fields, name)
    return value if 0 <= value <= _LARGEST else wrong(name)


def read_instant(fields: Fields, name: str) -> datetime:
    """Read a time written as microseconds since 1970."""
    try:
        return EPOCH + _integer(fields, name) * MICROSECOND
    except OverflowError:
        wrong(name)


def read_time(fields: Fields, name: str) -> datetime:
    """Read a time written in ISO 8601 with an offset."""
    try:
        return parse_time(read_text(fields, name))
    except (ValueError, OverflowError):
        wrong(name)


def unless_none[T](fields: Fields, name: str, read: Callable[[Fields, str], T]) -> T | None:
    """Read a field that may be null or missing, both of which are None."""
    return None if fields.get(name) is None else read(fields, name)
