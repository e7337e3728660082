"""Roles: which cannot be given, are gone, or stand above Usher's. Pure."""

from collections.abc import Sequence
from typing import Final

from usher.doctor.model import Finding, Repair, State
from usher.doctor.needs import Gift
from usher.ids import RoleId
from usher.rewards.hierarchy import Hall, Obstacle, dangers, obstacle, top
from usher.slash import text
from usher.slash.say import later, say

ROLES: Final = later("Roles")
SHOWN: Final = 10
"""Roles that are named one by one."""


def role_findings(hall: Hall, gifts: Sequence[Gift], *, moderated: bool) -> list[Finding]:
    """Say which roles cannot be given, are gone, or stand above Usher's."""
    found = [_gift(hall, one) for one in _together(gifts)]
    found.append(_above(hall) if moderated else None)
    wrong = [one for one in found if one is not None]
    if wrong or not (gifts or moderated):
        return wrong
    return [Finding(say(ROLES), say(ROLES), State.WELL, say("My role stands where it must."))]


def own_role(hall: Hall) -> str:
    """Mention the role that is Usher's own, or say what it is called."""
    found = next(
        (one for one in hall.own_roles if one in hall.roles and hall.roles[one].managed), None
    )
    return say("my role") if found is None else text.role(found)


def _together(gifts: Sequence[Gift]) -> list[Gift]:
    """Leave out what names the same role for the same."""
    return list({(one.role_id, one.feature): one for one in gifts}.values())


def _gift(hall: Hall, gift: Gift) -> Finding | None:
    if gift.role_id not in hall.roles:
        return Finding(
            say(ROLES),
            text.code(gift.role_id),
            State.BROKEN if gift.given else State.ATTENTION,
            say(
                "The role {id} is deleted, which is set for {feature}.",
                id=text.code(gift.role_id),
                feature=gift.feature,
            ),
            say("Choose another one with `{command}`.", command=gift.command),
            repair=Repair.FORGET if gift.setting else None,
        )
    if not gift.given:
        return None
    role = text.role(gift.role_id)
    head = say("I cannot give {role} for {feature}", role=role, feature=gift.feature)
    match obstacle(hall, gift.role_id, trusted=gift.trusted, giving=True):
        case Obstacle.ABOVE:
            why = say("it is not below {own}", own=own_role(hall))
            remedy = say(
                "Drag {own} above it under Server Settings, Roles; I go on by myself.",
                own=own_role(hall),
            )
        case Obstacle.MANAGED:
            why = say("Discord or an integration manages it")
            remedy = say("Choose another one with `{command}`.", command=gift.command)
        case Obstacle.DANGEROUS:
            could = ", ".join(dangers(hall.roles[gift.role_id]))
            why = say("its holders could harm the server ({could})", could=could)
            remedy = say(
                "Take those permissions from it, or choose another one with `{command}`.",
                command=gift.command,
            )
        case _:
            return None  # a missing Manage Roles is said once, among the permissions
    return Finding(say(ROLES), role, State.BROKEN, f"{head}: {why}.", remedy)


def _above(hall: Hall) -> Finding | None:
    """Say whose holders cannot be moderated, the staff's and other apps' roles apart."""
    if hall.own_id == hall.owner_id:
        return None
    mine = top(hall, hall.own_roles)
    high = [
        role
        for role in hall.roles.values()
        if role.position >= mine
        and not role.managed
        and not dangers(role)
        and role.role_id != RoleId(hall.guild_id)
    ]
    if not high:
        return None
    high.sort(key=lambda role: -role.position)
    shown = ", ".join(text.role(role.role_id) for role in high[:SHOWN])
    if len(high) > SHOWN:
        shown += f" (+{len(high) - SHOWN})"
    return Finding(
        say(ROLES),
        say("Role order"),
        State.ATTENTION,
        say(
            "I cannot moderate holders of {roles}, since these are not below {own}.",
            roles=shown,
            own=own_role(hall),
        ),
        say("Drag {own} above them under Server Settings, Roles.", own=own_role(hall)),
    )
