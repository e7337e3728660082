"""Which calls a role's statements allow, and which of its grants no call needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from tests.grants.policies import ACCOUNT, REGION

type Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """What a role did, ids taken out."""

    role: str
    action: str
    resource: str
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)
    """By condition key; of a role whose statements do not mention a key it may be left out."""

    def __str__(self) -> str:
        keys = "".join(f", {key} {', '.join(values)}" for key, values in self.keys.items())
        return f"{self.role}: {self.action} on {self.resource}{keys}"


@dataclass(frozen=True)
class Grant:
    """The smallest thing that can be taken out of a role, and the statements without it."""

    name: str
    rest: list[Json] = field(hash=False)


def read_calls(folder: Path) -> list[Call]:
    """Read what the systems of a run have written down; each call once."""
    lines = {line for file in folder.glob("*.jsonl") for line in file.read_text().splitlines()}
    found = [json.loads(line) for line in sorted(lines)]
    return [Call(one["role"], one["action"], one["resource"], one["keys"]) for one in found]


def allowed(statements: list[Json], call: Call) -> bool:
    """Say whether IAM would allow the call."""
    context = EvalContext(
        principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{call.role}/x",
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=call.action,
        resource_arn=call.resource,
        region=REGION,
        service_context={key.lower(): list(values) for key, values in call.keys.items()},
    )
    result = evaluate(context, [parse_policy_document({"Statement": statements})])
    return bool(result.decision == "Allow")


def grants(role: str, statements: list[Json]) -> Iterator[Grant]:
    """Take a role apart: each action, resource and value of a condition of each statement."""
    for place, statement in enumerate(statements):
        for kind, value, less in _less(statement):
            rest = [*statements[:place], *less, *statements[place + 1 :]]
            yield Grant(f"{role}/{statement['Sid']}: {kind} {value}", rest)


def surplus(role: str, statements: list[Json], calls: Iterable[Call]) -> list[str]:
    """Return the grants without which every call of the role would be allowed all the same."""
    own = [call for call in calls if call.role == role and allowed(statements, call)]
    return [
        grant.name
        for grant in grants(role, statements)
        if all(allowed(grant.rest, call) for call in own)
    ]


def _less(statement: Json) -> Iterator[tuple[str, str, list[Json]]]:
    for kind in ("Action", "Resource"):
        values = _listed(statement[kind])
        for value in values:
            kept = [one for one in values if one != value]
            yield kind, value, [{**statement, kind: kept}] if kept else []
    for operator, keys in statement.get("Condition", {}).items():
        for key, given in keys.items():
            for value in _listed(given):
                kept = [one for one in _listed(given) if one != value]
                # A condition that lists nothing would be true for a request without the key.
                narrowed = {**statement["Condition"], operator: {**keys, key: kept}}
                less = [{**statement, "Condition": narrowed}] if kept else []
                yield key, value, less


def _listed(given: Any) -> list[Any]:  # noqa: ANN401 - IAM allows one or a list everywhere
    return given if isinstance(given, list) else [given]
