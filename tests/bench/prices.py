"""What AWS charges for a request, and what counted requests come to. Pure.

On-demand prices of us-east-1 in US dollars, before taxes and free tiers, as of November 2026:
DynamoDB on-demand throughput, SQS, S3 Standard, Lambda on arm64, HTTP APIs, CloudWatch Logs,
Secrets Manager. Other Regions cost up to a fifth more, some more still.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

READ_ON: Final = "2026-11"
MILLION: Final = 1_000_000
TIMEOUT_CPU: Final = 1769
"""MB at which Lambda gives one whole CPU; less memory is given less in proportion."""
WAIT_SECONDS: Final = 0.005
"""How long a call to AWS inside a Region is waited for: an assumption, none can be made here."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a million of something costs, and what it is called."""

    name: str
    dollars: float


PRICES: Final = {
    "wru": Price("DynamoDB write units", 0.625),
    "rru": Price("DynamoDB read units", 0.125),
    "s3_put": Price("S3 PUT, LIST", 5.0),
    "s3_get": Price("S3 GET", 0.40),
    "sqs_fifo": Price("SQS requests, FIFO", 0.50),
    "sqs": Price("SQS requests, standard", 0.40),
    "api": Price("HTTP API requests", 1.00),
    "invocation": Price("Lambda invocations", 0.20),
    "gb_second": Price("Lambda GB-seconds", 13.3334),
    "secret": Price("Secrets Manager calls", 5.0),
    "log_gb": Price("log, in GB", 0.50 * MILLION),
}


def bill(counts: Mapping[str, float]) -> dict[str, float]:
    """Price what one of something needs, for a million of it, in dollars by kind."""
    return {kind: number * PRICES[kind].dollars for kind, number in counts.items() if number}


def gb_seconds(memory: int, cpu: float, calls: int) -> float:
    """Estimate what an invocation takes of Lambda: its CPU at the function's share, and waiting."""
    seconds = cpu * max(1.0, TIMEOUT_CPU / memory) + calls * WAIT_SECONDS
    return seconds * memory / 1024


def report(title: str, counts: Mapping[str, float]) -> list[str]:
    """Write counted units, unit prices and what a million costs."""
    dollars = bill(counts)
    rows = [f"{title:44} {'each':>10} {'$/million':>10} {'$':>8}"]
    for kind, price in PRICES.items():
        if kind in dollars:
            unit = price.dollars if kind != "log_gb" else price.dollars / MILLION
            each = f"{counts[kind]:10.3f}" if kind != "log_gb" else f"{counts[kind] * 1e6:7.2f} kB"
            per = f"{unit:10.3f}" if kind != "log_gb" else f"{unit:7.2f}/GB"
            rows.append(f"  {price.name:42} {each} {per} {dollars[kind]:8.2f}")
    rows.append(f"  {'a million of these':42} {'':10} {'':10} {sum(dollars.values()):8.2f}")
    return rows
