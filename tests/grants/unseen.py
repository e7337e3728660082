"""Calls that code makes and no end-to-end test can bring about, each with the reason."""

from __future__ import annotations

from typing import Final

from infra.local.iam_keys import ATTRIBUTES, LEADING
from tests.grants.judging import Call
from tests.grants.policies import ACCOUNT, REGION

TABLE: Final = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/UsherTable"

_KEY: Final = {ATTRIBUTES: ["pk", "sk"]}
_LISTED_LINK: Final = {LEADING: ["R#0"]}
_TAKEN: Final = "An import is taken back if somebody takes a code between its look and its write."

UNSEEN: Final = {
    Call("CommandWorkerRole", "dynamodb:DeleteItem", TABLE, _KEY | _LISTED_LINK): _TAKEN,
    Call("ReferralApiRole", "dynamodb:DeleteItem", TABLE, _LISTED_LINK): _TAKEN,
    Call("LogBackupRole", "dynamodb:BatchGetItem", TABLE, _KEY): (
        "The canary looks at joins that the bucket has had for ten minutes."
    ),
}
