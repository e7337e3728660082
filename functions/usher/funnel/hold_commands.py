"""/campaign holds: from what on conversions are held (SPEC 5.11)."""

from typing import Annotated, Final

from usher.asking import LATER
from usher.contracts.deeds import SettingChanged
from usher.funnel.desk import Services
from usher.funnel.holds import EVERY, NAMES, Limits, holds_setting, read_limits, read_set, write_set
from usher.referrals.asking import any_campaign, find_campaign
from usher.referrals.campaign_commands import NAME, campaign
from usher.referrals.model import Brand
from usher.slash.context import Ctx
from usher.slash.options import Opt
from usher.slash.replies import Embed, Field, Reply, sentence
from usher.slash.say import later, say

_LINES: Final = {
    "burst": (later("Joins of a link within ten minutes"), later("held from {limit} on")),
    "young": (later("Age of the account at the join"), later("held under {limit} hours")),
    "fast": (later("Time from join to conversion"), later("held under {limit} seconds")),
    "visitor": (
        later("Members from one address and browser on a day"),
        later("held from {limit} on"),
    ),
    "own": (later("The owner of the link"), later("held")),
}


@campaign.command("holds", "Show or set what holds a conversion", defer=True, ephemeral=True)
def holds(
    ctx: Ctx[Services],
    campaign: Annotated[
        str | None, Opt("Of this one alone; else of all", max_length=NAME, complete=any_campaign)
    ] = None,
    burst: Annotated[
        int | None, Opt("Joins within ten minutes; 0 for off", min=0, max=10_000)
    ] = None,
    young: Annotated[int | None, Opt("Hours of the account; 0 for off", min=0, max=8_760)] = None,
    fast: Annotated[int | None, Opt("Seconds after the join; 0 for off", min=0, max=86_400)] = None,
    visitor: Annotated[
        int | None, Opt("Members of one visitor; 0 for off", min=0, max=1_000)
    ] = None,
    own: Annotated[bool | None, Opt("Whether owners by their own links are held")] = None,
    standard: Annotated[bool, Opt("Forget what was set before")] = False,
) -> Reply:
    """Set what is named, and show what holds."""
    found = None if campaign is None else find_campaign(ctx, campaign)
    name = EVERY if found is None else holds_setting(found.id)
    asked = {
        "burst": burst,
        "young": young,
        "fast": fast,
        "visitor": visitor,
        "own": None if own is None else int(own),
    }
    wanted = {one: number for one, number in asked.items() if number is not None}
    settings = ctx.services.settings
    before = {} if standard else read_set(settings.find(ctx.guild_id, name))
    value, said = write_set(before | wanted), settings.find(ctx.guild_id, name)
    words = ""
    if (wanted or standard) and value != said:
        deed = SettingChanged(ctx.interaction_id, name, value, ctx.user_id, ctx.now)
        if not ctx.services.deeds.do(ctx.guild_id, deed):
            return sentence(say(LATER))
        words = say("From now on conversions are judged by this.")
    general = value if found is None else settings.find(ctx.guild_id, EVERY)
    own_values = (general,) if found is None else (general, value)
    title = say("All campaigns") if found is None else found.name
    return _shown(title, read_limits(*own_values), words)


def _shown(title: str, limits: Limits, words: str) -> Reply:
    fields = []
    for name in NAMES:
        what, how = _LINES[name]
        limit = getattr(limits, name)
        state = say(how, limit=f"{limit:,}") if limit else say("not looked at")
        fields.append(Field(say(what), state))
    note = say("What is held waits in `/referral held`.")
    embed = Embed(note, title, tuple(fields), color=Brand().color)
    return Reply(words, embeds=(embed,), ephemeral=True)
