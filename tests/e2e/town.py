"""A guild of its own for a story."""

from datetime import UTC, datetime
from uuid import uuid4

from infra.local.system import System
from tests.e2e.watching import eventually, item
from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import Observation
from usher.ids import GuildId, UserId
from usher.platform.sqs import EventsQueue


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


async def configure(system: System, town: Town, **values: str) -> None:
    """Change settings of the guild as a whole, along the road of the joins."""
    now = datetime.now(UTC)
    deeds = tuple(
        SettingChanged(uuid4().hex, f"guild#{name}", value, UserId(town.owner), now)
        for name, value in values.items()
    )
    told = Observation(f"deed.{uuid4().hex}", GuildId(town.id), "", now, deeds)
    EventsQueue(system.cloud.sqs, system.events_queue_url).send(told)
    await eventually(lambda: all(item(system, town.id, f"S#guild#{name}") for name in values))
