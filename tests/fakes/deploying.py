"""An account, a machine, an operator and Discord's portal, for `usher deploy`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from infra.deploying.model import (
    Application,
    Change,
    ChangeSet,
    Identity,
    Registry,
    Resource,
    Stack,
    StopError,
    Wish,
)
from infra.deploying.ports import Done, Portal, Tools
from infra.local.host import ROOT

APPLICATION = Application("123456789012345678", "Usher", "ab" * 32)
TOKEN = "MTIz.the.token"
ENDPOINT = "https://abc.execute-api.eu-central-1.amazonaws.com/interactions"
OUTPUTS = {
    "InteractionsEndpoint": ENDPOINT,
    "SignInRedirect": "https://abc.execute-api.eu-central-1.amazonaws.com/api/discord/signed-in",
}


@dataclass
class FakeAccount:
    """Implements Cloud in memory."""

    secrets: dict[str, str] = field(default_factory=dict)
    repositories: dict[str, set[str]] = field(default_factory=dict)
    refusal: str = ""
    ecs_role: bool = False
    allowed: int | None = 1000

    def identity(self) -> Identity:
        if self.refusal:
            raise StopError(self.refusal)
        return Identity("111122223333", "arn:aws:iam::111122223333:user/owner", "eu-central-1")

    def secret(self, name: str) -> str | None:
        return self.secrets.get(name)

    def keep_secret(self, name: str, text: str, tags: Mapping[str, str]) -> None:
        self.secrets[name] = text

    def ensure_repository(self, name: str, tags: Mapping[str, str]) -> bool:
        made = name not in self.repositories
        self.repositories.setdefault(name, set())
        return made

    def has_image(self, repository: str, tag: str) -> bool:
        return tag in self.repositories[repository]

    def ensure_ecs_role(self) -> bool:
        made, self.ecs_role = not self.ecs_role, True
        return made

    def at_once(self) -> int | None:
        return self.allowed

    def registry(self) -> Registry:
        return Registry("111122223333.dkr.ecr.eu-central-1.amazonaws.com", "AWS", "registry secret")


@dataclass
class FakeStacks:
    """Implements Stacks: a change set that is carried out leaves the stack that is planned."""

    stacks: dict[str, Stack] = field(default_factory=dict)
    proposed: dict[str, ChangeSet] = field(default_factory=dict)
    outcome: Stack | None = None
    """What the next execution leaves behind."""
    reasons: tuple[str, ...] = ()
    held: list[Resource] = field(default_factory=list)
    imported: list[tuple[str, list[Resource]]] = field(default_factory=list)
    executed: list[str] = field(default_factory=list)
    discarded: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def stack(self, name: str) -> Stack | None:
        return self.stacks.get(name)

    def resources(self, stack: str) -> Sequence[Resource]:
        return self.held

    def failures(self, stack: str) -> Sequence[str]:
        return self.reasons

    def change_sets(self, stack: str) -> frozenset[str]:
        return frozenset(self.proposed)

    def read_changes(self, change_set: str) -> ChangeSet:
        return self.proposed[change_set]

    def discard(self, change_set: str) -> None:
        self.discarded.append(change_set)
        del self.proposed[change_set]

    def execute(self, change_set: str) -> None:
        self.executed.append(change_set)
        del self.proposed[change_set]
        if self.outcome is not None:
            self.stacks[self.outcome.name] = self.outcome

    def delete_stack(self, name: str) -> None:
        self.deleted.append(name)
        del self.stacks[name]

    def propose_import(self, stack: str, template: str, found: Sequence[Resource]) -> str:
        self.imported.append((template, list(found)))
        changes = tuple(Change("Import", one.logical_id, one.kind) for one in found)
        self.proposed["import"] = ChangeSet("import", changes)
        return "import"


@dataclass
class FakeMachine:
    """Implements Runner: records what it would run. SAM leaves the change set that is planned."""

    stacks: FakeStacks
    account: FakeAccount
    changes: tuple[Change, ...] = (Change("Add", "UsherTable", "AWS::DynamoDB::Table"),)
    programs: set[str] = field(default_factory=lambda: {"make", "docker", "sam", "git"})
    failing: set[str] = field(default_factory=set)
    """Beginnings of command lines that fail."""
    platform: str = ""
    """What an image is built for; what was asked for unless given."""
    ran: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    """What was piped into programs."""

    def find(self, program: str) -> str | None:
        return f"/usr/bin/{program}" if program in self.programs else None

    def run(
        self, arguments: Sequence[str], *, stdin: str | None = None, quiet: bool = False
    ) -> Done:
        line = " ".join(arguments)
        self.ran.append(line)
        if stdin is not None:
            self.given.append(stdin)
        if any(line.startswith(beginning) for beginning in self.failing):
            return Done(1)
        if line.startswith("git log"):
            return Done(0, "0123456789ab\n")
        if " inspect " in line:
            [build] = [one for one in self.ran if " build " in one]
            return Done(0, (self.platform or build.split("--platform ")[1].split()[0]) + "\n")
        if arguments[1] == "push":
            repository, _, tag = arguments[2].partition("/")[2].partition(":")
            self.account.repositories[repository].add(tag)
        if arguments[1] == "deploy" and self.changes:
            self.stacks.proposed["sam"] = ChangeSet("sam", self.changes)
        return Done(0)

    def line(self, beginning: str) -> str:
        """Find the only command line that begins so."""
        [found] = [one for one in self.ran if one.startswith(beginning)]
        return found


@dataclass
class FakeOperator:
    """Implements Console."""

    secrets: list[str] = field(default_factory=list)
    agreeing: bool = True
    answers: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.said.append(line)

    def agrees(self, question: str) -> bool:
        self.asked.append(question)
        return self.agreeing

    def ask(self, question: str) -> str:
        self.asked.append(question)
        return self.answers.get(question, "")

    def secret(self, prompt: str) -> str:
        self.asked.append(prompt)
        return self.secrets.pop(0) if self.secrets else ""


@dataclass
class FakePortal:
    """Implements Portal over one application; refusals are taken from the front, one a change."""

    application: Application = APPLICATION
    refusals: list[str | None] = field(default_factory=list)
    unknown: bool = False
    changed: list[Mapping[str, object]] = field(default_factory=list)
    registered: int = 0

    def look(self) -> Application:
        if self.unknown:
            raise StopError("Discord does not know this bot token.")
        return self.application

    def change(self, fields: Mapping[str, object]) -> str | None:
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            return refusal
        self.changed.append(fields)
        if "interactions_endpoint_url" in fields:
            url = fields["interactions_endpoint_url"]
            self.application = replace(self.application, endpoint=url if url is None else str(url))
        if isinstance(flags := fields.get("flags"), int):
            self.application = replace(self.application, flags=flags)
        if isinstance(installs := fields.get("integration_types_config"), Mapping):
            self.application = replace(self.application, installs=installs)
        return None

    def register(self) -> Sequence[str]:
        self.registered += 1
        return ["commands are up to date"]


@dataclass
class Place:
    """All of it."""

    account: FakeAccount = field(default_factory=FakeAccount)
    stacks: FakeStacks = field(default_factory=FakeStacks)
    operator: FakeOperator = field(default_factory=lambda: FakeOperator([TOKEN]))
    discord: FakePortal = field(default_factory=FakePortal)
    paused: list[float] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.machine = FakeMachine(self.stacks, self.account)
        self.stacks.outcome = deployed()

    @property
    def tools(self) -> Tools:
        return Tools(
            self.account,
            self.stacks,
            self.machine,
            self.operator,
            self._open,
            self._pause(),
        )

    def _open(self, api_base: str, token: str) -> Portal:
        self.opened.append((api_base, token))
        return self.discord

    def _pause(self) -> Callable[[float], None]:
        return self.paused.append


def deployed(name: str = "usher-prod", status: str = "CREATE_COMPLETE", **parameters: str) -> Stack:
    """A stack as a deployment leaves it."""
    given = {"DiscordApplicationId": APPLICATION.id, **parameters}
    return Stack(name, status, given, OUTPUTS)


def wish(source: Path = ROOT, **changes: object) -> Wish:
    """What an operator asks for."""
    return replace(Wish(source), **changes)  # type: ignore[arg-type]
