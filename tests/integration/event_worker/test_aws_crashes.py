"""The same on AWS's own terms: whichever call of the SDK is refused, or is a process's last."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sqs.models import sqs_backends

from event_worker import bootstrap
from tests.builders import GUILD
from tests.fakes.aws_faults import IN_CONFLICT, THROTTLED, RefusedCall, hook_clients
from tests.fakes.cloud import REGION, make_queue, make_table, rows
from tests.fakes.crash_world import SILENT
from tests.fakes.fifo import Message, deliver, record
from tests.fakes.fuse import DiedError, Fuse
from tests.fakes.saga import given_up, short_saga
from usher.attribution.cached_guilds import CachedGuilds
from usher.attribution.service import AttributionService
from usher.ledger.repairs import decode_repair
from usher.platform.cache import Cache

SAGA = short_saga()
NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)
NAME = "usher"
WRITES = {"dynamodb.TransactWriteItems", "s3.PutObject"}
QUEUES = ("effects", "confirmations", "hooks")
REPAIRS = "repairs"
SETTINGS = [
    {"pk": f"G#{GUILD}", "sk": "S#guild#join_log_channel_id", "value": "77"},
    {"pk": f"G#{GUILD}", "sk": "S#guild#webhooks", "value": "on"},
]

type Item = dict[str, Any]


@dataclass(frozen=True)
class Left:
    """Everything that a message leaves."""

    rows: list[Item]
    objects: dict[str, str]
    """Keys, and digests of what they hold."""
    effects: set[str]
    asked: set[str]
    told: set[str]


@dataclass
class Cloud:
    """A worker as it is deployed, and clients of the test's own, which no fuse burns."""

    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        made = cast("Any", boto3)
        self._table = made.resource("dynamodb", region_name=REGION)
        self._s3, self._sqs = (made.client(name, region_name=REGION) for name in ("s3", "sqs"))
        make_table(self._table.meta.client, NAME)
        self._s3.create_bucket(Bucket=NAME)
        self._queues = [make_queue(self._sqs, name) for name in QUEUES]
        self._repairs = make_queue(self._sqs, REPAIRS)

    def build(self) -> None:
        """Build the worker; all of its calls are steps of the fuse."""
        effects, confirmations, hooks = self._queues
        door = bootstrap.build(
            {
                "TABLE_NAME": NAME,
                "LEDGER_BUCKET": NAME,
                "EVENTS_QUEUE_URL": effects,
                "EFFECTS_QUEUE_URL": effects,
                "CONFIRMATIONS_QUEUE_URL": confirmations,
                "REPAIRS_QUEUE_URL": self._repairs,
                "HOOKS_QUEUE_URL": hooks,
                "AWS_REGION": REGION,
            },
            writers=1,
        )
        service = replace(cast("AttributionService", door.service), room=12, pause=lambda _: None)
        self._door = replace(door, service=service, log=SILENT)

    def play(self, one: Message, fuse: Fuse, found: list[Item], *, once: bool = False) -> Left:
        """Deliver a message to a world of which only rows are left from before.

        `once`: leave it at the first delivery.
        """
        self.fuse = Fuse()
        self._begin_with(found)
        self._forget()
        self.fuse = fuse
        if once:
            with suppress(DiedError):
                self._door.handle([record(one, 1)], lambda: 15_000)
        else:
            deliver(lambda: self._door, [one])
        self.fuse = Fuse()
        self._repair()
        held = self._s3.list_objects_v2(Bucket=NAME).get("Contents", [])
        return Left(
            list(rows(NAME)),
            {item["Key"]: item["ETag"] for item in held},
            *({message.body for message in _held(name)} for name in QUEUES),
        )

    def _forget(self) -> None:
        """Make the worker a new process's, which remembers nothing."""
        guilds = cast("AttributionService", self._door.service).guilds
        guilds = CachedGuilds(cast("CachedGuilds", guilds).inner, Cache(), Cache(), Cache())
        self._door = replace(
            self._door,
            service=replace(cast("AttributionService", self._door.service), guilds=guilds),
        )

    def _repair(self) -> None:
        """Write what waits to be written beside lines, as the daily job does."""
        for message in _held(REPAIRS):
            one = decode_repair(message.body)
            self._s3.put_object(Bucket=NAME, Key=one.key, Body=one.content)

    def _begin_with(self, found: list[Item]) -> None:
        self._table.meta.client.delete_table(TableName=NAME)
        make_table(self._table.meta.client, NAME)
        with self._table.Table(NAME).batch_writer() as batch:
            for item in found:
                batch.put_item(Item=item)
        for item in self._s3.list_objects_v2(Bucket=NAME).get("Contents", []):
            self._s3.delete_object(Bucket=NAME, Key=item["Key"])
        for name in (*QUEUES, REPAIRS):
            _held(name).clear()


