"""`usher up`: the whole system on this machine until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Final

from infra.cli.commands import Subparsers
from infra.cli.register import RegisterError
from infra.local import bot
from infra.local.bot import SettingError
from infra.local.deploy import DeployError
from infra.local.emulator import EmulatorError
from infra.local.front import PortInUseError
from infra.local.packager import PackageError
from infra.local.settings import FUNCTIONS
from infra.local.state import StateError
from infra.local.system import System

DEFAULT_PORT: Final = 8080
DEFAULT_STATE: Final = Path(".usher")

# Each of these carries a sentence that tells the person what to do.
_EXPLAINED = (
    DeployError,
    EmulatorError,
    PackageError,
    PortInUseError,
    RegisterError,
    StateError,
)


def add_parser(subparsers: Subparsers) -> None:
    """Declare `usher up`."""
    parser = subparsers.add_parser("up", help="run the whole system on this machine")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="default %(default)s")
    parser.add_argument(
        "--state", type=Path, default=DEFAULT_STATE, help="folder kept between runs, default .usher"
    )
    parser.add_argument(
        "--discord",
        metavar="practice|none|URL",
        help="default: practice without DISCORD_BOT_TOKEN, Discord itself with it",
    )
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="write the gateway's dispatches"
    )
    parser.add_argument("--reset", action="store_true", help="empty the state folder first")
    parser.add_argument("--functions", type=Path, default=FUNCTIONS, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until told to stop: 0 stopped cleanly, 1 could not start or broke, 2 wrong settings."""
    try:
        discord = bot.choose(args.discord, os.environ)
        who = None if discord == bot.PRACTICE else bot.from_environment(discord, os.environ)
    except SettingError as error:
        print(error, file=sys.stderr)
        return 2
    system = System(
        port=args.port,
        state=args.state,
        discord=discord,
        bot=who,
        record=args.record,
        reset=args.reset,
        functions=args.functions,
        announce=_say,
    )
    try:
        return asyncio.run(_serve(system, discord))
    except _EXPLAINED as error:
        print(error, file=sys.stderr)
        return 1


async def _serve(system: System, discord: str) -> int:
    stop = asyncio.Event()
    _stop_on_signals(stop, system)
    try:
        return await _run_until(stop, system, discord)
    finally:
        _leave_in_peace()


async def _run_until(stop: asyncio.Event, system: System, discord: str) -> int:
    starting = asyncio.create_task(system.start())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await starting
        return 0
    try:
        await starting
    finally:
        stopping.cancel()
    _show(system, discord)
    try:
        broken = await system.broken_before(stop)
        _say(broken or "Stopping")
    finally:
        await system.stop()
    return 1 if broken else 0


def _stop_on_signals(stop: asyncio.Event, system: System) -> None:
    def asked() -> None:
        if stop.is_set():
            system.abandon()
            os._exit(130)  # asked twice: what was not saved is lost
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked)


def _leave_in_peace() -> None:
    """Let no signal change the exit code of what has stopped already."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_IGN)


def _show(system: System, discord: str) -> None:
    for name, value in system.addresses().items():
        _say(f"{name:<22} {value}")
    if discord not in {bot.PRACTICE, bot.NONE}:
        _say("Slash commands are registered by hand here: usher register")
    _say("Ready. Stop with Ctrl-C.")


def _say(line: str) -> None:
    print(line, flush=True)
