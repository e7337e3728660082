"""The backfill of a guild that Usher sees for the first time (SPEC 1.6)."""

from dataclasses import dataclass
from typing import Final

from usher.attribution.backfill_ports import Steps
from usher.contracts.backfill import BackfillStep
from usher.contracts.observation import Observation

INSTALL: Final = "install"
"""Names the run: a guild has one."""
DELAY_SECONDS: Final = 30
"""The first look at the invites, and what the listener has to tell, come first."""


@dataclass(frozen=True, slots=True)
class BackfillAtInstall:
    """Has a backfill begin after a guild's first observation. Sending it again begins none."""

    steps: Steps
    most: int
    """Members, the newest first; `/invite import` goes on from there."""

    def __call__(self, observation: Observation) -> None:
        """Send the first step; raises what Steps raises."""
        step = BackfillStep(observation.guild_id, INSTALL, observation.at, most=self.most)
        self.steps.send(step, DELAY_SECONDS)
