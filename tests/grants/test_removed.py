"""Each grant taken out of its role in the embedded cloud: the call that needs it is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local import bot_token, task_role
from infra.local.aws import REGION
from infra.local.settings import CLIENT_SECRET
from tests.grants.judging import Call, allowed, grants
from tests.grants.policies import Json, Template, read
from tests.grants.replay import Made, replay
from tests.local.stacks import PARAMETERS, Stack, deployed, put_probes

pytestmark = pytest.mark.grants

_DENIED = {"AccessDenied", "AccessDeniedException"}
_SIGN_IN = {"DiscordClientSecretName": CLIENT_SECRET}


def _functions(template: Template) -> dict[str, str]:
    """Return the function that runs as each role."""
    return {
        resource["Properties"]["Role"]["Fn::GetAtt"][0]: name
        for name, resource in template.resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


FUNCTIONS = _functions(read())


@dataclass(frozen=True)
class Actor:
    """Somebody who makes calls as a role, and the role's policy."""

    policy: Callable[[], Json]
    put: Callable[[Json], object]
    run: Callable[[list[Made]], list[str]]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    functions = tmp_path_factory.mktemp("functions")
    put_probes(functions)
    with deployed(functions, PARAMETERS | _SIGN_IN) as stack:
        bot_token.store(stack.cloud, CLIENT_SECRET, "the secret")
        yield stack


def _document(answer: Any) -> Json:  # noqa: ANN401 - a role's or a user's
    document: Json = answer["PolicyDocument"]
    return document


def _of_a_function(stack: Stack, role: str) -> Actor:
    iam, physical = stack.cloud.iam, stack.physical(role)
    (name,) = iam.list_role_policies(RoleName=physical)["PolicyNames"]

    def run(made: list[Made]) -> list[str]:
        answer = stack.cloud.functions.invoke(
            FunctionName=stack.physical(FUNCTIONS[role]),
            Payload=json.dumps({"calls": made}).encode(),
        )
        codes: list[str] = json.loads(answer["Payload"].read())
        return codes

    return Actor(
        lambda: _document(iam.get_role_policy(RoleName=physical, PolicyName=name)),
        lambda policy: iam.put_role_policy(
            RoleName=physical, PolicyName=name, PolicyDocument=json.dumps(policy)
        ),
        run,
    )


def _of_the_listener(stack: Stack) -> Actor:
    iam, user = stack.cloud.iam, stack.physical(task_role.ROLE)
    (name,) = iam.list_user_policies(UserName=user)["PolicyNames"]
    key = task_role.key(stack.cloud, user)
    session = boto3.Session(key["AWS_ACCESS_KEY_ID"], key["AWS_SECRET_ACCESS_KEY"], None, REGION)

    def call(service: str, operation: str, arguments: Json) -> str:
        client = session.client(service, endpoint_url=stack.emulator.endpoint_url)  # type: ignore[call-overload]
        try:
            getattr(client, operation)(**arguments)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "ok"

    return Actor(
        lambda: _document(iam.get_user_policy(UserName=user, PolicyName=name)),
        lambda policy: iam.put_user_policy(
            UserName=user, PolicyName=name, PolicyDocument=json.dumps(policy)
        ),
        lambda made: [call(*one) for one in made],
    )


@pytest.mark.parametrize("role", [*FUNCTIONS, task_role.ROLE])
def test_without_a_grant_the_call_that_needs_it_is_refused(
    stack: Stack, role: str, roles: dict[str, list[Json]], calls: list[Call]
) -> None:
    make = _of_the_listener if role == task_role.ROLE else partial(_of_a_function, role=role)
    actor = make(stack)
    whole = actor.policy()
    # Lambda itself writes a function's log; the emulator's does so without asking.
    own = [
        call
        for call in calls
        if call.role == role and allowed(roles[role], call) and not call.action.startswith("logs:")
    ]
    answers: dict[str, str] = {}
    needed: list[Made] = []
    try:
        for here, there in zip(
            grants(role, roles[role]), grants(role, whole["Statement"]), strict=True
        ):
            call = next((call for call in own if not allowed(here.rest, call)), None)
            if call is not None:
                needed.append(replay(call, stack.deployment.physical_ids))
                actor.put({**whole, "Statement": there.rest})
                (answers[here.name],) = actor.run(needed[-1:])
    finally:
        actor.put(whole)

    assert {name: code for name, code in answers.items() if code not in _DENIED} == {}
    assert not _DENIED & set(actor.run(needed))
