"""Roles and settings of deployed functions changed for a story, and what lies there before it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import batched

from infra.local.system import System
from tests.builders import by
from tests.e2e.town import Town
from usher.attribution.wording import word_of
from usher.credit.queries import Period
from usher.credit.reads import board_name
from usher.ids import GuildId, UserId
from usher.ledger.lines import Line, LineType, join_id
from usher.ledger.store import LedgerStore
from usher.platform.s3 import Bucket


@contextmanager
def without(system: System, role: str, sid: str, part: str) -> Iterator[None]:
    """Take the resources of a statement that have `part` in their names out of a role."""
    iam, name = system.cloud.iam, system.deployment.physical_ids[role]
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    whole = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    fewer = json.loads(json.dumps(whole))
    (statement,) = [one for one in fewer["Statement"] if one["Sid"] == sid]
    statement["Resource"] = [one for one in statement["Resource"] if part not in one]
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(fewer))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(whole))


@contextmanager
def configured(
    system: System, function: str, *, seconds: int | None = None, **variables: str
) -> Iterator[None]:
    """Give a function other variables, and another timeout."""
    client, name = system.cloud.functions, system.deployment.physical_ids[function]
    before = client.get_function_configuration(FunctionName=name)
    held = before["Environment"]["Variables"]
    client.update_function_configuration(
        FunctionName=name,
        Timeout=seconds or before["Timeout"],
        Environment={"Variables": {**held, **variables}},
    )
    try:
        yield
    finally:
        client.update_function_configuration(
            FunctionName=name, Timeout=before["Timeout"], Environment={"Variables": held}
        )


def put_old_join(system: System, town: Town) -> None:
    """Write a line of a day that is over."""
    guild, user = GuildId(town.id), UserId("80351110224678912")
    at = datetime.now(UTC) - timedelta(days=2)
    id_ = join_id(guild, user, at)
    line = Line(LineType.JOIN, id_, at, guild, user, at, word_of(by()), seq=(1, 0))
    LedgerStore(Bucket(system.cloud.s3, system.ledger_bucket), lambda: at).append(line)


def put_crowd(system: System, town: Town, count: int) -> None:
    """Write counters of so many members, each with a score of their own."""
    board = board_name(GuildId(town.id), Period.ALL, datetime.now(UTC))
    counters = [
        {
            "pk": {"S": f"G#{town.id}"},
            "sk": {"S": f"C#{number}"},
            "board": {"S": board},
            "score": {"N": str(number)},
        }
        for number in range(1, count + 1)
    ]
    for some in batched(counters, 25, strict=False):
        system.cloud.dynamodb.batch_write_item(
            RequestItems={system.table_name: [{"PutRequest": {"Item": one}} for one in some]}
        )
