"""Everything together: emulator, stack, token, listener, front, and the practice Discord."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from infra.local import alerts_channel, bot_token, fixups, iam_calls, task_role
from infra.local.aws import environment
from infra.local.bot import NONE, PRACTICE, Bot, checked
from infra.local.deploy import deploy, plan
from infra.local.emulator import Emulator
from infra.local.front import Front, bind
from infra.local.ledger_view import LedgerView
from infra.local.listener import ListenerProcess
from infra.local.listener_metrics import ListenerMetrics
from infra.local.running import Running, there
from infra.local.settings import (
    ALERTS_SECRET,
    CLIENT_SECRET,
    FUNCTIONS,
    MINUTE,
    TEMPLATE,
    TOKEN_SECRET,
    listener_settings,
    stack_parameters,
)
from infra.local.state import StateFolder
from usher.platform.signed_http import CLOUDWATCH, SignedClient

if TYPE_CHECKING:
    from infra.practice import Practice


PATIENCE: Final = 20.0
"""Seconds that the listener may take until it watches before the start goes on without; it may have
to wait 5 s for the lease of one that was killed."""


class System(Running):
    """The whole system on this machine, as an async context manager.

    `discord` is `practice`, `none`, or an API base; the last two need `bot`. Port 0 takes any free
    one. Without `state` the world lives in a temporary folder and dies with the system.
    `alarm_minute` is how many seconds a minute of an alarm's period lasts; fewer are for tests.
    """

    def __init__(
        self,
        port: int = 0,
        state: Path | None = None,
        discord: str = PRACTICE,
        *,
        bot: Bot | None = None,
        record: Path | None = None,
        reset: bool = False,
        functions: Path = FUNCTIONS,
        import_at_install: int = 0,
        alarm_minute: float = MINUTE,
        announce: Callable[[str], None] = lambda _line: None,
    ) -> None:
        if discord != PRACTICE and bot is None:
            raise ValueError(f"discord={discord!r} needs a bot")
        super().__init__(bot)
        self._asked_port = port
        self._temporary = None if state else tempfile.TemporaryDirectory(prefix="usher-")
        self._folder = state or Path(self._temporary.name if self._temporary else "")
        self._discord = discord
        self._record = record
        self._reset = reset
        self._functions = functions
        self._import_at_install = import_at_install
        self._alarm_minute = alarm_minute
        self._announce = announce

    async def kill_listener(self) -> None:
        """End the listener as a crash would and leave it down."""
        await there(self._listener).kill()

    async def start_listener(self) -> None:
        """Start the listener again and wait until it watches."""
        listener = there(self._listener)
        await listener.start()
        await listener.watching(PATIENCE)

    async def start(self) -> Self:
        """Start everything in order; on any error whatever had started is stopped again."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def stop(self) -> None:
        """Stop everything, the listener first so that what it saw is still taken in."""
        async with contextlib.AsyncExitStack() as last_first:  # each runs whatever another raised
            if self._temporary is not None:
                last_first.callback(self._temporary.cleanup)
            if self._state is not None:
                last_first.callback(self._state.close)
            if self._emulator is not None:
                last_first.push_async_callback(asyncio.to_thread, self._emulator.stop)
            if self._front is not None:
                last_first.push_async_callback(self._front.stop)
            if self._listener is not None:
                last_first.push_async_callback(self._listener.stop)
            if self._metrics is not None:
                last_first.push_async_callback(self._metrics.stop)

    async def broken_before(self, stop: asyncio.Event) -> str:
        """Wait for `stop` and return "", or return a sentence as soon as the emulator has died."""
        while not stop.is_set():
            if self.emulator.pid is None:
                return f"The embedded cloud ended by itself. See {self.emulator.log_file}"
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)
        return ""

    def abandon(self) -> None:
        """End every child at once; what was not saved is lost."""
        if self._listener is not None:
            self._listener.abandon()
        if self._emulator is not None:
            self._emulator.kill()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _start(self) -> None:
        self._state = StateFolder.open(self._folder, reset=self._reset)
        listening = bind(self._asked_port)
        if self._discord == PRACTICE:
            self._practice = _open_practice(self._state.practice_file)
        self._front = Front(listening, self._practice)
        if self._practice is not None:
            self._practice.origin = self._front.url
            self._practice.register_redirect(f"{self._front.url}/api/discord/signed-in")
            self._bot = _practice_bot(self._practice, self._front.url)
        self._bot = checked(there(self._bot))
        await self._front.start()
        self._announce("Starting the embedded cloud")
        await self._deploy()
        if self._discord != NONE:
            await self._start_listener()
        if self._practice is not None:
            await self._introduce(self._practice)
        if self._listener is not None and not await self._listener.watching(PATIENCE):
            self._announce(f"The listener is not watching yet. See {self._listener.log_file}")

    async def _deploy(self) -> None:
        state, bot, front = there(self._state), self.bot, there(self._front)
        self._emulator = Emulator(
            state.emulator_folder,
            port=state.emulator_port,
            enforce_iam=True,
            alarm_minute=self._alarm_minute,
            patient_alarms=True,
            # Of functions that a test has put in the real ones' place, nothing is said.
            calls=iam_calls.asked_for() if self._functions == FUNCTIONS else None,
        )
        starting = asyncio.to_thread(self._start_emulator, self._emulator)
        alerts = self._practice is not None
        parameters = stack_parameters(bot, front.url, self._import_at_install, alerts=alerts)
        planning = asyncio.to_thread(plan, TEMPLATE, self._functions, parameters)
        _, wanted = await asyncio.gather(starting, planning)
        self._announce("Deploying template.yaml")
        cloud = self.cloud
        self._deployment = await asyncio.to_thread(deploy, cloud, wanted)
        await asyncio.to_thread(fixups.apply, cloud, self._deployment)
        if bot.token:
            await asyncio.to_thread(bot_token.store, cloud, TOKEN_SECRET, bot.token)
        if bot.client_secret:
            await asyncio.to_thread(bot_token.store, cloud, CLIENT_SECRET, bot.client_secret)
        if self._practice is not None:
            webhook = alerts_channel.address(self._practice, bot.api_base)
            await asyncio.to_thread(bot_token.store, cloud, ALERTS_SECRET, webhook)
        bucket = self.ledger_bucket
        front.open(
            self.endpoint_url,
            self.outputs["HttpApiId"],
            LedgerView(cloud, bucket).newest,
            self.addresses(),
        )

    def _start_emulator(self, emulator: Emulator) -> None:
        emulator.start()
        there(self._state).emulator_port = emulator.port

    async def _start_listener(self) -> None:
        self._announce("Starting the gateway listener")
        (self.state_folder / "listener.log").unlink(missing_ok=True)
        settings = listener_settings(
            self.events_queue_url,
            self.table_name,
            self.bot.api_base,
            self._record,
            self._alarm_minute,
        )
        user = self.deployment.physical_ids[task_role.ROLE]
        key = await asyncio.to_thread(task_role.key, self.cloud, user)
        self._listener = ListenerProcess(
            environment(self.endpoint_url) | key | settings, self.state_folder, self._announce
        )
        cloudwatch = SignedClient(CLOUDWATCH, environment(self.endpoint_url))
        log = self._listener.log_file
        self._metrics = ListenerMetrics(log, cloudwatch, self._alarm_minute / 6)
        self._metrics.start()
        await self._listener.start()

    async def _introduce(self, practice: Practice) -> None:
        from infra.cli import register

        self._announce("Introducing Usher to the practice Discord")
        practice.interactions_endpoint = self.interactions_url
        check = await practice.verify_endpoint()
        for problem in check.problems:  # Discord would refuse it; here one wants to look into it
            self._announce(f"Discord would refuse the interactions endpoint: {problem}")
        bot = self.bot
        await asyncio.to_thread(register.apply, bot.api_base, bot.application_id, bot.token)


def _open_practice(file: Path) -> Practice:
    from infra.practice import Practice

    return Practice(state_file=file)


def _practice_bot(practice: Practice, front_url: str) -> Bot:
    return Bot(
        public_key=practice.public_key_hex,
        application_id=practice.application_id,
        token=practice.bot_token,
        api_base=f"{front_url}/api/v10",
        client_secret=practice.client_secret,
    )
