"""Somebody is erased from cases: names at once, words when nobody needs them any more."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import GUILD
from tests.fakes.court import MEMBER, MOD, Court
from tests.fakes.fuse import BREAKS, BrokenOffError, DiedError, Fuse, fused
from tests.fakes.objects import FakeObjects, Inline
from usher.contracts.case_effects import NoteByHand
from usher.ids import GuildId, UserId
from usher.ledger.erasing import Eraser
from usher.ledger.erasure import Erasure
from usher.ledger.erasures import ask
from usher.ledger.keys import evidence_key
from usher.ledger.names import names_key
from usher.moderation.amending import Bench
from usher.moderation.by_hand import ByHand
from usher.moderation.guard import Action
from usher.moderation.model import Case, Change, Evidence, Kind, Status
from usher.moderation.ports import StaleError
from usher.moderation.redacting import HELD, is_held, without_names, without_words
from usher.moderation.redactor import Redactor
from usher.times import format_time

OTHER = UserId("77")
DAY = timedelta(days=1)
PROOF = Evidence("https://cdn.example/a.png", "a.png")


@dataclass
class Archive:
    """A court, and a bucket in which a name of the member's is kept."""

    court: Court = field(default_factory=Court)
    objects: FakeObjects = field(default_factory=FakeObjects)

    def __post_init__(self) -> None:
        key = names_key(GUILD, MEMBER, "a")
        content = f'{{"username": "Mason", "joined_at": "{format_time(self.court.now)}"}}'
        self.objects.add(key, content.encode())

    def ask(self) -> None:
        ask(self.objects, Erasure(GUILD, MEMBER, self.court.now))

    def daily(self) -> int:
        book = fused(self.court.book, lambda: self.court.fuse)
        records = Redactor(book, lambda: self.court.now)
        eraser = Eraser(self.objects, Inline(), lambda: self.court.now, records)
        cases = eraser.sweep(GUILD).cases
        self.court.passes(timedelta(minutes=5))
        return cases

    def text(self) -> str:
        """Everything that cases and the log say."""
        return f"{self.court.book.cases} {self.court.log()}"


def test_names_go_at_once_from_all_cases_and_from_the_log() -> None:
    archive = Archive()
    court = archive.court
    court.do(court.order(Action.BAN, until=court.now + DAY, reason="MASON, again mason!"))
    court.do(court.order(Action.WARN, OTHER, reason="insulted Mason; masonry is his trade"))
    bench, order = Bench(court.sanctions), court.order(Action.EDIT, OTHER, reason="Mason, twice")
    bench.edit(order, 2)
    bench.edit(replace(order, evidence=(Evidence("https://x.example/mason", "mason.png"),)), 2)
    court.work()
    archive.ask()

    assert archive.daily() == 2

    assert court.case(1).reason == f"{MEMBER}, again {MEMBER}!"
    assert court.case(2).reason == f"{MEMBER}, twice"
    assert court.case(2).evidence == (Evidence("", f"{MEMBER}.png"),)
    assert "mason" not in archive.text().lower().replace("masonry", "")
    assert "masonry is his trade" in court.case(2).entries[1].text
    assert court.case(1).entries[-1].change is Change.ERASED
    assert len(court.log()) == 2
    assert all(one.logged == one.version for one in court.book.cases.values())
    assert archive.daily() == 0


def test_a_ban_without_the_name_is_known_again_and_lifted() -> None:
    archive = Archive()
    court = archive.court
    court.do(court.order(Action.BAN, until=court.now + DAY, reason="Mason spams"))
    archive.ask()
    archive.daily()
    # Told of the ban without an entry of the audit log, Usher knows it as its own
    note = NoteByHand("n", GUILD, MEMBER, "ban", None, format_time(court.now))
    ByHand(court.sanctions).note(note)
    assert len(court.book.cases) == 1

    court.passes(DAY)

    assert court.desk.bans == {}
    assert court.case(1).status is Status.ENDED


def test_a_ban_made_anew_is_not_lifted_for_the_one_without_the_name() -> None:
    archive = Archive()
    court = archive.court
    court.do(court.order(Action.BAN, until=court.now + DAY, reason="Mason spams"))
    archive.ask()
    archive.daily()
    court.desk.bans[MEMBER] = "by another bot"

    court.passes(DAY)

    assert MEMBER in court.desk.bans


def test_words_go_when_a_case_is_long_over_and_what_was_done_stays() -> None:
    archive = Archive()
    court = archive.court
    court.do(
        court.order(
            Action.MUTE, until=court.now + DAY, reason="shouting", evidence=(PROOF,), points=0
        )
    )
    court.do(court.order(Action.BAN, OTHER, reason="another's"))
    archive.ask()
    archive.daily()
    court.passes(HELD)
    archive.daily()
    assert court.case(1).reason == "shouting"  # it ended a day after it began

    court.passes(DAY)
    assert archive.daily() == 1

    case = court.case(1)
    assert (case.reason, case.evidence, case.standing) == ("", (), None)
    assert (case.kind, case.by, case.user_id) == (Kind.MUTE, MOD, MEMBER)
    assert {entry.text for entry in case.entries} == {""}
    assert "shouting" not in str(court.log())
    assert "Erased on request" in str(court.log())
    assert court.case(2).reason == "another's"
    assert archive.daily() == 0


