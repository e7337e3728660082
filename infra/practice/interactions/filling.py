"""A modal as somebody fills it in: from values by custom id to the components that are sent.

Source: Discord API reference, "Component Reference", the interaction response structures.
"""

from collections.abc import Mapping

from infra.practice.content.modal import LABEL, TEXT_DISPLAY, TEXT_INPUT
from infra.practice.interactions.choosing import choose, offered_by_default
from infra.practice.interactions.resolving import NotSendableError, Place, Resolved
from infra.practice.json_types import JsonObject, as_object, as_objects
from infra.practice.world import World

type Filled = Mapping[str, str | list[str]]


class Filling:
    """Fills in one modal; what was chosen from menus gathers in `resolved`."""

    def __init__(self, world: World, place: Place, values: Filled) -> None:
        self._world = world
        self._place = place
        self._values = values
        self.resolved = Resolved()

    def components(self, modal: JsonObject) -> list[JsonObject]:
        """Return the components as they are submitted; NotSendableError names what is missing."""
        return [self._row(row) for row in as_objects(modal.get("components"))]

    def _row(self, row: JsonObject) -> JsonObject:
        sent: JsonObject = {"type": row["type"], "id": row["id"]}
        if row["type"] == TEXT_DISPLAY:
            return sent
        if row["type"] == LABEL:
            inner = as_object(row.get("component"))
            return {**sent, "component": self._field(inner, str(row.get("label")))}
        fields = as_objects(row.get("components"))
        return {**sent, "components": [self._field(it, str(it.get("label"))) for it in fields]}

    def _field(self, field: JsonObject, label: str) -> JsonObject:
        custom_id = str(field["custom_id"])
        sent: JsonObject = {"type": field["type"], "id": field["id"], "custom_id": custom_id}
        given = self._values.get(custom_id)
        if field["type"] == TEXT_INPUT:
            text = str(field.get("value") or "") if given is None else str(given)
            return {**sent, "value": _checked(field, text, label)}
        if given is None:
            chosen = offered_by_default(field)
        else:
            chosen = given.split(",") if isinstance(given, str) else list(given)
        chosen = [item for item in chosen if item]
        if not chosen and field.get("required") is not False:
            raise NotSendableError(f"{label} is required")
        values = choose(self._world, self._place, field, chosen, self.resolved)
        return {**sent, "values": values}


def _checked(field: JsonObject, text: str, label: str) -> str:
    if not text:
        if field.get("required") is not False:
            raise NotSendableError(f"{label} is required")
        return text
    low, high = field.get("min_length"), field.get("max_length")
    if isinstance(low, int) and len(text) < low:
        raise NotSendableError(f"{label}: at least {low} characters")
    if len(text) > (high if isinstance(high, int) else 4_000):
        raise NotSendableError(f"{label}: at most {high or 4_000} characters")
    return text
