"""What the page does with roles."""

from typing import TYPE_CHECKING

from infra.practice.entities import Guild
from infra.practice.forms import Form
from infra.practice.json_types import Json

if TYPE_CHECKING:
    from infra.practice.practice import Practice


class RoleControl:
    """Roles over the page's API."""

    def __init__(self, practice: "Practice") -> None:
        self._practice = practice
        self.actions = {
            "create-role": self.create,
            "move-role": self.move,
            "delete-role": self.delete,
        }

    async def create(self, guild: Guild, form: Form) -> Json:
        """Make the role `name`."""
        name = form.required_text("name", 1, 100)
        form.check()
        return {"id": self._practice.create_role(guild.id, name).id}

    async def move(self, guild: Guild, form: Form) -> Json:
        """Drag the role `role_id` one place `up`, or down."""
        self._practice.move_role(guild.id, form.text("role_id", 20), up=form.boolean("up"))
        return {}

    async def delete(self, guild: Guild, form: Form) -> Json:
        """Delete the role `role_id`."""
        self._practice.delete_role(guild.id, form.text("role_id", 20))
        return {}