def test_what_is_in_force_or_came_later_keeps_its_words() -> None:
    archive = Archive()
    court = archive.court
    court.do(court.order(Action.BAN, reason="for good"))
    archive.ask()
    court.passes(DAY)
    court.do(court.order(Action.NOTE, reason="later"))
    court.passes(3 * HELD)

    assert archive.daily() == 0
    assert [court.case(n).reason for n in (1, 2)] == ["for good", "later"]

    ask(archive.objects, Erasure(GUILD, MEMBER, court.now - 3 * HELD - DAY, for_good=True))
    assert archive.daily() == 1
    assert [court.case(n).reason for n in (1, 2)] == ["for good", ""]


def test_files_go_with_the_words_and_what_no_case_shows_goes_too() -> None:
    archive = Archive()
    court, objects = archive.court, archive.objects
    keys = [evidence_key(GUILD, MEMBER, str(number)) for number in range(4)]
    for key in keys:
        objects.add(key, b"proof")
    objects.put(keys[0], b"again")
    objects.add(evidence_key(GUILD, OTHER, "9"), b"of another")
    objects.held[keys[3]] = b"proof", court.now + HELD + 2 * DAY  # its case is about to come
    for number, until in ((0, court.now + DAY), (1, None)):
        shown = replace(PROOF, attachment=str(number), copy=keys[number])
        court.do(court.order(Action.WARN, reason="spam", until=until, evidence=(shown,)))
    archive.ask()

    archive.daily()
    assert objects.under("evidence/").keys() == {keys[0], keys[1], keys[3], *_of_others()}

    court.passes(HELD + 2 * DAY)
    archive.daily()
    assert objects.contents().keys() & set(keys) == {keys[1], keys[3]}
    assert _of_others() <= objects.under("evidence/").keys()


def _of_others() -> set[str]:
    return {evidence_key(GUILD, OTHER, "9")}


def _steps() -> int:
    archive = _prepared(Fuse())
    archive.daily()
    return archive.court.fuse.steps


def _prepared(fuse: Fuse) -> Archive:
    archive = Archive()
    court = archive.court
    for user in (MEMBER, OTHER):
        court.do(court.order(Action.WARN, user, reason="Mason", until=court.now + DAY))
    court.now += HELD + 2 * DAY
    archive.ask()
    court.fuse = archive.objects.fuse = fuse
    return archive


@pytest.mark.parametrize("at", range(1, _steps() + 1))
@pytest.mark.parametrize(("before", "error"), BREAKS)
def test_one_that_broke_off_is_completed_by_the_next(
    at: int, before: bool, error: type[BaseException]
) -> None:
    archive = _prepared(Fuse(at, before, error))
    with suppress(BrokenOffError, DiedError):
        archive.daily()
    archive.court.fuse = archive.objects.fuse = Fuse()

    archive.daily()

    assert "Mason" not in archive.text()
    assert archive.court.case(1).reason == ""
    assert archive.court.case(2).reason == MEMBER
    assert archive.objects.under("names/") == {}
    # and what was erased is noted once a case
    for case in archive.court.book.cases.values():
        assert len([one for one in case.entries if one.change is Change.ERASED]) <= 2


def test_a_change_meanwhile_is_kept() -> None:
    archive = Archive()
    court = archive.court
    court.do(court.order(Action.WARN, OTHER, reason="insulted Mason"))
    change = court.book.change
    meanwhile = [court.case(1)]

    def late(*cases: Case, **named: object) -> None:
        if meanwhile:
            known = meanwhile.pop()
            change(replace(known, version=known.version + 1, reason="hit Mason"))
            raise StaleError
        change(*cases, **named)  # type: ignore[arg-type]

    court.book.change = late  # type: ignore[method-assign]
    archive.ask()

    assert archive.daily() == 1
    assert court.case(1).reason == f"hit {MEMBER}"


texts = st.text(alphabet="Aab .*é@", max_size=12)


@given(texts, st.frozensets(texts, max_size=3), texts)
def test_no_name_is_left_and_a_second_time_changes_nothing(
    reason: str, names: frozenset[str], around: str
) -> None:
    case = Case(GuildId("1"), 1, "k", Kind.WARN, MEMBER, MOD, reason + around, Court().now)
    after = without_names(case, {MEMBER: names})
    assert without_names(after, {MEMBER: names}) == after
    padded = [f" {name} " for name in names if len(name) > 1]
    assert not any(name.lower() in f" {after.reason} ".lower() for name in padded)
    silent = without_words(case)
    assert silent.reason == ""
    assert without_words(silent) == silent


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_pending_is_held(kind: Kind) -> None:
    old = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    case = Case(GuildId("1"), 1, "k", kind, MEMBER, MOD, "spam", old)
    assert is_held(case, Court().now)
    assert not is_held(replace(case, status=Status.FAILED), Court().now)
