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

_LEDGER: Final = "arn:aws:s3:::LedgerBucket"
_QUEUES: Final = f"arn:aws:sqs:{REGION}:{ACCOUNT}"
_WHOLE: Final = "Whole ledgers are compared with closed days once a day, when it is a guild's turn."
_MOVED: Final = "Steps move, and are told, where attribution comes to another mind after them."
_TWICE: Final = "Differences are seen twice, an hour apart, before they are mended or told."
_LIMITS: Final = {LEADING: ["DL#0"], ATTRIBUTES: ["pk", "sk"]}

UNSEEN: Final = {
    Call("CommandWorkerRole", "dynamodb:DeleteItem", TABLE, _KEY | _LISTED_LINK): _TAKEN,
    Call("ReferralApiRole", "dynamodb:DeleteItem", TABLE, _LISTED_LINK): _TAKEN,
    Call("LogBackupRole", "dynamodb:BatchGetItem", TABLE, _KEY): (
        "The canary looks at joins that the bucket has had for ten minutes."
    ),
}

BY_CHANCE: Final = (
    {
        Call(role, f"dynamodb:{action}", TABLE, _LIMITS): (
            "Whoever calls Discord shares its limits by the same code (usher/limits): it tells "
            "that a bucket is empty, and opens again what was closed, when it comes to that."
        )
        for role in (
            *("ReferralApiRole", "CommandWorkerRole", "EffectsRole"),
            *("ConfirmerRole", "IntegrityRole"),
        )
        for action in ("PutItem", "DeleteItem")
    }
    | {
        Call("EffectsRole", "dynamodb:DeleteItem", TABLE, _KEY | {LEADING: ["L#0"]}): _MOVED,
        Call("EffectsRole", "sqs:SendMessage", f"{_QUEUES}:HooksQueue"): _MOVED,
    }
    | {
        Call("IntegrityRole", action, resource): why
        for action, resource, why in (
            ("s3:GetObject", f"{_LEDGER}/closed/x", _WHOLE),
            ("s3:GetObject", f"{_LEDGER}/chain/x", _WHOLE),
            ("sqs:SendMessage", f"{_QUEUES}:ConfirmationsQueue", _TWICE),
            ("sqs:SendMessage", f"{_QUEUES}:EffectsQueue", _TWICE),
        )
    }
)
"""Calls that a run makes or does not make, as it comes."""
