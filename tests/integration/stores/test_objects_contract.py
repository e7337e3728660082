"""What the ledger may rest on, of the bucket in memory and of S3 alike."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError

from usher.ledger.ports import Objects, Versioned
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


def test_versions_are_listed_by_key_and_destroyed_one_by_one(objects: Versioned) -> None:
    for content in (b"one", b"two", b"three"):
        objects.upload("names/b", [content])
    objects.upload("names/a", [b"other"])
    objects.upload("lines/a", [b"elsewhere"])

    found = list(objects.versions("names/"))
    assert [(one.key, one.is_current) for one in found if one.is_current] == [
        ("names/a", True),
        ("names/b", True),
    ]
    assert [one.key for one in found] == ["names/a", *["names/b"] * 3]

    # The past of an object can be destroyed, and it stays as it is
    assert objects.destroy(one for one in found if not one.is_current) == 2
    assert objects.get("names/b") == b"three"
    assert [one.is_current for one in objects.versions("names/b")] == [True]

    # and then the object itself, of which nothing stays
    assert objects.destroy(objects.versions("names/b")) == 1
    assert objects.get("names/b") is None
    assert [one.key for one in objects.versions("names/")] == ["names/a"]
    assert objects.destroy([]) == 0


def test_marks_of_deletion_are_versions_too(bucket: Bucket) -> None:
    bucket.upload("names/a", [b"x"])
    client = boto3.client("s3", region_name="us-east-1")
    client.delete_object(Bucket=bucket.name, Key="names/a")
    client.close()

    found = list(bucket.versions("names/"))

    assert [one.is_current for one in found] == [False, False]
    assert bucket.destroy(found) == 2
    assert list(bucket.versions("names/")) == []


def test_a_thousand_versions_and_more_are_listed_and_destroyed(bucket: Bucket) -> None:
    for number in range(1005):
        bucket.upload("names/a", [str(number).encode()])

    found = list(bucket.versions("names/"))

    assert [one.is_current for one in found].count(False) == 1004
    assert bucket.destroy(one for one in found if not one.is_current) == 1004
    assert bucket.get("names/a") == b"1004"
    assert len(list(bucket.versions("names/"))) == 1


def test_a_locked_version_is_not_destroyed(bucket: Bucket) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    bucket.add("lines/a", b"{}", lock_until=until)

    with pytest.raises(ClientError):
        bucket.destroy(bucket.versions("lines/a"))

    assert bucket.get("lines/a") == b"{}"
