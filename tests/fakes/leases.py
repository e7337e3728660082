"""The lease's table in memory."""

from dataclasses import dataclass

from gateway_listener.lease import Lease, TableOutError


@dataclass
class FakeLeases:
    """One shard's row; called from several threads."""

    lease: Lease | None = None
    out: bool = False
    fail_next: int = 0
    reads: int = 0
    renewals: int = 0
    failures: int = 0

    def read(self) -> Lease | None:
        """Read the row."""
        self._answer()
        self.reads += 1
        return self.lease

    def replace(self, held: Lease | None, wanted: Lease) -> bool:
        """Write, if the row is as it was."""
        self._answer()
        if _mark(self.lease) != _mark(held):
            return False
        self.lease = wanted
        return True

    def renew(self, wanted: Lease) -> bool:
        """Write, if owner and fence are the same."""
        self._answer()
        lease = self.lease
        if lease is None or (lease.owner, lease.fence) != (wanted.owner, wanted.fence):
            return False
        self.lease = wanted
        self.renewals += 1
        return True

    def _answer(self) -> None:
        if self.out or self.fail_next > 0:
            self.fail_next -= 1
            self.failures += 1
            raise TableOutError("InternalServerError")


def _mark(lease: Lease | None) -> object:
    return None if lease is None else (lease.owner, lease.fence, lease.expires_at)
