"""What a greeting tells, collected: from settings, records and Discord."""

from dataclasses import dataclass, replace
from datetime import datetime

from usher.greeting.drafting import Draft, draft
from usher.greeting.model import Place, Scene
from usher.greeting.ports import People, Records
from usher.greeting.settings import Greeting, Occasion
from usher.ids import VANITY, GuildId, UserId


@dataclass(frozen=True, slots=True)
class Drafts:
    """Puts greetings together. Methods raise what records and people raise."""

    records: Records
    people: People

    def greeting(self, guild_id: GuildId, occasion: Occasion) -> Greeting:
        """Read what the guild has set."""
        return self.records.greeting(guild_id, occasion)

    def draft(self, greeting: Greeting, scene: Scene) -> Draft:
        """Put a greeting together from a scene without inviter; what it does not use is not read.

        A membership that is not the latest any more tells nothing.
        """
        used = greeting.text + greeting.title
        place = scene.place
        if not place.name or (place.members is None and "{count" in used):
            place = self.people.place(scene.guild_id)
        origin = self.records.origin(scene.guild_id, scene.who.user_id)
        if origin is not None and scene.joined_at not in (None, origin.joined_at):
            origin = None
        scene = replace(scene, place=place, origin=origin)
        inviter_id = origin.inviter_id if origin is not None else None
        if inviter_id is None or inviter_id == VANITY:
            return draft(greeting, scene)
        inviter = self.people.user(inviter_id) if "{inviter" in used else None
        invites = None
        if "{invites}" in used:
            invites = self.records.tally(scene.guild_id, inviter_id).effective
        return draft(greeting, replace(scene, inviter=inviter, invites=invites))

    def preview(
        self, guild_id: GuildId, occasion: Occasion, user_id: UserId, now: datetime
    ) -> Draft | None:
        """Put together what would be said of a member now; None for who is no member."""
        who = self.people.member(guild_id, user_id)
        if who is None:
            return None
        at = now if occasion is Occasion.FAREWELL else None
        scene = Scene(occasion, guild_id, who, Place("", None), who.joined_at, at)
        return self.draft(self.greeting(guild_id, occasion), scene)
