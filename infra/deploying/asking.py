"""Parameters of the template: that what is given exists, and what is asked for the first time."""

from functools import cache
from pathlib import Path
from typing import Final

from infra.deploying.model import Stack, StopError, Wish
from infra.deploying.ports import Tools

QUESTIONS: Final = {
    "OperatorName": "Who runs this copy? Its privacy page says so (may be empty): ",
    "OperatorContact": "How are they reached, a mail or https address (may be empty)? ",
    "AlarmEmail": "Which address is mailed when something is wrong (may be empty)? ",
}
"""By parameter, of those that nobody else can know; the rest have defaults that do."""


def answers(tools: Tools, wish: Wish, stack: Stack | None) -> dict[str, str]:
    """Return what is given, and before the first deployment what is answered. Raises StopError."""
    known = declared(wish.source / "template.yaml")
    if unknown := sorted(wish.parameters.keys() - known):
        raise StopError(f"template.yaml has no parameter {', '.join(unknown)}.")
    given = dict(wish.parameters)
    if stack is not None or wish.yes:
        return given
    for name, question in QUESTIONS.items():
        if name in known and name not in given:
            given[name] = tools.console.ask(question).strip()
    return given


@cache
def declared(template: Path) -> frozenset[str]:
    """Name the parameters of a template."""
    from infra.local.transform import load

    return frozenset(load(template)["Parameters"])
