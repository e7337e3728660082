"""A command is declared once: its signature is its registration, its routing and its test.

```python
invite = Group("invite", "Who brings whom")

@invite.command("view", "Show a member's invites")
def view(ctx: Ctx[Services], user: Annotated[UserId | None, Opt("Whose")] = None) -> Reply: ...

@command("export", "Everything as a file", defer=True, ephemeral=True,
         permissions=Permission.MANAGE_GUILD)
def export(ctx: Ctx[Services]) -> Reply: ...
```
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Concatenate, Final, get_origin, get_type_hints

from usher.frozen import frozen
from usher.slash.context import Ctx
from usher.slash.errors import DeclarationError
from usher.slash.modals import Modal
from usher.slash.options import (
    DESCRIPTION_LIMIT,
    NAME,
    Json,
    Option,
    OptionType,
    described,
)
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.signature import read_option

OPTIONS_LIMIT: Final = 25
"""Options of a command, subcommands of a group, groups of a command."""

# A command's services are known to its own Ctx[...]; the kit only passes them through.
type Answer = Reply | Modal
type Runner = Callable[Concatenate[Ctx[Any], ...], Answer]


@frozen
class Command:
    """One thing that a member can run. `path` is one to three names."""

    path: tuple[str, ...]
    description: str
    options: tuple[Option, ...]
    run: Runner
    defer: bool = False
    """Answered by the command worker within 15 minutes, instead of within 3 seconds."""
    ephemeral: bool = False
    permissions: Permission = Permission.NONE
    """What the member must hold; the router asks again, since server owners can override."""
    shown_to: Permission = Permission.NONE
    """Whom Discord offers it to until a server's admins say otherwise, where the command itself
    decides who may run it."""

    @property
    def name(self) -> str:
        """The whole name as typed, for example `invite view`."""
        return " ".join(self.path)

    def to_json(self) -> Json:
        """Write Discord's registration form of a command or, inside a group, of a subcommand."""
        if len(self.path) > 1:
            body = _named(OptionType.SUB_COMMAND, self.path[-1], self.description)
        else:
            body = registered(1, self.path[0], self.permissions | self.shown_to)
            body |= described(self.description)
        return body | {"options": [option.to_json() for option in self.options]}


@dataclass(slots=True)
class Group:
    """A command that only holds subcommands, and groups of them one level down."""

    name: str
    description: str
    permissions: Permission = Permission.NONE
    parents: tuple[str, ...] = ()
    shown_to: Permission = Permission.NONE
    """As in `Command`."""
    members: "dict[str, Command | Group]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_words(f"group {self.name!r}", self.name, self.description)

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the top down to this group."""
        return (*self.parents, self.name)

    def command(
        self,
        name: str,
        description: str,
        *,
        defer: bool = False,
        ephemeral: bool = False,
        permissions: Permission = Permission.NONE,
    ) -> Callable[[Runner], Command]:
        """Declare a subcommand; it needs the group's permissions as well as its own."""

        def declare(function: Runner) -> Command:
            declared = _declare(
                function,
                (*self.path, name),
                description,
                defer,
                ephemeral,
                self.permissions | permissions,
            )
            self._add(name, declared, function.__name__)
            return declared

        return declare

    def group(self, name: str, description: str) -> "Group":
        """Declare a group inside this one; Discord knows no deeper level."""
        if self.parents:
            raise DeclarationError(f"group {name!r}", "groups nest one level only")
        inner = Group(name, description, self.permissions, self.path, self.shown_to)
        self._add(name, inner, f"group {name!r}")
        return inner

    def commands(self) -> Iterable[Command]:
        """Every command below, groups inside included."""
        for member in self.members.values():
            if isinstance(member, Command):
                yield member
            else:
                yield from member.commands()

    def to_json(self) -> Json:
        """Write Discord's registration form, subcommands included."""
        if self.parents:
            body = _named(OptionType.SUB_COMMAND_GROUP, self.name, self.description)
        else:
            body = registered(1, self.name, self.permissions | self.shown_to)
            body |= described(self.description)
        return body | {"options": [member.to_json() for member in self.members.values()]}

    def _add(self, name: str, member: "Command | Group", subject: str) -> None:
        if name in self.members:
            raise DeclarationError(subject, f"{name!r} is declared twice in {self.name!r}")
        if len(self.members) >= OPTIONS_LIMIT:
            raise DeclarationError(subject, f"{self.name!r} holds more than {OPTIONS_LIMIT}")
        self.members[name] = member


def command(
    name: str,
    description: str,
    *,
    defer: bool = False,
    ephemeral: bool = False,
    permissions: Permission = Permission.NONE,
    shown_to: Permission = Permission.NONE,
) -> Callable[[Runner], Command]:
    """Declare a command that stands alone."""

    def declare(function: Runner) -> Command:
        declared = _declare(function, (name,), description, defer, ephemeral, permissions)
        return replace(declared, shown_to=shown_to)

    return declare


def _declare(
    function: Runner,
    path: tuple[str, ...],
    description: str,
    defer: bool,
    ephemeral: bool,
    permissions: Permission,
) -> Command:
    subject = function.__name__
    _check_words(subject, path[-1], description)
    hints = get_type_hints(function, include_extras=True)
    check_returns(function, defer=defer)
    if inspect.iscoroutinefunction(function):
        raise DeclarationError(subject, "must not be async")
    parameters = list(inspect.signature(function).parameters.values())
    first = hints.get(parameters[0].name) if parameters else None
    if Ctx not in (first, get_origin(first)):
        raise DeclarationError(subject, "takes a Ctx first")
    options = tuple(_options(subject, parameters[1:], hints))
    return Command(path, description, options, function, defer, ephemeral, permissions)


def _options(
    subject: str, parameters: list[inspect.Parameter], hints: dict[str, object]
) -> Iterable[Option]:
    if len(parameters) > OPTIONS_LIMIT:
        raise DeclarationError(subject, f"more than {OPTIONS_LIMIT} options")
    names: set[str] = set()
    optional = False
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise DeclarationError(subject, f"*{parameter.name} is no option")
        option = read_option(subject, parameter, hints.get(parameter.name))
        if option.name in names:
            raise DeclarationError(subject, f"option {option.name!r} twice")
        if option.required and optional:
            raise DeclarationError(subject, f"required {option.name!r} after an optional one")
        names.add(option.name)
        optional = optional or not option.required
        yield option


def _check_words(subject: str, name: str, description: str) -> None:
    if not NAME.fullmatch(name):
        raise DeclarationError(subject, f"bad name {name!r}: lower-case, 1 to 32 characters")
    if not 1 <= len(description) <= DESCRIPTION_LIMIT:
        raise DeclarationError(subject, f"a description of 1 to {DESCRIPTION_LIMIT} characters")


def _named(kind: OptionType, name: str, description: str) -> Json:
    return {"type": int(kind), "name": name, **described(description)}


def check_returns(function: Runner, *, defer: bool) -> None:
    """Refuse what returns neither a Reply nor a form, or a form too late; DeclarationError."""
    returned = get_type_hints(function).get("return")
    if returned is Reply or (returned in (Modal, Reply | Modal) and not defer):
        return
    raise DeclarationError(
        function.__name__, "must return Reply" + ("" if defer else ", Modal or Reply | Modal")
    )


def registered(kind: int, name: str, permissions: Permission) -> Json:
    """Write what every registration begins with; `kind` is Discord's command type."""
    return {
        "type": kind,
        "name": name,
        "default_member_permissions": str(int(permissions)) if permissions else None,
        "contexts": [0],  # in a guild only
        "integration_types": [0],  # installed to a guild, not to a user
    }
