"""Runs the gateway listener: `python -m gateway_listener`.

Exit 1 when another listener has taken a shard, 2 when it may not run at all.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable

from gateway_listener import logs
from gateway_listener.errors import RefusedError, SettingsError
from gateway_listener.lease import LeaseLostError
from gateway_listener.listener import Listener
from gateway_listener.settings import Settings

GAVE_WAY = 1
MAY_NOT_RUN = 2

log = logging.getLogger("gateway_listener")


async def _run(settings: Settings, hide: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await Listener(settings).run(stop, hide)


def main() -> int:
    """Run until told to stop; return the exit status."""
    logs.set_up("INFO")
    try:
        settings = Settings.read(os.environ)
        formatter = logs.set_up(settings.log_level)
        asyncio.run(_run(settings, formatter.hide))
    except SettingsError as error:
        log.critical("The environment is not complete: %s.", "; ".join(error.problems))
        return MAY_NOT_RUN
    except RefusedError as error:
        log.critical("%s", error.sentence)
        return MAY_NOT_RUN
    except LeaseLostError:
        return GAVE_WAY
    return 0


if __name__ == "__main__":
    sys.exit(main())
