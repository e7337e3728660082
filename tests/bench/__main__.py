"""`make bench`: figures of this machine, each beside a floor or a rival taken in the same run."""

from collections.abc import Callable, Iterable

from tests.bench import accuracy, caching, commands, front, ledger, listener, referrals, rules

BENCHES: dict[str, Callable[[], Iterable[str]]] = {
    "Attribution beside the first-match rule, on the same histories": accuracy.measure,
    "Deciding, per observation": rules.measure,
    f"The ledger's way of {ledger.JOINS:,} joins": ledger.measure,
    "The listener's memory beside stock discord.py, same intents and payloads": listener.measure,
    "Members' commands on a large guild": commands.measure,
    "Settings remembered in warm containers": caching.measure,
    "A link's page and its clicks, in a warm container": referrals.measure,
    "The interactions door beside what it cannot do without": front.measure,
}


def main() -> None:
    """Run every benchmark and print its rows."""
    for title, measure in BENCHES.items():
        print(f"\n{title}")  # noqa: T201 - a report
        for row in measure():
            print(f"  {row}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
