"""What keeps ranks from working, told once, and how long until it is looked at again. Pure."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from usher.frozen import frozen
from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.rewards.hierarchy import Obstacle
from usher.slash.say import say

FIRST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=6)

EVERYWHERE: Final = "guild"
"""Key of what concerns all ranks."""
_CHANNEL: Final = "channel#"
"""What keys of channels begin with that cannot be written to."""
ONBOARDING: Final = "onboarding#"
"""What keys of roles begin with that campaigns give."""
_WELCOME: Final = "welcome#"
"""What the key begins with of a system channel in which newcomers cannot be welcomed."""
NOWHERE: Final = "nowhere"
"""The key of newcomers who cannot be reached at all."""


@frozen
class Problem:
    """Something that lasts until somebody mends it."""

    key: str
    """A role's id, `guild`, or a channel's (`channel_key`)."""
    obstacle: Obstacle
    number: int = 0
    """How many were mended before it under this key."""
    tries: int = 0
    told: bool = False
    """Whether the admin channel knows."""
    retired: RoleId | None = None
    """A role that is no rank any more and is to be taken."""
    user_id: UserId | None = None
    """Somebody whom it concerns."""
    due_at: datetime | None = None


def key_of(obstacle: Obstacle, role_id: RoleId) -> str:
    """Say under which key a problem with a role is kept: a missing permission concerns all."""
    return EVERYWHERE if obstacle is Obstacle.PERMISSION else str(role_id)


def channel_key(channel_id: ChannelId) -> str:
    """Say under which key it is kept that a channel cannot be written to."""
    return f"{_CHANNEL}{channel_id}"


def welcome_key(channel_id: ChannelId) -> str:
    """Say under which key it is kept that the system channel cannot be written to."""
    return f"{_WELCOME}{channel_id}"


def onboarding_key(role_id: RoleId) -> str:
    """Say under which key it is kept that a campaign's role cannot be given."""
    return f"{ONBOARDING}{role_id}"


def passes(problem: Problem) -> bool:
    """Whether a problem is forgotten after a day: the next message shows whether it lasts."""
    return problem.key.startswith((_CHANNEL, _WELCOME)) or problem.key == NOWHERE


def pause(tries: int) -> timedelta:
    """Say how long to wait after so many tries: five minutes, doubling up to six hours."""
    return min(LONGEST, FIRST * (1 << min(tries, 10)))


def sentence(problem: Problem) -> str:
    """Say in one sentence what is wrong and how to mend it."""
    if problem.key.startswith(ONBOARDING):
        return _of_onboarding(problem)
    role = f"<@&{problem.key}>"
    match problem.obstacle:
        case Obstacle.PERMISSION:
            return say(
                "I cannot give or take rank roles because I lack Manage Roles: give it to my role "
                "under Server Settings, Roles, and I go on by myself."
            )
        case Obstacle.ABOVE:
            return say(
                "I cannot give or take {role} because it is not below my own role: drag my role "
                "above it under Server Settings, Roles, and I go on by myself.",
                role=role,
            )
        case Obstacle.GONE:
            return say(
                "A rank gives a role that is deleted ({id}): forget it with the button "
                "under `/invite rewards`, and give another role with `/invite rank add`.",
                id=problem.key,
            )
        case Obstacle.MANAGED:
            return say(
                "I cannot give {role} because Discord or an integration manages it: choose "
                "another role with `/invite rank add`.",
                role=role,
            )
        case Obstacle.DANGEROUS:
            return say(
                "I do not give {role} because it has got permissions that can harm the server: "
                "take them from the role, or have the owner run `/invite rank add` for it again.",
                role=role,
            )
        case Obstacle.REFUSED if passes(problem):
            return _of_channel(problem)
        case Obstacle.REFUSED:
            return say(
                "Discord does not let me give or take {role}: look whether the server demands "
                "two-factor authentication of moderators and whether my role may manage roles.",
                role=role,
            )


