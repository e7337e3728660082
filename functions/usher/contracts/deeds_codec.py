"""The wire form of deeds in an Observation."""

from datetime import datetime

from usher.contracts.deeds import (
    MOST_INVITES,
    Deed,
    InvitesGranted,
    RecountAsked,
    SettingChanged,
    UpgradeAssigned,
)
from usher.contracts.errors import ContractError
from usher.contracts.wire import Fields, read_list, read_snowflake, read_text
from usher.ids import UserId
from usher.times import format_time


def write_deed(deed: Deed | RecountAsked) -> Fields:
    """Write a deed; `t` tells its kind."""
    fields: Fields = {"id": deed.id, "by": deed.by, "at": format_time(deed.at)}
    match deed:
        case RecountAsked():
            return {"t": "recount", "users": list(deed.users), **fields}
        case InvitesGranted():
            return {"t": "granted", "user_id": deed.user_id, "invites": deed.invites, **fields}
        case SettingChanged():
            return {"t": "setting", "name": deed.name, "value": deed.value, **fields}
        case UpgradeAssigned():
            whose = {"user_id": deed.user_id, "staff_id": deed.staff_id}
            return {"t": "upgrade", **whose, "mapping": deed.mapping, **fields}


def read_granted(fields: Fields, at: datetime) -> InvitesGranted:
    """Read a grant; raises ContractError."""
    invites = fields.get("invites")
    if invites is not None and (type(invites) is not int or abs(invites) > MOST_INVITES):
        raise ContractError("granted invites")
    user_id, by = (UserId(read_snowflake(fields, name)) for name in ("user_id", "by"))
    return InvitesGranted(read_text(fields, "id"), user_id, invites, by, at)


def read_setting(fields: Fields, at: datetime) -> SettingChanged:
    """Read a changed setting; raises ContractError."""
    value = fields.get("value")
    if value is not None and not isinstance(value, str):
        raise ContractError("value of a setting")
    by = UserId(read_snowflake(fields, "by"))
    return SettingChanged(read_text(fields, "id"), read_text(fields, "name"), value, by, at)


def read_upgrade(fields: Fields, at: datetime) -> UpgradeAssigned:
    """Read an upgrade; raises ContractError."""
    user_id, staff_id, by = (
        UserId(read_snowflake(fields, name)) for name in ("user_id", "staff_id", "by")
    )
    mapping = read_text(fields, "mapping")
    return UpgradeAssigned(read_text(fields, "id"), user_id, staff_id, mapping, by, at)


def read_recount(fields: Fields, at: datetime) -> RecountAsked:
    """Read an order to judge again; raises ContractError."""
    users = [UserId(read_snowflake({"user": one}, "user")) for one in read_list(fields, "users")]
    by = UserId(read_snowflake(fields, "by"))
    return RecountAsked(read_text(fields, "id"), tuple(users), by, at)
