"""With InteractionsSnapStart the API calls the release's version, and the one before is gone."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.aws import session
from infra.local.deploy import deploy, plan
from infra.local.settings import TEMPLATE
from tests.local.stacks import PARAMETERS, Stack, deployed

SNAPPED = {**PARAMETERS, "InteractionsSnapStart": "true"}


@pytest.fixture
def stack(probe_functions: Path) -> Iterator[Stack]:
    with deployed(probe_functions, {**SNAPPED, "Release": "first"}) as stack:
        yield stack


def _deploy(stack: Stack, functions: Path, parameters: dict[str, str]) -> Stack:
    deployment = deploy(stack.cloud, plan(TEMPLATE, functions, parameters))
    return Stack(stack.emulator, stack.cloud, deployment)


def _versions(stack: Stack) -> list[str]:
    """Releases of which there is a version."""
    held = stack.cloud.functions.list_versions_by_function(
        FunctionName=stack.physical("InteractionsFunction")
    )["Versions"]
    return [one["Description"] for one in held if one["Version"] != "$LATEST"]


def _aliases(stack: Stack) -> dict[str, str]:
    """Releases by the names that lead to them."""
    name = stack.physical("InteractionsFunction")
    held = stack.cloud.functions.list_aliases(FunctionName=name)["Aliases"]
    return {
        one["Name"]: stack.cloud.functions.get_function_configuration(
            FunctionName=name, Qualifier=one["FunctionVersion"]
        )["Environment"]["Variables"]["RELEASE"]
        for one in held
    }


def _called(stack: Stack) -> str:
    """What the API calls for an interaction."""
    client: Any = session().client
    api = client("apigatewayv2", endpoint_url=stack.cloud.endpoint_url)
    id_ = stack.physical("HttpApi")
    (route,) = [
        one for one in api.get_routes(ApiId=id_)["Items"] if one["RouteKey"] == "POST /interactions"
    ]
    target = route["Target"].removeprefix("integrations/")
    uri = str(api.get_integration(ApiId=id_, IntegrationId=target)["IntegrationUri"])
    return uri.partition("/functions/")[2].removesuffix("/invocations").partition(":function:")[2]


def _variables(stack: Stack) -> list[str]:
    """Names of the variables that whoever answers an interaction has."""
    host = f"{stack.physical('HttpApi')}.execute-api.127.0.0.1:{stack.emulator.port}"
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{stack.emulator.endpoint_url}/interactions", data=b"{}", headers={"Host": host}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return list(json.loads(answer.read())["environment"])


def test_each_release_has_its_snapshot_and_alone(stack: Stack, probe_functions: Path) -> None:
    function = stack.physical("InteractionsFunction")
    held = stack.cloud.functions.get_function_configuration(FunctionName=function)
    assert held["SnapStart"]["ApplyOn"] == "PublishedVersions"
    assert (_versions(stack), _aliases(stack)) == (["first"], {"live": "first"})
    assert _called(stack) == f"{function}:live"
    assert "RELEASE" in _variables(stack)

    stack = _deploy(stack, probe_functions, {**SNAPPED, "Release": "second"})

    assert (_versions(stack), _aliases(stack)) == (["second"], {"live": "second"})
    assert _called(stack) == f"{function}:live"

    stack = _deploy(stack, probe_functions, PARAMETERS)

    assert (_versions(stack), _aliases(stack)) == ([], {})
    assert _called(stack) == function
    assert "RELEASE" not in _variables(stack)
