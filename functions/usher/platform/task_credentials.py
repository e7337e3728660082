"""The credentials of a Fargate task's role, from the address that its container is given.

Source: Amazon ECS developer guide, "Task IAM role". They live for hours and are renewed in time.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException
from threading import Lock
from typing import Final

from usher.platform.sigv4 import Credentials

HOST: Final = "169.254.170.2"
PATH_VARIABLE: Final = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
EARLY: Final = timedelta(minutes=10)
"""They are renewed this long before they expire, and the old ones serve while that fails."""
SECONDS: Final = 2.0


class CredentialsError(OSError):
    """The task's address gave no credentials. It may be asked again."""


class TaskCredentials:
    """Credentials that are always fresh; may be called from several threads."""

    def __init__(
        self,
        path: str,
        host: str = HOST,
        clock: Callable[[], datetime] = partial(datetime.now, UTC),  # noqa: B008 - a function
    ) -> None:
        self._path = path
        self._host = host
        self._clock = clock
        self._lock = Lock()
        self._held: Credentials | None = None
        self._until = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> Credentials:
        """Return credentials; raises CredentialsError, an OSError, when there are none."""
        with self._lock:
            now = self._clock()
            if self._held is None or now > self._until - EARLY:
                try:
                    self._held, self._until = _read(self._ask())
                except (OSError, HTTPException, KeyError, TypeError, ValueError) as error:
                    if self._held is None or now >= self._until:
                        raise CredentialsError(type(error).__name__) from error
            return self._held

    def _ask(self) -> bytes:
        connection = HTTPConnection(self._host, timeout=SECONDS)
        try:
            connection.request("GET", self._path)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise CredentialsError(f"status {answer.status}")
        return body


def credentials_of(environ: Mapping[str, str]) -> Callable[[], Credentials]:
    """Choose where credentials come from: a task's role where there is one, else variables."""
    path = environ.get(PATH_VARIABLE)
    if path and not environ.get("AWS_ACCESS_KEY_ID"):
        return TaskCredentials(path)
    return partial(Credentials.from_env, environ)


def _read(body: bytes) -> tuple[Credentials, datetime]:
    fields = json.loads(body)
    until = datetime.fromisoformat(fields["Expiration"])
    return Credentials(fields["AccessKeyId"], fields["SecretAccessKey"], fields["Token"]), until
