"""From a listener that dies, and a message that nobody can read, to the operators' channel."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from infra.local.alerts_channel import CHANNEL
from infra.local.aws import environment
from infra.local.system import System
from usher.platform.signed_http import CLOUDWATCH, SignedClient

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

MINUTE = 3.0
"""Seconds of a minute of an alarm's period: long beside what a busy machine loses."""
PATIENCE = 60.0
SILENT, DEAD = "Listener silent", "Hooks dead letters"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    state: Path = tmp_path_factory.mktemp("alerts")
    async with System(state=state, alarm_minute=MINUTE) as running:
        yield running


def embeds(system: System) -> list[dict[str, Any]]:
    """What stands in the channel, oldest first."""
    guild = system.practice.guild
    (channel,) = (one for one in guild.channels.values() if one.name == CHANNEL)
    found = system.practice.messages(channel.id, guild.owner_id)
    return [dict(embed) for message in found for embed in message.embeds]


async def standing(system: System, title: str, count: int = 1) -> list[dict[str, Any]]:
    """Wait until the channel has a message that begins so; return all about the same thing."""
    about = title.partition(" · ")[2]
    async with asyncio.timeout(PATIENCE):
        while True:
            mine = [one for one in embeds(system) if one["title"].endswith(f" · {about}")]
            if mine and mine[-1]["title"] == title and len(mine) >= count:
                return mine
            await asyncio.sleep(0.1)


async def well(system: System, alarm: str) -> None:
    """Wait until an alarm is known to be OK."""
    client = SignedClient(CLOUDWATCH, environment(system.endpoint_url))
    async with asyncio.timeout(PATIENCE):
        while True:
            told = await asyncio.to_thread(client.call, "DescribeAlarms", {"AlarmNames": [alarm]})
            if '"StateValue": "OK"' in json.dumps(told):
                client.close()
                return
            await asyncio.sleep(0.1)


async def test_a_listener_that_dies_is_told_once_and_so_is_that_it_is_back(
    watched: System,
) -> None:
    await well(watched, "usher-local-page-listener-silent")

    await watched.kill_listener()
    (message,) = await standing(watched, f"ALARM · {SILENT}")
    assert "joins may go unseen" in message["description"]
    assert "docs/operations.md#listener-silent" in message["description"]

    await watched.start_listener()
    (message,) = await standing(watched, f"RECOVERED · {SILENT}")
    told = {field["name"]: field["value"] for field in message["fields"]}
    assert {"Since", "Recovered", "Lasted"} <= told.keys()
    assert "an alarm when below 1" in told["Measured"]


async def test_a_message_that_nobody_can_read_is_told_once_and_so_is_that_it_is_gone(
    watched: System,
) -> None:
    # Given a queue that gives up sooner than the template says, or the test would take an hour
    sqs, queue = watched.cloud.sqs, watched.outputs["HooksQueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})

    # When a message comes that nobody can read
    sqs.send_message(QueueUrl=queue, MessageBody="poison")

    (message,) = await standing(watched, f"WARNING · {DEAD}")
    assert "docs/operations.md#hooks-dead-letters" in message["description"]

    sqs.purge_queue(QueueUrl=watched.outputs["HooksDeadLetterQueueUrl"])
    await standing(watched, f"RECOVERED · {DEAD}")


async def test_status_reports_come_once_with_what_was_measured(watched: System) -> None:
    # Given a system that has been there for years, as far as its reports know
    began = {"pk": "ALERT#REPORTS", "sk": "BEGAN", "at": "2020-01-01T00:00:00.000000+00:00"}
    item: Any = {name: {"S": value} for name, value in began.items()}
    watched.cloud.dynamodb.put_item(TableName=watched.table_name, Item=item)
    function = watched.deployment.physical_ids["AlertsFunction"]

    # When the hour comes, twice
    for _ in range(2):
        answer = await asyncio.to_thread(
            watched.cloud.functions.invoke, FunctionName=function, Payload=b"{}"
        )
        assert "FunctionError" not in answer, answer["Payload"].read()

    # Then each period has its report
    reports = [one for one in embeds(watched) if one["title"].startswith(("Day", "Week", "Month"))]
    assert [one["title"].partition(" · ")[0] for one in reports] == ["Day", "Week", "Month"]
    assert all(len(one["fields"]) == 9 for one in reports)
