"""Rate-limit headers. The practice Discord counts but does not yet refuse."""

import time
from dataclasses import dataclass

PER_WINDOW = 1_000
WINDOW = 1.0


@dataclass(slots=True)
class _Bucket:
    ends: float = 0.0
    left: int = PER_WINDOW


class Limits:
    """Counts the requests of each bucket in windows of a second."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}

    def count(self, bucket: str) -> dict[str, str]:
        """Count a request and return the `X-RateLimit-*` headers of its answer."""
        now = time.time()
        state = self._buckets.setdefault(bucket, _Bucket())
        if now >= state.ends:
            state.ends, state.left = now + WINDOW, PER_WINDOW
        state.left = max(state.left - 1, 1)
        return {
            "X-RateLimit-Limit": str(PER_WINDOW),
            "X-RateLimit-Remaining": str(state.left),
            "X-RateLimit-Reset": f"{state.ends:.3f}",
            "X-RateLimit-Reset-After": f"{state.ends - now:.3f}",
            "X-RateLimit-Bucket": bucket,
        }
