"""What holds for a time: the fake, and the table in both emulations."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import boto3
import pytest

from tests.builders import GUILD, at
from tests.fakes.cloud import REGION, TABLE, rows
from tests.fakes.sdk import SdkCaller
from tests.fakes.timing import FakeTerms
from tests.integration.stores.conftest import aws, dynamo_guilds
from usher.ids import GuildId
from usher.platform.dynamo_reads import DynamoReads
from usher.timing.due import DueIndex, shard_of
from usher.timing.reads import DynamoDueIndex
from usher.timing.term_endings import Terms
from usher.timing.term_table import BEGUN, DynamoTerms
from usher.timing.terms import Term

LOCK = Term(GUILD, "lock", "55", "v1", at(60), '{"a":1}')


class Book(Terms, Protocol):
    """Terms, and what begins them."""

    def write(self, term: Term, over: Term | None) -> bool: ...

    def under(self, guild_id: GuildId, kind: str) -> list[Term]: ...


@dataclass
class World:
    """Terms, and what the sweep sees of them."""

    terms: Book
    index: DueIndex | None

    def due(self) -> list[str]:
        index = self.terms.index() if isinstance(self.terms, FakeTerms) else self.index
        assert index is not None
        return [row.key for row in index.due(shard_of(GUILD), at(10_000))]

    def now(self) -> Term:
        found = self.terms.read(GUILD, LOCK.key)
        assert found is not None
        return found


@pytest.fixture(params=["fake", "moto", "emulator"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    if request.param == "fake":
        yield World(FakeTerms(), None)
        return
    with aws(request.param, request, monkeypatch), dynamo_guilds():
        client: Any = boto3.client("dynamodb", region_name=REGION)
        caller = SdkCaller(client)
        yield World(DynamoTerms(caller, TABLE), DynamoDueIndex(DynamoReads(caller, TABLE)))
        written = {name for row in rows(prefix="X#") for name in row}
        assert written <= set(BEGUN), "what is granted is what is written"
        client.close()


def test_what_began_is_read_and_due(world: World) -> None:
    assert world.terms.read(GUILD, LOCK.key) is None

    assert world.terms.write(LOCK, None)

    assert world.now() == LOCK
    assert world.due() == [LOCK.key]
    assert world.terms.under(GUILD, "lock") == [LOCK]
    assert world.terms.under(GUILD, "slowmode") == []


def test_writing_the_same_version_again_is_no_conflict(world: World) -> None:
    assert world.terms.write(LOCK, None)
    assert world.terms.write(LOCK, None)


def test_of_two_who_begin_one_loses(world: World) -> None:
    assert world.terms.write(LOCK, None)

    assert not world.terms.write(replace(LOCK, version="v2"), None)

    assert world.now().version == "v1"


def test_a_newer_version_takes_the_place_of_the_one_that_was_read(world: World) -> None:
    world.terms.write(LOCK, None)
    newer = replace(LOCK, version="v2", due_at=None, held="{}")

    assert world.terms.write(newer, LOCK)
    assert not world.terms.write(replace(LOCK, version="v3"), LOCK)

    assert world.now() == newer
    assert world.due() == []


def test_what_has_ended_is_due_no_more_and_may_begin_again(world: World) -> None:
    world.terms.write(LOCK, None)

    assert world.terms.end(LOCK, at(61))
    assert not world.terms.end(LOCK, at(62))

    ended = world.now()
    assert ended == replace(LOCK, due_at=None, ended=True)
    assert world.due() == []
    assert not world.terms.write(replace(LOCK, version="v2"), LOCK), "it is no longer as read"
    assert world.terms.write(replace(LOCK, version="v2"), ended)
    assert world.now() == replace(LOCK, version="v2")


def test_what_does_not_end_by_itself_is_ended_by_its_version(world: World) -> None:
    endless = replace(LOCK, due_at=None)
    world.terms.write(endless, None)

    assert not world.terms.end(replace(endless, version="v0"), at(61))
    assert world.terms.end(endless, at(61))
    assert not world.terms.end(endless, at(62))


def test_an_old_end_leaves_what_is_newer(world: World) -> None:
    world.terms.write(LOCK, None)
    newer = replace(LOCK, version="v2", due_at=at(600))
    world.terms.write(newer, LOCK)

    assert not world.terms.end(LOCK, at(61))
    assert not world.terms.postpone(replace(LOCK, tries=1), at(361))

    assert world.now() == newer


def test_a_refused_end_is_put_off(world: World) -> None:
    world.terms.write(LOCK, None)

    assert world.terms.postpone(replace(LOCK, tries=2, told=True), at(361))

    assert world.now() == replace(LOCK, due_at=at(361), tries=2, told=True)
    assert world.due() == [LOCK.key]
    assert world.terms.write(replace(LOCK, version="v2"), world.now())
    assert world.now() == replace(LOCK, version="v2")
