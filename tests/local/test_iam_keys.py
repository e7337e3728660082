"""The partitions and attributes by which IAM judges a DynamoDB request."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.iam_keys import ATTRIBUTES, LEADING, keys_of, parts_of

_KEY = {"pk": {"S": "G#1"}, "sk": {"S": "X"}}


def _attributes(request: dict[str, Any]) -> list[str]:
    return keys_of(request, "pk").get(ATTRIBUTES, [])


def test_a_key_s_partition_and_an_item_s_attributes() -> None:
    assert keys_of({"Key": _KEY}, "pk") == {LEADING: ["G#1"], ATTRIBUTES: ["pk", "sk"]}
    item = {**_KEY, "score": {"N": "1"}}
    assert keys_of({"Item": item}, "pk") == {LEADING: ["G#1"], ATTRIBUTES: ["pk", "score", "sk"]}


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        (
            "SET #0 = :a, due = if_not_exists(due_at, :b) REMOVE held",
            ["due", "due_at", "held", "t"],
        ),
        ("ADD tries :one DELETE names :n", ["names", "tries"]),
        ("SET figures.joins = :a, places[0].name = :b", ["figures", "places"]),
        ("SET #0.#1 = :due", ["t"]),
    ],
)
def test_an_update_names_what_it_reads_and_writes(expression: str, named: list[str]) -> None:
    request = {"UpdateExpression": expression, "ExpressionAttributeNames": {"#0": "t", "#1": "in"}}

    assert _attributes(request) == named


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        (
            "attribute_not_exists(pk) OR (version = :v AND NOT #0 IN (:a, :b))",
            ["pk", "t", "version"],
        ),
        ("begins_with (sk, :s) AND size(names) BETWEEN :a AND :b", ["names", "sk"]),
    ],
)
def test_a_condition_names_what_it_looks_at(expression: str, named: list[str]) -> None:
    names = {"ExpressionAttributeNames": {"#0": "t"}}

    assert _attributes({"ConditionExpression": expression, **names}) == named


def test_a_query_touches_the_partition_it_asks_for() -> None:
    request = {
        "KeyConditionExpression": "sk = :s AND #0 = :p",
        "ExpressionAttributeNames": {"#0": "pk"},
        "ExpressionAttributeValues": {":p": {"S": "L#a"}, ":s": {"S": "x"}},
    }

    assert keys_of(request, "pk") == {LEADING: ["L#a"], ATTRIBUTES: ["pk", "sk"]}


def test_an_index_has_a_partition_key_of_its_own() -> None:
    request = {
        "IndexName": "board",
        "KeyConditionExpression": "board = :b",
        "ExpressionAttributeValues": {":b": {"S": "G#1#all"}},
    }

    assert keys_of(request, "board")[LEADING] == ["G#1#all"]


def test_a_batch_touches_every_partition_it_names() -> None:
    other = {**_KEY, "pk": {"S": "L#a"}}
    asked = {"RequestItems": {"t": {"Keys": [_KEY, other], "ProjectionExpression": "score"}}}
    written = {
        "RequestItems": {"t": [{"PutRequest": {"Item": _KEY}}, {"DeleteRequest": {"Key": other}}]}
    }

    assert keys_of(asked, "pk")[LEADING] == ["G#1", "L#a"]
    assert "score" in _attributes(asked)
    assert keys_of(written, "pk")[LEADING] == ["G#1", "L#a"]


def test_what_a_request_has_not_is_absent() -> None:
    # ForAllValues is true of a key that is absent: a scan has no partition.
    assert keys_of({"TableName": "t"}, "pk") == {}


def test_each_part_of_a_transaction_is_the_call_it_stands_for() -> None:
    parts = [{"Put": {"Item": _KEY}}, {"ConditionCheck": {"Key": _KEY}}]

    assert list(parts_of({"TransactItems": parts})) == [
        ("dynamodb:PutItem", {"Item": _KEY}),
        ("dynamodb:ConditionCheckItem", {"Key": _KEY}),
    ]
