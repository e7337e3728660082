"""How many joins two looks can account for: only a reason to look again, never an opinion."""

from collections.abc import Mapping

from gateway_listener.look import Known
from usher.contracts.observation import InviteLook, InviteRow, VanityLook
from usher.ids import InviteCode


def visible_uses(
    rows: Mapping[InviteCode, Known] | None,
    vanity: VanityLook | None,
    look: InviteLook,
    new_vanity: VanityLook | None,
) -> int:
    """Count the uses that became visible between two looks, 0 when there was no earlier one.

    A limited invite that is gone may have spent all it had left.
    """
    if rows is None:
        return 0
    total = sum(_rise(rows.get(row.code), row) for row in look.rows)
    listed = {row.code for row in look.rows}
    total += sum(_remaining(row) for code, row in rows.items() if code not in listed)
    return total + _vanity_rise(vanity, new_vanity)


def _rise(before: Known | None, row: InviteRow) -> int:
    if row.uses is None:
        return 0
    return max(0, row.uses - ((before.uses or 0) if before else 0))


def _remaining(row: Known) -> int:
    return max(0, row.max_uses - (row.uses or 0)) if row.max_uses else 0


def _vanity_rise(before: VanityLook | None, after: VanityLook | None) -> int:
    if before is None or after is None or before.code != after.code:
        return 0
    return max(0, (after.uses or 0) - (before.uses or 0))
