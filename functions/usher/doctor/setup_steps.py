"""The steps by which a new server is set up, and how each stands. Pure.

Nothing is kept of how far somebody came: what is set says it, so that the steps can be taken in any
order, again, and by another admin.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from usher.attribution.backfill_state import Backfill, Status
from usher.credit.fake import Rules, settings_of
from usher.credit.fake_words import says
from usher.greeting.settings import Occasion, read_greeting
from usher.ids import ChannelId, RoleId
from usher.slash import text
from usher.slash.say import later, say, say_count


class Step(StrEnum):
    """What is set up, in this order."""

    LOG = "log"
    WELCOME = "welcome"
    STAFF = "staff"
    FAKE = "fake"
    RANKS = "ranks"
    IMPORT = "import"
    LINK = "link"


TITLES: Final = {
    Step.LOG: later("Where I tell the team"),
    Step.WELCOME: later("Welcome"),
    Step.STAFF: later("Who is staff"),
    Step.FAKE: later("Which joins do not count"),
    Step.RANKS: later("Ranks"),
    Step.IMPORT: later("Who came before"),
    Step.LINK: later("First link"),
}

WHY: Final = {
    Step.LOG: later(
        "Choose the channel in which your team hears of moderation, of invites that end and of "
        "what keeps me from my work; and, if you like, one for every join and who brought them."
    ),
    Step.WELCOME: later(
        "I can greet newcomers and name who invited them. Choose the channel; `/welcome message` "
        "changes the words."
    ),
    Step.STAFF: later(
        "Who has Manage Server may do everything. Choose which roles may moderate besides, and "
        "which one may read the join log and the staff's reports."
    ),
    Step.FAKE: later(
        "Invites by which people bring themselves count for nobody. You may be stricter: then "
        "neither do accounts of a few days, nor who is gone within the hour."
    ),
    Step.RANKS: later(
        "Members can earn roles by their invites. Discord has rules about that, which I show when "
        "you switch it on with `/invite rewards`; then add ranks with `/invite rank add`."
    ),
    Step.IMPORT: later(
        "Discord keeps a record of how members came. I can read it, so that those who came before "
        "me have their inviters too. It may be run again at any time."
    ),
    Step.LINK: later(
        "A referral link tells by whom somebody came, and counts clicks and joins. Each belongs to "
        "a campaign; make your first one here."
    ),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a server is set up."""

    guild: Mapping[str, str] = field(default_factory=dict)
    welcome: Mapping[str, str] = field(default_factory=dict)
    mod: Mapping[str, str] = field(default_factory=dict)
    ranks: int = 0
    rules: Rules = field(default_factory=Rules)
    imported: Backfill | None = None
    campaigns: int = 0


def done(step: Step, standing: Standing) -> bool:
    """Whether a step needs nobody any more; those whose standard is sound never do."""
    match step:
        case Step.LOG:
            return bool(standing.mod.get("log_channel_id"))
        case Step.WELCOME:
            return read_greeting(Occasion.WELCOME, standing.welcome).on
        case Step.STAFF:
            return bool(standing.mod.get("roles") or standing.guild.get("staff_role_id"))
        case Step.FAKE:
            return True
        case Step.RANKS:
            return standing.ranks > 0
        case Step.IMPORT:
            found = standing.imported
            return found is not None and found.status is not Status.STOPPED
        case Step.LINK:
            return standing.campaigns > 0


def first_open(standing: Standing) -> Step | None:
    """Name the first step that is not done; None for none."""
    return next((step for step in Step if not done(step, standing)), None)


def following(step: Step) -> Step | None:
    """Name the step after one; None after the last."""
    steps = [*Step]
    place = steps.index(step) + 1
    return steps[place] if place < len(steps) else None


def preceding(step: Step) -> Step | None:
    """Name the step before one; None before the first."""
    steps = [*Step]
    place = steps.index(step)
    return steps[place - 1] if place else None


def state_of(step: Step, standing: Standing) -> str:
    """Say how a step stands."""
    match step:
        case Step.LOG:
            return _log(standing)
        case Step.WELCOME:
            return _welcome(standing)
        case Step.STAFF:
            return _staff(standing)
        case Step.FAKE:
            held = settings_of(standing.rules)
            return "; ".join(says(rule, standing.rules) for rule, on in held.items() if on != "off")
        case Step.RANKS:
            said = say_count("{number} rank", "{number} ranks", standing.ranks)
            on = standing.guild.get("rewards") == "on"
            return f"{said}, " + (say("switched on") if on else say("switched off"))
        case Step.IMPORT:
            return _import(standing.imported)
        case Step.LINK:
            return say_count("{number} campaign", "{number} campaigns", standing.campaigns)


def _log(standing: Standing) -> str:
    log, joins = standing.mod.get("log_channel_id"), standing.guild.get("join_log_channel_id")
    team = text.channel(ChannelId(log)) if log else say("nowhere")
    every = text.channel(ChannelId(joins)) if joins else say("nowhere")
    return say("team: {team}; joins: {joins}", team=team, joins=every)


def _welcome(standing: Standing) -> str:
    greeting = read_greeting(Occasion.WELCOME, standing.welcome)
    if not greeting.on:
        return say("off")
    if greeting.channel_id is None:
        return say("by direct message")
    return say("in {channel}", channel=text.channel(greeting.channel_id))


def _staff(standing: Standing) -> str:
    mods = [RoleId(one) for one in standing.mod.get("roles", "").split(",") if one]
    staff = standing.guild.get("staff_role_id")
    if not mods and not staff:
        return say("those with Manage Server alone")
    return say(
        "moderators: {mods}; logs and reports: {staff}",
        mods=", ".join(map(text.role, mods)) or say("nobody else"),
        staff=text.role(RoleId(staff)) if staff else say("nobody else"),
    )


def _import(imported: Backfill | None) -> str:
    if imported is None:
        return say("not yet")
    match imported.status:
        case Status.RUNNING:
            return say("under way")
        case Status.STOPPED:
            return say("stopped; run it again")
        case _:
            return say("done")
