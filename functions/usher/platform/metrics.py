"""Metrics as log lines (CloudWatch embedded metric format), through powertools.

Dimensions are few and fixed: a guild is never one, since every value costs a metric of its own.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit, single_metric

NAMESPACE: Final = "Usher"


def namespace() -> str:
    """Name what keeps the copies of Usher in one account apart (template.yaml: its stage)."""
    return os.environ.get("POWERTOOLS_METRICS_NAMESPACE", NAMESPACE)


@dataclass(frozen=True, slots=True)
class EmfMeter:
    """Counts things; each call with a value above 0 writes one line to the log."""

    service: str
    namespace: str = field(default_factory=namespace)

    def count(
        self, name: str, value: float = 1, dimensions: Mapping[str, str] | None = None
    ) -> None:
        """Add to a metric."""
        if value <= 0:
            return
        self.gauge(name, value, dimensions)

    def together(self, figures: Mapping[str, float]) -> None:
        """Add to several metrics in one line, 0 included; no line for none."""
        if not figures:
            return
        metrics = EphemeralMetrics(service=self.service, namespace=self.namespace)
        for name, value in figures.items():
            metrics.add_metric(name, MetricUnit.Count, value)
        metrics.flush_metrics()

    def gauge(
        self,
        name: str,
        value: float,
        dimensions: Mapping[str, str] | None = None,
        unit: MetricUnit = MetricUnit.Count,
    ) -> None:
        """Say what something is now, 0 included."""
        with single_metric(name, unit, value, namespace=self.namespace) as metric:
            metric.add_dimension("service", self.service)
            for dimension, text in (dimensions or {}).items():
                metric.add_dimension(dimension, text)
