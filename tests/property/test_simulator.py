"""The simulator itself: it knows nothing of Usher, and its worlds hold what they are to test."""

import ast
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

import tests.simulator
from tests.simulator.history import History
from tests.simulator.worlds import ABSENT, BLIND, CONFIRMED, MIXED, POOLS, SLOW, WORLDS

SOURCES = sorted(Path(tests.simulator.__path__[0]).glob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_it_imports_nothing_of_usher(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    names = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    names += [alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names]

    assert [name for name in names if name.split(".")[0] in {"usher", "infra"}] == []
    assert [name for name in names if name.startswith("tests") and "simulator" not in name] == []


def test_the_same_seed_tells_the_same_history() -> None:
    assert History(7, 30, 6, MIXED).lines == History(7, 30, 6, MIXED).lines
    assert History(7, 30, 6, MIXED).lines != History(8, 30, 6, MIXED).lines


def test_the_worlds_hold_what_they_are_to_test() -> None:
    happened = Counter[str]()
    for seed in range(30):
        for world in (MIXED, POOLS, BLIND, SLOW, ABSENT, CONFIRMED):
            happened += _happened(History(seed, 30, 6, world))

    assert happened["in a burst"] >= 0.3 * happened["joins"]
    assert min(happened.values()) >= 20, happened
    assert len(happened) == 21, sorted(happened)


def _happened(history: History) -> Counter[str]:
    """Count what a history holds."""
    people, invites = history.memberships, history.discord.invites
    kinds = Counter(kind for _, kind, _ in history.heard)
    bodies = [str(data) for _, kind, data in history.searched if kind == "MEMBERS_SEARCH"]
    lists = [data for _, kind, data in history.heard if kind == "INVITES"]
    lags = [one.shown - one.joined for one in people if one.shown is not None]
    users = Counter(one.user for one in people)
    return Counter(
        {
            "joins": len(people),
            "in a burst": sum(b.joined - a.joined < 1_000 for a, b in pairwise(people)),
            "rejoins": sum(users.values()) - len(users),
            "leaves": sum(one.left is not None for one in people),
            "unseen": sum(one.heard is None for one in people),
            "late events": sum(
                one.heard is not None and one.heard > one.joined + 500 for one in people
            ),
            "late counts": sum(lag >= 200 for lag in lags),
            "early counts": sum(lag < 0 for lag in lags),
            "duplicates": kinds["GUILD_MEMBER_ADD"] - sum(one.heard is not None for one in people),
            "vanity": sum(one.inviter == "VANITY" for one in people),
            "without invite": sum(one.code is None for one in people),
            "bots": sum(one.bot for one in people),
            "single uses": sum(one.max_uses == 1 and one.used == 1 for one in invites),
            "for one person": sum(one.only is not None for one in invites),
            "expiring": sum(one.expires is not None for one in invites),
            "revoked": kinds["GUILD_AUDIT_LOG_ENTRY_CREATE"],
            "untold": sum(not one.told for one in invites),
            "failed looks": sum(isinstance(data, dict) for data in lists),
            "blind looks": sum(
                isinstance(data, list) and bool(data) and "uses" not in data[0] for data in lists
            ),
            "absences": kinds["GAP"],
            "found late": sum("'members': []" in body or "110000" in body for body in bodies),
        }
    )


def test_every_world_is_run_by_name() -> None:
    assert len({id(world) for world in WORLDS.values()}) == len(WORLDS)
