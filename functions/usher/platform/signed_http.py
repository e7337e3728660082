"""A small client for AWS services that speak JSON over POST: DynamoDB, SQS and others.

It spares the front 150 ms of importing the SDK at every cold start (decision 6), and the listener
27 MB. Not thread-safe: a Lambda environment answers one request at a time, and the listener has a
client a thread.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from random import SystemRandom
from ssl import SSLCertVerificationError
from typing import Final
from urllib.parse import urlsplit

from usher.frozen import frozen
from usher.platform.settings import region
from usher.platform.sigv4 import Credentials, Scope, sign
from usher.platform.trust import amazon, everybody

ATTEMPT_SECONDS: Final = 0.9
"""Longest wait for a connection or for an answer."""
TOTAL_SECONDS: Final = 2.2
"""No attempt starts that could end later than this: Discord waits 3 s for the whole answer."""
IDLE_SECONDS: Final = 20.0
"""A connection unused for longer may be dead without a word; it is opened anew."""
ATTEMPTS: Final = 4
BACKOFF_SECONDS: Final = 0.05

_THROTTLED: Final = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
    }
)
_JITTER: Final = SystemRandom()


class AwsError(Exception):
    """A call failed for good. `code` is AWS's error name, or what went wrong on the way to it."""

    def __init__(self, operation: str, status: int, code: str) -> None:
        super().__init__(f"{operation}: {status} {code}")
        self.operation = operation
        self.status = status
        """HTTP status; 0 when no answer came."""
        self.code = code


@frozen
class Service:
    """How one AWS service is addressed."""

    name: str
    """Endpoint prefix and signing name."""
    target: str
    """What stands before the operation in X-Amz-Target."""
    content_type: str


DYNAMODB: Final = Service("dynamodb", "DynamoDB_20120810", "application/x-amz-json-1.0")
SQS: Final = Service("sqs", "AmazonSQS", "application/x-amz-json-1.0")
SECRETS: Final = Service("secretsmanager", "secretsmanager", "application/x-amz-json-1.1")
CLOUDWATCH: Final = Service(
    "monitoring", "GraniteServiceVersion20100801", "application/x-amz-json-1.0"
)


class SignedClient:
    """Calls operations of one service over one kept connection; opens none until the first call.

    Honours AWS_ENDPOINT_URL, and AWS_ENDPOINT_URL_<SERVICE> before it. Credentials are asked for at
    each call, since Lambda and Fargate renew them; the environment's unless others are given.
    """

    def __init__(
        self,
        service: Service,
        environ: Mapping[str, str] = os.environ,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        credentials: Callable[[], Credentials] | None = None,
    ) -> None:
        self._service = service
        self._credentials = credentials or partial(Credentials.from_env, environ)
        self._sleep = sleep
        self._clock = clock
        self._scope = Scope(service.name, region(environ))
        suffix = "amazonaws.com.cn" if self._scope.region.startswith("cn-") else "amazonaws.com"
        standard = f"https://{service.name}.{self._scope.region}.{suffix}"
        own = environ.get(f"AWS_ENDPOINT_URL_{service.name.upper()}")
        url = urlsplit(own or environ.get("AWS_ENDPOINT_URL") or standard)
        self._host = url.netloc.rpartition("@")[2]
        self._path = f"{url.path.rstrip('/')}/"
        self._connection = (
            HTTPConnection(self._host, timeout=ATTEMPT_SECONDS)
            if url.scheme == "http"
            else HTTPSConnection(self._host, timeout=ATTEMPT_SECONDS, context=amazon())
        )
        self._used_at = 0.0
        self._is_amazon = url.scheme == "https"

    def call(self, operation: str, request: Mapping[str, object]) -> dict[str, object]:
        """Call an operation; raises AwsError when AWS refuses it or cannot be reached in time.

        Throttling, 5xx and broken connections are tried again, so `request` must bear repetition.
        """
        body = json.dumps(request, separators=(",", ":")).encode()
        started = self._clock()
        failure = AwsError(operation, 0, "NotTried")
        for attempt in range(ATTEMPTS):
            kept = self._kept()
            try:
                status, payload = self._post(operation, body)
            except (OSError, HTTPException) as error:
                self._connection.close()
                failure = AwsError(operation, 0, type(error).__name__)
                if isinstance(error, SSLCertVerificationError) and self._believe_everybody():
                    continue
                if kept and not isinstance(error, TimeoutError):
                    continue  # a kept connection that the other side had closed: no reason to wait
            else:
                if status == 200:
                    return _object(operation, payload)
                failure = AwsError(operation, status, _code(payload))
                if status < 500 and failure.code not in _THROTTLED:
                    raise failure
            pause = _JITTER.uniform(0, BACKOFF_SECONDS * 2**attempt)
            if self._clock() + pause - started > TOTAL_SECONDS - ATTEMPT_SECONDS:
                break
            self._sleep(pause)
        raise failure

    def close(self) -> None:
        """Close the kept connection; the next call opens another."""
        self._connection.close()

    def _believe_everybody(self) -> bool:
        """Connect as the system's authorities say from now on; False where that is so already."""
        if not self._is_amazon:
            return False
        self._is_amazon = False
        self._connection = HTTPSConnection(self._host, timeout=ATTEMPT_SECONDS, context=everybody())
        return True

    def _kept(self) -> bool:
        """Whether the next request goes over an open connection; one idle for long is closed."""
        if self._clock() - self._used_at > IDLE_SECONDS:
            self._connection.close()
        return self._connection.sock is not None

    def _post(self, operation: str, body: bytes) -> tuple[int, bytes]:
        headers = {
            "Host": self._host,
            "Content-Type": self._service.content_type,
            "X-Amz-Target": f"{self._service.target}.{operation}",
        }
        moment = datetime.fromtimestamp(self._clock(), UTC)
        signed = sign(self._scope, self._credentials(), self._path, headers, body, moment)
        self._connection.request("POST", self._path, body, signed)
        response = self._connection.getresponse()
        payload = response.read()
        self._used_at = self._clock()
        return response.status, payload


def _object(operation: str, payload: bytes) -> dict[str, object]:
    try:
        fields = json.loads(payload)
    except ValueError as error:
        raise AwsError(operation, 200, "NotJson") from error
    if not isinstance(fields, dict):
        raise AwsError(operation, 200, "NotAnObject")
    return fields


def _code(payload: bytes) -> str:
    """Read AWS's name of an error: `{"__type": "namespace#Name"}`."""
    try:
        fields = json.loads(payload)
    except ValueError:
        return "NotJson"
    name = fields.get("__type") if isinstance(fields, dict) else None
    return name.rpartition("#")[2] if isinstance(name, str) else "Unnamed"
