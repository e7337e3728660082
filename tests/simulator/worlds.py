"""The worlds in which histories are told: what tests, soak runs and benchmarks share."""

from dataclasses import replace
from typing import Final

from tests.simulator.habits import Habits

ORDERLY: Final = Habits(burst=0.0)
"""Joins apart, through lasting invites."""

SETTLED: Final = Habits(
    burst=0.4,
    late_count=0.1,
    early_count=0.1,
    late_event=0.1,
    duplicate=0.1,
    echo=0.2,
    by_vanity=0.1,
    by_discovery=0.05,
    bots=0.05,
    single_use=0.4,
    leaves=0.2,
    rejoins=0.5,
)
"""Everything that happened has been shown in the end: no end by hand or by the clock."""

MIXED: Final = replace(
    SETTLED,
    burst=0.5,
    silence=0.05,
    failed_look=0.05,
    revoked=0.05,
    expiring=0.2,
    targeted=0.05,
    untold=0.05,
)

POOLS: Final = Habits(
    burst=0.6, pool=12, inviters=12, late_event=0.1, late_count=0.1, early_count=0.1
)
"""Single-use codes of different inviters, many at a time."""

BLIND: Final = replace(MIXED, blind=2, silence=0.1, longest_delay=60_000)
"""Counts are refused or hidden for a time, and shown minutes late."""

SLOW: Final = replace(MIXED, silence=0.3, late_count=0.3, longest_delay=570_000)
"""A quiet guild whose counts and events come up to ten minutes late."""

ABSENT: Final = replace(MIXED, away=2, leaves=0.2, longest_delay=60_000)

REPLACED: Final = replace(
    ABSENT,
    restarts=True,
    longest_absence=40 * 60_000,
    silence=0.2,
    late_count=0.3,
    longest_delay=500_000,
)
"""Absences of up to forty minutes, each ended by a new process; counts are late."""

LYING: Final = replace(SETTLED, phantom=0.1, searched=True)

CONFIRMED: Final = replace(
    MIXED,
    searched=True,
    leaves=0.1,
    stay=(10_000, 7 * 86_400_000),
    absence=(1_000, 86_400_000),
    not_ready=0.1,
    speechless=0.0,
)
"""With Discord's search: of those who leave, as many within the first minutes as within days."""

WORLDS: Final = {
    "orderly": ORDERLY,
    "settled": SETTLED,
    "mixed": MIXED,
    "pools": POOLS,
    "blind": BLIND,
    "slow": SLOW,
    "absent": ABSENT,
    "confirmed": CONFIRMED,
    "replaced": REPLACED,
    "absent, confirmed": replace(ABSENT, searched=True, not_ready=0.1),
}

ALL_SHOWN: Final = frozenset({"orderly", "settled", "pools"})
"""Worlds in which Discord has shown every use in the end."""
