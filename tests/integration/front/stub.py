"""An HTTP server on 127.0.0.1 that answers what it is told to and remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    """The client's port: equal for requests over one kept connection."""


@dataclass(frozen=True)
class Told:
    """One answer; `drop` closes the connection instead, `close` closes it unannounced after it."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    close: bool = False


@dataclass
class Stub:
    """Answers in order; the last answer repeats."""

    answers: list[Told]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    def next(self) -> Told:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(*answers: Told) -> Iterator[Stub]:
    stub = Stub(list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            port = self.client_address[1]
            stub.asked.append(Asked(self.command, self.path, dict(self.headers), body, port))
            told = stub.next()
            if told.drop:
                self.close_connection = True
                return
            payload = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)
            self.close_connection = told.close

        do_GET = do_POST = do_PUT = do_PATCH = _answer  # noqa: N815 - names of http.server

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def pauses() -> tuple[list[float], Callable[[float], None]]:
    """A sleep that does not: the list of what was slept, and the function."""
    slept: list[float] = []
    return slept, slept.append
