"""The name of what is deployed: another one whenever the interactions function could differ.

A function restored from a snapshot is a published version, and the template makes one for each name
(AWS Lambda developer guide, "Activating and managing Lambda SnapStart").
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

BUILT: Final = Path(".aws-sam/build/InteractionsFunction")
SWITCH: Final = "InteractionsSnapStart"
NAME: Final = "Release"
LENGTH: Final = 16


def release(source: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Return the parameter that names this release; nothing where there are no snapshots.

    `known` are the stack's parameters as they will be.
    """
    if known.get(SWITCH) != "true":
        return {}
    digest = sha256((source / "template.yaml").read_bytes())
    for name, value in sorted(known.items()):
        if name != NAME:
            digest.update(f"{name}={value}\0".encode())
    built = source / BUILT
    for file in sorted(one for one in built.rglob("*") if one.is_file()):
        digest.update(f"{file.relative_to(built).as_posix()}\0".encode())
        digest.update(sha256(file.read_bytes()).digest())
    return {NAME: digest.hexdigest()[:LENGTH]}
