"""What the local run gives the template's parameters and the listener's container."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from infra.local.bot import Bot
from infra.local.host import ROOT, architecture, free_port

TEMPLATE: Final = ROOT / "template.yaml"
FUNCTIONS: Final = ROOT / "functions"
MINUTE: Final = 60.0
"""Seconds of a minute of alarms' periods, unless a test has shorter ones."""
ALERTS_SECRET: Final = "usher/local/alerts-webhook"  # noqa: S105 - the secret's name
CLIENT_SECRET: Final = "usher/local/discord-client-secret"  # noqa: S105 - the secret's name as well
TOKEN_SECRET: Final = "usher/local/discord-token"  # noqa: S105 - the secret's name, not the secret


def stack_parameters(
    bot: Bot, front_url: str, import_at_install: int = 0, *, alerts: bool = False
) -> dict[str, str]:
    """Return the template's parameters for this machine and this application.

    `front_url` is where the system is reached, and the practice Discord where there is one. Nobody
    is imported unasked: here one wants to see what one does. `alerts` says whether there is a
    channel for alarms.
    """
    return {
        "Stage": "local",
        "Architecture": architecture(),
        "DiscordPublicKey": bot.public_key,
        "DiscordApplicationId": bot.application_id,
        "DiscordApiBase": bot.api_base,
        **_site(bot, front_url),
        "DiscordClientSecretName": CLIENT_SECRET if bot.client_secret else "",
        "ReferralUrl": front_url.rstrip("/"),
        "DiscordTokenSecretName": TOKEN_SECRET,
        "AlertsWebhookSecretName": ALERTS_SECRET if alerts else "",
        # Receivers of one's own, on this machine.
        "WebhookTargets": "any",
        # The emulator's ECS has no containers: ListenerProcess takes the nested stack's place.
        "DeployListener": "elsewhere",
        "ImportAtInstall": str(import_at_install),
    }


def _site(bot: Bot, front_url: str) -> dict[str, str]:
    """Say where people are led to, where the practice Discord stands for Discord."""
    if not bot.api_base.startswith(front_url):
        return {}
    site = front_url.rstrip("/")
    return {"DiscordInviteBase": f"{site}/practice/invite", "DiscordSite": site}


def listener_settings(
    queue_url: str,
    table_name: str,
    api_base: str,
    record: Path | None,
    alarm_minute: float = MINUTE,
) -> dict[str, str]:
    """Return the variables infra/listener.yaml gives its container, and those that were asked for.

    RECORD_FILE is one; where alarms have shorter minutes, so has the heartbeat.
    """
    recording = {"RECORD_FILE": str(record.resolve())} if record is not None else {}
    beating = {"HEARTBEAT_SECONDS": f"{alarm_minute / 3:.3f}"} if alarm_minute < MINUTE else {}
    return {
        "EVENTS_QUEUE_URL": queue_url,
        "DISCORD_API_BASE": api_base,
        "DISCORD_TOKEN_SECRET": TOKEN_SECRET,
        "HEALTH_PORT": str(free_port()),
        "LOG_LEVEL": "INFO",
        "TABLE_NAME": table_name,
        # Nobody else listens here: a listener that was killed is followed soon.
        "LEASE_SECONDS": "5",
        "SHARD_COUNT": "auto",
        "MOST_SHARDS": "16",
        "POWERTOOLS_METRICS_NAMESPACE": "Usher/local",
        **recording,
        **beating,
    }
