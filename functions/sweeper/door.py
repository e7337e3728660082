"""One sweep, and what the log is told of it."""

from dataclasses import dataclass
from typing import Protocol

from aws_lambda_powertools.metrics import MetricUnit

from usher.platform.logging import Logger
from usher.platform.metrics import EmfMeter
from usher.timing.sweeping import Report


class Sweeping(Protocol):
    """Sweeps."""

    def run(self) -> Report:
        """Tell of everything that is due."""
        ...


@dataclass(frozen=True, slots=True)
class Sweeps:
    """Several sweeps as one: what one of them cannot do keeps no other from its work."""

    each: tuple[Sweeping, ...]

    def run(self) -> Report:
        """Sweep everything; raises what failed once all were tried."""
        reports, failed = [], []
        for one in self.each:
            try:
                reports.append(one.run())
            except Exception as error:  # noqa: BLE001 - raised below, with all others
                failed.append(error)
        if failed:
            raise ExceptionGroup("sweeps", failed)
        return Report(
            sum(report.told for report in reports),
            sum(report.unknown for report in reports),
            max(report.latest for report in reports),
        )


@dataclass(frozen=True, slots=True)
class SweeperDoor:
    """Runs sweeps."""

    sweep: Sweeping
    log: Logger
    meter: EmfMeter

    def handle(self) -> None:
        """Sweep once; raises what the sweep raises, so that the invocation counts as failed."""
        report = self.sweep.run()
        late = report.latest.total_seconds()
        if report.told or report.unknown:
            done = {"told": report.told, "unknown": report.unknown, "late_seconds": late}
            self.log.info("swept", extra=done)
            self.meter.gauge("DueLatenessSeconds", late, unit=MetricUnit.Seconds)
        if report.unknown:
            self.log.error("rows are due that nobody does anything about", extra=done)
        self.meter.count("DueTold", report.told)
