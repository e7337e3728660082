"""Properties the emulator accepts and then forgets: set again by API, from the same template.

Each was found by reading it back after CreateStack (MiniStack 1.5.33). tests/local reads every one
back again, so a release that begins to honour one, or forgets another, is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from infra.local.aws import Cloud
from infra.local.deploy import Deployment
from infra.local.transform import Json

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import LifecycleRuleUnionTypeDef

type Fixup = Callable[[Cloud, str, Json], None]


def apply(cloud: Cloud, deployment: Deployment) -> None:
    """Make every resource carry what its template says; safe to repeat at each start."""
    for logical_id, resource in deployment.template["Resources"].items():
        physical_id = deployment.physical_ids.get(logical_id)
        if physical_id is None:  # left out by its condition
            continue
        for fixup in _FIXUPS.get(resource["Type"], ()):
            fixup(cloud, physical_id, resource["Properties"])


def _time_to_live(cloud: Cloud, table: str, properties: Json) -> None:
    wanted = properties.get("TimeToLiveSpecification")
    if wanted is None:
        return
    held = cloud.dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    is_on = held.get("TimeToLiveStatus") == "ENABLED"
    if is_on != wanted["Enabled"]:  # DynamoDB refuses to be told twice
        cloud.dynamodb.update_time_to_live(
            TableName=table,
            TimeToLiveSpecification={
                "AttributeName": wanted["AttributeName"],
                "Enabled": wanted["Enabled"],
            },
        )


def _point_in_time_recovery(cloud: Cloud, table: str, properties: Json) -> None:
    wanted = properties.get("PointInTimeRecoverySpecification")
    if wanted is not None:
        cloud.dynamodb.update_continuous_backups(
            TableName=table,
            PointInTimeRecoverySpecification={
                "PointInTimeRecoveryEnabled": wanted["PointInTimeRecoveryEnabled"]
            },
        )


def _table_encryption(cloud: Cloud, table: str, properties: Json) -> None:
    wanted = properties.get("SSESpecification")
    if wanted is not None:
        cloud.dynamodb.update_table(
            TableName=table, SSESpecification={"Enabled": wanted["SSEEnabled"]}
        )


def _object_lock(cloud: Cloud, bucket: str, properties: Json) -> None:
    if properties.get("ObjectLockEnabled"):
        cloud.s3.put_object_lock_configuration(
            Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
        )


def _bucket_encryption(cloud: Cloud, bucket: str, properties: Json) -> None:
    wanted = properties.get("BucketEncryption")
    if wanted is not None:
        cloud.s3.put_bucket_encryption(
            Bucket=bucket,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
                    for rule in wanted["ServerSideEncryptionConfiguration"]
                ]
            },
        )


def _ownership(cloud: Cloud, bucket: str, properties: Json) -> None:
    wanted = properties.get("OwnershipControls")
    if wanted is not None:
        cloud.s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=wanted)


def _lifecycle(cloud: Cloud, bucket: str, properties: Json) -> None:
    wanted = properties.get("LifecycleConfiguration")
    if wanted is not None:
        cloud.s3.put_bucket_lifecycle_configuration(
            Bucket=bucket,
            LifecycleConfiguration={"Rules": [_lifecycle_rule(rule) for rule in wanted["Rules"]]},
        )


def _lifecycle_rule(rule: Json) -> LifecycleRuleUnionTypeDef:
    # CloudFormation and S3 spell a rule differently; one not translated must not pass in silence.
    same = {"AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"}
    known = {"Id", "Status", "Prefix", "ExpirationInDays", "Transitions", *same}
    if unknown := sorted(rule.keys() - known):
        raise NotImplementedError(f"lifecycle rule {rule.get('Id')}: {', '.join(unknown)}")
    translated: Json = {
        "ID": rule["Id"],
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
        **{name: rule[name] for name in same & rule.keys()},
    }
    if "ExpirationInDays" in rule:
        translated["Expiration"] = {"Days": rule["ExpirationInDays"]}
    if "Transitions" in rule:
        translated["Transitions"] = [
            {"StorageClass": one["StorageClass"], "Days": one["TransitionInDays"]}
            for one in rule["Transitions"]
        ]
    return cast("LifecycleRuleUnionTypeDef", translated)


_FIXUPS: Mapping[str, tuple[Fixup, ...]] = {
    "AWS::DynamoDB::Table": (_time_to_live, _point_in_time_recovery, _table_encryption),
    "AWS::S3::Bucket": (_object_lock, _bucket_encryption, _ownership, _lifecycle),
}
