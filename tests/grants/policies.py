"""Every role's statements as they are once deployed, with the template's names for what has names.

Conditions are taken as fulfilled: what an option adds is judged too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from infra.local.host import ROOT
from infra.local.settings import ALERTS_SECRET, CLIENT_SECRET, TOKEN_SECRET
from infra.local.transform import load

type Json = dict[str, Any]

REGION: Final = "us-east-1"
ACCOUNT: Final = "000000000000"
_PSEUDO: Final = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "usher",
}
_GIVEN: Final = {
    "DiscordTokenSecretName": TOKEN_SECRET,
    "DiscordClientSecretName": CLIENT_SECRET,
    "AlertsWebhookSecretName": ALERTS_SECRET,
    "LedgerReplicaArn": "arn:aws:s3:::Replica",
    "DeployListener": "true",
}
_ARNS: Final = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*",
    "AWS::Serverless::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    "AWS::ECS::Cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{{}}",
    "AWS::ECS::Service": f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/Cluster/{{}}",
}


@dataclass
class Template:
    """A template with its parameters' values, and the stacks that are nested in it."""

    resources: Json
    parameters: dict[str, Any]
    nested: list[Template] = field(default_factory=list)

    def value(self, given: Any) -> Any:  # noqa: ANN401 - any value of a template
        """Return what CloudFormation makes of it."""
        if isinstance(given, list):
            return [self.value(one) for one in given]
        if not isinstance(given, dict):
            return given
        if len(given) == 1:
            ((name, argument),) = given.items()
            if name in _INTRINSIC:
                return _INTRINSIC[name](self, argument)
        return {key: self.value(one) for key, one in given.items()}

    def ref(self, name: str) -> Any:  # noqa: ANN401
        """Return a parameter's value, or a resource's name."""
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self.parameters:
            return self.parameters[name]
        kind = self.resources.get(name, {}).get("Type")
        return self.attribute(f"{name}.Arn") if kind == "AWS::SNS::Topic" else name

    def attribute(self, given: str | list[str]) -> str:
        """Return the ARN of a resource; of other attributes their name: no policy has them."""
        name, _, attribute = (given if isinstance(given, str) else ".".join(given)).partition(".")
        if attribute != "Arn":
            return f"{name}.{attribute}"
        return _ARNS.get(self.resources[name]["Type"], "{}").format(name)

    def sub(self, given: str | list[Any]) -> str:
        """Return a text with its names filled in."""
        text, own = (given, {}) if isinstance(given, str) else (given[0], self.value(given[1]))

        def fill(found: re.Match[str]) -> str:
            name = found[1]
            if name in own:
                return str(own[name])
            return str(self.attribute(name) if "." in name else self.ref(name))

        return re.sub(r"\$\{([^}!]+)\}", fill, text)

    def all(self) -> Iterator[Template]:
        """Go through it and everything nested in it."""
        yield self
        for one in self.nested:
            yield from one.all()


_INTRINSIC: Final[dict[str, Any]] = {
    "Ref": Template.ref,
    "Fn::GetAtt": Template.attribute,
    "Fn::Sub": Template.sub,
    "Fn::If": lambda self, branches: self.value(branches[1]),
    "Fn::Join": lambda self, given: given[0].join(map(str, self.value(given[1]))),
}


def read(path: Path = ROOT / "template.yaml", given: Json | None = None) -> Template:
    """Read a template and what is nested in it."""
    source = load(path)
    parameters = {
        name: (given or _GIVEN).get(name, declared.get("Default", name))
        for name, declared in source.get("Parameters", {}).items()
    }
    template = Template(source["Resources"], parameters)
    for resource in source["Resources"].values():
        if resource["Type"] == "AWS::CloudFormation::Stack":
            inner = resource["Properties"]
            values = template.value(inner.get("Parameters", {}))
            template.nested.append(read(path.parent / inner["TemplateURL"], values))
    return template


def statements(template: Template) -> dict[str, list[Json]]:
    """Return the resolved statements of every role, by the role's name in its template."""
    found: dict[str, list[Json]] = {}
    for one in template.all():
        for name, resource in one.resources.items():
            properties = resource.get("Properties", {})
            if resource["Type"] == "AWS::IAM::Role":
                policies = properties.get("Policies", [])
            elif resource["Type"] in {"AWS::IAM::RolePolicy", "AWS::IAM::Policy"}:
                policies, name = [properties], one.value(properties["RoleName"])
            else:
                continue
            held = found.setdefault(name, [])
            for policy in policies:
                held += one.value(policy["PolicyDocument"]["Statement"])
    return found
