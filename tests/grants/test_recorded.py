"""Each role may do what it did in the end-to-end tests, and nothing beyond that.

The last step of `make test`: it judges what the systems of that run wrote down.
"""

from __future__ import annotations

import pytest

from tests.grants.judging import Call, allowed, surplus
from tests.grants.policies import Json, read, statements
from tests.grants.unseen import UNSEEN

pytestmark = pytest.mark.grants

ROLES = statements(read())


def test_every_call_is_allowed(calls: list[Call]) -> None:
    refused = [str(call) for call in calls if not allowed(ROLES.get(call.role, []), call)]

    assert not refused, _told(
        "AWS would refuse these calls. Grant them in the statement of the role that says what they "
        "are for (template.yaml or infra/), or do not make them.",
        refused,
    )


@pytest.mark.parametrize("role", ROLES)
def test_every_grant_is_needed(role: str, calls: list[Call]) -> None:
    statements: list[Json] = ROLES[role]
    left = surplus(role, statements, calls)

    assert not left, _told(
        "No call of the end-to-end tests needs these grants. Take them out of the template, or add "
        "to tests/e2e/test_grants.py what a user does that needs them.",
        left,
    )


def test_what_cannot_be_seen_is_not_seen(recorded: list[Call]) -> None:
    seen = [str(call) for call in UNSEEN if call in recorded]

    assert not seen, _told("These are seen now. Take them out of tests/grants/unseen.py.", seen)


def _told(sentence: str, names: list[str]) -> str:
    return "\n".join([sentence, *names])
