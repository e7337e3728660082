"""Backups: one a period, readable to the row, and missed aloud."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.objects import EPOCH, FakeObjects
from usher.backup.rules import Kind, backup_of
from usher.backup.service import Backups, Item, read_backup

NOW = datetime(2026, 11, 20, 3, 15, tzinfo=UTC)
SETTING = "S#guild#join_log_channel_id"
ROWS: list[Item] = [
    {"pk": {"S": "G#1"}, "sk": {"S": SETTING}, "value": {"S": "77"}},
    {"pk": {"S": "G#1"}, "sk": {"S": "C#900"}, "tracked": {"N": "3"}, "left": {"N": "1"}},
    {"pk": {"S": "E#1"}, "sk": {"S": "E"}, "name": {"S": "zwölf\n\x85 "}, "ttl": {"N": "9"}},
]


@dataclass
class World:
    objects: FakeObjects = field(default_factory=FakeObjects)
    rows: list[Item] = field(default_factory=lambda: list(ROWS))
    now: datetime = NOW

    @property
    def backups(self) -> Backups:
        return Backups(self.objects, lambda: iter(self.rows), lambda: self.now)

    def made(self) -> list[str]:
        return [backup.key for backup in self.backups.make()]

    def read(self, key: str) -> list[Item]:
        return list(read_backup(self.objects.stream(key) or ()))


def test_the_first_run_makes_one_of_each_kind() -> None:
    world = World()

    assert world.made() == [
        "backups/daily/2026-11-20.jsonl.gz",
        "backups/settings/2026-W47.json",
        "backups/monthly/2026-11.jsonl.gz",
    ]
    assert world.made() == []
    for key in ("backups/daily/2026-11-20.jsonl.gz", "backups/monthly/2026-11.jsonl.gz"):
        assert world.read(key) == ROWS


def test_what_people_have_typed_and_not_sent_is_in_no_backup() -> None:
    world = World()
    world.rows.append({"pk": {"S": "OD#1"}, "sk": {"S": "M#7"}, "answers": {"S": "secret"}})
    world.made()

    assert world.read("backups/daily/2026-11-20.jsonl.gz") == ROWS


def test_the_salt_of_a_day_is_in_no_backup_and_in_nobody_s_way() -> None:
    world = World()
    salt: Item = {"pk": {"S": "SALT"}, "sk": {"S": "2026-11-20"}, "salt": {"B": b"\xff"}}
    world.rows.append(salt)
    world.made()

    assert world.read("backups/daily/2026-11-20.jsonl.gz") == ROWS


def test_each_kind_comes_once_in_its_period() -> None:
    world = World()
    made: list[str] = []
    for _ in range(61):
        made += world.made()
        world.now += timedelta(days=1)

    kinds = [key.split("/")[1] for key in made]
    assert kinds.count("daily") == 61
    assert kinds.count("settings") == 10
    assert kinds.count("monthly") == 3


def test_a_week_that_began_in_another_year_has_one_name() -> None:
    names = {
        backup_of(Kind.SETTINGS, datetime(2026, 12, 28, tzinfo=UTC) + timedelta(days=n)).name
        for n in range(7)
    }

    assert names == {"2026-W53"}


def test_settings_are_one_plain_object_a_row() -> None:
    world = World()
    world.made()

    lines = world.objects.held["backups/settings/2026-W47.json"][0].splitlines()

    assert [json.loads(line) for line in lines] == [{"pk": "G#1", "sk": SETTING, "value": "77"}]


def test_the_form_is_what_dynamodb_imports() -> None:
    # AWS: "DynamoDB JSON" import: one {"Item": {…}} a line, gzip
    world = World()
    world.made()

    text = gzip.decompress(world.objects.held["backups/daily/2026-11-20.jsonl.gz"][0])

    assert [json.loads(line) for line in text.splitlines()] == [{"Item": row} for row in ROWS]


def test_what_breaks_off_leaves_nothing_and_is_made_again() -> None:
    world = World()

    def broken() -> Iterator[Item]:
        yield ROWS[0]
        raise BrokenOffError("scan")

    with pytest.raises(BrokenOffError):
        Backups(world.objects, broken, lambda: NOW).make()
    assert world.objects.held == {}

    for step in (1, 2, 3):
        world.objects.fuse = Fuse(at=step)
        with pytest.raises(BrokenOffError):
            World(FakeObjects(world.objects.fuse)).backups.make()
    world.objects.fuse = Fuse()
    assert len(world.made()) == 3


def test_a_backup_cut_short_or_spoilt_is_told() -> None:
    world = World()
    world.made()
    whole = world.objects.held["backups/daily/2026-11-20.jsonl.gz"][0]

    for content in (whole[:-9], b"", b"no gzip", gzip.compress(b"[]\n"), gzip.compress(b'{"Item"')):
        with pytest.raises(ValueError):
            list(read_backup([content]))


def test_a_backup_that_was_missed_is_named() -> None:
    world = World()
    assert world.backups.missed() == list(Kind)
    world.made()
    assert world.backups.missed() == []

    # The next day's run made none: a Saturday, in the same week and month
    world.now += timedelta(days=1)
    assert world.backups.missed() == [Kind.DAILY]
    world.now += timedelta(days=2)
    assert world.backups.missed() == [Kind.DAILY, Kind.SETTINGS]
    world.now += timedelta(days=8)
    assert world.backups.missed() == list(Kind)


def test_the_age_of_the_newest_of_each_kind_is_told() -> None:
    world = World()
    assert world.backups.ages() == {}
    world.made()
    world.now = EPOCH + timedelta(hours=47)

    ages = world.backups.ages()
    assert ages.keys() == set(Kind)
    assert ages[Kind.DAILY] == timedelta(hours=47)
