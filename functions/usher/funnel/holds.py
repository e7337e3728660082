"""From what on a conversion is held: of a guild, and of a campaign where that says otherwise. Pure.

The setting `holds#all` is the guild's, `holds#<campaign>` a campaign's: JSON of what was set.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from usher.frozen import frozen
from usher.referrals.model import CampaignId

GROUP: Final = "holds"
EVERY: Final = f"{GROUP}#all"


@frozen
class Limits:
    """What is held. 0 asks nothing."""

    burst: int = 30
    """Joins of the link within ten minutes around the member's."""
    young: int = 24
    """Hours: an account younger than that when it joined."""
    fast: int = 10
    """Seconds: a conversion sooner than that after the join."""
    visitor: int = 3
    """Members who converted from one address and browser on one day."""
    own: int = 1
    """Whether the link's owner is held as its visitor: 1 or 0."""


STANDARD: Final = Limits()
NAMES: Final = tuple(one.name for one in fields(Limits))


def holds_setting(campaign_id: CampaignId) -> str:
    """Name the setting of a campaign."""
    return f"{GROUP}#{campaign_id}"


def read_limits(*values: str | None) -> Limits:
    """Read limits from settings' values, the more general ones first."""
    said: dict[str, int] = {}
    for value in values:
        said |= read_set(value)
    return Limits(**said)


def read_set(value: str | None) -> dict[str, int]:
    """Read what one setting says; what is no limit says nothing."""
    try:
        found = json.loads(value) if value else {}
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        name: number
        for name, number in found.items()
        if name in NAMES and type(number) is int and number >= 0
    }


def write_set(said: Mapping[str, int]) -> str | None:
    """Write what is set as a setting's value; None for nothing."""
    kept = {name: said[name] for name in NAMES if name in said}
    return json.dumps(kept, separators=(",", ":")) if kept else None
