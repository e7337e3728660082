"""A form that opens in front of a member (Discord docs: Modal), and what they sent with it.

```python
return Modal("About you", (TextField("name", "Your name"),), sent.press(page=1))

@action("about.sent", anew=True)
def sent(ctx: Ctx[Services], page: int) -> Reply:
    name = ctx.answers["name"]
```

Discord takes a form only as the first answer, and none in answer to a form.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from usher.frozen import frozen
from usher.slash.buttons import CHOICES_LIMIT, Choice, Json, Kind, Press
from usher.slash.resolved import part
from usher.slash.text import cut

FIELDS_LIMIT: Final = 5
TITLE_LIMIT: Final = 45
LABEL_LIMIT: Final = 45
DESCRIPTION_LIMIT: Final = 100
PLACEHOLDER_LIMIT: Final = 100
TEXT_LIMIT: Final = 4000

_LABEL: Final = 18
_TEXT_INPUT: Final = 4
_STRING_SELECT: Final = 3

type Answers = Mapping[str, tuple[str, ...]]
"""What was sent, by the id of the field: one text, or the values chosen; empty for nothing."""


@frozen
class TextField:
    """Free text, on one line or, if `long`, on several."""

    id: str
    label: str
    required: bool = True
    long: bool = False
    placeholder: str = ""
    value: str = ""
    """What stands there at first."""
    min_length: int = 0
    max_length: int = TEXT_LIMIT
    description: str = ""

    def component(self) -> Json:
        """Write Discord's text input."""
        body: Json = {
            "type": _TEXT_INPUT,
            "custom_id": self.id,
            "style": 2 if self.long else 1,
            "required": self.required,
            "min_length": self.min_length,
            "max_length": self.max_length,
        }
        if self.placeholder:
            body["placeholder"] = cut(self.placeholder, PLACEHOLDER_LIMIT)
        return body | ({"value": self.value[: self.max_length]} if self.value else {})


@frozen
class ChoiceField:
    """A choice among at most 25."""

    id: str
    label: str
    choices: tuple[Choice, ...]
    required: bool = True
    min: int = 1
    max: int = 1
    placeholder: str = ""
    description: str = ""

    def component(self) -> Json:
        """Write Discord's string select."""
        options = [one.to_json() for one in self.choices[:CHOICES_LIMIT]]
        body: Json = {
            "type": _STRING_SELECT,
            "custom_id": self.id,
            "options": options,
            "required": self.required,
            "min_values": self.min if self.required else 0,
            "max_values": min(self.max, len(options)),
        }
        return body | (
            {"placeholder": cut(self.placeholder, PLACEHOLDER_LIMIT)} if self.placeholder else {}
        )


@frozen
class PickField:
    """Users, roles or channels of the guild, whose ids are sent."""

    id: str
    label: str
    kind: Kind
    required: bool = True
    min: int = 1
    max: int = 1
    description: str = ""

    def component(self) -> Json:
        """Write Discord's select of that kind."""
        return {
            "type": int(self.kind),
            "custom_id": self.id,
            "required": self.required,
            "min_values": self.min if self.required else 0,
            "max_values": self.max,
        }


@frozen
class Modal:
    """A form of one to five fields; `press` is done with what is sent. Raises ValueError."""

    title: str
    fields: tuple[TextField | ChoiceField | PickField, ...]
    press: Press

    def __post_init__(self) -> None:
        if not 1 <= len(self.fields) <= FIELDS_LIMIT:
            raise ValueError(f"a form of 1 to {FIELDS_LIMIT} fields")


def opening(modal: Modal, custom_id: str) -> Json:
    """Answer with a form (type 9)."""
    labels = [_label(one.label, one.description, one.component()) for one in modal.fields]
    title = cut(modal.title, TITLE_LIMIT)
    return {"type": 9, "data": {"custom_id": custom_id, "title": title, "components": labels}}


def read_answers(data: Mapping[str, object]) -> Answers:
    """Read the fields of a form that was sent; those of an unknown shape are left out."""
    answers: dict[str, tuple[str, ...]] = {}
    for component in _inputs(data.get("components")):
        name, value = component.get("custom_id"), component.get("value")
        if isinstance(name, str):
            text = (value,) if isinstance(value, str) and value else ()
            answers[name] = read_chosen(component) if "values" in component else text
    return answers


def read_chosen(data: Mapping[str, object]) -> tuple[str, ...]:
    """Read what was chosen in a select."""
    values = data.get("values")
    return tuple(one for one in values if isinstance(one, str)) if isinstance(values, list) else ()


def _label(label: str, description: str, component: Json) -> Json:
    body: Json = {"type": _LABEL, "label": cut(label, LABEL_LIMIT), "component": component}
    return body | ({"description": cut(description, DESCRIPTION_LIMIT)} if description else {})


def _inputs(components: object) -> Iterable[Mapping[str, object]]:
    for outer in components if isinstance(components, list) else ():
        if isinstance(outer, dict) and (inner := part(outer, "component")):
            yield inner
