"""Several copies in one account and Region: every name carries the stage, or AWS makes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from infra.local.host import ROOT
from infra.local.transform import Code, load, translate
from tests.packaging.templates import LISTENER, TEMPLATE, Json, of_type

NESTED: Final = {file.name: load(file) for file in sorted((ROOT / "infra").glob("*.yaml"))}
NAMES: Final = {
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::Service": "ServiceName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Serverless::HttpApi": "Name",
}
"""The property that gives a resource its name, where AWS would else make one (CloudFormation)."""


@pytest.fixture(scope="session")
def translated() -> Json:
    """The template as CloudFormation has it, of SAM's own resources too."""
    parameters = {
        "DiscordPublicKey": "ab" * 32,
        "DiscordApplicationId": "123456789012345678",
    }
    return translate(TEMPLATE, parameters, lambda _handler: Code("bucket", "key"))


def _named(template: Json) -> Iterator[tuple[str, object]]:
    for name, resource in template["Resources"].items():
        given = resource.get("Properties", {}).get(NAMES.get(resource["Type"], ""))
        if given is not None:
            yield name, given


@pytest.mark.parametrize("file", NESTED)
def test_names_of_nested_resources_carry_the_stage(file: str) -> None:
    assert [n for n, given in _named(NESTED[file]) if "${Stage}" not in str(given)] == []


def test_names_carry_the_stage_also_where_sam_gives_them(translated: Json) -> None:
    apis = of_type(translated, "AWS::ApiGatewayV2::Api")
    unstaged = {n for n, given in _named(translated) if "${Stage}" not in str(given)}

    # Its name is the logical id in the local run alone, and APIs may share one.
    assert unstaged <= apis.keys()


def test_schedules_have_no_name_that_a_second_stack_would_have_too(translated: Json) -> None:
    schedules = of_type(translated, "AWS::Events::Rule") | of_type(
        translated, "AWS::Scheduler::Schedule"
    )
    asked = [
        event
        for function in of_type(TEMPLATE, "AWS::Serverless::Function").values()
        for event in function.get("Events", {}).values()
        if event["Type"].startswith("Schedule")
    ]

    assert len(schedules) == len(asked) > 0
    assert not any("Name" in schedule for schedule in schedules.values())


def test_two_stages_cannot_share_a_bot_unawares() -> None:
    parameters = TEMPLATE["Parameters"]
    default = parameters["DiscordTokenSecretName"]["Default"]
    rule = TEMPLATE["Rules"]["EveryStageHasItsBot"]

    assert default == f"usher/{parameters['Stage']['Default']}/discord-token"
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "prod"]}]}
    assert rule["Assertions"][0]["Assert"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "DiscordTokenSecretName"}, default]}]
    }


def test_the_stacks_tags_reach_the_listeners_tasks() -> None:
    (service,) = of_type(LISTENER, "AWS::ECS::Service").values()

    assert service["PropagateTags"] == "SERVICE"
    assert service["EnableECSManagedTags"] is True


def test_every_queue_the_operator_may_have_to_look_at_is_an_output() -> None:
    outputs = {
        str(output["Value"]) for name, output in TEMPLATE["Outputs"].items() if "Queue" in name
    }

    assert outputs == {str({"Ref": name}) for name in of_type(TEMPLATE, "AWS::SQS::Queue")}
