"""A guild of its own for a story."""

from infra.local.system import System
from tests.e2e.watching import eventually, item


class Town:
    """A fresh guild with members who invite."""

    def __init__(self, system: System, inviters: int) -> None:
        practice = system.practice
        self.guild = practice.create_guild("Town")
        self.id = self.guild.id
        self.owner = self.guild.owner_id
        people = [practice.add_member_user(f"host{n}", self.id) for n in range(inviters)]
        self.codes = {practice.create_invite(self.id, person.id): person.id for person in people}


async def watched(system: System, inviters: int) -> Town:
    """A town whose invites the worker knows."""
    town = Town(system, inviters)
    await eventually(lambda: all(item(system, town.id, f"I#{code}") for code in town.codes) or None)
    return town
