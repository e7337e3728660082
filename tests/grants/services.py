"""What AWS's own services do in the name of a role: no code of ours makes these calls.

Sources: Lambda developer guide, "Execution role permissions" of SQS event sources and "Sending
function logs to CloudWatch Logs"; ECS developer guide, "Task execution IAM role"; S3 user guide,
"Setting up permissions for live replication" (what is locked is copied with its locks).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tests.grants.judging import Call
from tests.grants.policies import ACCOUNT, REGION, Template

type Json = dict[str, Any]

_OF_A_QUEUE: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_OF_AN_IMAGE: Final = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
_OF_A_COPIED_BUCKET: Final = ("s3:GetReplicationConfiguration", "s3:ListBucket")
_OF_A_COPIED_VERSION: Final = (
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionTagging",
    "s3:GetObjectRetention",
    "s3:GetObjectLegalHold",
)
_OF_A_COPY: Final = ("s3:ReplicateObject", "s3:ReplicateTags")


def calls(template: Template) -> list[Call]:
    """Return them for everything that is deployed."""
    makers = {
        "AWS::Serverless::Function": _function,
        "AWS::ECS::TaskDefinition": _task,
        "AWS::S3::Bucket": _bucket,
    }
    return [
        call
        for one in template.all()
        for name, resource in one.resources.items()
        if resource["Type"] in makers
        for call in makers[resource["Type"]](one, name, resource["Properties"])
    ]


def _function(template: Template, _name: str, properties: Json) -> Iterator[Call]:
    role = properties["Role"]["Fn::GetAtt"][0]
    yield from _log(role, template.value(properties["LoggingConfig"]["LogGroup"]))
    for event in properties.get("Events", {}).values():
        if event["Type"] == "SQS":
            queue = template.value(event["Properties"]["Queue"])
            yield from (Call(role, action, queue) for action in _OF_A_QUEUE)


def _task(template: Template, _name: str, properties: Json) -> Iterator[Call]:
    role = properties["ExecutionRoleArn"]["Fn::GetAtt"][0]
    yield Call(role, "ecr:GetAuthorizationToken", "*")
    for container in template.value(properties["ContainerDefinitions"]):
        yield from _log(role, container["LogConfiguration"]["Options"]["awslogs-group"])
        host, _, repository = container["Image"].partition("/")
        account, region = host.split(".")[0], host.split(".")[3]
        image = f"arn:aws:ecr:{region}:{account}:repository/{repository.partition(':')[0]}"
        yield from (Call(role, action, image) for action in _OF_AN_IMAGE)


def _bucket(template: Template, name: str, properties: Json) -> Iterator[Call]:
    copying = template.value(properties.get("ReplicationConfiguration"))
    if not copying:
        return
    role, bucket = copying["Role"], f"arn:aws:s3:::{name}"
    yield from (Call(role, action, bucket) for action in _OF_A_COPIED_BUCKET)
    for rule in copying["Rules"]:
        key = f"{rule['Filter']['Prefix']}x"
        yield from (Call(role, action, f"{bucket}/{key}") for action in _OF_A_COPIED_VERSION)
        copy = rule["Destination"]["Bucket"]
        yield from (Call(role, action, f"{copy}/{key}") for action in _OF_A_COPY)


def _log(role: str, group: str) -> Iterator[Call]:
    stream = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:x"
    yield from (Call(role, f"logs:{act}", stream) for act in ("CreateLogStream", "PutLogEvents"))
