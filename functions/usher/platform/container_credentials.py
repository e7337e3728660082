"""The credentials of a role, from the address that a container is given.

A Fargate task has one (Amazon ECS developer guide, "Task IAM role"), and so has a function that was
restored from a snapshot (AWS Lambda developer guide, "Activating and managing Lambda SnapStart":
keys in variables would be those of the snapshot). They live for hours and are renewed in time.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from usher.platform.sigv4 import Credentials

ECS: Final = "http://169.254.170.2"
PATH_VARIABLE: Final = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
URL_VARIABLE: Final = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN_VARIABLE: Final = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105 - a variable's name
INSIDE: Final = ("127.0.0.1", "localhost", "169.254.170.2")
"""Hosts that may be asked over plain HTTP; AWS SDKs and tools reference, "Container credential
provider"."""
EARLY: Final = timedelta(minutes=10)
"""They are renewed this long before they expire, and the old ones serve while that fails."""
SECONDS: Final = 2.0


class CredentialsError(OSError):
    """The address gave no credentials. It may be asked again."""


class ContainerCredentials:
    """Credentials that are always fresh; may be called from several threads."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        clock: Callable[[], datetime] = partial(datetime.now, UTC),  # noqa: B008 - a function
    ) -> None:
        address = urlsplit(url)
        if address.scheme != "http" or address.hostname not in INSIDE:
            raise CredentialsError(f"{address.scheme}://{address.hostname} is no container's own")
        self._host = address.netloc
        self._path = url.partition(address.netloc)[2]
        self._headers = {"Authorization": token} if token else {}
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
            connection.request("GET", self._path, headers=self._headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise CredentialsError(f"status {answer.status}")
        return body


def credentials_of(environ: Mapping[str, str]) -> Callable[[], Credentials]:
    """Choose where credentials come from: variables where they are set, else the container's own.

    In the order of AWS's SDKs.
    """
    if not environ.get("AWS_ACCESS_KEY_ID"):
        if path := environ.get(PATH_VARIABLE):
            return ContainerCredentials(ECS + path)
        if url := environ.get(URL_VARIABLE):
            return ContainerCredentials(url, environ.get(TOKEN_VARIABLE))
    return partial(Credentials.from_env, environ)


def _read(body: bytes) -> tuple[Credentials, datetime]:
    fields = json.loads(body)
    until = datetime.fromisoformat(fields["Expiration"])
    return Credentials(fields["AccessKeyId"], fields["SecretAccessKey"], fields["Token"]), until
