"""What the steps of /setup call, and how they read and write what is set."""

from collections.abc import Mapping
from typing import Final, Protocol

from usher.asking import LATER
from usher.attribution.backfill_commands import Imports
from usher.attribution.sync_ports import Syncs
from usher.channels.asking import guild as hall_of
from usher.channels.asking import require
from usher.channels.ports import Tools
from usher.contracts.deeds import SettingChanged
from usher.credit.fake_queries import FakeRules
from usher.doctor.commands import Doctors
from usher.doctor.permissions import EMBED_LINKS, NAMES, SEND_MESSAGES
from usher.doctor.setup_steps import Standing
from usher.greeting.desk import Services as Greeting
from usher.ids import ChannelId
from usher.invites.ports import asking
from usher.referrals.asking import Services as Referring
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.say import later, say

SAVED: Final = later("Saved.")
WRITABLE: Final = (0, 5)
"""Discord's channel types for text and announcements."""


class Services(Greeting, Referring, Protocol):
    """What the steps call."""

    @property
    def fakes(self) -> FakeRules:
        """Which joins count."""
        ...

    @property
    def imports(self) -> Imports:
        """Who came before."""
        ...

    @property
    def channels(self) -> Tools:
        """Channels and roles."""
        ...

    @property
    def doctor(self) -> Doctors:
        """What examines."""
        ...

    @property
    def syncs(self) -> Syncs:
        """What looks at the invites."""
        ...


def standing(ctx: Ctx[Services]) -> Standing:
    """Read how the server is set up."""
    settings, guild = ctx.services.settings, ctx.guild_id
    return Standing(
        guild=settings.group(guild, "guild"),
        welcome=settings.group(guild, "welcome"),
        mod=settings.group(guild, "mod"),
        ranks=len(settings.group(guild, "rank")),
        rules=ctx.services.fakes.rules(guild),
        imported=ctx.services.imports.state(guild),
        campaigns=len(ctx.services.referrals.campaigns(guild)),
    )


def put(ctx: Ctx[Services], wanted: Mapping[str, str | None]) -> str:
    """Set settings by their whole names, None for the default; say whether they are in force.

    What is so already is let be: the same choice again writes nothing.
    """
    held = {name: ctx.services.settings.find(ctx.guild_id, name) for name in wanted}
    deeds = [
        SettingChanged(f"{ctx.interaction_id}.{name}", name, value, ctx.user_id, ctx.now)
        for name, value in wanted.items()
        if held[name] != value
    ]
    if not deeds or ctx.services.deeds.do(ctx.guild_id, *deeds):
        return say(SAVED)
    return say(LATER)


def chosen_channel(ctx: Ctx[Services], needed: int = SEND_MESSAGES | EMBED_LINKS) -> ChannelId:
    """Read which channel was chosen, if Usher can do there what is needed; raises UserError."""
    wanted = ChannelId(ctx.chosen[0]) if ctx.chosen else None
    found = asking(lambda: ctx.services.channels.desk.channel(wanted)) if wanted else None
    if found is None or found.guild_id != ctx.guild_id:
        raise UserError(say("I do not see that channel: let my role view it, and try again."))
    if found.kind not in WRITABLE:
        raise UserError(say("Please choose a text channel."))
    hall = hall_of(ctx)
    for bit, name in NAMES.items():
        if needed & bit:
            require(hall, found, bit, say(name))
    return found.id
