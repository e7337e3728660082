"""The front imports little: it starts cold while a member waits (decision 6)."""

import json
import os
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import pytest

from tests.unit.interactions.doors import PUBLIC_KEY

ROOT: Final = Path(__file__).resolve().parents[3]
FUNCTIONS: Final = ROOT / "functions"

FORBIDDEN: Final = frozenset(
    {
        "PIL",
        "aiohttp",
        "asyncio",
        "boto3",
        "botocore",
        "concurrent",
        "discord",
        "httpx",
        "multiprocessing",
        "pydantic",
        "pynamodb",
        "requests",
        "s3transfer",
        "unittest",
        "urllib3",
    }
)
HEAVY: Final = (
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.parameters",
    "usher.attribution.model",
    "usher.contracts.observation",
)

PROBE: Final = """
import json, socket, sys
def refuse(*_, **__):
    raise AssertionError("a socket was opened at import")
socket.socket.connect = socket.create_connection = refuse
import interactions.app
print(json.dumps(sorted(sys.modules)))
"""
ENVIRON: Final = {
    "TABLE_NAME": "usher",
    "COMMANDS_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/000000000000/commands",
    "EFFECTS_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/000000000000/commands",
    "DISCORD_PUBLIC_KEY": PUBLIC_KEY,
    "DISCORD_APPLICATION_ID": "42",
    "AWS_REGION": "eu-central-1",
    "POWERTOOLS_SERVICE_NAME": "interactions",
}


def imported(paths: list[Path], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Import the door in an interpreter that sees only `paths` besides the standard library."""
    path = os.pathsep.join(map(str, paths))
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-S", "-c", PROBE],
        env={"PYTHONPATH": path, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def modules(done: subprocess.CompletedProcess[str]) -> set[str]:
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.fixture
def artefact(tmp_path: Path) -> list[Path]:
    """What the function's zip holds: the room's locked distributions, and our code."""
    requirements = (FUNCTIONS / "interactions" / "requirements.txt").read_text(encoding="utf-8")
    names = [
        line.split("==")[0]
        for line in requirements.splitlines()
        if "==" in line and not line.startswith(("#", " "))
    ]
    for name in names:
        for file in distribution(name).files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not (tmp_path / top).exists():
                (tmp_path / top).symlink_to(Path(str(distribution(name).locate_file(top))))
    return [FUNCTIONS, tmp_path]


def test_the_door_needs_only_the_distributions_of_its_own_room(artefact: list[Path]) -> None:
    found = modules(imported(artefact, ENVIRON))

    assert {name.partition(".")[0] for name in found} & FORBIDDEN == set()
    assert found & set(HEAVY) == set()


def test_the_door_uses_no_sdk_where_the_runtime_offers_one() -> None:
    everything = [Path(entry) for entry in sys.path if entry]

    found = modules(imported([FUNCTIONS, *everything], ENVIRON))

    # Powertools asks `import botocore` for its user agent: the bare package, none of its modules.
    tops = {name.partition(".")[0] for name in found - {"botocore"}}
    assert tops & FORBIDDEN == set()


def test_a_door_without_its_settings_names_them_all(artefact: list[Path]) -> None:
    done = imported(artefact, {"AWS_REGION": "eu-central-1"})

    assert done.returncode != 0
    for name in ("TABLE_NAME", "COMMANDS_QUEUE_URL", "EFFECTS_QUEUE_URL", "DISCORD_PUBLIC_KEY"):
        assert name in done.stderr.splitlines()[-1]
