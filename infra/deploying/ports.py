"""What a deployment needs of the world around it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from infra.deploying.model import (
    Application,
    ChangeSet,
    Identity,
    Registry,
    Resource,
    Stack,
)


class Cloud(Protocol):
    """The AWS account. Every call may raise StopError with a sentence."""

    def identity(self) -> Identity:
        """Say who asks and in which Region."""

    def secret(self, name: str) -> str | None:
        """Read a secret; None where there is none."""

    def keep_secret(self, name: str, text: str, tags: Mapping[str, str]) -> None:
        """Make a secret, or give it a new version."""

    def ensure_repository(self, name: str, tags: Mapping[str, str]) -> bool:
        """Have a repository for images; tell whether it was made now."""

    def has_image(self, repository: str, tag: str) -> bool:
        """Whether an image is there."""

    def ensure_ecs_role(self) -> bool:
        """Have the role by which ECS works in the account; tell whether it was made now."""

    def at_once(self) -> int | None:
        """Say how many functions may run at once in the account; None where it is not told."""

    def registry(self) -> Registry:
        """Say where images are pushed to."""


class Stacks(Protocol):
    """CloudFormation's stacks there. Every call may raise StopError."""

    def stack(self, name: str) -> Stack | None:
        """Look at a stack; None where there is none."""

    def resources(self, stack: str) -> Sequence[Resource]:
        """List the resources of a stack."""

    def failures(self, stack: str) -> Sequence[str]:
        """Say, of the last change, which resources failed and why; nested stacks included."""

    def change_sets(self, stack: str) -> frozenset[str]:
        """Name the change sets of a stack that could be carried out; none where there is none."""

    def read_changes(self, change_set: str) -> ChangeSet:
        """Say what a change set would do."""

    def discard(self, change_set: str) -> None:
        """Forget a change set."""

    def execute(self, change_set: str) -> None:
        """Begin to carry a change set out."""

    def delete_stack(self, name: str) -> None:
        """Begin to delete a stack."""

    def propose_import(self, stack: str, template: str, found: Sequence[Resource]) -> str:
        """Make the change set of a new stack that takes over what exists; return its name."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a program left behind."""

    code: int
    output: str = ""


class Runner(Protocol):
    """Runs programs of this machine."""

    def find(self, program: str) -> str | None:
        """Say where a program is."""

    def run(
        self,
        arguments: Sequence[str],
        *,
        stdin: str | None = None,
        quiet: bool = False,
    ) -> Done:
        """Run one in the checkout; quiet ones show nothing and give their output back."""


class Console(Protocol):
    """The operator."""

    def say(self, line: str) -> None:
        """Tell something."""

    def agrees(self, question: str) -> bool:
        """Ask; no where nobody can be asked."""

    def ask(self, question: str) -> str:
        """Ask for a line; empty where nobody can be asked."""

    def secret(self, prompt: str) -> str:
        """Ask for something that is not shown, or read a line that is piped in; may be empty."""


class Portal(Protocol):
    """Discord's word on the application of a token. Calls may raise StopError."""

    def look(self) -> Application:
        """Say what the application is."""

    def change(self, fields: Mapping[str, object]) -> str | None:
        """Change the application; None, or what Discord has against it."""

    def register(self) -> Sequence[str]:
        """Register the commands where they differ; a line for each difference."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything together."""

    cloud: Cloud
    stacks: Stacks
    runner: Runner
    console: Console
    portal: Callable[[str, str], Portal]
    """Opens the portal with an API base and a bot token."""
    pause: Callable[[float], None]
