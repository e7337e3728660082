"""Funnels, intervals and signals in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from usher.analytics.words import share
from usher.funnel.measure import FEW_CLICKS, FEW_WON, Comparison, Finding, Rate, rates_of
from usher.funnel.model import Signal, SignalKind, Standing
from usher.referrals.model import Counts
from usher.slash import text
from usher.slash.say import later, say, say_count

STANDINGS: Final = {
    Standing.COUNTED: later("counted"),
    Standing.HELD: later("held for review"),
    Standing.APPROVED: later("approved"),
    Standing.REJECTED: later("rejected"),
}
_FINDINGS: Final[Mapping[Finding, str]] = {
    Finding.NOTHING: later("There are not two variants to compare."),
    Finding.TOO_FEW: later(
        "Too little has happened to compare them: each needs {clicks} clicks and {won} of them won."
    ),
    Finding.OPEN: later("The differences may be chance. Let them run on."),
    Finding.AHEAD: later("{best} is ahead, and that is not chance in 95 of 100 cases."),
}


def way(counts: Counts) -> str:
    """Write a funnel step by step, with the share that went on."""
    rates = rates_of(counts)
    steps = [say_count("**{number}** click", "**{number}** clicks", counts.clicks)]
    for words, rate in (
        (say_count("**{number}** join", "**{number}** joins", counts.joins), rates.joined),
        (
            say_count("**{number}** onboarding", "**{number}** onboardings", counts.onboardings),
            rates.begun,
        ),
        (
            say_count("**{number}** conversion", "**{number}** conversions", counts.conversions),
            rates.finished if counts.onboardings else Rate(counts.conversions, counts.joins),
        ),
    ):
        steps.append(f"{words} ({share(rate.share)})" if rate.of else words)
    return " → ".join(steps)


def brief(counts: Counts) -> str:
    """Write a funnel in a few figures."""
    return " · ".join(
        (
            say_count("{number} click", "{number} clicks", counts.clicks),
            say_count("{number} join", "{number} joins", counts.joins),
            say_count("{number} conversion", "{number} conversions", counts.conversions),
        )
    )


def between(rate: Rate) -> str:
    """Write a share with the interval that holds the true one."""
    interval = rate.interval()
    if interval is None:
        return share(None)
    low, high = interval
    return say(
        "{share} (between {low} and {high})",
        share=share(rate.share),
        low=share(low),
        high=share(high),
    )


def finding(comparison: Comparison) -> str:
    """Say what the results of variants allow to say."""
    return say(
        _FINDINGS[comparison.finding],
        best=text.code(comparison.best),
        clicks=f"{FEW_CLICKS:,}",
        won=str(FEW_WON),
    )


def money(value: Decimal) -> str:
    """Write a value without zeros that say nothing."""
    short = f"{value:,.2f}"
    return short.removesuffix(".00")


def evidence(signal: Signal) -> str:
    """Say what speaks against a conversion, with its figures."""
    found, limit = f"{signal.found:,}", f"{signal.limit:,}"
    match signal.kind:
        case SignalKind.SELF:
            return say("It is their own link.")
        case SignalKind.YOUNG:
            return say(
                "The account was {found} h old when it joined; under {limit} h is held.",
                found=found,
                limit=limit,
            )
        case SignalKind.FAST:
            return say(
                "Converted {found} s after the join; under {limit} s is held.",
                found=found,
                limit=limit,
            )
        case SignalKind.BURST:
            return say(
                "{found} joins by this link within ten minutes; {limit} are held.",
                found=found,
                limit=limit,
            )
        case SignalKind.VISITOR:
            return say(
                "{found} members converted from one address and browser that day; {limit} are "
                "held.",
                found=found,
                limit=limit,
            )
