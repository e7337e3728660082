"""A way to a service that can be cut: what passes is untouched, byte by byte.

While it is cut, connections under way are broken off, so that work may be done and its answer lost,
and new ones are refused: every other one with 503, as by a service in trouble, the rest by a reset.
"""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

PIECE: Final = 65_536
REFUSAL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class Outage:
    """Forwards TCP to an endpoint of this machine."""

    def __init__(self, endpoint_url: str) -> None:
        self._port = urlsplit(endpoint_url).port
        self._open: set[asyncio.StreamWriter] = set()
        self.is_cut = False
        self.passed = 0
        """Connections that went through."""
        self.broken = 0
        """Connections that were broken off."""
        self.refused = 0
        """Connections that were not let through."""

    @property
    def url(self) -> str:
        """Where the service is to be asked for."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Begin the outage."""
        self.is_cut = True
        self.broken += len(self._open) // 2
        for writer in self._open:
            writer.transport.abort()

    def restore(self) -> None:
        """End the outage."""
        self.is_cut = False

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            self.refused += 1
            await self._refuse(reader, writer)
            return
        self.passed += 1
        there, onward = await asyncio.open_connection("127.0.0.1", self._port)
        ends = {writer, onward}
        self._open |= ends
        try:
            await asyncio.gather(_pump(reader, onward), _pump(there, writer))
        finally:
            self._open -= ends
            for end in ends:
                end.transport.abort() if self.is_cut else end.close()

    async def _refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refused % 2:
            writer.transport.abort()
            return
        with suppress(ConnectionError):
            await reader.read(PIECE)
            writer.write(REFUSAL)
            await writer.drain()
        writer.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await source.read(PIECE):
            sink.write(piece)
            await sink.drain()
    with suppress(OSError, RuntimeError):
        sink.write_eof()
