"""Ways in that a link can have, and what each of them guarantees (SPEC 5.5)."""

from collections.abc import Mapping
from typing import Final

from usher.referrals.model import Mode
from usher.slash.say import later

EXACT: Final = frozenset({Mode.TARGETED, Mode.ADDED})
"""Modes in which visitors sign in with Discord, so that it is known for sure who came."""

GUARANTEES: Final[Mapping[Mode, str]] = {
    Mode.SHARED: later(
        "One invite for everybody: joins are told by its use count, and where many come at once "
        "some may stay uncertain."
    ),
    Mode.MANAGED: later(
        "Each visitor gets an invite of one use and ten minutes: whoever joins by it counts for "
        "this link, though they may have passed it on."
    ),
    Mode.TARGETED: later(
        "Visitors sign in with Discord and get an invite that works for them alone: it is certain "
        "who came by this link."
    ),
    Mode.ADDED: later(
        "Visitors sign in with Discord and Usher adds them: it is certain who came by this link, "
        "and there is no invite to pass on."
    ),
}
