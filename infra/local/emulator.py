"""The embedded cloud as an object: start it, speak to it, stop it without losing anything."""

from __future__ import annotations

import fcntl
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from infra.local import aws
from infra.local.host import bare_environment, free_port, is_free
from infra.local.iam_calls import VARIABLE

_START_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 7.0


class EmulatorError(Exception):
    """The emulator did not start, or went away; carries the end of its log."""


class Emulator:
    """One MiniStack in its own process and, so that nothing is orphaned, on a leash.

    Without `state` it keeps everything in memory and a temporary folder: what tests want. With
    `state` it resumes what that folder holds. `port` is a wish: if it is taken, another is found.
    `enforce_iam` runs each Lambda as its template role and refuses what the role lacks; what roles
    then do is written to the folder `calls`.
    `alarm_minute` is how many seconds a minute of an alarm's period lasts; fewer are for tests.
    With `patient_alarms` what was silent while it was off is no alarm.
    """

    def __init__(
        self,
        state: Path | None = None,
        *,
        port: int = 0,
        enforce_iam: bool = False,
        autosave_seconds: float = 2.0,
        alarm_minute: float = 60.0,
        patient_alarms: bool = False,
        calls: Path | None = None,
    ) -> None:
        self._keeps_state = state is not None
        self._folder = state or Path(tempfile.mkdtemp(prefix="usher-emulator-"))
        self._port = port
        self._enforce_iam = enforce_iam
        self._alarm_minute = alarm_minute
        self._patient_alarms = patient_alarms
        self._autosave_seconds = autosave_seconds if self._keeps_state else 0.0
        self._calls = calls
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._changing = threading.Lock()  # a stop may come, from another thread, while it starts
        self._given_up = False

    @property
    def port(self) -> int:
        """The port it listens on, known once started."""
        return self._port

    @property
    def endpoint_url(self) -> str:
        """What AWS_ENDPOINT_URL must be."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def log_file(self) -> Path:
        """Where its own output and its Lambda workers' complaints go."""
        return self._folder / "emulator.log"

    @property
    def pid(self) -> int | None:
        """The process id while it runs; None before, after, and when it died by itself."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> Self:
        """Start and wait until it answers; raises EmulatorError."""
        with self._changing:
            return self._start()

    def _start(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = self._lock_folder()
        try:
            self._spawn(lock)
            self._wait_until_ready()
        except BaseException:
            self._kill()
            raise
        finally:
            os.close(lock)  # the child holds it from here on
        return self

    def _lock_folder(self) -> int:
        # An emulator whose parent was killed is saving still: wait, or two would write one state.
        lock = os.open(self._folder / "emulator.lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline or self._given_up:
                    os.close(lock)
                    raise EmulatorError(f"another emulator is using {self._folder}") from None
                time.sleep(0.05)
            else:
                return lock

    def _spawn(self, lock: int) -> None:
        if not self._port or not is_free(self._port):
            self._port = free_port()
        scratch = self._folder / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)  # unpacked functions of a run that was killed
        scratch.mkdir()
        self._log = self.log_file.open("wb")
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [
                sys.executable,
                "-m",
                "infra.local.emulator_process",
                str(self._port),
                str(self._autosave_seconds),
                str(self._alarm_minute),
                *(["patient"] if self._patient_alarms else []),
            ],
            cwd=self._folder,
            env=self._environment(scratch),
            stdin=subprocess.PIPE,  # the leash
            stdout=self._log,
            stderr=subprocess.STDOUT,
            pass_fds=[lock],
            start_new_session=True,  # Ctrl-C reaches `usher up` alone, which stops things in order
        )

    def stop(self) -> None:
        """Stop cleanly, which saves everything, and wait; force it after 7 seconds."""
        self._given_up = True
        with self._changing:
            self._given_up = False
            if self._process is None:
                return
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._kill()
                return
            self._close()

    def kill(self) -> None:
        """End it and its Lambda workers at once; what was not yet saved is lost."""
        self._given_up = True
        with self._changing:
            self._given_up = False
            self._kill()

    def _kill(self) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._close()

    def reset(self) -> None:
        """Empty every service, in milliseconds; for tests."""
        status = self._request("POST", "/_ministack/reset")
        if status != http.HTTPStatus.OK:
            raise EmulatorError(f"reset answered {status}")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _environment(self, scratch: Path) -> dict[str, str]:
        # Every Lambda inherits this: a bot token or a proxy setting of the host must not reach it.
        settings = {
            **bare_environment(),
            "TMPDIR": str(scratch),
            **aws.environment(f"http://127.0.0.1:{self._port}"),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": aws.REGION,
            "GATEWAY_PORT": str(self._port),
            "DOCKER_HOST": "unix:///nonexistent",  # a running engine is none of its business
            "LAMBDA_EXECUTOR": "local",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AUTH": "true" if self._enforce_iam else "false",
        }
        if self._calls is not None:
            settings[VARIABLE] = str(self._calls.resolve())
        if self._keeps_state:
            settings |= {
                "PERSIST_STATE": "1",
                "S3_PERSIST": "1",
                "STATE_DIR": str(self._folder / "services"),
                "S3_DATA_DIR": str(self._folder / "s3"),
            }
        return settings

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and not self._given_up:
            if self._process is not None and self._process.poll() is not None:
                break
            try:
                if self._request("GET", "/_ministack/ready", timeout=1) == http.HTTPStatus.OK:
                    return
            except OSError:
                pass
            time.sleep(0.03)
        end_of_log = self.log_file.read_text(errors="replace")[-2000:].strip()
        raise EmulatorError(f"the embedded cloud did not start: {end_of_log or 'no output'}")

    def _request(self, method: str, path: str, timeout: float = 5) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)
        try:
            connection.request(method, path)
            return connection.getresponse().status
        finally:
            connection.close()

    def _close(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        if self._log is not None:
            self._log.close()
        self._process = None
        if not self._keeps_state:
            shutil.rmtree(self._folder, ignore_errors=True)
