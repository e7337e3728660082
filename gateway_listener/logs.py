"""Log lines as JSON, one object a line, with times in UTC and without the bot's token."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final, TextIO

from usher.times import format_time

_PLAIN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Their debug lines hold whole payloads, botocore's even the secret's value.
_CHATTY: Final = {
    "discord": logging.INFO,
    "botocore": logging.WARNING,
    "boto3": logging.WARNING,
    "urllib3": logging.WARNING,
    "aiohttp": logging.WARNING,
    "asyncio": logging.WARNING,
}


class JsonFormatter(logging.Formatter):
    """Writes a record as JSON: level, time, logger, message, and whatever `extra` held."""

    def __init__(self) -> None:
        super().__init__()
        self._secret = ""

    def hide(self, secret: str) -> None:
        """Never let this text out, wherever it may come from."""
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        line: dict[str, object] = {
            "level": record.levelname,
            "timestamp": format_time(datetime.fromtimestamp(record.created, UTC)),
            "service": "listener",
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        text = json.dumps(line, default=str)
        return text.replace(self._secret, "[hidden]") if self._secret else text


def set_up(level: str, stream: TextIO = sys.stdout) -> JsonFormatter:
    """Send every log line of the process to `stream` as JSON; `level` is `logging`'s name."""
    formatter = JsonFormatter()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, least in _CHATTY.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    return formatter
