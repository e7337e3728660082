"""What roles do in the emulator, written down for the tests that compare it with their grants.

A line a kind of call: ids are taken out, so a run of hours is a few hundred lines.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Final

from infra.local.iam_keys import LEADING, Json

VARIABLE: Final = "USHER_CALLS"
"""Names the folder to write to; without it nothing is written."""

_ROLE: Final = re.compile(r"arn:aws:(?:sts::\d+:assumed-role|iam::\d+:user)/([^/]+)")
_ID: Final = re.compile(r"\d+|[0-9a-f]{8,}")
_SECRET: Final = re.compile(r"(?<=:secret:)(.+)-\w{6}$")  # six characters of chance end its ARN


def asked_for() -> Path | None:
    """Return the folder that the environment names; None where nothing is to be written."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


class CallLog:
    """A file of its own in the folder, so that systems write beside each other."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"{os.getpid()}-{os.urandom(4).hex()}.jsonl"
        self._lock = Lock()
        self._written: set[str] = set()

    def note(self, principal: Any, action: str, arn: str, context: Json, *, allowed: bool) -> None:  # noqa: ANN401 - the emulator's
        """Write a call of a role down; who owns the account is no role."""
        role = _ROLE.match(principal.arn)
        if role is None:
            return
        mentioned = {
            key.lower()
            for statements in principal.policies
            for statement in statements
            for keys in statement.conditions.values()
            for key in keys
        }
        asked = {key: value for key, value in context.items() if key.lower() in mentioned}
        names = _logical_names()
        line = json.dumps(
            {
                "role": names.get(role[1], role[1]),
                "action": action,
                "resource": _resource(arn, names),
                "keys": {key: _values(key, values) for key, values in sorted(asked.items())},
                "allowed": allowed,
            }
        )
        with self._lock:
            if line in self._written:
                return
            self._written.add(line)
            with self._file.open("a") as file:
                file.write(f"{line}\n")


def _logical_names() -> dict[str, str]:
    """Return the template's name of everything that stands in the stack, by its last name."""
    from ministack.services.cloudformation import _stacks

    return {
        resource["PhysicalResourceId"].rpartition("/")[2]: logical
        for stack in _stacks.all_values()
        for logical, resource in list(stack["_resources"].items())
        if resource.get("PhysicalResourceId")
    }


def _resource(arn: str, names: Mapping[str, str]) -> str:
    head = _SECRET.sub(r"\1-secret", arn).split(":", 5)
    if len(head) < 6:
        return arn
    owner, rest = head[:5], head[5]
    known = "".join(names.get(part, _ID.sub("0", part)) for part in re.split(r"([/:])", rest))
    return ":".join([*owner, known])


def _values(key: str, values: Any) -> list[str]:  # noqa: ANN401 - one or several
    listed = values if isinstance(values, list) else [values]
    if key == LEADING:
        return sorted({_partition(value) for value in listed})
    return sorted({_ID.sub("0", str(value)) for value in listed})


def _partition(value: str) -> str:
    kind, mark, _ = value.partition("#")
    return f"{kind}#0" if mark else value
