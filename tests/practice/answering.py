"""What the tests answer interactions with, and how they find people."""

from typing import Any

from infra.practice import Practice
from tests.practice.endpoint import Answer, Payload


def always(body: Payload) -> Answer:
    """Answer every interaction alike."""

    async def answer(_: Payload) -> Payload:
        return body

    return answer


def say(text: str, **more: Any) -> Answer:  # noqa: ANN401 whatever a message may hold
    """Answer with a message."""
    return always({"type": 4, "data": {"content": text, **more}})


def member_id(practice: Practice, name: str) -> str:
    """Find a person by name."""
    return next(user.id for user in practice.world.state.users.values() if user.global_name == name)


def role_id(practice: Practice, name: str) -> str:
    """Find a role by name."""
    return next(role.id for role in practice.guild.roles.values() if role.name == name)


def row(*components: Payload) -> Payload:
    """Put components into a row."""
    return {"type": 1, "components": list(components)}


def label(text: str, component: Payload, **more: Any) -> Payload:  # noqa: ANN401 parts of a label
    """Put a label around a component of a modal."""
    return {"type": 18, "label": text, "component": component, **more}


def text_input(custom_id: str, **more: Any) -> Payload:  # noqa: ANN401 parts of an input
    """Make a text input."""
    return {"type": 4, "custom_id": custom_id, "style": 1, **more}


def select(kind: int, custom_id: str, **more: Any) -> Payload:  # noqa: ANN401 parts of a menu
    """Make a menu; a menu of texts offers a, b and c unless told."""
    offered = [{"label": name.upper(), "value": name} for name in "abc"]
    options = {"options": offered} if kind == 3 else {}
    return {"type": kind, "custom_id": custom_id, **options, **more}


def button(custom_id: str, text: str = "Press") -> Payload:
    """Make a button."""
    return {"type": 2, "style": 1, "label": text, "custom_id": custom_id}


def modal(custom_id: str, *components: Payload, title: str = "Form") -> Answer:
    """Answer with a modal."""
    data = {"custom_id": custom_id, "title": title, "components": list(components)}
    return always({"type": 9, "data": data})
