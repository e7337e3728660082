"""Raw payloads written down for replays, one JSON object a line.

A line is `{"at", "type", "guild_id", "data"}`. Types are Discord's dispatch types with their
payloads, INVITES and VANITY with the bodies of the two looks (or `{"error": status}`), GAP with
null where a new session began, and what was read after an absence: MEMBERS, MEMBERS_SEARCH and
AUDIT_LOG, cut down to the time of the absence.
"""

import contextlib
import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol, TextIO

from gateway_listener.dispatch import TRANSLATED
from usher.ids import GuildId

RECORDED: Final = TRANSLATED
"""Dispatch types that are written down."""

log = logging.getLogger(__name__)


class Recorder(Protocol):
    """Where raw payloads go."""

    def write(self, at: datetime, kind: str, guild_id: GuildId, data: object) -> None:
        """Write one payload down as received at `at`."""


class NoRecorder:
    """Writes nothing."""

    def write(self, at: datetime, kind: str, guild_id: GuildId, data: object) -> None:
        """Do nothing."""


class FileRecorder:
    """Appends to a file, a line at a time: what is written survives the process.

    A recording never costs a join: when the file fails, recording ends and listening goes on.
    """

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8", buffering=1)
        self._failed = False

    def write(self, at: datetime, kind: str, guild_id: GuildId, data: object) -> None:
        """Append one line."""
        moment = at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
        line = {"at": f"{moment}Z", "type": kind, "guild_id": guild_id, "data": data}
        if self._failed:
            return
        try:
            self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
        except OSError:
            self._failed = True
            log.exception("The recording ends here.")

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(OSError):
            self._file.close()
