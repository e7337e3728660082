"""The table of leases, plan and turns in memory."""

from dataclasses import dataclass, field

from gateway_listener.identify import OwnTurns
from gateway_listener.lease import Lease, TableOutError
from gateway_listener.plan import Plan


@dataclass
class FakeLeases:
    """A row a shard; called from several threads."""

    rows: dict[int, Lease] = field(default_factory=dict)
    out: bool = False
    fail_next: int = 0
    reads: int = 0
    renewals: int = 0
    failures: int = 0

    def leases(self) -> dict[int, Lease]:
        """Read all rows."""
        self._answer()
        self.reads += 1
        return dict(self.rows)

    def replace(self, shard: int, held: Lease | None, wanted: Lease) -> bool:
        """Write, if the row is as it was."""
        self._answer()
        if _mark(self.rows.get(shard)) != _mark(held):
            return False
        self.rows[shard] = wanted
        return True

    def renew(self, shard: int, wanted: Lease) -> bool:
        """Write, if owner and fence are the same."""
        self._answer()
        lease = self.rows.get(shard)
        if lease is None or (lease.owner, lease.fence) != (wanted.owner, wanted.fence):
            return False
        self.rows[shard] = wanted
        self.renewals += 1
        return True

    def _answer(self) -> None:
        if self.out or self.fail_next > 0:
            self.fail_next -= 1
            self.failures += 1
            raise TableOutError("InternalServerError")


@dataclass
class FakePlans:
    """The row of the plan."""

    held: Plan | None = None

    def plan(self) -> Plan | None:
        """Read the row."""
        return self.held

    def replace_plan(self, held: Plan | None, wanted: Plan) -> bool:
        """Write, if the number is as it was."""
        if (self.held and self.held.count) != (held and held.count):
            return False
        self.held = wanted
        return True


FakeTurns = OwnTurns


def _mark(lease: Lease | None) -> object:
    return None if lease is None else (lease.owner, lease.fence, lease.expires_at)
