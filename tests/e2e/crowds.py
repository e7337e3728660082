"""Visitors of many links who join at once, each by an invite of their own, and what is counted."""

import asyncio
from dataclasses import dataclass

import aiohttp

from infra.local.system import System
from tests.e2e.answers import text_of
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually, rows

AT_A_TIME = 16
"""Visitors who are given an invite at the same moment; this machine is no cloud."""
TRIES = 5
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Visit"


@dataclass(frozen=True, slots=True)
class Crowd:
    """What became of them."""

    wanted: dict[str, str]
    """The link by which each member came."""
    counted: dict[str, str]
    """The link of the invite by which each is on record, as its note tells."""
    owners: dict[str, int]
    """What the owner of each link is credited."""
    joins: dict[str, int]
    """What each link counts."""


async def crowd(system: System, links: int, each: int, patience: float) -> Crowd:
    """Have `each` visitors of so many links join at once, and wait until all are counted."""
    town = await watched(system, links)
    owner_of = await _linked(system, town)
    making = f"{system.practice.origin}/api/discord/create-managed-invite"
    few = asyncio.Semaphore(AT_A_TIME)

    async def visit(code: str, number: int) -> tuple[str, str]:
        agent = {"User-Agent": f"{AGENT}/{number}"}
        asked = {"referral_code": code}
        for _ in range(TRIES):
            async with few, client.post(making, json=asked, headers=agent) as answer:
                if answer.status == 503:  # the machine is short of containers, as a cloud may be
                    continue
                assert answer.status == 200, await answer.text()
                return code, str((await answer.json())["invite_url"]).rpartition("/")[2]
        raise AssertionError("nobody answered")

    async with aiohttp.ClientSession() as client:
        visits = (visit(code, n) for n in range(each) for code in owner_of)
        invites = await asyncio.gather(*visits)
    wanted = {
        system.practice.join(town.id, invite, user=f"{code}-{n}").user_id: code
        for n, (code, invite) in enumerate(invites)
    }

    def all_counted() -> bool:
        return set(_joins(system, owner_of).values()) == {each}

    await eventually(all_counted, patience)
    notes = rows(system, town.id, "S#code#")
    members = rows(system, town.id, "M#")
    credit = rows(system, town.id, "C#")
    return Crowd(
        wanted,
        {user: _link(notes[members[user]["code"]["S"]]) for user in wanted},
        {code: int(credit[owner]["tracked"]["N"]) for code, owner in owner_of.items()},
        _joins(system, owner_of),
    )


async def _linked(system: System, town: Town) -> dict[str, str]:
    """Make a link for each host; return whose each is."""

    async def ask(line: str, **options: str) -> str:
        return text_of(await system.practice.run_command(town.id, town.owner, line, options))

    await ask("/campaign create", name="Spring")
    made: dict[str, str] = {}
    for number, host in enumerate(town.codes.values()):
        code = f"crowd-{town.id[-6:]}-{number}"
        said = await ask("/referral create", campaign="Spring", code=code, user=host)
        assert code in said
        made[code] = host
    return made


def _link(note: dict[str, dict[str, str]]) -> str:
    return note["value"]["S"].partition('"link":"')[2].partition('"')[0]


def _joins(system: System, codes: dict[str, str]) -> dict[str, int]:
    found = {}
    for code in codes:
        key = {"pk": {"S": f"L#{code}"}, "sk": {"S": "JOINS"}}
        table = system.cloud.dynamodb
        row = table.get_item(TableName=system.table_name, Key=key).get("Item", {})
        found[code] = int(row.get("joins", {"N": "0"})["N"])
    return found
