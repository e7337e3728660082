"""What the page does with the rules that newcomers accept first."""

from typing import TYPE_CHECKING

from infra.practice.entities import Guild
from infra.practice.forms import Form
from infra.practice.json_types import Json

if TYPE_CHECKING:
    from infra.practice.practice import Practice


class NewcomerControl:
    """Membership screening over the page's API."""

    def __init__(self, practice: "Practice") -> None:
        self._practice = practice
        self.actions = {"screen-members": self.screen, "pass-screening": self.accept}

    async def screen(self, guild: Guild, form: Form) -> Json:
        """Have newcomers accept the rules first, where `on`."""
        self._practice.screen_members(guild.id, on=form.boolean("on"))
        return {}

    async def accept(self, guild: Guild, form: Form) -> Json:
        """Have the member `user_id` accept the rules."""
        self._practice.pass_screening(guild.id, form.text("user_id", 20))
        return {}
