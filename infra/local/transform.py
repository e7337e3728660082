"""template.yaml -> CloudFormation the emulator can create; the template is read, never repeated.

First AWS's own translator, as CloudFormation runs it. Then the two differences of the emulator: it
ignores an HTTP API's `Body`, so each path becomes an Integration and a Route; and it speaks plain
HTTP on the loopback address, so a policy that refuses plain HTTP would refuse every request.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local import aws

type Json = dict[str, Any]

_FUNCTION = "AWS::Serverless::Function"
_INTEGRATION = "x-amazon-apigateway-integration"


@dataclass(frozen=True, slots=True)
class Code:
    """Where a function's zip lies; what `sam package` would have written in its place."""

    bucket: str
    key: str


def load(path: Path) -> Json:
    """Parse a template, short intrinsic forms included."""
    from samtranslator.yaml_helper import yaml_parse

    template: Json = yaml_parse(path.read_text())
    return template


def handlers(template: Json) -> dict[str, str]:
    """Return each function's handler by its logical id."""
    return {
        name: resource["Properties"]["Handler"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == _FUNCTION
    }


def translate(template: Json, parameters: Mapping[str, str], locate: Callable[[str], Code]) -> Json:
    """Return plain CloudFormation in which every function's code is what `locate(handler)` says."""
    from samtranslator.metrics.metrics import Metrics
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    packaged = copy.deepcopy(template)
    packaged["Globals"]["Function"].pop("CodeUri")
    for resource in packaged["Resources"].values():
        if resource["Type"] == _FUNCTION:
            code = locate(resource["Properties"]["Handler"])
            resource["Properties"]["CodeUri"] = {"Bucket": code.bucket, "Key": code.key}
    # No managed policy may appear in the template, so the map of their names is empty.
    metrics = Metrics()
    translator = Translator({}, Parser(), boto_session=aws.session(), metrics=metrics)
    translated: Json = translator.translate(packaged, parameter_values=dict(parameters))
    metrics.publish()  # to nowhere; unpublished, it writes a warning to the terminal
    return allow_plain_http(expand_http_apis(translated))


def expand_http_apis(template: Json) -> Json:
    """Replace every HTTP API's `Body` by Integration and Route resources, which mean the same."""
    expanded = copy.deepcopy(template)
    resources: Json = expanded["Resources"]
    for name, resource in list(resources.items()):
        if resource["Type"] != "AWS::ApiGatewayV2::Api" or "Body" not in resource["Properties"]:
            continue
        body = resource["Properties"].pop("Body")
        resource["Properties"].setdefault("ProtocolType", "HTTP")
        resource["Properties"].setdefault("Name", name)
        for number, (route_key, integration) in enumerate(_routes(body), start=1):
            target = f"{name}Integration{number}"
            resources[target] = {
                "Type": "AWS::ApiGatewayV2::Integration",
                "Properties": {
                    "ApiId": {"Ref": name},
                    "IntegrationType": "AWS_PROXY",
                    "IntegrationUri": integration["uri"],
                    "PayloadFormatVersion": integration.get("payloadFormatVersion", "2.0"),
                },
            }
            resources[f"{name}Route{number}"] = {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {
                    "ApiId": {"Ref": name},
                    "RouteKey": route_key,
                    "Target": {"Fn::Sub": f"integrations/${{{target}}}"},
                },
            }
    return expanded


def allow_plain_http(template: Json) -> Json:
    """Drop the bucket policy statements that refuse a request without TLS, and only those."""
    eased = copy.deepcopy(template)
    for name, resource in list(eased["Resources"].items()):
        if resource["Type"] != "AWS::S3::BucketPolicy":
            continue
        policy = resource["Properties"]["PolicyDocument"]
        policy["Statement"] = [s for s in policy["Statement"] if not _refuses_plain_http(s)]
        if not policy["Statement"]:
            del eased["Resources"][name]
    return eased


def _refuses_plain_http(statement: Json) -> bool:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    return statement["Effect"] == "Deny" and statement.get("Condition") == condition


def _routes(body: Json) -> Iterator[tuple[str, Json]]:
    for path, operations in body["paths"].items():
        for method, operation in operations.items():
            if _INTEGRATION not in operation:
                continue
            verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
            route_key = "$default" if path == "/$default" else f"{verb} {path}"
            yield route_key, operation[_INTEGRATION]
