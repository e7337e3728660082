"""What becomes of the template on its way into the emulator."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.settings import TEMPLATE
from infra.local.transform import (
    Code,
    allow_plain_http,
    expand_http_apis,
    handlers,
    load,
    translate,
)
from tests.local.stacks import PARAMETERS


@pytest.fixture(scope="module")
def translated() -> dict[str, Any]:
    return translate(load(TEMPLATE), PARAMETERS, lambda handler: Code("code", f"{handler}.zip"))


def _of_type(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [r["Properties"] for r in template["Resources"].values() if r["Type"] == kind]


def test_every_function_has_the_code_it_was_given(translated: dict[str, Any]) -> None:
    functions = _of_type(translated, "AWS::Lambda::Function")

    assert sorted(f["Code"]["S3Key"] for f in functions) == sorted(
        f"{handler}.zip" for handler in handlers(load(TEMPLATE)).values()
    )
    assert all(f["Code"]["S3Key"].startswith(f["Handler"]) for f in functions)


def test_nothing_of_sam_is_left(translated: dict[str, Any]) -> None:
    kinds = {r["Type"] for r in translated["Resources"].values()}

    assert not {kind for kind in kinds if kind.startswith("AWS::Serverless")}


def test_every_endpoint_becomes_a_route(translated: dict[str, Any]) -> None:
    routes = _of_type(translated, "AWS::ApiGatewayV2::Route")
    integrations = _of_type(translated, "AWS::ApiGatewayV2::Integration")
    (api,) = _of_type(translated, "AWS::ApiGatewayV2::Api")

    keys = ["ANY /api/{proxy+}", "ANY /r/{proxy+}", "POST /interactions"]
    assert sorted(route["RouteKey"] for route in routes) == keys
    assert {one["PayloadFormatVersion"] for one in integrations} == {"2.0"}
    called = str([one["IntegrationUri"] for one in integrations])
    assert "InteractionsFunction" in called
    assert "ReferralApiFunction" in called
    assert "Body" not in api


def test_every_kind_of_path_becomes_its_route() -> None:
    integration = {"x-amazon-apigateway-integration": {"uri": "u", "payloadFormatVersion": "2.0"}}
    body = {
        "paths": {
            "/$default": {"x-amazon-apigateway-any-method": integration},
            "/r/{code}": {"get": integration, "head": integration},
            "/all": {"x-amazon-apigateway-any-method": integration},
            "/cors": {"options": {"responses": {}}},
        }
    }
    template = {
        "Resources": {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body}}}
    }

    routes = _of_type(expand_http_apis(template), "AWS::ApiGatewayV2::Route")

    keys = ["$default", "GET /r/{code}", "HEAD /r/{code}", "ANY /all"]
    assert [route["RouteKey"] for route in routes] == keys


def test_only_statements_about_tls_are_dropped() -> None:
    tls = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    other = {"Effect": "Deny", "Condition": {"Null": {"s3:if-none-match": "true"}}}

    def template(*statements: dict[str, Any]) -> dict[str, Any]:
        policy = {"PolicyDocument": {"Statement": list(statements)}}
        return {"Resources": {"P": {"Type": "AWS::S3::BucketPolicy", "Properties": policy}}}

    assert allow_plain_http(template(tls)) == {"Resources": {}}
    assert allow_plain_http(template(tls, other)) == template(other)
