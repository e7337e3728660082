"""An event loop whose time stands still while there is something to do, and else jumps ahead."""

import asyncio
import selectors
from datetime import datetime, timedelta


class _Jumping(selectors.SelectSelector):
    """Waits for nothing: what nobody waits for any more would never come."""

    ahead = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found and timeout is None:
            raise RuntimeError("everything waits for something that will not come")
        if not found and timeout is not None:
            self.ahead += max(0.0, timeout)
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """Begins at a moment of its own time."""

    def __init__(self, began: datetime) -> None:
        self._jumping = _Jumping()
        self._origin = began
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.ahead

    def now(self) -> datetime:
        """Tell the time of day."""
        return self._origin + timedelta(seconds=self.time())
