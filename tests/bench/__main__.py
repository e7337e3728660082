"""`make bench`: figures of this machine, each beside a floor or a rival taken in the same run.

`make bench ARGS="front road"` runs those alone. What has a goal and misses it makes the run fail.
"""

import sys
import time
from collections.abc import Callable, Iterable
from typing import Final

from tests.bench import (
    accuracy,
    caching,
    commands,
    front,
    ledger,
    listener,
    millions,
    referrals,
    road,
    rules,
)
from tests.bench.table import Row, table

type Bench = Callable[[], Iterable[str | Row]]

BENCHES: Final[dict[str, tuple[str, Bench]]] = {
    "front": ("The interactions function beside what it cannot do without", front.measure),
    "road": ("Joins through the event worker", road.measure),
    "listener": (
        "The listener's memory beside stock discord.py, same intents and payloads",
        listener.measure,
    ),
    "costs": ("What a million costs, by requests counted on the wire", millions.measure),
    "accuracy": (
        "Attribution beside the first-match rule, on the same histories",
        accuracy.measure,
    ),
    "rules": ("Deciding, per observation", rules.measure),
    "ledger": (f"The ledger's way of {ledger.JOINS:,} joins", ledger.measure),
    "commands": ("Members' commands on a large guild", commands.measure),
    "caching": ("Settings remembered in warm containers", caching.measure),
    "referrals": ("A link's page and its clicks, in a warm container", referrals.measure),
}


def main(names: Iterable[str]) -> int:
    """Run benchmarks, print what they say and, at the end, one table; 1 where a goal is missed."""
    wanted = list(names) or list(BENCHES)
    if unknown := set(wanted) - set(BENCHES):
        _say(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}.")
        return 2
    compared: list[Row] = []
    for name in wanted:
        title, measure = BENCHES[name]
        began = time.monotonic()
        _say(f"\n{title}")
        for row in measure():
            if isinstance(row, Row):
                compared.append(row)
            else:
                _say(f"  {row}")
        _say(f"  ({time.monotonic() - began:.0f} s)")
    _say("", *table(compared))
    return 1 if any(row.missed for row in compared) else 0


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201 - a report


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
