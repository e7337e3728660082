"""Ten thousand requests that Discord never sent: none is accepted, none fails, none in the way."""

from collections import Counter
from random import Random

import pytest

from tests.unit.interactions.doors import Front, event
from tests.unit.interactions.forging import forged, valid

REQUESTS = 10_000
SEED = 20_261_129
EVERY = 20
"""After so many a valid request comes in between."""


def test_none_is_accepted_and_valid_ones_in_between_all_succeed() -> None:
    front = Front()
    draw = Random(SEED)  # noqa: S311 - repeatable on purpose
    accepted: list[str] = []
    refused: Counter[int] = Counter()

    for number, (kind, sent) in enumerate(forged(SEED, REQUESTS)):
        status, _ = front.raw(sent)
        refused[status] += 1
        if status not in (400, 401, 413):
            accepted.append(kind)
        if number % EVERY == 0:
            assert front.raw(event(valid(draw)))[0] == 200

    assert accepted == []
    assert refused.total() == REQUESTS
    assert len(front.deferrals.sent) < REQUESTS // EVERY


@pytest.mark.parametrize("status", [400, 401, 413])
def test_what_is_refused_is_told_in_a_word_and_not_echoed(status: int) -> None:
    front = Front()
    told = {
        str(body)
        for found, body in (front.raw(sent) for _, sent in forged(SEED + status, 500))
        if found == status
    }

    assert told <= {
        "{'error': 'invalid request signature'}",
        "{'error': 'not an interaction'}",
        "{'error': 'body too large'}",
    }
    assert told
