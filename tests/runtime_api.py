"""Lambda's Runtime API, played for one process of AWS's own runtime client (awslambdaric).

The process sees its artefact, the runtime client and the standard library, and nothing else
(AWS docs: Using the Lambda runtime API).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, Final, override
from uuid import uuid4

CLIENT: Final = ("awslambdaric", "simplejson", "snapshot-restore-py")
SNAPSHOT: Final = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
"""With it the runtime client stops for a snapshot before it asks for the first event."""
PATIENCE: Final = 60.0
_LIFE_SECONDS: Final = 900
_KEYS: Final = dict.fromkeys(
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), "test"
)
"""Not in a function that is restored from a snapshot: it asks for them."""

# As Lambda has it: the task's folder first, then the runtime's.
_START: Final = (
    "import sys; sys.path[:0] = sys.argv[1:3]; sys.argv[1:3] = [];"
    "from awslambdaric.__main__ import main; main(sys.argv)"
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a function posted, and what its process had used by then."""

    path: str
    body: bytes
    at: float
    """Of `time.perf_counter`."""
    cpu: float
    """Seconds of user and system time since the process began."""

    @property
    def failed(self) -> bool:
        """Whether it posted an error, of its start or of an invocation."""
        return not self.path.endswith("/response")

    def value(self) -> Any:  # noqa: ANN401 - whatever the handler returned
        """Return what the handler returned; raises AssertionError when it failed."""
        assert not self.failed, self.body.decode()
        return json.loads(self.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    pid = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.waiting: SimpleQueue[bytes] = SimpleQueue()
        self.posted: SimpleQueue[Answered] = SimpleQueue()
        self.at_snapshot: SimpleQueue[float] = SimpleQueue()
        self.restored = Event()

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """The process is killed while it asks for its next event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        if self.path.endswith("/runtime/restore/next"):
            self.server.at_snapshot.put(_cpu(self.server.pid))
            self.server.restored.wait()
            self._send(200, b"", {})
            return
        event = self.server.waiting.get()
        deadline = int((time.time() + _LIFE_SECONDS) * 1000)
        self._send(
            200,
            event,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": str(uuid4()),
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:0:function:it",
            },
        )

    def do_POST(self) -> None:
        at, cpu = time.perf_counter(), _cpu(self.server.pid)
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.posted.put(Answered(self.path, body, at, cpu))
        self._send(202, b"{}", {})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@dataclass
class Function:
    """One process that waits for events."""

    server: _Server
    process: subprocess.Popen[bytes]
    began: float
    """Of `time.perf_counter`."""

    def invoke(self, event: object) -> Answered:
        """Have one event handled; raises AssertionError when the process ends or is silent."""
        self.server.waiting.put(json.dumps(event).encode())
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                return self.server.posted.get(timeout=1)
            except Empty:
                assert self.process.poll() is None, f"ended with {self.process.returncode}"
        raise AssertionError("no answer")

    def restore(self) -> float:
        """Go on from where a snapshot is taken; return the CPU seconds used before it.

        For a process with SNAPSHOT in its environment. The process itself goes on: what Lambda
        takes to bring a copy of it back is not seen here.
        """
        before = self.server.at_snapshot.get(timeout=PATIENCE)
        self.began = time.perf_counter()
        self.server.restored.set()
        return before

    @property
    def peak(self) -> float:
        """Resident memory at most so far, in MB of 1,000,000 bytes."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        [line] = [line for line in lines if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1.024e-3


@dataclass(frozen=True)
class Runtime:
    """The runtime client in a folder of its own, compiled as artefacts are."""

    folder: Path

    @cached_property
    def _client(self) -> Path:
        for name in CLIENT:
            found = distribution(name)
            for file in found.files or ():
                if file.parts[0] != ".." and file.suffix != ".pyc":
                    target = self.folder.joinpath(*file.parts)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(str(found.locate_file(file)), target)
        compiling = ("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash")
        subprocess.run([sys.executable, *compiling, str(self.folder)], check=True)  # noqa: S603
        return self.folder

    @contextmanager
    def running(
        self, artefact: Path, handler: str, environment: Mapping[str, str]
    ) -> Iterator[Function]:
        """Start a function's process, and end it."""
        client, server = self._client, _Server()
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        began = time.perf_counter()
        with subprocess.Popen(  # noqa: S603 - our own artefact
            [sys.executable, "-I", "-S", "-B", "-c", _START, str(artefact), str(client), handler],
            cwd=artefact,
            env={
                **environment,
                **_lambdas_own(artefact, handler, server.server_port),
                **({} if SNAPSHOT.items() <= environment.items() else _KEYS),
            },
            stdout=subprocess.DEVNULL,
        ) as process:
            server.pid = process.pid
            try:
                yield Function(server, process, began)
            finally:
                process.kill()
                server.shutdown()
                server.server_close()


def _lambdas_own(artefact: Path, handler: str, port: int) -> dict[str, str]:
    """Write the variables that Lambda sets (AWS docs: Defined runtime environment variables)."""
    return {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": "it",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LAMBDA_TASK_ROOT": str(artefact),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "_HANDLER": handler,
    }


def _cpu(pid: int) -> float:
    """Read a process's CPU clock, in seconds; what clock_getcpuclockid(3) makes of an id."""
    return time.clock_gettime(~pid << 3 | 2)
