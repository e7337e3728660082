"""What a button, a select or a form does, declared once: its signature says what it carries.

```python
@action("logs.turn", defer=True, permissions=Permission.MANAGE_GUILD)
def turn(ctx: Ctx[Services], page: int) -> Reply: ...

Button("Older", turn.press(page=2))
```
"""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Final

from usher.frozen import frozen
from usher.slash.buttons import Argument, Press
from usher.slash.commands import Runner, check_returns
from usher.slash.errors import DeclarationError
from usher.slash.permissions import Permission

NAME: Final = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+")


@frozen
class Action:
    """What pressing, choosing or sending runs. The reply takes the place of the message, if any."""

    name: str
    run: Runner
    defer: bool = False
    """Answered by the command worker; the message stays as it is until then."""
    permissions: Permission = Permission.NONE
    """Discord checks nothing when a button is pressed: the router asks at every press."""
    anew: bool = False
    """The reply is a message of its own that only the member sees, instead of taking the place of
    the one with the button: for messages that others see too."""
    direct: bool = False
    """It can be pressed in direct messages too, where the member has no permissions."""

    def press(self, **arguments: Argument) -> Press:
        """Bind arguments; raises TypeError for those that the function does not take."""
        inspect.signature(self.run).bind(None, **arguments)
        return Press(self.name, arguments)

    def takes(self, arguments: Mapping[str, Argument]) -> bool:
        """Whether arguments kept by an earlier release still fit."""
        try:
            inspect.signature(self.run).bind(None, **arguments)
        except TypeError:
            return False
        return True


def action(
    name: str,
    *,
    defer: bool = False,
    permissions: Permission = Permission.NONE,
    anew: bool = False,
    direct: bool = False,
) -> Callable[[Runner], Action]:
    """Declare what a button does; raises DeclarationError."""

    def declare(function: Runner) -> Action:
        subject = function.__name__
        if not NAME.fullmatch(name):
            raise DeclarationError(subject, f"bad action name {name!r}: like `logs.turn`")
        check_returns(function, defer=defer)
        return Action(name, function, defer, permissions, anew, direct)

    return declare
