"""Many links at once: what is wrong is told row by row, and what was exported comes in again."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import GUILD, START, at
from tests.fakes.hooks import FakeKeptHooks
from tests.fakes.referrals import FakeReferrals
from tests.referring import OWNER, SPRING, campaign, link
from usher.ids import GuildId, UserId
from usher.referrals.bulk import Plan
from usher.referrals.bulk_commands import Form
from usher.referrals.bulk_desk import BulkDesk
from usher.referrals.bulk_form import as_csv, as_json, read_file
from usher.referrals.bulk_model import BulkError, Row, Status
from usher.referrals.bulk_service import TOGETHER, BulkLinks
from usher.referrals.model import CampaignId, Link, LinkCode, Mode

BASE = "https://go.example"


@dataclass
class World:
    """A guild with a campaign."""

    table: FakeReferrals = field(default_factory=FakeReferrals)
    hooks: FakeKeptHooks = field(default_factory=FakeKeptHooks)
    sign_in: bool = True

    def __post_init__(self) -> None:
        self.table.add_campaign(campaign())
        self.desk = BulkDesk(BulkLinks(self.table, self.hooks), lambda: at(9), self._sign_in)

    def _sign_in(self) -> bool:
        return self.sign_in

    def run(
        self,
        rows: Sequence[Row],
        *,
        atomic: bool = False,
        dry: bool = False,
        made_by: str = "import",
        by: UserId | None = OWNER,
        only: bool = False,
    ) -> Plan:
        def code_for(row: int, /) -> LinkCode:
            return LinkCode(f"made-{made_by}-{row}")

        ground = self.desk.ground(GUILD, rows, by, made_by, code_for, only=only)
        return self.desk.bulk.run(rows, ground, atomic=atomic, dry=dry)

    def codes(self) -> set[str]:
        return {one.code for one in self.table.links(GUILD)}


def row(**changes: object) -> dict[str, object]:
    return {"campaign_id": "100", "title": "Video", **changes}


def faults(plan: Plan, number: int = 1) -> list[str]:
    return [fault.field for fault in plan.results[number - 1].faults]


def test_rows_become_links_with_their_defaults() -> None:
    world = World()

    done = world.run(
        [row(code="one"), {"campaign": "SPRING", "expires_at": "2027-01-01T00:00:00Z"}]
    )

    assert [one.status for one in done.results] == [Status.CREATED, Status.CREATED]
    first, second = world.table.link(LinkCode("one")), world.table.link(LinkCode("made-import-2"))
    assert first is not None
    assert second is not None
    assert (first.title, first.owner_id, first.mode) == ("Video", OWNER, Mode.MANAGED)
    assert (second.title, second.campaign_id) == ("Spring", SPRING)
    assert second.expires_at is not None


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"code": "a"}, ["code"]),
        ({"code": "-ab"}, ["code"]),
        ({"code": "export"}, ["code"]),
        ({"code": 7}, ["code"]),
        ({"campaign_id": "999"}, ["campaign_id"]),
        ({"campaign_id": "", "campaign": "Fall"}, ["campaign"]),
        ({"campaign_id": None}, ["campaign_id"]),
        ({"title": "x" * 61}, ["title"]),
        ({"title": "a\x00b"}, ["title"]),
        ({"description": "x" * 301}, ["description"]),
        ({"platform": "x" * 41}, ["platform"]),
        ({"owner_id": "me"}, ["owner_id"]),
        ({"owner_id": 123456789012345678}, ["owner_id"]),
        ({"expires_at": "tomorrow"}, ["expires_at"]),
        ({"expires_at": "2027-01-01T00:00:00"}, ["expires_at"]),
        ({"mode": "secret"}, ["mode"]),
        ({"active": "perhaps"}, ["active"]),
        ({"nick": "x"}, ["nick"]),
        ({"code": "a", "mode": "x", "active": "y"}, ["code", "mode", "active"]),
    ],
)
def test_what_is_wrong_with_a_row_is_told_by_field(
    changes: dict[str, object], wrong: list[str]
) -> None:
    done = World().run([row(**changes), row(code="good")])

    assert sorted(faults(done)) == sorted(wrong)
    assert [one.status for one in done.results] == [Status.FAILED, Status.CREATED]


def test_sign_in_and_owners_are_heeded() -> None:
    world = World(sign_in=False)

    assert faults(world.run([row(mode="targeted")])) == ["mode"]
    assert faults(world.run([row()], by=None)) == ["owner_id"]
    other = row(owner_id="900000000000000001")
    assert faults(world.run([other], only=True)) == ["owner_id"]
    assert faults(world.run([other])) == []


def test_a_code_twice_in_the_file_and_one_that_is_taken() -> None:
    world = World()
    world.table.add_link(link(code=LinkCode("taken")))
    world.table.add_link(link(code=LinkCode("others"), guild_id=GuildId("1")))
    rows = [row(code="twice"), row(code="twice"), row(code="taken"), row(code="others")]

    done = world.run(rows)

    assert [one.status.value for one in done.results] == ["created", "failed", "failed", "failed"]
    assert [faults(done, number) for number in (2, 3, 4)] == [["code"]] * 3


def test_a_trial_makes_nothing_and_says_the_same() -> None:
    world, rows = World(), [row(code="one"), row(code="x")]

    trial = world.run(rows, dry=True)

    assert world.codes() == set()
    assert trial == world.run(rows)


def test_all_or_nothing() -> None:
    world = World()

    done = world.run([row(code="one"), row(code="x")], atomic=True)

    assert [one.status for one in done.results] == [Status.SKIPPED, Status.FAILED]
    assert world.codes() == set()
    assert world.run([row(code="one"), row(code="two")], atomic=True).failed == 0
    assert world.codes() == {"one", "two"}


def test_all_or_nothing_holds_when_somebody_takes_a_code_meanwhile() -> None:
    # Given an import of which the last code is taken after it was looked at
    world = World()
    world.hooks.on = True
    rows = [row(code=f"code-{number}") for number in range(TOGETHER + 5)]
    last = LinkCode(f"code-{TOGETHER + 4}")
    add = world.table.add_links
    calls: list[int] = []

    def add_links(links: Sequence[Link], *, told: bool) -> None:
        calls.append(len(links))
        if len(calls) == 2:
            world.table.add_link(link(code=last, made_by="other"))
        add(links, told=told)

    world.table.add_links = add_links  # type: ignore[method-assign]

    done = world.run(rows, atomic=True)

    # Then nothing of it is there, nothing is told, and the row is named
    assert world.codes() == {last}
    assert world.table.told == []
    assert world.hooks.handed_over == []
    assert faults(done, TOGETHER + 5) == ["code"]
    assert done.count(Status.SKIPPED) == TOGETHER + 4


def test_the_same_import_again_makes_nothing_more_and_says_the_same() -> None:
    world, rows = World(), [row(code="one"), row(), row(code="x")]

    first, again = world.run(rows), world.run(rows)

    assert first.results == again.results
    assert len(world.codes()) == 2


def test_a_server_has_only_so_many_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("usher.referrals.bulk.MOST_LINKS", 3)
    world = World()
    world.table.add_link(link())

    done = world.run([row(code=f"code-{n}") for n in range(4)])

    assert [one.status.value for one in done.results] == ["created", "created", "failed", "failed"]


def test_links_are_told_to_webhooks_at_once_where_they_are_few() -> None:
    few, many = World(), World()
    few.hooks.on = many.hooks.on = True

    few.run([row(code="one"), row(code="x")])
    many.run([row(code=f"code-{n}") for n in range(TOGETHER + 1)])

    assert [one.data["code"] for one in few.hooks.handed_over] == ["one"]
    assert many.hooks.handed_over == []
    assert len(many.table.told) == TOGETHER + 1  # written with them: the clock tells


texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="=+-@\"',; '"), max_size=30
).map(str.strip)


@st.composite
def links(draw: st.DrawFn) -> Link:
    return link(
        code=LinkCode(draw(st.from_regex(r"[a-zA-Z0-9][a-z0-9_-]{1,8}[a-z0-9]", fullmatch=True))),
        title=draw(texts.filter(bool)),
        description=draw(texts),
        platform=draw(texts),
        owner_id=UserId(str(draw(st.integers(10**17, 10**19)))),
        active=draw(st.booleans()),
        mode=draw(st.sampled_from(Mode)),
        expires_at=draw(st.none() | st.integers(0, 10**9).map(lambda s: START + timedelta(0, s))),
    )


@settings(deadline=None)
@given(held=st.lists(links(), min_size=1, max_size=6, unique_by=lambda one: one.code))
def test_what_was_exported_comes_in_again_as_it_was(held: list[Link]) -> None:
    for write in (as_csv, as_json):
        content = write(held, [campaign()], BASE)

        # into the same server: nothing changes
        same = World()
        for one in held:
            same.table.add_link(one)
        again = same.run(read_file(content))
        assert {one.status for one in again.results} == {Status.UNCHANGED}

        # into a new one, where the campaign has another id: the same links
        new = World()
        new.table.held.clear()
        new.table.add_campaign(campaign(id=CampaignId("555")))
        assert new.run(read_file(content)).failed == 0
        moved = {one.code: one for one in new.table.links(GUILD)}
        for one in held:
            there = moved[one.code]
            for name in ("title", "description", "platform", "owner_id", "active", "mode"):
                assert getattr(there, name) == getattr(one, name), name
            assert there.expires_at == one.expires_at
            assert there.campaign_id == "555"


@settings(deadline=None)
@given(held=links())
def test_a_spreadsheet_runs_nothing_and_keeps_ids(held: Link) -> None:
    content = as_csv([held], [campaign(name="=cmd()")], BASE)

    header, cells = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    told = dict(zip(header, cells, strict=True))
    assert told["owner_id"] == f"'{held.owner_id}"
    assert not any(cell.lstrip()[:1] in tuple("=+-@") for cell in cells if cell)


def test_a_file_of_a_spreadsheet_with_semicolons_is_read() -> None:
    rows = read_file("\ufeffTitle;campaign_id;active\r\nVideo;100;TRUE\r\n\r\n".encode())

    assert World().run(rows).failed == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"nick,title\nx,y\n",
        b"title,title\nx,y\n",
        b"title\n",
        b"[1]",
        b"{",
        b'{"links": 7}',
        b"[]",
        b'title\n"open',
        b"[" * 100_000,
        json.dumps([{"title": "x"}] * 1_001).encode(),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(content: bytes) -> None:
    with pytest.raises(BulkError) as told:
        read_file(content)
    assert str(told.value).endswith(".")


def test_cells_beyond_the_header_are_a_fault_of_their_row() -> None:
    done = World().run(read_file(b"campaign_id,title\n100,Video,more\n100,Other\n"))

    assert [one.status.value for one in done.results] == ["failed", "created"]


def test_an_export_of_nothing_says_so() -> None:
    with pytest.raises(BulkError):
        World().desk.give(GUILD, None, Form.CSV, BASE)


def test_owners_export_their_own() -> None:
    world = World()
    world.table.add_link(link())
    world.table.add_link(link(code=LinkCode("other"), owner_id=UserId("7")))

    content = world.desk.give(GUILD, OWNER, Form.JSON, BASE)

    told: dict[str, Any] = json.loads(content)
    assert [one["code"] for one in told["links"]] == ["spring-video"]
