"""The practice Discord on a port of its own."""

from types import TracebackType

from aiohttp import web

from infra.practice.practice import Practice


class PracticeServer:
    """Serves a practice Discord; `async with` starts and stops it. Port 0 takes a free one."""

    def __init__(self, practice: Practice, host: str = "127.0.0.1", port: int = 0) -> None:
        self._practice = practice
        self._host = host
        self._port = port
        app = web.Application()
        practice.add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def __aenter__(self) -> "PracticeServer":
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = int(self._runner.addresses[0][1])
        self._practice.origin = self.origin
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, writing the state."""
        await self._runner.cleanup()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://{self._host}:{self._port}"

    @property
    def api_base(self) -> str:
        """The address that stands for `https://discord.com/api/v10`."""
        return f"{self.origin}/api/v10"

    @property
    def gateway_url(self) -> str:
        """The address of the gateway."""
        return f"ws://{self._host}:{self._port}/gateway"
