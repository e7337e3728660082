"""While tracking is off nobody is credited: which joins that concerns. Pure (SPEC 3.2).

Attribution and ledger go on, so that turning it on again finds counts that are up to date: what
moved while it was off is explained by the joins of that time, which stay without credit for good.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from usher.attribution.model import Head
from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import Observation
from usher.credit.queries import OFF, TRACKING

MOST_SPANS: Final = 50
"""Spans remembered; an import that tells of a join in an older one credits it."""

type Spans = tuple[tuple[datetime, datetime | None], ...]
"""When tracking was off, oldest first; the last may not have ended."""


def switched(head: Head, observation: Observation) -> Head:
    """Note that tracking was turned off or on; the same again changes nothing."""
    spans = head.off
    for event in observation.events:
        if isinstance(event, SettingChanged) and event.name == TRACKING:
            spans = switch(spans, event.at, off=event.value == OFF)
    return head if spans == head.off else replace(head, off=spans)


def switch(spans: Spans, at: datetime, *, off: bool) -> Spans:
    """Turn tracking off, or on again, at a moment; the same again changes nothing."""
    open_ = bool(spans) and spans[-1][1] is None
    if off == open_:
        return spans
    if off:
        return (*spans, (at, None))[-MOST_SPANS:]
    began = spans[-1][0]
    return (*spans[:-1], (began, max(at, began)))


def is_untracked(spans: Spans, joined_at: datetime) -> bool:
    """Whether who joined then is credited to nobody."""
    return any(
        began <= joined_at and (ended is None or joined_at < ended) for began, ended in spans
    )


def untracked_of(spans: Spans, moments: Iterable[datetime]) -> int:
    """Count joins that are credited to nobody."""
    return sum(is_untracked(spans, moment) for moment in moments)
