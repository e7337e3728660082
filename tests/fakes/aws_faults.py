"""Faults of AWS itself: every call that any client makes can be broken off or refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.session import Session

from tests.fakes.fuse import Fuse

type Refusal = tuple[int, str]
"""Status and error code of an answer."""

THROTTLED: Mapping[str, Refusal] = {
    "dynamodb": (400, "ProvisionedThroughputExceededException"),
    "s3": (503, "SlowDown"),
    "sqs": (400, "RequestThrottled"),
}
IN_CONFLICT: Mapping[str, Refusal] = {
    **THROTTLED,
    "dynamodb": (400, "TransactionConflictException"),
    "s3": (409, "ConditionalRequestConflict"),
}


@dataclass
class RefusedCall(Fuse):
    """Breaks nothing off: one call is refused instead, as after all of the SDK's own retries."""

    refusals: Mapping[str, Refusal] = field(default_factory=dict)

    def _burn(self, name: str, number: int) -> None:
        pass

    def answer(self, name: str, number: int) -> tuple[object, object] | None:
        """Tell what a call is answered with in place of AWS's own answer."""
        if number != self.at:
            return None
        status, code = self.refusals[name.split(".")[0]]
        error = {"Code": code, "Message": code}
        parsed: dict[str, object] = {
            "Error": error,
            "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}, "RetryAttempts": 3},
        }
        if name == "dynamodb.TransactWriteItems" and code == "TransactionConflictException":
            reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
            parsed |= {
                "Error": {**error, "Code": "TransactionCanceledException"},
                "CancellationReasons": reasons,
            }
        return SimpleNamespace(status_code=status, headers={}), parsed


def hook_clients(patch: pytest.MonkeyPatch, fuse: Callable[[], Fuse]) -> None:
    """Make every call of every client made from now on a step of the fuse that burns then.

    One call at a time: steps are counted in the order in which calls begin.
    """
    create = Session.create_client
    numbers: list[int] = []

    def created(session: Session, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - a client
        client = create(session, *arguments, **named)
        client.meta.events.register("before-call", before)
        client.meta.events.register("after-call", after)
        return client

    def before(model: Any, **_: object) -> Any:  # noqa: ANN401 - botocore's OperationModel
        burning, name = fuse(), _name(model)
        numbers.append(burning.enter(name))
        return burning.answer(name, numbers[-1]) if isinstance(burning, RefusedCall) else None

    def after(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's OperationModel
        fuse().leave(_name(model), numbers[-1])

    patch.setattr(Session, "create_client", created)


def _name(model: Any) -> str:  # noqa: ANN401 - botocore's OperationModel
    return f"{model.service_model.service_name}.{model.name}"
