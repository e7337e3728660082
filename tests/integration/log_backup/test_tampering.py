"""Whatever is done in the bucket, `usher ledger verify` names the object (SPEC 4.2)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from infra.cli.main import main
from log_backup.bootstrap import build
from tests.builders import GUILD
from tests.fakes.cloud import BUCKET, REGION, TABLE
from tests.fakes.story import story
from tests.integration.log_backup.conftest import handle
from usher.ledger.chain import digest, read_link, write_link, write_sums
from usher.ledger.keys import closed_key, csv_key, guild_prefix, line_key, link_key, sums_key
from usher.ledger.line_codec import read_line, write_line
from usher.platform.s3 import Bucket, s3_client

DAY = date(2026, 11, 20)
LATER = datetime(2026, 11, 22, 3, 15, tzinfo=UTC)
FILE, SUMS, LINK = (key(GUILD, DAY) for key in (closed_key, sums_key, link_key))
pytestmark = pytest.mark.parametrize("environ", ["emulator"], indirect=True)


class Held:
    """The bucket as whoever may write anything in it has it."""

    def __init__(self) -> None:
        self.bucket = Bucket(s3_client(REGION), BUCKET)
        self.lines = [entry.key for entry in self.bucket.list(guild_prefix(GUILD))]

    def get(self, key: str) -> bytes:
        content = self.bucket.get(key)
        assert content is not None
        return content

    def put(self, key: str, content: bytes) -> None:
        self.bucket.client.put_object(Bucket=BUCKET, Key=key, Body=content)

    def remove(self, key: str) -> None:
        self.bucket.client.delete_object(Bucket=BUCKET, Key=key)

    def flip(self, key: str) -> None:
        """Change one byte."""
        content = bytearray(self.get(key))
        content[len(content) // 2] ^= 1
        self.put(key, bytes(content))


@pytest.fixture
def held(environ: dict[str, str]) -> Held:
    """The story, its day closed and its head kept."""
    handle(environ, *story())
    closer = replace(build(environ, 4).closer, clock=lambda: LATER)
    assert [link.lines > 20 for link in closer.close(GUILD)] == [True]
    return Held()


def verify(*arguments: str) -> int:
    return main(["ledger", "verify", "--bucket", BUCKET, *arguments])


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What is wrong, as it is told: a fault and a key, and what there is to say."""
    return [line.strip() for line in capsys.readouterr().out.splitlines() if line[:2] == "  "]


def test_one_byte_of_any_object_is_named(held: Held, capsys: pytest.CaptureFixture[str]) -> None:
    for key in (held.lines[0], held.lines[-1], FILE, SUMS, LINK):
        whole = held.get(key)
        held.flip(key)

        assert verify() == 1
        assert told(capsys)[0].startswith(f"changed: {key}")
        held.put(key, whole)
    assert verify("--head", TABLE) == 0


def test_one_object_removed_is_named(held: Held, capsys: pytest.CaptureFixture[str]) -> None:
    for key in (held.lines[3], FILE, SUMS):
        whole = held.get(key)
        held.remove(key)

        assert verify() == 1
        assert told(capsys)[0].startswith(f"removed: {key}")
        held.put(key, whole)
    # The last link of a chain is missed by its head alone
    held.remove(LINK)
    assert verify("--head", TABLE) == 1
    assert told(capsys) == [f"removed: {LINK} (the head kept apart names it)"]


def test_two_objects_swapped_are_named(held: Held, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = held.lines[1], held.lines[7]
    first, second = held.get(one), held.get(other)
    held.put(one, second)
    held.put(other, first)

    assert verify() == 1
    assert told(capsys) == [
        f"reordered: {one} (it is {other})",
        f"reordered: {other} (it is {one})",
    ]


def test_two_lines_swapped_within_a_closed_day_are_named(
    held: Held, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = held.get(FILE).splitlines(keepends=True)
    held.put(FILE, b"".join([*lines[:4], lines[5], lines[4], *lines[6:]]))

    assert verify() == 1
    [finding] = told(capsys)
    assert finding.startswith(f"reordered: {FILE} (line 5, lines/")


def test_one_object_inserted_is_named(held: Held, capsys: pytest.CaptureFixture[str]) -> None:
    forged = replace(read_line(held.get(held.lines[0])), event_id="f" * 32)
    key = line_key(GUILD, forged.event_id, forged.timestamp)
    held.put(key, write_line(forged))

    assert verify() == 1
    assert told(capsys) == [f"inserted: {key} (no link knows it)"]
    held.remove(key)

    lines = held.get(FILE).splitlines(keepends=True)
    held.put(FILE, b"".join([*lines[:4], write_line(forged), *lines[4:]]))
    assert verify() == 1
    assert told(capsys) == [f"inserted: {FILE} (line 5)"]


def test_a_chain_rewritten_whole_is_told_by_the_head_outside_the_bucket(
    held: Held, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given somebody who gives an inviter's joins to another, in every form there is
    sums = [one.partition("  ")[2] for one in held.get(SUMS).decode().splitlines()]
    lines = [one.replace(b'"900"', b'"666"') for one in held.get(FILE).splitlines(keepends=True)]
    for key, line in zip(sums, lines, strict=True):
        held.put(key, line)
    listed = write_sums(zip(map(digest, lines), sums, strict=True))
    link = read_link(LINK, held.get(LINK))
    content = b"".join(lines)
    forged = replace(link, sha256=digest(content), sums_sha256=digest(listed))
    for key, rewritten in ((FILE, content), (SUMS, listed), (LINK, write_link(forged))):
        held.put(key, rewritten)

    # Then the bucket agrees with itself, and not with the head
    assert verify() == 0
    assert told(capsys) == []
    assert verify("--head", TABLE) == 1
    assert told(capsys) == [f"changed: {LINK} (the head kept apart has another hash)"]


def test_what_is_erased_or_made_again_is_no_part_of_the_proof(
    held: Held, environ: dict[str, str]
) -> None:
    door = build(environ, 4)
    for link in door.csv.missing(GUILD, DAY):
        door.csv.make(link)
    for entry in [*held.bucket.list("names/"), *held.bucket.list(csv_key(GUILD, DAY))]:
        held.remove(entry.key)

    assert verify("--head", TABLE) == 0
