"""Endpoints and deliveries as `/webhook` shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from usher.contracts.hook_event import SUBSCRIBED
from usher.hooks.model import Attempt, Delivery, Ending, Endpoint, Health, State
from usher.hooks.rules import succeeded
from usher.hooks.targets import shown
from usher.slash import text
from usher.slash.say import later, say, say_count

_STATES: Final[Mapping[State, str]] = {
    State.PENDING: later("on its way"),
    State.DELIVERED: later("taken"),
    State.FAILED: later("given up"),
    State.HELD: later("kept"),
}


def name_of(endpoint: Endpoint) -> str:
    """Name an endpoint in a line."""
    named = f"{text.code(endpoint.id)} · {text.code(shown(endpoint.url))}"
    described = text.escape(endpoint.description)
    return f"{named} · {described}" if described else named


def standing(endpoint: Endpoint, health: Health, now: datetime) -> str:
    """Say how an endpoint is doing."""
    if not endpoint.active:
        return say("switched off")
    if health.ending is Ending.GONE:
        return say("switched off: it answered that it is gone (410)")
    if health.ending is Ending.FAILING:
        return say("switched off: it took nothing for three days")
    if health.failures and health.failing_since is not None:
        since = text.when(health.failing_since)
        return say_count(
            "{number} failed try since {when}",
            "{number} failed tries since {when}",
            health.failures,
            when=since,
        )
    return say("well")


def events_of(endpoint: Endpoint) -> str:
    """Say what an endpoint is told."""
    if endpoint.types == frozenset(SUBSCRIBED):
        return say("all events")
    return ", ".join(text.code(kind) for kind in sorted(endpoint.types))


def delivery_line(delivery: Delivery) -> str:
    """Show a delivery in a line."""
    parts = [
        f"{text.when(delivery.event.at, 'f')} {text.code(delivery.event.type)}",
        say(_STATES[delivery.state]),
    ]
    if delivery.attempts:
        parts.append(attempt_words(delivery.attempts[-1]))
    if len(delivery.attempts) > 1:
        number = len(delivery.attempts)
        parts.append(say_count("{number} try", "{number} tries", number))
    return f"{' · '.join(parts)}\n{text.code(delivery.event.id)}"


def attempt_words(attempt: Attempt) -> str:
    """Say what a try came to."""
    took = f"{attempt.milliseconds:,} ms"
    if attempt.status is None:
        return say("no answer ({why}) after {took}", why=attempt.error, took=took)
    answered = say("{status} in {took}", status=attempt.status, took=took)
    if succeeded(attempt) or not attempt.body:
        return answered
    return f"{answered} {text.code(text.cut(attempt.body, 80))}"


def secret_words(endpoint: Endpoint) -> list[str]:
    """Show a secret, this once."""
    return [
        say("Here is its secret. Keep it now: it is not shown again."),
        f"||{text.code(endpoint.secret)}||",
        say("Any library for Standard Webhooks verifies what it signs."),
    ]
