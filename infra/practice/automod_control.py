"""What the page does with Auto Moderation, as the member `user_id`."""

from dataclasses import replace
from typing import TYPE_CHECKING

from infra.practice.automod.keeping import delete_rule, keep_rule
from infra.practice.automod.rule import AutoModRule, rule_json
from infra.practice.entities import Guild
from infra.practice.errors import NOT_FOUND, ApiError
from infra.practice.forms import Form
from infra.practice.json_types import Json
from infra.practice.permissions import Permission

if TYPE_CHECKING:
    from infra.practice.practice import Practice


class AutoModControl:
    """Rules over the page's API; who may not manage the server is refused (50013)."""

    def __init__(self, practice: "Practice") -> None:
        self._practice = practice
        self.actions = {"enable-rule": self.enable, "delete-rule": self.delete}

    async def enable(self, guild: Guild, form: Form) -> Json:
        """Switch the rule `rule_id` `on` or off."""
        actor, rule = self._rule(guild, form)
        before = rule_json(guild.id, rule)
        changed = replace(rule, enabled=form.boolean("on"))
        world = self._practice.world
        self._practice.core.publish(keep_rule(world, guild, changed, before, actor))
        return {}

    async def delete(self, guild: Guild, form: Form) -> Json:
        """Delete the rule `rule_id`."""
        actor, rule = self._rule(guild, form)
        self._practice.core.publish(delete_rule(self._practice.world, guild, rule, actor))
        return {}

    def _rule(self, guild: Guild, form: Form) -> tuple[str, AutoModRule]:
        by = form.text("user_id", 20)
        actor = self._practice.check_right(guild, by, Permission.MANAGE_GUILD)
        rule = guild.automod_rules.get(form.text("rule_id", 20))
        if rule is None:
            raise ApiError(NOT_FOUND)
        return actor, rule
