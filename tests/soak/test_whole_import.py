"""A hundred thousand members who came before Usher, imported by its own steps; CI imports 3,000.

The services of confirmer and event worker run as they are, over a table in memory and a bucket in a
file, and break off every now and then. Time is simulated; a slice takes the worker what it does on
the embedded cloud. `make soak ARGS="-s -k whole_import"` shows the figures.
"""

import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final, cast

import pytest

from tests.builders import GUILD, at, look, observe, row
from tests.fakes.disk import DiskBucket
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.objects import FakeObjects
from tests.fakes.worker import Worker
from tests.unit.attribution.importer import Importer
from usher.attribution.backfill import PAGE, SLICE
from usher.attribution.backfill_state import Road, Status
from usher.attribution.outcomes import Confidence
from usher.attribution.state_codec import encode_head
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import encode
from usher.ledger.line_codec import read_line
from usher.ledger.lines import LineType

OLD: Final = -365 * 86_400
CODES: Final = 1_000
INVITERS: Final = 250
SLICE_SECONDS: Final = 1.5
MOST_BYTES: Final = 256 * 1024
"""Of a message in SQS."""
MOST_STATE: Final = 16 * 1024
MEMBERS: Final = [
    pytest.param(3_000, id="in CI"),
    pytest.param(100_000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)], id="whole"),
]


@dataclass
class Breaking(Fuse):
    """Breaks off at one step of fifty."""

    rng: Random = field(default_factory=lambda: Random(1))  # noqa: S311 - chooses steps
    broken: int = 0

    def _burn(self, name: str, number: int) -> None:
        if self.rng.random() < 0.02:
            self.broken += 1
            raise BrokenOffError(name)


@dataclass
class Slow(Importer):
    """Takes a worker's time, and measures what goes through the queue."""

    observations: int = 0
    largest: int = 0

    def drain(self) -> None:
        while self.events.waiting:
            observation: Observation = self.events.waiting[0]
            self.largest = max(self.largest, len(encode(observation)))
            self.now += timedelta(seconds=SLICE_SECONDS)
            try:
                self.worker.handle(observation)
            except BrokenOffError:
                continue  # comes again, the others of its guild behind it
            self.observations += 1
            self.events.waiting.pop(0)


def town(members: int, bucket: DiskBucket) -> tuple[Slow, dict[str, tuple[str | None, str | None]]]:
    """A guild whose members came within a year by a thousand codes; and by which, in truth."""
    fuse = Breaking()
    worker = Worker(objects=cast("FakeObjects", bucket))
    importer = Slow(fuse=fuse, worker=worker)
    importer.backfills.names[GUILD] = "A guild"
    truth: dict[str, tuple[str | None, str | None]] = {}
    for n in range(members):
        user, moment = str(10**17 + n), at(OLD + n // 3 * 0.9)
        code, inviter = f"code{n % CODES:03}", str(7 * 10**17 + n % INVITERS)
        if n % 50 == 49:
            code = inviter = None  # type: ignore[assignment]
            importer.discord.members[user] = (moment, None, None, 3 if n % 100 == 49 else 0)
        else:
            importer.discord.join(user, moment, code, inviter)
        truth[user] = code, inviter
    rows = (row(f"code{n:03}", members, str(7 * 10**17 + n % INVITERS)) for n in range(CODES))
    worker.handle(observe(look=look(*rows, seconds=0), seconds=0))
    worker.burn(fuse)
    return importer, truth


@pytest.mark.parametrize("members", MEMBERS)
def test_everybodys_inviter_is_known_wherever_it_breaks_off(members: int, tmp_path: Path) -> None:
    with DiskBucket.at(tmp_path / "ledger") as bucket:
        importer, truth = town(members, bucket)
        began, simulated = time.process_time(), importer.now
        importer.command("1")

        # When the worker stays away in the middle, until the run gives up, and somebody asks again
        importer.run(messages=members // PAGE // 2)
        importer.working = False
        importer.run()
        assert importer.row.status is Status.STOPPED
        half = importer.row.found
        importer.working = True
        importer.command("2")
        importer.run(messages=10 * members)
        took = time.process_time() - began

        # Then
        row = importer.row
        assert row.status is Status.DONE
        assert 0 < half < row.found == members
        silent = len(range(99, members, 100))
        assert row.roads == {
            Road.INVITE: members - 2 * silent,
            Road.OTHER: silent,
            Road.SILENT: silent,
        }
        guild = importer.guilds.guilds[GUILD]
        said = {user: held.now.word for user, held in guild.members.items()}
        assert {user: (word.code, word.inviter_id) for user, word in said.items()} == truth
        assert {w.confidence for w in said.values() if w.code} == {Confidence.CONFIRMED}
        tracked = {who: one.tracked for (who, _), one in guild.counters.items() if one.tracked}
        assert tracked == Counter(inviter for _, inviter in truth.values() if inviter)
        lines = [
            read_line(bucket.get(listed.key) or b"")
            for listed in bucket.list(f"lines/guild={GUILD}/")
        ]
        joined = Counter(line.user_id for line in lines if line.type is LineType.JOIN)
        assert joined == Counter(truth.keys())
        assert all(line.imported for line in lines if line.type is LineType.JOIN)
        assert len(lines) == members

        # And nothing grows with the guild
        assert importer.largest < MOST_BYTES
        assert len(encode_head(guild.head)) < MOST_STATE
        told(importer, members, took, importer.now - simulated)


def told(importer: Slow, members: int, took: float, simulated: timedelta) -> None:
    """Show the figures, and that they are in proportion."""
    asked = importer.discord.asked
    shown = importer.progress.said
    fuse = cast("Breaking", importer.fuse)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(
        f"\n{members:,} members in {took:.0f} s of CPU, {members / took:,.0f} a second; "
        f"{simulated} of simulated time\n"
        f"{len(asked)} searches of {PAGE}, {importer.observations} observations of {SLICE}, the "
        f"largest {importer.largest / 1024:.0f} KiB; {fuse.broken} breaks, {len(shown)} times "
        f"progress; {peak} MB in all, the table and Discord in memory included\n"
        f"{shown[-1]}\n"
    )
    assert len(asked) < 1.2 * members / PAGE + 10
    assert "so far" in shown[0]
    assert len(shown) > 5
