"""The listener's memory at many guilds, beside stock discord.py clients on the same payloads."""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from infra.local.host import free_port
from tests.bench.gateway_stub import Stub, guild
from tests.bench.table import Row

ROOT: Final = Path(__file__).parents[2]
GUILDS: Final = 2_500
MEMBERS: Final = 50
PATIENCE: Final = 300.0
SETTLE: Final = 5.0
SEEDS_LIMIT: Final = 500
"""MB (SPEC 11.9); far below it is a fifth."""
FAR_BELOW: Final = 0.2

# Only how soon the guilds are looked at first differs from a real start: in 1 minute, not in 3.
OURS: Final = (
    "import sys; from datetime import timedelta; from gateway_listener import timing;"
    "timing.START_SPACING = timedelta(seconds=1 / 45);"
    "from gateway_listener.__main__ import main; sys.exit(main())"
)


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one process, in MB of 1,000,000 bytes: resident now, and at most so far."""

    steady: float
    peak: float
    cpu: float
    """Seconds."""


def memory_of(pid: int) -> Memory:
    """Read a process's memory from /proc."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    kilobytes = {name: int(fields[name].split()[0]) for name in ("VmRSS", "VmHWM")}
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    cpu = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return Memory(kilobytes["VmRSS"] * 1.024e-3, kilobytes["VmHWM"] * 1.024e-3, cpu)


@asynccontextmanager
async def running(*command: str, **more: str) -> AsyncIterator[Process]:
    """Run a Python process with nothing of this one's environment."""
    environment = {
        "PATH": os.environ["PATH"],
        "MALLOC_ARENA_MAX": "1",  # as in the listener's Dockerfile; the rivals gain from it too
        "PYTHONPATH": os.pathsep.join((str(ROOT / "functions"), str(ROOT))),
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until(holds: Callable[[], bool], process: Process) -> None:
    """Wait until a process has brought something about; raises RuntimeError when it ends."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            if process.returncode is not None:
                raise RuntimeError(f"ended with {process.returncode}")
            await asyncio.sleep(0.1)


async def stock(members: int) -> Memory:
    """Measure a stock client once it has everything."""
    stub = Stub(GUILDS, members)
    async with (
        stub.opened(),
        running("-m", "tests.bench.stock_client", stub.url) as process,
    ):
        await until(lambda: stub.told == GUILDS, process)
        await asyncio.sleep(SETTLE)
        return memory_of(process.pid)


async def ours(guilds: int) -> Memory:
    """Measure our listener once it has looked at every guild and sent what it saw."""
    stub, port = Stub(guilds), free_port()
    async with stub.opened():
        environment = {
            "EVENTS_QUEUE_URL": f"{stub.url}/events.fifo",
            "DISCORD_API_BASE": f"{stub.url}/api",
            "DISCORD_TOKEN_SECRET": "bench",
            "HEALTH_PORT": str(port),
            "TABLE_NAME": "bench",
            "AWS_ENDPOINT_URL": stub.url,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
        }
        async with running("-c", OURS, **environment) as process:
            await until(lambda: stub.told == guilds and len(stub.looked) == guilds, process)
            await asyncio.sleep(SETTLE)
            await _well(port, guilds)
            return memory_of(process.pid)


async def _well(port: int, guilds: int) -> None:
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/health") as answer,
    ):
        told = await answer.json()
    if answer.status != 200 or told["guilds"] != guilds or told["unseen"]:
        raise RuntimeError(f"the listener is not well: {told}")


async def _measure() -> list[str | Row]:
    began = time.monotonic()
    bare, lean = await ours(1), await ours(GUILDS)
    plain, full = await stock(2), await stock(MEMBERS)
    size = len(json.dumps(guild(1, 2)))

    def row(name: str, found: Memory) -> str:
        ratio = found.steady / lean.steady
        return (
            f"{name:44} {found.steady:6.0f} MB steady {found.peak:6.0f} MB peak "
            f"{found.cpu:6.1f} s CPU {ratio:6.2f} x"
        )

    def beside(name: str, found: Memory) -> Row:
        what = f"listener memory, {GUILDS:,} guilds"
        told = f"{name}: {found.steady:.0f} MB"
        return Row(what, f"{lean.steady:.0f} MB", told, lean.steady / found.steady)

    return [
        f"{GUILDS:,} guilds, GUILD_CREATE of {size / 1024:.0f} KiB each",
        row("the listener, 1 guild", bare),
        row(f"the listener, {GUILDS:,} guilds", lean),
        row("stock discord.py, without members", plain),
        row(f"stock discord.py, {MEMBERS} members a guild", full),
        f"a guild more costs the listener {(lean.steady - bare.steady) * 1e3 / GUILDS:.1f} kB "
        f"(the bench took {time.monotonic() - began:.0f} s)",
        beside("stock, no members", plain),
        beside(f"stock, {MEMBERS} members", full),
        Row(
            "… far below the seed's limit",
            f"{lean.peak:.0f} MB at most",
            f"the goal: {SEEDS_LIMIT} MB",
            lean.peak / SEEDS_LIMIT,
            FAR_BELOW,
        ),
    ]


def measure() -> list[str | Row]:
    """Memory of the listener and of stock clients with the same intents, one after another."""
    return asyncio.run(_measure())
