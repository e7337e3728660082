"""What the ledger may rest on, of the bucket in memory and of S3 alike."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError

from usher.ledger.ports import Objects
from usher.platform.s3 import Bucket


def test_an_object_is_written_once(objects: Objects) -> None:
    assert objects.add("lines/a.json", b"first\n")
    assert not objects.add("lines/a.json", b"second\n")

    assert objects.get("lines/a.json") == b"first\n"


def test_what_is_not_there_is_none(objects: Objects) -> None:
    objects.add("lines/ab.json", b"x")

    assert objects.get("lines/a.json") is None


def test_objects_are_listed_in_key_order_after_a_key(objects: Objects) -> None:
    for key in ("lines/b", "lines/a", "lines/c", "names/a"):
        objects.add(key, b"x")

    assert [entry.key for entry in objects.list("lines/")] == ["lines/a", "lines/b", "lines/c"]
    assert [entry.key for entry in objects.list("lines/", after="lines/a")] == [
        "lines/b",
        "lines/c",
    ]
    assert list(objects.list("parked/")) == []


def test_folders_are_listed_once_each(objects: Objects) -> None:
    for key in ("lines/guild=2/dt=1/a", "lines/guild=1/dt=1/a", "lines/guild=1/dt=2/b"):
        objects.add(key, b"x")

    assert list(objects.folders("lines/")) == ["lines/guild=1/", "lines/guild=2/"]
    assert list(objects.folders("lines/guild=1/")) == [
        "lines/guild=1/dt=1/",
        "lines/guild=1/dt=2/",
    ]


def test_a_thousand_objects_and_more_are_listed(objects: Objects) -> None:
    for number in range(1005):
        objects.add(f"lines/{number:04}", b"x")

    keys = [entry.key for entry in objects.list("lines/")]

    assert len(keys) == 1005
    assert keys == sorted(keys)


def test_a_locked_line_is_json_and_cannot_be_removed(bucket: Bucket) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    bucket.add("lines/a", b"{}", lock_until=until)

    client = boto3.client("s3", region_name="us-east-1")
    held = client.get_object(Bucket=bucket.name, Key="lines/a")
    with held["Body"] as body:
        body.read()

    assert held["ContentType"] == "application/json"
    assert held["ObjectLockMode"] == "GOVERNANCE"
    assert held["ObjectLockRetainUntilDate"] == until
    with pytest.raises(ClientError):
        client.delete_object(Bucket=bucket.name, Key="lines/a", VersionId=held["VersionId"])
    client.close()
