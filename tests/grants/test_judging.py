"""The judge itself: what it allows, and what it finds to be too much."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.iam_keys import ATTRIBUTES, LEADING
from infra.local.settings import TOKEN_SECRET
from tests.grants.judging import Call, allowed, grants, surplus
from tests.grants.policies import Template, read, statements

type Json = dict[str, Any]

_TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/T"
_KEEP: Json = {
    "Sid": "Keep",
    "Effect": "Allow",
    "Action": ["dynamodb:PutItem", "dynamodb:UpdateItem"],
    "Resource": _TABLE,
    "Condition": {
        "ForAllValues:StringLike": {LEADING: ["L#*", "R#*"]},
        "ForAllValues:StringEquals": {ATTRIBUTES: ["pk", "score"]},
    },
}


def _put(partition: str, *attributes: str) -> Call:
    keys = {LEADING: [partition], ATTRIBUTES: list(attributes)}
    return Call("R", "dynamodb:PutItem", _TABLE, keys)


@pytest.mark.parametrize(
    ("call", "may"),
    [
        (_put("L#0", "pk", "score"), True),
        (_put("G#0", "pk"), False),
        (_put("l#0", "pk"), False),
        (_put("L#0", "pk", "owner"), False),
        (Call("R", "dynamodb:PutItem", _TABLE), True),  # ForAllValues of a key that is absent
        (Call("R", "dynamodb:PutItem", _TABLE, {LEADING: ["L#0", "G#0"]}), False),
        (Call("R", "dynamodb:DeleteItem", _TABLE, {LEADING: ["L#0"]}), False),
        (Call("R", "dynamodb:PutItem", f"{_TABLE}/index/due", {LEADING: ["L#0"]}), False),
    ],
)
def test_a_call_is_allowed_by_action_resource_and_every_condition(call: Call, may: bool) -> None:
    assert allowed([_KEEP], call) is may


def test_each_action_resource_and_value_can_be_taken_out() -> None:
    names = [grant.name for grant in grants("R", [_KEEP])]

    assert names == [
        "R/Keep: Action dynamodb:PutItem",
        "R/Keep: Action dynamodb:UpdateItem",
        f"R/Keep: Resource {_TABLE}",
        f"R/Keep: {LEADING} L#*",
        f"R/Keep: {LEADING} R#*",
        f"R/Keep: {ATTRIBUTES} pk",
        f"R/Keep: {ATTRIBUTES} score",
    ]


def test_what_no_call_needs_is_surplus() -> None:
    left = surplus("R", [_KEEP], [_put("L#0", "pk", "score")])

    assert left == ["R/Keep: Action dynamodb:UpdateItem", f"R/Keep: {LEADING} R#*"]


def test_what_is_granted_twice_is_surplus() -> None:
    twice = {**_KEEP, "Sid": "Again", "Action": ["dynamodb:PutItem"]}

    left = surplus("R", [_KEEP, twice], [_put("L#0", "pk", "score")])

    assert {name.partition(":")[0] for name in left} == {"R/Keep", "R/Again"}
    assert f"R/Again: Resource {_TABLE}" in left


def test_others_calls_and_refused_ones_need_nothing() -> None:
    other = Call("S", "dynamodb:UpdateItem", _TABLE, {LEADING: ["L#0"]})

    left = surplus("R", [_KEEP], [other, _put("G#0", "pk")])

    assert len(left) == len(list(grants("R", [_KEEP])))


def test_the_templates_are_read_as_they_are_deployed() -> None:
    roles = statements(read())

    by_sid = {(role, s["Sid"]): s for role, held in roles.items() for s in held}
    table = "arn:aws:dynamodb:us-east-1:000000000000:table/UsherTable"
    assert by_sid["TaskRole", "KeepLease"]["Resource"] == table
    assert by_sid["SweeperRole", "ReadWhatIsDue"]["Resource"] == f"{table}/index/due"
    assert by_sid["ReplicationRole", "WriteCopies"]["Resource"] == "arn:aws:s3:::Replica/*"
    assert by_sid["EffectsRole", "ReadBotToken"]["Resource"].endswith(
        f":secret:{TOKEN_SECRET}-??????"
    )
    assert "Fn::" not in str(roles)
    assert "Ref" not in str([list(s) for held in roles.values() for s in held])


def test_names_of_one_s_own_come_before_the_template_s() -> None:
    template = Template({}, {"Name": "outer"})

    assert template.sub(["${Name}-${AWS::Region}", {"Name": "own"}]) == "own-us-east-1"