def _of_channel(problem: Problem) -> str:
    if problem.key == NOWHERE:
        return say(
            "Somebody came by a referral link and I could not send them the button of their "
            "onboarding: there is no text channel that newcomers see and I may write to, and they "
            "take no direct messages. Let me see a channel and send messages there; until then "
            "they can run `/onboarding start`."
        )
    if problem.key.startswith(_WELCOME):
        channel = f"<#{problem.key.removeprefix(_WELCOME)}>"
        return say(
            "I cannot write to {channel}, the system channel, so I welcome who came by a referral "
            "link elsewhere: let me see it and send messages there.",
            channel=channel,
        )
    channel = f"<#{problem.key.removeprefix(_CHANNEL)}>"
    return say(
        "I cannot write to {channel}, where you have me tell something: let me see it and "
        "send messages there, or choose another channel.",
        channel=channel,
    )


def _of_onboarding(problem: Problem) -> str:
    role = f"<@&{problem.key.removeprefix(ONBOARDING)}>"
    match problem.obstacle:
        case Obstacle.PERMISSION:
            return say(
                "I cannot give {role} to who has completed an onboarding because I lack Manage "
                "Roles: give it to my role under Server Settings, Roles, and I go on by myself.",
                role=role,
            )
        case Obstacle.ABOVE:
            return say(
                "I cannot give {role} to who has completed an onboarding because it is not below "
                "my own role: drag my role above it under Server Settings, Roles, and I go on by "
                "myself.",
                role=role,
            )
        case Obstacle.GONE:
            gone = problem.key.removeprefix(ONBOARDING)
            return say(
                "A campaign gives a role that is deleted ({id}): take it from the campaign with "
                "`/campaign roles`.",
                id=gone,
            )
        case Obstacle.MANAGED:
            return say(
                "I cannot give {role} to who has completed an onboarding because Discord or an "
                "integration manages it: choose another role with `/campaign roles`.",
                role=role,
            )
        case Obstacle.DANGEROUS:
            return say(
                "I cannot give {role} to who has completed an onboarding because it has got "
                "permissions that can harm the server: take them from the role, or choose another "
                "one with `/campaign roles`.",
                role=role,
            )
        case Obstacle.REFUSED:
            return say(
                "Discord does not let me give {role}: look whether the server demands two-factor "
                "authentication of moderators and whether my role may manage roles.",
                role=role,
            )


def remedy(problem: Problem) -> str:
    """Say the same to who asks for what cannot be done now: nothing goes on by itself."""
    role = f"<@&{problem.key.removeprefix(ONBOARDING)}>"
    match problem.obstacle, problem.key.startswith(ONBOARDING):
        case Obstacle.PERMISSION, False:
            return say(
                "I cannot give or take rank roles because I lack Manage Roles: give it to my role "
                "under Server Settings, Roles."
            )
        case Obstacle.PERMISSION, True:
            return say(
                "I cannot give {role} to who has completed an onboarding because I lack Manage "
                "Roles: give it to my role under Server Settings, Roles.",
                role=role,
            )
        case Obstacle.ABOVE, False:
            return say(
                "I cannot give or take {role} because it is not below my own role: drag my role "
                "above it under Server Settings, Roles.",
                role=role,
            )
        case Obstacle.ABOVE, True:
            return say(
                "I cannot give {role} to who has completed an onboarding because it is not below "
                "my own role: drag my role above it under Server Settings, Roles.",
                role=role,
            )
        case _:
            return sentence(problem)


def mended(problem: Problem) -> str:
    """Say that it works again."""
    if problem.key == EVERYWHERE:
        return say("I have Manage Roles again: everybody's rank roles are being put right.")
    if problem.key.startswith(ONBOARDING):
        role = f"<@&{problem.key.removeprefix(ONBOARDING)}>"
        return say(
            "I can give {role} again: who has completed an onboarding gets it now.", role=role
        )
    return say(
        "I can give and take {role} again: everybody's roles are being put right.",
        role=f"<@&{problem.key}>",
    )


def message_id(guild_id: GuildId, problem: Problem, what: str) -> str:
    """Name a message about a problem, so that it is posted once."""
    said = (what, guild_id, problem.key, problem.obstacle.value, str(problem.number))
    return sha256("|".join(said).encode()).hexdigest()[:25]
