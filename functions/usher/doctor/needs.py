"""What the features in use ask of a guild: permissions, channels, roles. Pure.

Nothing is asked for features that are off.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from usher.doctor import permissions as bits
from usher.doctor.facts import Alert, Settings
from usher.greeting.settings import Occasion, read_greeting
from usher.ids import ChannelId, RoleId
from usher.referrals.model import Campaign
from usher.rewards.ranks import in_order, read_rank
from usher.slash import text
from usher.slash.say import later, say

TALK: Final = bits.VIEW_CHANNEL | bits.SEND_MESSAGES
SHOW: Final = TALK | bits.EMBED_LINKS
ON: Final = "on"


@dataclass(frozen=True, slots=True)
class Demand:
    """A permission in the guild at large that a feature needs."""

    bit: int
    feature: str
    """What Usher does with it, as the end of "I need it to …"."""
    vital: bool = True
    """Whether the feature does not work at all without."""


@dataclass(frozen=True, slots=True)
class Use:
    """A channel that Usher is set to use."""

    channel_id: ChannelId
    feature: str
    """What goes there."""
    bits: int
    command: str
    """The command that chooses another one."""
    setting: str = ""
    """The setting's whole name, where it is one."""


@dataclass(frozen=True, slots=True)
class Gift:
    """A role that settings name."""

    role_id: RoleId
    feature: str
    command: str
    given: bool = True
    """Whether Usher gives it to members; else it is only asked for."""
    trusted: bool = False
    """Whether it is given although it can harm the server."""
    setting: str = ""


def demands(
    settings: Settings, campaigns: Iterable[Campaign], terms: Iterable[str], now: datetime
) -> tuple[Demand, ...]:
    """Say which permissions the features in use need."""
    held, offers = [*terms], [one for one in campaigns if is_open(one, now)]
    roles = any(one.role_ids and one.automatic_roles for one in offers)
    found = [
        Demand(
            bits.MANAGE_GUILD, say("see how often invites were used: without, I attribute no join")
        ),
        Demand(bits.MANAGE_CHANNELS, say("hear of invites as they are made and end"), vital=False),
        Demand(bits.VIEW_AUDIT_LOG, say("tell kicks and bans from leaves"), vital=False),
    ]
    if settings.guild.get("rewards") == ON and settings.ranks:
        found.append(Demand(bits.MANAGE_ROLES, say("give ranks their roles")))
    if roles:
        found.append(Demand(bits.MANAGE_ROLES, say("give roles after an onboarding")))
    if offers:
        found.append(Demand(bits.CREATE_INVITE, say("make the invites of referral links")))
    if is_moderated(settings):
        found += [
            Demand(bits.MODERATE_MEMBERS, say("mute members")),
            Demand(bits.KICK_MEMBERS, say("kick members")),
            Demand(bits.BAN_MEMBERS, say("ban members")),
        ]
    if any(kind in held for kind in ("lock", "slowmode")):
        found.append(Demand(bits.MANAGE_CHANNELS, say("end slowmodes and locks")))
    if "lock" in held:
        found.append(Demand(bits.MANAGE_ROLES, say("open what is locked")))
    return tuple(found)


def uses(settings: Settings, campaigns: Iterable[Campaign], now: datetime) -> tuple[Use, ...]:
    """Say which channels Usher is set to use, and what it needs there."""
    return (
        *_told(settings.guild),
        *_greeted(settings),
        *_moderated(settings.mod),
        *(
            Use(
                one.channel_id,
                say("invites of the campaign {name}", name=text.escape(one.name)),
                bits.VIEW_CHANNEL | bits.CREATE_INVITE,
                "/campaign edit",
            )
            for one in campaigns
            if one.channel_id is not None and is_open(one, now)
        ),
    )


def alert_uses(alerts: Iterable[Alert]) -> tuple[Use, ...]:
    """Say which channels Discord's own rules use: it writes there itself, if they are there."""
    return tuple(
        Use(
            one.channel_id,
            say("alerts of the rule {name}", name=text.escape(one.rule)),
            0,
            "/automod enable",
        )
        for one in alerts
    )


def gifts(settings: Settings, campaigns: Iterable[Campaign], now: datetime) -> tuple[Gift, ...]:
    """Say which roles the settings name."""
    ranks = [read_rank(RoleId(role), value) for role, value in settings.ranks.items()]
    on = settings.guild.get("rewards") == ON
    found = [
        Gift(
            one.role_id,
            say("a rank"),
            "/invite rank",
            given=on,
            trusted=one.trusted,
            setting=f"rank#{one.role_id}",
        )
        for one in in_order(rank for rank in ranks if rank is not None)
    ]
    for one in campaigns:
        if is_open(one, now) and one.automatic_roles:
            feature = say("the onboarding of {name}", name=text.escape(one.name))
            found += [Gift(role, feature, "/campaign roles") for role in one.role_ids]
    found += [
        Gift(RoleId(role), say("the moderators"), "/modconfig role", given=False)
        for role in settings.mod.get("roles", "").split(",")
        if role
    ]
    for group, key, feature, command in _ASKED:
        values: Mapping[str, str] = getattr(settings, group)
        if values.get(key, "").isdecimal():
            role = RoleId(values[key])
            setting = f"{group}#{key}"
            found.append(Gift(role, say(feature), command, given=False, setting=setting))
    return tuple(found)


def is_moderated(settings: Settings) -> bool:
    """Whether the guild has set up anything of moderation."""
    return bool(settings.mod or settings.automod or settings.guild.get("mutes") == ON)


def is_open(campaign: Campaign, now: datetime) -> bool:
    """Whether a campaign sends people in, or will."""
    return not campaign.paused and (campaign.active_to is None or now < campaign.active_to)


_ASKED: Final = (
    ("guild", "staff_role_id", later("the staff"), "/staff role"),
    ("guild", "policy_role_id", later("the policy of who may make invites"), "/invite policy set"),
    ("fake", "missing_role", later("the fake rule of a missing role"), "/invite fake set"),
)

_TOLD: Final = (
    ("join_log_channel_id", later("the join log"), TALK, "/invite notices joins"),
    ("notice_channel_id", later("notices about invites"), TALK, "/invite notices channel"),
    ("admin_channel_id", later("what admins are told"), TALK, "/invite rewards"),
    ("milestone_channel_id", later("milestones"), TALK, "/invite milestone channel"),
)


def _told(values: Mapping[str, str]) -> Iterator[Use]:
    for key, feature, needed, command in _TOLD:
        if values.get(key):
            yield Use(ChannelId(values[key]), say(feature), needed, command, f"guild#{key}")


def _greeted(settings: Settings) -> Iterator[Use]:
    for occasion, values in (
        (Occasion.WELCOME, settings.welcome),
        (Occasion.FAREWELL, settings.farewell),
    ):
        greeting = read_greeting(occasion, values)
        if greeting.on and greeting.channel_id is not None:
            feature = say("welcomes") if occasion is Occasion.WELCOME else say("farewells")
            yield Use(
                greeting.channel_id,
                feature,
                SHOW if greeting.embed else TALK,
                f"/{occasion.value} on",
                f"{occasion.value}#channel_id",
            )


def _moderated(values: Mapping[str, str]) -> Iterator[Use]:
    if values.get("log_channel_id"):
        log = ChannelId(values["log_channel_id"])
        yield Use(log, say("the moderation log"), SHOW, "/modconfig log", "mod#log_channel_id")
    if values.get("report_channel_id"):
        reports = ChannelId(values["report_channel_id"])
        yield Use(
            reports, say("reports and appeals"), SHOW, "/modconfig reports", "mod#report_channel_id"
        )
