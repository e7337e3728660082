"""What the listener is told by its environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway_listener.errors import SettingsError

LEASE_SECONDS: Final = 30.0
MOST_SHARDS: Final = 16
AUTO: Final = "auto"
METRICS_NAMESPACE: Final = "Usher"
HEARTBEAT_SECONDS: Final = 60.0
DISCORD_API: Final = "https://discord.com/api/v10"
_SECONDS: Final = re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,4}")
_LEVELS: Final = {
    "DEBUG": "DEBUG",
    "INFO": "INFO",
    "WARN": "WARNING",
    "WARNING": "WARNING",
    "ERROR": "ERROR",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The listener's settings. AWS's other variables are read by its callers."""

    events_queue_url: str
    discord_token_secret: str
    """Name or ARN of the Secrets Manager secret with the bot's token."""
    health_port: int
    discord_api_base: str = DISCORD_API
    log_level: str = "INFO"
    """A level of the `logging` module."""
    record_file: Path | None = None
    """Where raw payloads are appended for replays; None to record nothing."""
    table_name: str | None = None
    """The table that says which listener has which shard; None to listen in any case."""
    lease_seconds: float = LEASE_SECONDS
    """How long a listener that died keeps its shards."""
    shard_count: int | None = None
    """How many shards the bot has; None for what Discord recommends."""
    most_shards: int = MOST_SHARDS
    """How many of them this process may hold."""
    metrics_namespace: str = METRICS_NAMESPACE
    """What keeps the copies of Usher in one account apart (template.yaml: its stage)."""
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    """How often metrics are told. Alarms expect it every minute; tests have shorter minutes."""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings; raises SettingsError that lists every problem at once."""
        required = ("EVENTS_QUEUE_URL", "DISCORD_TOKEN_SECRET", "HEALTH_PORT")
        problems = [f"{name} is not set" for name in required if not environment.get(name)]
        port = environment.get("HEALTH_PORT", "")
        if port and not (port.isascii() and port.isdigit() and int(port) < 65536):
            problems.append("HEALTH_PORT is not a port number")
        level = environment.get("LOG_LEVEL") or "INFO"
        if level not in _LEVELS:
            problems.append(f"LOG_LEVEL is none of {', '.join(_LEVELS)}")
        lease = environment.get("LEASE_SECONDS") or str(LEASE_SECONDS)
        if not _SECONDS.fullmatch(lease) or float(lease) < 1:
            problems.append("LEASE_SECONDS is not a number of seconds, 1 or more")
        heartbeat = environment.get("HEARTBEAT_SECONDS") or str(HEARTBEAT_SECONDS)
        if not _SECONDS.fullmatch(heartbeat) or not float(heartbeat):
            problems.append("HEARTBEAT_SECONDS is not a number of seconds above 0")
        count = environment.get("SHARD_COUNT") or AUTO
        if count != AUTO and not _NUMBER.fullmatch(count):
            problems.append(f"SHARD_COUNT is neither {AUTO} nor a number, 1 or more")
        most = environment.get("MOST_SHARDS") or str(MOST_SHARDS)
        if not _NUMBER.fullmatch(most):
            problems.append("MOST_SHARDS is not a number, 1 or more")
        if not (environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")):
            problems.append("AWS_REGION is not set")
        if problems:
            raise SettingsError(tuple(problems))
        record_file = environment.get("RECORD_FILE")
        return cls(
            events_queue_url=environment["EVENTS_QUEUE_URL"],
            discord_token_secret=environment["DISCORD_TOKEN_SECRET"],
            health_port=int(port),
            discord_api_base=(environment.get("DISCORD_API_BASE") or DISCORD_API).rstrip("/"),
            log_level=_LEVELS[level],
            record_file=Path(record_file) if record_file else None,
            table_name=environment.get("TABLE_NAME") or None,
            lease_seconds=float(lease),
            shard_count=None if count == AUTO else int(count),
            most_shards=int(most),
            metrics_namespace=environment.get("POWERTOOLS_METRICS_NAMESPACE") or METRICS_NAMESPACE,
            heartbeat_seconds=float(heartbeat),
        )
