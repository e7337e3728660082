"""What Usher is installed with: scopes and permissions, each with its reason.

Source of the bits: Discord API reference, "Permissions".
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

SCOPES: Final = ("bot", "applications.commands")


@dataclass(frozen=True, slots=True)
class Need:
    """One permission, by the name that Discord's settings show."""

    bit: int
    name: str
    reason: str


NEEDS: Final = (
    Need(1 << 5, "Manage Server", "to see how often each invite was used, and to make word rules"),
    Need(1 << 4, "Manage Channels", "to hear of new and ended invites; slowmode and locks"),
    Need(1 << 0, "Create Invite", "for the invites behind referral links and /invite create"),
    Need(1 << 7, "View Audit Log", "to tell a kick or a ban from a leave, and who did it"),
    Need(1 << 28, "Manage Roles", "to give ranks and campaign roles, and to lock channels"),
    Need(1 << 1, "Kick Members", "for /kick"),
    Need(1 << 2, "Ban Members", "for /ban, and to end bans in time"),
    Need(1 << 40, "Timeout Members", "for /mute and for what Auto Moderation asks"),
    Need(1 << 13, "Manage Messages", "for /purge"),
    Need(1 << 16, "Read Message History", "for /purge, and to find what is to be deleted"),
    Need(1 << 10, "View Channels", "to speak in them and to lock them"),
    Need(1 << 11, "Send Messages", "for welcomes, notices and the moderation log"),
    Need(1 << 14, "Embed Links", "for what it sends"),
    Need(1 << 15, "Attach Files", "for exports and charts"),
    # Discord lets a bot take from others only what it has itself.
    Need(1 << 6, "Add Reactions", "to take it from others in a locked channel"),
    Need(1 << 35, "Create Public Threads", "likewise"),
    Need(1 << 36, "Create Private Threads", "likewise"),
    Need(1 << 38, "Send Messages in Threads", "likewise, and to answer in threads"),
    Need(1 << 20, "Connect", "likewise, in voice channels"),
    Need(1 << 21, "Speak", "likewise, in voice channels"),
    Need(1 << 32, "Request to Speak", "likewise, on stages"),
)


def permissions() -> int:
    """Add them up."""
    return sum(need.bit for need in NEEDS)


def install_link(application_id: str, site: str = "https://discord.com") -> str:
    """Write the link by which an admin adds the bot to a server (Discord docs: OAuth2, Bots)."""
    asked = {
        "client_id": application_id,
        "scope": " ".join(SCOPES),
        "permissions": permissions(),
        "integration_type": 0,
    }
    return f"{site}/oauth2/authorize?{urlencode(asked)}"
