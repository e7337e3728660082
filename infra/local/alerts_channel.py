"""The channel of the practice Discord that is told of alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from infra.practice import Practice

CHANNEL: Final = "usher-alerts"
NAME: Final = "Usher alerts"


def address(practice: Practice, api_base: str) -> str:
    """Make the channel and its webhook, where they are not; return the webhook's address."""
    webhook = practice.webhook(practice.guild.id, CHANNEL, NAME)
    return f"{api_base}/webhooks/{webhook.id}/{webhook.token}"
