"""One guild with a thousand live invites and a hundred thousand members."""

from datetime import timedelta

import pytest

from infra.local.system import System
from infra.practice.entities import Member, User
from tests.bench.listener import memory_of
from tests.e2e.town import Town
from tests.e2e.watching import eventually, item, joined, joins, rows

MEMBERS = 100_000
CODES = 1_000
ITEMS = 12
"""Changed by a join: event, membership, code, counters, head, and so on."""
MEGABYTES = 80

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.soak,
    pytest.mark.timeout(600),
]


async def test_a_join_is_exact_and_cheap_among_a_thousand_codes(system: System) -> None:
    # Given
    town = Town(system, 50)
    fill(system, town)
    hosts = list(town.codes.values())
    practice = system.practice
    codes = {*town.codes} | {
        practice.create_invite(town.id, hosts[n % len(hosts)]) for n in range(CODES - len(hosts))
    }
    await eventually(lambda: len(rows(system, town.id, "I#")) == CODES or None, patience=200)
    before = kept(system, town)

    # When
    code = sorted(codes)[500]
    member = practice.join(town.id, code, user="one more")
    words = joins(await joined(system, town.id, 1))

    # Then
    assert words[member.user_id]["invite_code"] == code
    assert words[member.user_id]["confidence"] in ("exact", "confirmed")
    await eventually(lambda: item(system, town.id, f"M#{member.user_id}") or None)
    after = kept(system, town)
    changed = [key for key in after if after[key] != before.get(key)]
    assert len(changed) <= ITEMS, sorted(changed)
    assert system.listener is not None
    assert system.listener.pid is not None
    assert memory_of(system.listener.pid).peak < MEGABYTES


def kept(system: System, town: Town) -> dict[str, object]:
    """The guild's rows, by sort key."""
    return {
        kind + key: row for kind in "HIMCWS" for key, row in rows(system, town.id, kind).items()
    }


def fill(system: System, town: Town) -> None:
    """Let the town have its members, who came long ago."""
    world = system.practice.world
    moment = world.now - timedelta(days=30)
    for n in range(MEMBERS):
        user = User(str(10**17 + n), f"inhabitant{n}")
        world.state.users[user.id] = user
        town.guild.members[user.id] = Member(user.id, joined_at=moment)
