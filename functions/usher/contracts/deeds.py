"""What somebody did to a guild's records through Usher: part of an Observation like any event.

The event worker alone writes credit and ledger (DESIGN 2), so a command that changes them sends
what was done along the same road, in order with the joins.
"""

from datetime import datetime
from typing import Final

from usher.frozen import frozen
from usher.ids import UserId

MOST_INVITES: Final = 1_000_000
"""Invites granted at a time, either way: beyond it is a slip of the finger."""


@frozen
class InvitesGranted:
    """An admin added invites to a member, or took some away (SPEC 3.2)."""

    id: str
    """The interaction by which it was done: done once, however often it is told."""
    user_id: UserId
    invites: int | None
    """None takes away whatever had been added before."""
    by: UserId
    at: datetime


@frozen
class SettingChanged:
    """A setting of the guild has a new value."""

    id: str
    name: str
    """`<group>#<key>`, for example `guild#members_search` or `staff#53908232506183680`."""
    value: str | None
    """None for the default."""
    by: UserId
    at: datetime


@frozen
class UpgradeAssigned:
    """A member's VIP upgrade was put to the account of the staff member who brought them (SPEC 3).

    Done once for a member and a staff member, whoever does it.
    """

    id: str
    user_id: UserId
    staff_id: UserId
    mapping: str
    """The staff member's IB link and code at that time, as in their setting."""
    by: UserId
    at: datetime


@frozen
class RecountAsked:
    """The latest memberships of these users are to be judged by the rules now in force (SPEC 2.3).

    Asked for again it changes nothing more.
    """

    id: str
    users: tuple[UserId, ...]
    by: UserId
    at: datetime


type Deed = InvitesGranted | SettingChanged | UpgradeAssigned
