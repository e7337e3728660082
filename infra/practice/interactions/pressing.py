"""What somebody does with components: press buttons, choose from menus, fill in modals."""

from infra.practice.content.components import BUTTON, walk
from infra.practice.content.message import Message
from infra.practice.core import Core
from infra.practice.interactions.choosing import choose
from infra.practice.interactions.desk import Desk
from infra.practice.interactions.filling import Filled, Filling
from infra.practice.interactions.outcome import Outcome
from infra.practice.interactions.records import Interaction, InteractionType
from infra.practice.interactions.resolving import (
    NotSendableError,
    Place,
    Resolved,
    resolved_json,
)
from infra.practice.json_types import JsonObject
from infra.practice.payloads.messages import message_json


class Pressing:
    """One person at one channel, of a guild or direct. Waiting is in seconds."""

    def __init__(self, core: Core, desk: Desk, place: Place) -> None:
        self._core = core
        self._desk = desk
        self._world = core.world
        self._place = place

    async def click(
        self, message_id: str, custom_id: str, values: list[str], patience: float
    ) -> Outcome:
        """Press a button or choose from a menu of a message that the person can see."""
        message = self._desk.visible_message(self._place, message_id)
        component = next(
            (it for it in walk(message.components) if it.get("custom_id") == custom_id), None
        )
        if component is None or component.get("disabled"):
            raise NotSendableError(f"the message has no usable component {custom_id}")
        data: JsonObject = {
            "component_type": component["type"],
            "custom_id": custom_id,
            "id": component["id"],
        }
        if component["type"] != BUTTON:
            resolved = Resolved()
            data["values"] = choose(self._world, self._place, component, values, resolved)
            things = resolved_json(self._world, self._place, resolved)
            if things:
                data["resolved"] = things
        interaction = self._desk.open(InteractionType.COMPONENT, custom_id, self._place, message_id)
        return await self._send(interaction, data, message, patience)

    async def submit(self, opened_by: str, values: Filled, patience: float) -> Outcome:
        """Submit the modal that an earlier interaction opened; `values` are by custom id.

        Whoever opened it from a component submits it with the message of that component.
        """
        earlier = self._world.state.interactions.get(opened_by)
        if earlier is None or earlier.modal is None or earlier.user_id != self._place.user_id:
            raise NotSendableError("no modal is open")
        filling = Filling(self._world, self._place, values)
        components = filling.components(earlier.modal)
        custom_id = str(earlier.modal["custom_id"])
        data: JsonObject = {"custom_id": custom_id, "components": components}
        things = resolved_json(self._world, self._place, filling.resolved)
        if things:
            data["resolved"] = things
        kept = self._world.state.messages.get(self._place.channel.id, {})
        message = kept.get(earlier.source_message_id or "")
        source = None if message is None else message.id
        interaction = self._desk.open(InteractionType.MODAL, custom_id, self._place, source)
        interaction.opened_by = earlier.id
        return await self._send(interaction, data, message, patience)

    async def _send(
        self, interaction: Interaction, data: JsonObject, message: Message | None, patience: float
    ) -> Outcome:
        origin = self._core.postbox.origin
        shown = None if message is None else message_json(self._world, message, origin)
        await self._desk.send(interaction, data, shown)
        return await self._desk.settle(interaction, 0, patience)