def _held(queue: str) -> list[Any]:
    """Look into moto: messages that are delayed could not be received yet, or purged often."""
    held: list[Any] = sqs_backends[ACCOUNT][REGION].queues[queue]._messages
    return held


def _same(left: Left) -> Left:
    """Leave out whose burst wrote a member's row ahead: it tells how a burst was cut."""
    kept = [
        {name: value for name, value in row.items() if name not in ("ahead", "before")}
        for row in left.rows
    ]
    return replace(left, rows=kept)


@pytest.fixture
def cloud(credentials: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with mock_aws():
        made = Cloud()
        monkeypatch.setattr(bootstrap, "_now", lambda: NOW)
        hook_clients(monkeypatch, lambda: made.fuse)
        made.build()
        yield made


def try_every_call(
    cloud: Cloud,
    fuse_at: Callable[[int], Fuse],
    named: Callable[[str], bool] = lambda _: True,
    messages: tuple[Message, ...] = SAGA,
    found: list[Item] | None = None,
) -> set[str]:
    """Deliver each message once for each of its calls, on what the ones before it left.

    Return which calls were tried.
    """
    rows_left = SETTINGS if found is None else found
    tried: set[str] = set()
    for one in messages:
        whole = Fuse()
        expected = cloud.play(one, whole, rows_left)
        for step, name in enumerate(whole.log, start=1):
            if named(name):
                left = cloud.play(one, fuse_at(step), rows_left)
                assert _same(left) == _same(expected), (one.id, step, name)
                tried.add(name)
        rows_left = expected.rows
    return tried


def death_after(step: int) -> Fuse:
    """A death before a call is one after the call before it."""
    return Fuse(step, before=False, error=DiedError)


def test_a_death_after_any_call_of_aws_changes_nothing(cloud: Cloud) -> None:
    tried = try_every_call(cloud, death_after)

    reads = {"dynamodb.GetItem", "dynamodb.BatchGetItem", "dynamodb.Query", "s3.GetObject"}
    assert tried == {*reads, *WRITES, "sqs.SendMessage"}


def test_a_death_while_a_burst_is_taken_back_changes_nothing(cloud: Cloud) -> None:
    # Given a burst that broke off before its last transaction, with codes and groups ahead
    baseline, burst, follower = given_up()
    first = cloud.play(baseline, Fuse(), SETTINGS).rows
    whole = Fuse()
    cloud.play(burst, whole, first)
    writes = [n for n, name in enumerate(whole.log, 1) if name == "dynamodb.TransactWriteItems"]
    assert len(writes) > 2
    broken = cloud.play(burst, Fuse(writes[-1], error=DiedError), first, once=True).rows
    assert any("burst" in row for row in broken)

    # When another message takes it back, and then it comes again, whoever dies where
    try_every_call(cloud, death_after, messages=(follower, burst), found=broken)


def test_a_call_of_aws_that_is_throttled_changes_nothing(cloud: Cloud) -> None:
    try_every_call(cloud, lambda step: RefusedCall(step, refusals=THROTTLED))


def test_a_write_in_conflict_with_another_changes_nothing(cloud: Cloud) -> None:
    def in_conflict(step: int) -> Fuse:
        return RefusedCall(step, refusals=IN_CONFLICT)

    assert try_every_call(cloud, in_conflict, WRITES.__contains__) == WRITES
