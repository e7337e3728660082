"""Ten thousand members who came before Usher, imported by one command.

`make soak ARGS="-s -k large_import"` shows the rate, and the memory of each function.
"""

import json
import sys
from collections import Counter
from datetime import timedelta
from itertools import cycle

import pytest

from infra.local.system import System
from infra.practice.entities import JoinSource, Member, User
from tests.bench.listener import memory_of
from tests.e2e.town import Town
from tests.e2e.watching import eventually, item, rows, workers

MEMBERS = 10_000
MEGABYTES = 256
"""What the smallest of the functions has in template.yaml."""

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.soak,
    pytest.mark.timeout(1800),
]


async def test_everybody_is_credited_once_and_no_function_grows(system: System) -> None:
    # Given a town whose members came while Usher was not there
    await system.kill_listener()
    system.practice.faults.refuse_resume()
    system.practice.faults.index_lag(0.0)
    town = Town(system, 10)
    came = fill(system, town)
    await system.start_listener()
    await eventually(lambda: all(item(system, town.id, f"I#{code}") for code in town.codes) or None)

    # When
    began = system.practice.world.now
    peaks = Counter[str]()
    await system.practice.run_command(town.id, town.owner, "/invite import")
    await eventually(lambda: ended(system, town, peaks) or None, patience=1700)
    took = (system.practice.world.now - began).total_seconds()
    sys.stdout.write(f"{MEMBERS} members in {took:.0f} s, {MEMBERS / took:.0f} a second\n")
    for name, megabytes in sorted(peaks.items()):
        sys.stdout.write(f"{name}: {megabytes} MB\n")

    # Then
    credit = {who: item(system, town.id, f"C#{who}") for who in set(town.codes.values())}
    assert {who: int(row["tracked"]["N"]) for who, row in credit.items()} == came
    assert len(rows(system, town.id, "M#")) == len(town.guild.members)
    assert max(peaks.values()) < MEGABYTES


def fill(system: System, town: Town) -> Counter[str]:
    """Let the town have members who came long ago; return by whose invites, how many."""
    world = system.practice.world
    came = Counter[str]()
    for n, (code, host) in zip(range(MEMBERS), cycle(town.codes.items()), strict=False):
        user = User(str(10**17 + n), f"inhabitant{n}")
        world.state.users[user.id] = user
        town.guild.members[user.id] = Member(
            user.id,
            joined_at=world.now - timedelta(days=30, seconds=-n),
            source=JoinSource.INVITE,
            source_invite_code=code,
            source_inviter_id=host,
        )
        came[host] += 1
    return came


def ended(system: System, town: Town, peaks: Counter[str]) -> bool:
    """Whether the import is done; meanwhile notes what memory each function took at most."""
    for pid, name in workers(system):
        try:
            peaks[name] = max(peaks[name], round(memory_of(pid).peak))
        except OSError:
            continue
    row = item(system, town.id, "BACKFILL")
    return bool(row) and json.loads(row["backfill"]["S"])["status"] == "done"
