"""What the page does with newcomers: the rules that they accept first, and raids."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from infra.practice.entities import Guild
from infra.practice.errors import ApiError
from infra.practice.forms import Form
from infra.practice.json_types import Json

if TYPE_CHECKING:
    from infra.practice.practice import Practice

MOST_RAIDERS = 200
LONGEST_RAID = 60


class NewcomerControl:
    """Membership screening and raids over the page's API."""

    def __init__(self, practice: "Practice") -> None:
        self._practice = practice
        self.actions = {
            "screen-members": self.screen,
            "pass-screening": self.accept,
            "raid": self.raid,
        }

    async def screen(self, guild: Guild, form: Form) -> Json:
        """Have newcomers accept the rules first, where `on`."""
        self._practice.screen_members(guild.id, on=form.boolean("on"))
        return {}

    async def accept(self, guild: Guild, form: Form) -> Json:
        """Have the member `user_id` accept the rules."""
        self._practice.pass_screening(guild.id, form.text("user_id", 20))
        return {}

    async def raid(self, guild: Guild, form: Form) -> Json:
        """Have `count` newcomers with accounts `account_minutes` old join within `seconds`.

        They come by the invite `code`, by discovery without one, and are named alike by `name`.
        Whoever is kept out, by a pause of invites or a spent invite, is counted as `refused`.
        """
        count = form.integer("count", 1, MOST_RAIDERS, 20)
        seconds = form.integer("seconds", 0, LONGEST_RAID, 0)
        age = timedelta(minutes=form.integer("account_minutes", 1, 5_000_000, 30))
        code = form.text("code", 100) or None
        name = form.text("name", 20) or "raider"
        form.check()
        joined = refused = 0
        for number in range(1, count + 1):
            try:
                self._practice.join(
                    guild.id,
                    code=code,
                    user=f"{name} {number}",
                    via="discovery" if code is None else "invite",
                    account_age=age + timedelta(seconds=number),
                )
                joined += 1
            except ApiError:
                refused += 1
            await asyncio.sleep(seconds / count)
        return {"joined": joined, "refused": refused}
