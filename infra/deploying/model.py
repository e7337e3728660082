"""What a deployment is asked for, and what it finds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PROD: Final = "prod"
STAGE: Final = re.compile(r"[a-z][a-z0-9-]{0,15}")
REPOSITORY: Final = "usher-listener"
ARCHITECTURES: Final = ("arm64", "x86_64")
KEPT: Final = ("UsherTable", "LedgerBucket", "LedgerBucketPolicy")
"""Resources that outlive the stack; a change that replaces one of them would begin an empty one."""


class StopError(Exception):
    """The deployment cannot go on; the text is a sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator asked for; None is for what the stack has, or the template's default."""

    source: Path
    """The checkout."""
    stage: str = PROD
    stack: str = ""
    """The stack's name, where it is another than `usher-<stage>`."""
    yes: bool = False
    """Changes are carried out without a question."""
    listener: bool | None = None
    architecture: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    sign_in: bool = False
    """Links may ask for a sign-in, which needs the client secret."""
    alerts: bool = False
    """Alarms go to a channel, which needs its webhook's address."""
    new_secrets: bool = False
    adopted: Mapping[str, str] = field(default_factory=dict)
    """A table and a bucket that an earlier stack has left, by logical id."""

    @property
    def stack_name(self) -> str:
        """Name the stack."""
        return self.stack or f"usher-{self.stage}"

    @property
    def token_name(self) -> str:
        """Name the secret of the bot's token."""
        return f"usher/{self.stage}/discord-token"

    @property
    def tags(self) -> Mapping[str, str]:
        """Write on everything what it belongs to."""
        return {"application": "usher", "stage": self.stage}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who deploys, and where to."""

    account: str
    arn: str
    region: str


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as it stands."""

    name: str
    status: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What a change set would do with one resource."""

    action: str
    """Add, Modify, Remove or Import."""
    logical_id: str
    kind: str
    replaces: bool = False

    def line(self) -> str:
        """Write it for people."""
        mark = {"Add": "+", "Remove": "-"}.get(self.action, "~")
        tail = ", replaced by a new one" if self.replaces else ""
        return f"  {mark} {self.logical_id} ({self.kind.removeprefix('AWS::')}{tail})"


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes that wait for a word."""

    arn: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a stack."""

    logical_id: str
    kind: str
    physical_id: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Registry:
    """Where images are pushed to, and with what."""

    host: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Application:
    """The bot's application as Discord has it."""

    id: str
    name: str
    public_key: str
    flags: int = 0
    endpoint: str | None = None
    redirects: tuple[str, ...] = ()
    installs: Mapping[str, object] = field(default_factory=dict)
    """Settings of the install link by installation context; 0 is a server."""
