"""Entries of the menu on a member or on a message (Discord docs: User and Message Commands).

```python
@user_menu("Moderate", permissions=Permission.MODERATE_MEMBERS)
def moderate(ctx: Ctx[Services], user: UserId) -> Modal: ...

@message_menu("Report", ephemeral=True)
def report(ctx: Ctx[Services], message: TargetMessage) -> Reply: ...
```
"""

import inspect
from collections.abc import Callable
from typing import Final, get_type_hints

from usher.frozen import frozen
from usher.ids import UserId
from usher.slash.commands import Runner, check_returns, registered
from usher.slash.errors import DeclarationError
from usher.slash.options import Json
from usher.slash.permissions import Permission
from usher.slash.resolved import TargetMessage
from usher.slash.say import in_every_language

NAME_LIMIT: Final = 32
MENUS_LIMIT: Final = 15
"""Entries of each kind (Discord docs: Registering a Command)."""
USER: Final = 2
MESSAGE: Final = 3


@frozen
class Menu:
    """One entry. What it runs on is its second argument."""

    kind: int
    """Discord's command type: `USER` or `MESSAGE`."""
    name: str
    """As shown, capitals and spaces included."""
    run: Runner
    defer: bool = False
    ephemeral: bool = False
    permissions: Permission = Permission.NONE
    shown_to: Permission = Permission.NONE
    """As in `Command`."""

    def to_json(self) -> Json:
        """Write Discord's registration form."""
        body = registered(self.kind, self.name, self.permissions | self.shown_to)
        names = in_every_language(self.name)
        return body | ({"name_localizations": names} if names else {})


type Declare = Callable[[Runner], Menu]


def user_menu(
    name: str,
    *,
    defer: bool = False,
    ephemeral: bool = False,
    permissions: Permission = Permission.NONE,
    shown_to: Permission = Permission.NONE,
) -> Declare:
    """Declare an entry of the menu on members; raises DeclarationError."""
    bits = permissions, shown_to
    return lambda function: _declare(USER, UserId, function, name, defer, ephemeral, bits)


def message_menu(
    name: str,
    *,
    defer: bool = False,
    ephemeral: bool = False,
    permissions: Permission = Permission.NONE,
    shown_to: Permission = Permission.NONE,
) -> Declare:
    """Declare an entry of the menu on messages; raises DeclarationError."""
    bits = permissions, shown_to
    return lambda function: _declare(MESSAGE, TargetMessage, function, name, defer, ephemeral, bits)


def _declare(
    kind: int,
    target: object,
    function: Runner,
    name: str,
    defer: bool,
    ephemeral: bool,
    bits: tuple[Permission, Permission],
) -> Menu:
    subject = function.__name__
    if not 1 <= len(name) <= NAME_LIMIT:
        raise DeclarationError(subject, f"a name of 1 to {NAME_LIMIT} characters")
    check_returns(function, defer=defer)
    parameters = list(inspect.signature(function).parameters)
    hints = get_type_hints(function)
    if len(parameters) != 2 or hints.get(parameters[1]) is not target:
        raise DeclarationError(subject, f"takes a Ctx and a {getattr(target, '__name__', target)}")
    return Menu(kind, name, function, defer, ephemeral, *bits)
