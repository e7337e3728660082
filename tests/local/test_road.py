"""A request through API Gateway to a function, and messages through the queues to theirs."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

from tests.local.stacks import Stack, wait_for


def _post(stack: Stack, path: str, body: bytes) -> tuple[int, bytes]:
    host = f"{stack.physical('HttpApi')}.execute-api.127.0.0.1:{stack.emulator.port}"
    request = urllib.request.Request(  # noqa: S310 - the emulator's own address
        stack.emulator.endpoint_url + path,
        data=body,
        headers={"Host": host, "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def _seen(stack: Stack, body: str) -> bool:
    table = stack.physical("UsherTable")
    key = {"pk": {"S": "seen"}, "sk": {"S": body}}
    return "Item" in stack.cloud.dynamodb.get_item(TableName=table, Key=key)


def _send(stack: Stack, group: str, bodies: list[str]) -> None:
    stack.cloud.sqs.send_message_batch(
        QueueUrl=stack.physical("EventsQueue"),
        Entries=[
            {
                "Id": str(number),
                "MessageBody": body,
                "MessageGroupId": group,
                "MessageDeduplicationId": f"{group}-{number}",
            }
            for number, body in enumerate(bodies)
        ],
    )


def test_a_post_reaches_the_function_with_its_body_unchanged(stack: Stack) -> None:
    body = '{"emoji": "🦉", "lines": "a\\r\\n"}  '.encode()

    status, answer = _post(stack, "/interactions?a=%2F&b", body)

    event = json.loads(answer)["event"]
    assert status == 200
    assert event["body"].encode() == body
    assert event["isBase64Encoded"] is False
    assert event["rawQueryString"] == "a=%2F&b"


def test_a_path_outside_the_template_is_not_found(stack: Stack) -> None:
    assert _post(stack, "/elsewhere", b"{}")[0] == 404


def test_a_function_sees_its_settings_and_nothing_of_the_host(stack: Stack) -> None:
    _, answer = _post(stack, "/interactions", b"{}")

    names = set(json.loads(answer)["environment"])
    assert {"TABLE_NAME", "COMMANDS_QUEUE_URL", "DISCORD_PUBLIC_KEY", "AWS_ENDPOINT_URL"} <= names
    assert not names & {"HOME", "USER", "PYTHONPATH", "VIRTUAL_ENV", "DISCORD_BOT_TOKEN"}


def test_observations_reach_the_event_worker(stack: Stack) -> None:
    _send(stack, "guild-1", ["first", "second"])

    wait_for(lambda: _seen(stack, "first") and _seen(stack, "second"))


def test_a_poison_message_holds_back_its_own_guild_only(stack: Stack) -> None:
    _send(stack, "guild-2", ["poison"])
    _send(stack, "guild-3", ["third"])

    wait_for(lambda: _seen(stack, "third"))
