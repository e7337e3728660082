"""Whatever is done to the ledger, verification names the object."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tests.builders import GUILD, by
from tests.fakes.ledger import FIRST, ClosedLedger, day
from tests.fakes.objects import FakeObjects, Inline
from usher.ledger.chain import digest, read_link, write_link, write_sums
from usher.ledger.keys import closed_key, line_key, link_key, sums_key
from usher.ledger.line_codec import write_line
from usher.ledger.proof import Fault, Finding
from usher.ledger.verify import Verified, Verifier

type Deed = Callable[[dict[str, bytes]], None]


@pytest.fixture
def ledger() -> ClosedLedger:
    """Four closed days of five lines, one of them late, and an open day."""
    made = ClosedLedger()
    for number in range(4):
        for user in range(4):
            line = made.join(f"{number}{user}", number, seconds=user)
        made.correct(line, by("901"), number)
        if number == 2:
            made.join("late", 0)
    made.close(4)
    made.join("open", 4)
    return made


def verify(
    ledger: ClosedLedger,
    first: date | None = None,
    last: date | None = None,
    *,
    singles: bool = True,
) -> Verified:
    return Verifier(ledger.objects, Inline(), singles).verify(GUILD, first, last)


def faults(verified: Verified) -> list[tuple[str, str]]:
    return [(finding.fault.value, finding.key) for finding in verified.findings]


def singles(ledger: ClosedLedger, number: int) -> list[str]:
    assert isinstance(ledger.objects, FakeObjects)
    return sorted(ledger.objects.under(f"lines/guild={GUILD}/dt={day(number)}"))


def swap(held: FakeObjects, one: str, other: str) -> None:
    first, second = held.held[one][0], held.held[other][0]
    held.put(one, second)
    held.put(other, first)


def flip(held: FakeObjects, key: str) -> None:
    content = bytearray(held.held[key][0])
    content[len(content) // 2] ^= 1
    held.put(key, bytes(content))


def test_an_untouched_ledger_is_proven(ledger: ClosedLedger) -> None:
    verified = verify(ledger)

    assert verified.findings == []
    assert (verified.links, verified.lines) == (4, 21)
    kept = ledger.heads.get(GUILD)
    assert kept is not None
    assert verified.head == kept.sha256
    assert Verifier(ledger.objects, Inline()).against(GUILD, kept) is None


@pytest.mark.parametrize("number", range(4))
def test_one_byte_of_any_object_is_named(ledger: ClosedLedger, number: int) -> None:
    assert isinstance(ledger.objects, FakeObjects)
    files = [make(GUILD, day(number)) for make in (closed_key, sums_key, link_key)]
    for key in (*singles(ledger, number), *files):
        whole = ledger.objects.held[key]
        flip(ledger.objects, key)

        verified = verify(ledger)

        assert faults(verified)[:1] == [("changed", key)]
        ledger.objects.held[key] = whole


@pytest.mark.parametrize("name", ["sha256", "sums_sha256"])
def test_a_link_that_says_another_hash_of_what_is_right_is_itself_named(
    ledger: ClosedLedger, name: str
) -> None:
    # Given the newest link, which no other link vouches for
    assert isinstance(ledger.objects, FakeObjects)
    key = link_key(GUILD, day(3))
    fields = json.loads(ledger.objects.held[key][0])
    fields[name] = fields[name][::-1]
    ledger.objects.put(key, json.dumps(fields, separators=(",", ":")).encode() + b"\n")

    [finding] = verify(ledger).findings

    assert finding == Finding(Fault.CHANGED, key, "lines and hashes agree, and not with it")


@pytest.mark.parametrize("name", ["number", "lines", "late", "size", "total_lines", "total_size"])
def test_a_link_that_counts_otherwise_is_named(ledger: ClosedLedger, name: str) -> None:
    assert isinstance(ledger.objects, FakeObjects)
    key = link_key(GUILD, day(3))
    fields = json.loads(ledger.objects.held[key][0])
    for names in ([name], [name, f"total_{name}"]):
        wrong = fields | {one: fields[one] + 1 for one in names if one in fields}
        ledger.objects.put(key, json.dumps(wrong, separators=(",", ":")).encode() + b"\n")

        assert faults(verify(ledger)) == [("changed", key)]
    wrong = fields | {"previous_day": day(1).isoformat()}
    ledger.objects.put(key, json.dumps(wrong, separators=(",", ":")).encode() + b"\n")
    assert faults(verify(ledger)) == [("changed", key)]


@pytest.mark.parametrize("number", range(4))
def test_any_object_that_was_removed_is_named(ledger: ClosedLedger, number: int) -> None:
    assert isinstance(ledger.objects, FakeObjects)
    files = [make(GUILD, day(number)) for make in (closed_key, sums_key, link_key)]
    for key in (*singles(ledger, number), *files):
        whole = ledger.objects.held.pop(key)

        verified = verify(ledger)
        head = Verifier(ledger.objects, Inline()).against(GUILD, ledger.heads.get(GUILD))

        told = faults(verified)[:1] or [(head.fault.value, head.key)] if head else faults(verified)
        assert told[:1] == [("removed", key)]
        ledger.objects.held[key] = whole


def test_two_that_were_swapped_are_named(ledger: ClosedLedger) -> None:
    assert isinstance(ledger.objects, FakeObjects)
    one, other = singles(ledger, 1)[1], singles(ledger, 2)[0]
    swap(ledger.objects, one, other)
    assert faults(verify(ledger)) == [("reordered", one), ("reordered", other)]
    swap(ledger.objects, one, other)

    one, other = link_key(GUILD, day(1)), link_key(GUILD, day(2))
    swap(ledger.objects, one, other)
    assert faults(verify(ledger))[:2] == [("reordered", one), ("reordered", other)]


def test_any_object_that_was_inserted_is_named(ledger: ClosedLedger) -> None:
    assert isinstance(ledger.objects, FakeObjects)
    forged = replace(ledger.join("x", 4), timestamp=FIRST, event_id="0" * 32)
    key = line_key(GUILD, forged.event_id, forged.timestamp)
    ledger.objects.put(key, write_line(forged))
    assert faults(verify(ledger)) == [("inserted", key)]
    del ledger.objects.held[key]

    link = read_link("k", ledger.objects.held[link_key(GUILD, day(3))][0])
    for where, number in ((day(2).replace(day=28), 9), (day(0).replace(month=10), 1)):
        key = link_key(GUILD, where)
        ledger.objects.put(key, write_link(replace(link, day=where, number=number)))
        told = [*faults(verify(ledger))]
        head = Verifier(ledger.objects, Inline()).against(GUILD, ledger.heads.get(GUILD))
        assert told or head
        del ledger.objects.held[key]


def test_within_a_days_file_the_line_is_named(ledger: ClosedLedger) -> None:
    assert isinstance(ledger.objects, FakeObjects)
    key = closed_key(GUILD, day(1))
    lines = ledger.objects.held[key][0].splitlines(keepends=True)
    deeds = {
        "changed": [lines[0], lines[1].replace(b"exact", b"EXACT"), *lines[2:]],
        "removed": [lines[0], *lines[2:]],
        "inserted": [lines[0], lines[0].replace(b"exact", b"EXACT"), *lines[1:]],
        "reordered": [lines[0], lines[2], lines[1], *lines[3:]],
    }
    for fault, tampered in deeds.items():
        ledger.objects.put(key, b"".join(tampered))
        [finding] = verify(ledger).findings
        assert (finding.fault.value, finding.key) == (fault, key)
        assert finding.detail.startswith("line 2")


def test_a_chain_rewritten_whole_agrees_with_itself_and_not_with_its_head(
    ledger: ClosedLedger,
) -> None:
    # Given somebody who changes a line and rewrites every file and link from there on
    assert isinstance(ledger.objects, FakeObjects)
    held, before = ledger.objects, None
    for number in range(4):
        link = read_link("k", held.held[link_key(GUILD, day(number))][0])
        content = held.held[closed_key(GUILD, day(number))][0]
        sums = held.held[sums_key(GUILD, day(number))][0].decode().splitlines()
        keys = [one.partition("  ")[2] for one in sums]
        if number == 1:
            content = content.replace(b'"900"', b'"666"')
        lines = content.splitlines(keepends=True)
        for key, line in zip(keys, lines, strict=True):
            held.put(key, line)
        listed = write_sums(zip(map(digest, lines), keys, strict=True))
        held.put(closed_key(GUILD, day(number)), content)
        held.put(sums_key(GUILD, day(number)), listed)
        link = replace(link, sha256=digest(content), sums_sha256=digest(listed), previous=before)
        held.put(link_key(GUILD, day(number)), write_link(link))
        before = digest(write_link(link))

    # Then the bucket alone tells nothing, and the head does
    assert verify(ledger).findings == []
    found = Verifier(held, Inline()).against(GUILD, ledger.heads.get(GUILD))
    assert found == Finding(
        Fault.CHANGED, link_key(GUILD, day(3)), "the head kept apart has another hash"
    )


def test_when_single_lines_have_gone_the_closed_days_prove_themselves(
    ledger: ClosedLedger,
) -> None:
    assert isinstance(ledger.objects, FakeObjects)
    for key in ledger.objects.under("lines/"):
        del ledger.objects.held[key]

    assert verify(ledger, singles=False).findings == []
    assert len(verify(ledger).findings) == 21


def test_days_can_be_chosen_and_late_lines_belong_to_theirs(ledger: ClosedLedger) -> None:
    assert isinstance(ledger.objects, FakeObjects)
    assert verify(ledger, day(0), day(0)).findings == []
    assert verify(ledger, day(1), day(2)).findings == []
    assert verify(ledger, day(3)).findings == []
    late = next(key for key in singles(ledger, 0) if b"late" in ledger.objects.held[key][0])
    flip(ledger.objects, late)

    assert faults(verify(ledger, day(0), day(0))) == [("changed", late)]
    assert verify(ledger, day(1)).findings == []


def test_a_guild_without_a_chain_has_nothing_to_prove() -> None:
    empty = ClosedLedger()

    assert verify(empty).findings == []
    assert Verifier(empty.objects, Inline()).against(GUILD, None) is None
