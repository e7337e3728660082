"""Teaches the emulator's IAM what it does not know, so that a role refuses here what AWS would.

MiniStack 1.5.33 does not fill DynamoDB's condition keys but for projections, gives all parts of a
transaction the same, asks for permissions of its own to do something in a batch, lets an object be
locked by whoever may write it, and tells anybody that an object is missing. This rests on private
names, hence the exact pin and the tests in tests/local.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

from infra.local.iam_calls import CallLog
from infra.local.iam_keys import Json, Keys, keys_of, parts_of

# SQS developer guide, "Amazon SQS API permissions": a batch is allowed as its single call is.
_BATCH: Final = "Batch"
# S3 user guide, "Required permissions for Amazon S3 API operations": what a header asks for.
_ALSO: Final = {
    "x-amz-object-lock-mode": "s3:PutObjectRetention",
    "x-amz-object-lock-legal-hold": "s3:PutObjectLegalHold",
    "x-amz-tagging": "s3:PutObjectTagging",
    "x-amz-acl": "s3:PutObjectAcl",
}


class _Part(str):
    """The table of a transaction's part; the emulator passes it on to where it is judged."""

    __slots__ = ("keys",)
    keys: Keys

    def __new__(cls, arn: str, keys: Keys) -> _Part:
        part = super().__new__(cls, arn)
        part.keys = keys
        return part


def install(log: CallLog | None) -> None:
    """Change the emulator in this process; with a log, what roles do is written down."""
    from ministack.core import iam_actions, iam_evaluator

    iam_actions.extract_iam_action = _single(iam_actions.extract_iam_action)
    iam_actions.dynamodb_service_context = _with_keys(iam_actions.dynamodb_service_context)
    iam_actions.dynamodb_transaction_checks = _checks_of_parts
    iam_actions.s3_additional_checks = _as_s3_asks(iam_actions.s3_additional_checks)
    enforce = iam_evaluator.enforce if log is None else _noting(iam_evaluator.enforce, log)
    iam_evaluator.enforce = _by_part(enforce)


def _single(extract: Callable[..., str | None]) -> Callable[..., str | None]:
    def extract_iam_action(*request: Any) -> str | None:  # noqa: ANN401 - the emulator's own
        action = extract(*request)
        if action is not None and action.startswith("sqs:"):
            return action.removesuffix(_BATCH)
        return action

    return extract_iam_action


def _with_keys(context: Callable[[bytes], Json]) -> Callable[[bytes], Json]:
    def dynamodb_service_context(body: bytes) -> Json:
        request = _request(body)
        return {**context(body), **keys_of(request, _partition_key(request))}

    return dynamodb_service_context


def _checks_of_parts(
    _action: str, body: bytes, region: str, account: str
) -> list[tuple[str, _Part]]:
    return [
        (
            action,
            _Part(
                f"arn:aws:dynamodb:{region}:{account}:table/{part['TableName']}",
                keys_of(part, _partition_key(part)),
            ),
        )
        for action, part in parts_of(_request(body))
    ]


def _as_s3_asks(checks: Callable[..., list[tuple[str, str]]]) -> Callable[..., Any]:
    from ministack.services import s3

    def s3_additional_checks(
        method: str, path: str, headers: Json, body: bytes, parameters: Json
    ) -> list[tuple[str, str]]:
        found = checks(method, path, headers, body, parameters)
        bucket, _, key = unquote(path).strip("/").partition("/")
        arn = f"arn:aws:s3:::{bucket}"
        if key and method in {"PUT", "POST"}:
            found += [(also, f"{arn}/{key}") for name, also in _ALSO.items() if headers.get(name)]
        held = s3._buckets.get(bucket)
        if key and method in {"GET", "HEAD"} and held is not None and key not in held["objects"]:
            # Who may not list a bucket is not told that something is not there.
            found.append(("s3:ListBucket", arn))
        return found

    return s3_additional_checks


def _by_part(enforce: Callable[..., Any]) -> Callable[..., Any]:
    def by_part(*caller: str, resource_arn: str = "*", service_context: Json | None = None) -> Any:  # noqa: ANN401
        if isinstance(resource_arn, _Part):
            return enforce(
                *caller,
                resource_arn=str(resource_arn),
                service_context={**(service_context or {}), **resource_arn.keys},
            )
        return enforce(*caller, resource_arn=resource_arn, service_context=service_context)

    return by_part


def _noting(enforce: Callable[..., Any], log: CallLog) -> Callable[..., Any]:
    from ministack.core.iam_evaluator import AuthError, resolve_principal
    from ministack.core.responses import get_account_id

    def noting(
        access_key: str,
        action: str,
        *where: str,
        resource_arn: str = "*",
        service_context: Json | None = None,
    ) -> Any:  # noqa: ANN401
        denied = enforce(
            access_key, action, *where, resource_arn=resource_arn, service_context=service_context
        )
        principal = resolve_principal(access_key, get_account_id())
        if not isinstance(principal, AuthError):
            log.note(principal, action, resource_arn, service_context or {}, allowed=denied is None)
        return denied

    return noting


def _request(body: bytes) -> Json:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}


def _partition_key(request: Json) -> str:
    """Return the first key attribute of the table or index that is asked; "" for no table here."""
    from ministack.services import dynamodb

    name = request.get("TableName") or next(iter(request.get("RequestItems") or ()), "")
    table = dynamodb._tables.get(name)
    if table is None:
        return ""
    index = request.get("IndexName")
    asked = next(
        (one for one in table.get("GlobalSecondaryIndexes", []) if one["IndexName"] == index), table
    )
    return str(next(k["AttributeName"] for k in asked["KeySchema"] if k["KeyType"] == "HASH"))
