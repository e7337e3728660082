"""SAM: builds the artefacts, uploads them, and has CloudFormation say what would change."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.deploying.model import StopError, Wish
from infra.deploying.ports import Tools

OWN: Final = Path(".venv-sam/bin/sam")


def build(tools: Tools, architecture: str) -> None:
    """Build every function's artefact, bytecode included. Raises StopError."""
    if tools.runner.find("make") is None:
        raise StopError("GNU make is needed for the build, and is not on PATH.")
    if tools.runner.run(["make", "build", f"ARCHITECTURE={architecture}"]).code:
        raise StopError("The functions could not be built: what make said stands above.")


def propose(
    tools: Tools, wish: Wish, region: str, profile: str | None, parameters: Mapping[str, str]
) -> str | None:
    """Upload, and return the new change set; None where nothing would change. Raises StopError."""
    sam = str(OWN) if (wish.source / OWN).exists() else tools.runner.find("sam")
    if sam is None:
        raise StopError("SAM is not there: `make install` and `make build` put it into .venv-sam.")
    before = tools.stacks.change_sets(wish.stack_name)
    arguments = [
        *(sam, "deploy", "--stack-name", wish.stack_name, "--region", region),
        *(("--profile", profile) if profile else ()),
        *("--resolve-s3", "--s3-prefix", wish.stack_name),
        *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"),
        *("--no-execute-changeset", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
        "--parameter-overrides",
        *(f'{name}="{_escaped(value)}"' for name, value in sorted(parameters.items())),
        "--tags",
        *(f"{name}={value}" for name, value in sorted(wish.tags.items())),
    ]
    if tools.runner.run(arguments).code:
        raise StopError(
            "SAM could not upload the stack, or CloudFormation refused it: what they said stands "
            "above."
        )
    made = tools.stacks.change_sets(wish.stack_name) - before
    return max(made, default=None)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
