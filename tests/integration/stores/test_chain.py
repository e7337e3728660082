"""The chain on a real bucket and table: what was done is named, and heads do not fork."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.builders import GUILD
from tests.fakes.cloud import REGION
from tests.fakes.ledger import FIRST, ClosedLedger, day
from tests.fakes.objects import Inline
from tests.integration.stores.conftest import StoredGuilds
from usher.ledger.chain import ChainError
from usher.ledger.head_store import DynamoHeads
from usher.ledger.keys import closed_key, day_prefix, line_key, link_key
from usher.ledger.line_codec import write_line
from usher.ledger.ports import Archive, KeptHead
from usher.ledger.proof import Fault
from usher.ledger.verify import Verifier
from usher.platform.s3 import Bucket
from usher.platform.s3_upload import PART


def closed(bucket: Archive) -> ClosedLedger:
    """Two closed days of four lines."""
    ledger = ClosedLedger(bucket)
    for number in range(2):
        for user in range(4):
            ledger.join(f"{number}{user}", number, seconds=user)
    ledger.close(2)
    return ledger


def faults(bucket: Archive) -> list[tuple[Fault, str]]:
    with ThreadPoolExecutor(4) as pool:
        found = Verifier(bucket, pool).verify(GUILD).findings
    return [(finding.fault, finding.key) for finding in found]


def singles(bucket: Archive) -> list[str]:
    return [entry.key for entry in bucket.list(day_prefix(GUILD, day(0)))]


def put(bucket: Bucket, key: str, content: bytes) -> None:
    bucket.client.put_object(Bucket=bucket.name, Key=key, Body=content)


def content_of(bucket: Bucket, key: str) -> bytes:
    content = bucket.get(key)
    assert content is not None
    return content


def test_an_untouched_ledger_is_proven(bucket: Bucket) -> None:
    ledger = closed(bucket)

    assert faults(bucket) == []
    assert Verifier(bucket, Inline()).against(GUILD, ledger.heads.get(GUILD)) is None


@pytest.mark.parametrize("which", ["line", "file", "link"])
def test_one_byte_changed_is_named(bucket: Bucket, which: str) -> None:
    closed(bucket)
    key = {
        "line": singles(bucket)[2],
        "file": closed_key(GUILD, day(0)),
        "link": link_key(GUILD, day(0)),
    }[which]
    content = content_of(bucket, key)
    put(bucket, key, content.replace(b"1", b"2", 1))

    assert faults(bucket)[0] == (Fault.CHANGED, key)


def test_one_object_removed_is_named(bucket: Bucket) -> None:
    closed(bucket)
    for key in (singles(bucket)[1], closed_key(GUILD, day(1)), link_key(GUILD, day(0))):
        content = content_of(bucket, key)
        bucket.client.delete_object(Bucket=bucket.name, Key=key)
        assert faults(bucket)[0] == (Fault.REMOVED, key)
        put(bucket, key, content)
    assert faults(bucket) == []


def test_two_objects_swapped_are_named(bucket: Bucket) -> None:
    closed(bucket)
    one, other = singles(bucket)[0], singles(bucket)[3]
    first, second = content_of(bucket, one), content_of(bucket, other)
    put(bucket, one, second)
    put(bucket, other, first)

    assert faults(bucket) == [(Fault.REORDERED, one), (Fault.REORDERED, other)]


def test_one_object_inserted_is_named(bucket: Bucket) -> None:
    ledger = closed(bucket)
    forged = ledger.join("9", 1)

    assert faults(bucket) == [(Fault.INSERTED, line_key(GUILD, forged.event_id, forged.timestamp))]


def test_what_is_closed_is_locked_where_a_retention_is_set(bucket: Bucket) -> None:
    ledger = ClosedLedger(bucket, now=max(datetime.now(UTC), FIRST + timedelta(days=2)))
    line = ledger.join("1", 0)
    closer = ledger.closer()
    locked = type(closer)(
        closer.objects, closer.heads, closer.pool, closer.clock, timedelta(days=3)
    )
    assert [link.lines for link in locked.close(GUILD)] == [1]

    for key in (closed_key(GUILD, day(0)), link_key(GUILD, day(0))):
        held = bucket.client.head_object(Bucket=bucket.name, Key=key)
        assert held["ObjectLockMode"] == "GOVERNANCE"
        with pytest.raises(ClientError):
            bucket.client.delete_object(Bucket=bucket.name, Key=key, VersionId=held["VersionId"])
    assert bucket.get(closed_key(GUILD, day(0))) == write_line(line)


def test_a_head_moves_from_one_link_to_the_next_only(table: StoredGuilds) -> None:
    heads = DynamoHeads()
    first, second = KeptHead(FIRST.date(), "a", 1), KeptHead(FIRST.date(), "b", 2)
    assert heads.get(GUILD) is None

    heads.move(GUILD, None, first)
    heads.move(GUILD, None, first)  # repeated
    assert heads.get(GUILD) == first
    for before in (None, "x"):
        with pytest.raises(ChainError):
            heads.move(GUILD, before, second)
    heads.move(GUILD, "a", second)

    assert heads.get(GUILD) == second


@pytest.mark.parametrize("sizes", [(), (5,), (PART,), (PART - 1, 2, 5, PART)])
def test_an_object_of_any_size_is_written_and_read_piece_by_piece(
    bucket: Bucket, sizes: tuple[int, ...]
) -> None:
    chunks = [bytes([number]) * size for number, size in enumerate(sizes)]
    bucket.upload("exports/x.csv", [b"replaced"])

    assert bucket.upload("exports/x.csv", iter(chunks)) == sum(sizes)

    pieces = bucket.stream("exports/x.csv")
    assert pieces is not None
    assert b"".join(pieces) == b"".join(chunks)
    assert bucket.stream("exports/none.csv") is None
    client = boto3.client("s3", region_name=REGION)
    kind = client.head_object(Bucket=bucket.name, Key="exports/x.csv")["ContentType"]
    assert kind == "text/csv; charset=utf-8"
    client.close()
