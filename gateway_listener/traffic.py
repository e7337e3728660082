"""How Discord's REST API answers the listener, as totals for the heartbeat's line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LIMITED: Final = 429
COUNTED: Final = frozenset({401, 403, LIMITED})
"""What counts towards a ban of the address (API reference: Invalid Request Limit)."""


@dataclass(slots=True)
class Traffic:
    """Counts answers since the process began."""

    calls: int = 0
    refusals: int = 0
    bans: int = 0
    """Refusals by Cloudflare, which speaks no JSON: the address is banned for a time."""

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Count an answer."""
        self.calls += 1
        if status in COUNTED:
            self.refusals += 1
        if status == LIMITED and "json" not in headers.get("Content-Type", ""):
            self.bans += 1

    def totals(self) -> dict[str, int]:
        """Tell the totals by the names of their metrics."""
        return {
            "DiscordCalls": self.calls,
            "DiscordRefusals": self.refusals,
            "DiscordBans": self.bans,
        }
