"""The listener's task role on this machine: a user with the role's own policies, and a key of it.

A task asks an address for credentials that only Fargate has; a user's key serves in its place.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from infra.local.aws import Cloud
from infra.local.transform import Json, load

ROLE: Final = "TaskRole"
"""The role's name in the listener's template, and the user's in the stack."""
_LISTENER: Final = "Listener"


def as_user(template: Json, folder: Path) -> Json:
    """Return the user: the policies of infra/listener.yaml, with what template.yaml gives it."""
    nested = template["Resources"][_LISTENER]["Properties"]
    role = load(folder / nested["TemplateURL"])["Resources"][ROLE]
    policies = _given(role["Properties"]["Policies"], nested["Parameters"])
    return {"Type": "AWS::IAM::User", "Properties": {"Policies": policies}}


def key(cloud: Cloud, user: str) -> dict[str, str]:
    """Make a key of the user, the only one it has; return the variables that an SDK reads."""
    for old in cloud.iam.list_access_keys(UserName=user)["AccessKeyMetadata"]:
        cloud.iam.delete_access_key(UserName=user, AccessKeyId=old["AccessKeyId"])
    made = cloud.iam.create_access_key(UserName=user)["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
    }


def _given(part: Any, parameters: Json) -> Any:  # noqa: ANN401 - any part of a template
    if isinstance(part, list):
        return [_given(one, parameters) for one in part]
    if not isinstance(part, dict):
        return part
    match part:
        case {"Ref": str(name)} if name in parameters:
            return parameters[name]
        case {"Fn::Sub": str(text)}:
            own = {name: parameters[name] for name in re.findall(r"\$\{(\w+)\}", text)}
            return {"Fn::Sub": [text, own]} if own else part
        case _:
            return {name: _given(one, parameters) for name, one in part.items()}
