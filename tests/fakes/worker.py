"""The event worker's service put together on fakes, or on any store."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.fakes.confirmations import FakeConfirmations
from tests.fakes.effects import FakeEffects
from tests.fakes.fuse import Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.hooks import FakeHooks
from tests.fakes.objects import FakeObjects, Inline
from usher.attribution.plan import ROOM
from usher.attribution.ports import Attribute, Guilds, NeedsClosed
from usher.attribution.report import Report
from usher.attribution.rules import attribute, needs_closed_groups
from usher.attribution.service import AttributionService
from usher.contracts.observation import Observation
from usher.ledger.service import LedgerWriter
from usher.ledger.store import LedgerStore

NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)


@dataclass
class Worker:
    """A service and the world it writes to. All adapters burn one fuse."""

    fuse: Fuse = field(default_factory=Fuse)
    guilds: Guilds = field(default_factory=FakeGuilds)
    objects: FakeObjects = field(default_factory=FakeObjects)
    effects: FakeEffects = field(default_factory=FakeEffects)
    confirmations: FakeConfirmations = field(default_factory=FakeConfirmations)
    hooks: FakeHooks = field(default_factory=FakeHooks)
    attribute: Attribute = attribute
    needs_closed: NeedsClosed = needs_closed_groups
    first_seen: Callable[[Observation], None] | None = None
    room: int = ROOM
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.burn(self.fuse)

    def burn(self, fuse: Fuse) -> None:
        """Put in another fuse."""
        self.fuse = self.objects.fuse = self.effects.fuse = self.confirmations.fuse = fuse
        self.hooks.fuse = fuse
        if isinstance(self.guilds, FakeGuilds):
            self.guilds.fuse = fuse

    @property
    def service(self) -> AttributionService:
        return AttributionService(
            guilds=self.guilds,
            ledger=LedgerWriter(LedgerStore(self.objects, lambda: NOW), Inline()),
            effects=self.effects,
            confirmations=self.confirmations,
            hooks=self.hooks,
            attribute=self.attribute,
            needs_closed=self.needs_closed,
            pause=self.pauses.append,
            first_seen=self.first_seen,
            room=self.room,
        )

    def handle(self, *observations: Observation) -> Report:
        """Process observations in order; return the last report."""
        report = Report()
        for observation in observations:
            report = self.service.handle(observation)
        return report
