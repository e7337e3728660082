"""How late what holds for a time has ended, as metrics."""

from dataclasses import dataclass
from datetime import timedelta

from aws_lambda_powertools.metrics import MetricUnit

from usher.platform.metrics import EmfMeter


@dataclass(frozen=True, slots=True)
class EndingMeter:
    """Implements Gauge. The kinds are few and fixed: ban, mute, slowmode, lock."""

    meter: EmfMeter

    def ended(self, kind: str, late: timedelta) -> None:
        """Note how late a term ended. An alarm reads it, so kinds are not apart."""
        del kind
        seconds = max(0.0, late.total_seconds())
        self.meter.gauge("DueLatenessSeconds", seconds, unit=MetricUnit.Seconds)

    def refused(self, kind: str) -> None:
        """Note that Discord refused to let one end."""
        self.meter.count("EndsRefused", 1, {"kind": kind})
