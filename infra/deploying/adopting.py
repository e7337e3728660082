"""A table and a ledger that an earlier stack has left, taken over by a new one.

CloudFormation makes a stack of what exists only if the template holds nothing else; so the first
change set is of these resources alone, and the deployment that follows adds everything else.
"""

import json
from typing import Final

from infra.deploying.changes import carry_out
from infra.deploying.model import KEPT, Resource, Stack, StopError, Wish
from infra.deploying.ports import Tools

KINDS: Final = {
    "UsherTable": "AWS::DynamoDB::Table",
    "LedgerBucket": "AWS::S3::Bucket",
    "LedgerBucketPolicy": "AWS::S3::BucketPolicy",
}


def check(tools: Tools, wish: Wish, stack: Stack | None) -> None:
    """See that a stack which is there has taken over what is named. Raises StopError."""
    if stack is None or not wish.adopted:
        return
    held = {one.logical_id: one.physical_id for one in tools.stacks.resources(stack.name)}
    for name, wanted in wish.adopted.items():
        if held.get(name) != wanted:
            raise StopError(
                f"{stack.name} is there, and {wanted} is not its {name}: only a new stack takes "
                "one over. `make destroy` deletes this one and leaves its own; then run this again."
            )


def adopt(tools: Tools, wish: Wish) -> None:
    """Make the stack of what is named. Raises StopError."""
    bucket = wish.adopted["LedgerBucket"]
    names = {**wish.adopted, "LedgerBucketPolicy": bucket}
    found = [Resource(name, KINDS[name], names[name]) for name in KEPT]
    tools.console.say("  taking over what an earlier stack has left")
    carry_out(tools, wish, tools.stacks.propose_import(wish.stack_name, kept_template(wish), found))


def kept_template(wish: Wish) -> str:
    """Write the resources that are kept, out of template.yaml, as a template of their own."""
    from infra.local.transform import load

    whole = load(wish.source / "template.yaml")
    resources = {name: whole["Resources"][name] for name in KEPT}
    # Names a role that comes with everything else.
    resources["LedgerBucket"]["Properties"].pop("ReplicationConfiguration", None)
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
