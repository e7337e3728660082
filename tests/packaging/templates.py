"""The templates as data, and short ways through them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from infra.local.host import ROOT
from infra.local.transform import load

type Json = dict[str, Any]

TEMPLATE: Final = load(ROOT / "template.yaml")
LISTENER: Final = load(ROOT / "infra" / "listener.yaml")
NETWORK: Final = load(ROOT / "infra" / "network.yaml")
ALARMS: Final = load(ROOT / "infra" / "alarms.yaml")
DASHBOARD: Final = load(ROOT / "infra" / "dashboard.yaml")
REPLICA: Final = load(ROOT / "infra" / "replica.yaml")
ROOMS: Final = {
    "InteractionsFunction": "interactions",
    "CommandWorkerFunction": "command_worker",
    "EventWorkerFunction": "event_worker",
    "EffectsFunction": "effects",
    "ConfirmerFunction": "confirmer",
    "SweeperFunction": "sweeper",
    "LogBackupFunction": "log_backup",
    "RollupFunction": "rollup",
    "IntegrityFunction": "integrity",
    "ReferralApiFunction": "referral_api",
    "WebhooksFunction": "webhooks",
    "AlertsFunction": "alerts",
}


def of_type(template: Json, kind: str) -> dict[str, Json]:
    """Return the properties of every resource of one type, by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


FUNCTIONS: Final = of_type(TEMPLATE, "AWS::Serverless::Function")
READ_AT_ONCE: Final = {
    "LEDGER_RETENTION_DAYS": "30",
    "STATUS_REPORTS": "daily",
    "REPORTS_HOUR": "8",
    "LOG_RETENTION_DAYS": "30",
    "IMPORT_AT_INSTALL": "10000",
    "DISCORD_PUBLIC_KEY": "ab" * 32,
}
"""Variables whose values are read when a function begins."""
QUEUES: Final = of_type(TEMPLATE, "AWS::SQS::Queue")


def statements(template: Json) -> Iterator[tuple[str, Json]]:
    """Go through every statement of every role's policies, with the role's logical id."""
    for role, properties in of_type(template, "AWS::IAM::Role").items():
        for policy in properties.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield role, statement
    for policy in of_type(template, "AWS::IAM::RolePolicy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            yield policy["RoleName"]["Ref"], statement


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - IAM allows one or a list everywhere
    """Return a list of what may be one thing or a list of things."""
    return value if isinstance(value, list) else [value]
