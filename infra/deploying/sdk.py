"""The SDK's errors as sentences, for a command that an operator types."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)

from infra.deploying.model import StopError

type Clients = Callable[[str], Any]
"""Makes an SDK client of a service."""

NO_CREDENTIALS: Final = (
    "There are no AWS credentials: sign in first (`aws sso login`, `aws configure`), and name the "
    "profile with --profile or AWS_PROFILE."
)
NO_REGION: Final = "No Region is chosen: give --region, such as eu-central-1, or set AWS_REGION."
EXPIRED: Final = ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId")


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn what the SDK raises into a sentence."""
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StopError(NO_CREDENTIALS) from error
    except NoRegionError as error:
        raise StopError(NO_REGION) from error
    except ClientError as error:
        if code_of(error) in EXPIRED:
            raise StopError(
                f"The AWS credentials are not good any more. {NO_CREDENTIALS}"
            ) from error
        said = error.response["Error"].get("Message", "")
        raise StopError(f"AWS did not let us {what}: {code_of(error)}, {said}") from error
    except BotoCoreError as error:
        raise StopError(f"AWS could not be asked to {what}: {error}") from error


def code_of(error: ClientError) -> str:
    """Read AWS's own code of an error."""
    return str(error.response["Error"].get("Code", ""))
