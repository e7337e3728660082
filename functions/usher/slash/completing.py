"""Suggestions while a member types an option (Discord docs: Autocomplete).

```python
def codes(typing: Typing[Services]) -> Suggestions: ...

code: Annotated[str, Opt("Which code", complete=codes)]
```

They help with typing and promise nothing: what is sent may be any text, and is checked when the
command runs.
"""

import inspect
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, get_origin, get_type_hints

from usher.frozen import frozen
from usher.ids import GuildId, RoleId, UserId
from usher.slash.errors import DeclarationError

type Suggestion = tuple[str, str | int | float]
"""What is shown, and what is typed for it."""
type Suggestions = Iterable[Suggestion]


@frozen
class Typing[S]:
    """A member at an option. `S` is the Protocol of the services that the completer calls."""

    services: S
    guild_id: GuildId
    user_id: UserId
    """Who is typing; the command's own permissions are checked already."""
    now: datetime
    typed: str
    """What stands in the option so far, perhaps nothing."""
    permissions: int = 0
    roles: frozenset[RoleId] = frozenset()


type Completer = Callable[[Typing[Any]], Suggestions]


def check_completer(subject: str, completer: object, *, free: bool) -> None:
    """Refuse what is no completer, or stands where nothing is typed; raises DeclarationError."""
    if not free:
        raise DeclarationError(subject, "a completer fits free text and numbers only")
    if not inspect.isfunction(completer) or inspect.iscoroutinefunction(completer):
        raise DeclarationError(subject, "a completer is a plain function")
    hints = get_type_hints(completer)
    parameters = list(inspect.signature(completer).parameters)
    first = hints.get(parameters[0]) if len(parameters) == 1 else None
    if Typing not in (first, get_origin(first)):
        raise DeclarationError(subject, "a completer takes a Typing and nothing else")
    if hints.get("return") is not Suggestions:
        raise DeclarationError(subject, "a completer must return Suggestions")
