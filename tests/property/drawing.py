"""How many histories a property test draws: each takes tens of milliseconds."""

from hypothesis import HealthCheck, settings

HISTORIES = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SMALL = settings(HISTORIES, max_examples=300)
