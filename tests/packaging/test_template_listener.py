"""The listener's stack: nothing comes in, little goes out, and it stops with time to flush."""

from __future__ import annotations

from gateway_listener.lease_table import bot_key
from tests.packaging.templates import LISTENER, TEMPLATE, of_type, statements
from usher.ids import UserId

LEASE_ACTIONS = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
RESOURCES = TEMPLATE["Resources"]


def test_nothing_can_connect_to_the_listener() -> None:
    (group,) = of_type(LISTENER, "AWS::EC2::SecurityGroup").values()

    assert "SecurityGroupIngress" not in group
    assert not of_type(LISTENER, "AWS::EC2::SecurityGroupIngress")
    assert [(rule["FromPort"], rule["ToPort"]) for rule in group["SecurityGroupEgress"]] == [
        (443, 443)
    ]


def test_the_listener_may_send_to_one_queue_keep_its_lease_and_read_one_secret() -> None:
    actions = [s["Action"] for role, s in statements(LISTENER) if role == "TaskRole"]

    assert actions == [
        "sqs:SendMessage",
        LEASE_ACTIONS,
        "secretsmanager:GetSecretValue",
    ]


def test_of_the_table_the_listener_reaches_the_rows_of_shards_only() -> None:
    (statement,) = [s for _, s in statements(LISTENER) if s["Action"] == LEASE_ACTIONS]

    assert statement["Resource"] == {"Ref": "TableArn"}
    assert statement["Condition"] == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{bot_key(UserId(''))}*"]}
    }


def test_the_listener_has_time_to_flush_and_is_replaced_without_a_gap() -> None:
    (task,) = of_type(LISTENER, "AWS::ECS::TaskDefinition").values()
    (container,) = task["ContainerDefinitions"]
    (service,) = of_type(LISTENER, "AWS::ECS::Service").values()
    deployment = service["DeploymentConfiguration"]

    assert container["StopTimeout"] == 120
    assert container["HealthCheck"]["Command"][-1] == "gateway_listener.health"
    assert container["ReadonlyRootFilesystem"] is True
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


def test_what_reads_observations_is_updated_before_what_writes_them() -> None:
    assert RESOURCES["Listener"]["DependsOn"] == "EventWorkerFunction"


def test_the_listener_is_given_the_tokens_name_and_not_the_token() -> None:
    (task,) = of_type(LISTENER, "AWS::ECS::TaskDefinition").values()
    (container,) = task["ContainerDefinitions"]
    variables = {entry["Name"]: entry["Value"] for entry in container["Environment"]}

    assert "Secrets" not in container
    assert variables["DISCORD_TOKEN_SECRET"] == {"Ref": "DiscordTokenSecretName"}


def test_how_many_tasks_share_the_shards_is_a_parameter() -> None:
    (task,) = of_type(LISTENER, "AWS::ECS::TaskDefinition").values()
    (container,) = task["ContainerDefinitions"]
    variables = {entry["Name"]: entry["Value"] for entry in container["Environment"]}
    (service,) = of_type(LISTENER, "AWS::ECS::Service").values()

    assert service["DesiredCount"] == {"Ref": "Tasks"}
    assert variables["SHARD_COUNT"] == {"Ref": "ShardCount"}
    assert variables["MOST_SHARDS"] == {"Ref": "MostShards"}
    names = ("ListenerTasks", "ListenerShardCount")
    assert [TEMPLATE["Parameters"][name]["Default"] for name in names] == [1, "auto"]


def test_the_nested_stack_is_given_every_parameter_it_has() -> None:
    given = RESOURCES["Listener"]["Properties"]["Parameters"]

    assert given.keys() == LISTENER["Parameters"].keys()
