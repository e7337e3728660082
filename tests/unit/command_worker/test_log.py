"""/view_invite_logs in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import by, by_vanity, open_between, unknown
from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, option
from usher.attribution.outcomes import Outcome
from usher.attribution.wording import word_of
from usher.ids import GuildId, UserId
from usher.ledger.lines import Line, LineType
from usher.ledger.log_pages import Entrance, LogPage, Place
from usher.ledger.options import Wanted
from usher.slash.text import when


def entry(n: int, outcome: Outcome | None = None, name: str | None = "jo_hn") -> Entrance:
    moment, word = NOW - timedelta(minutes=n), word_of(outcome or by("900", "abc"))
    user = UserId(str(100 + n))
    line = Line(LineType.JOIN, f"e{n:02}", moment, GuildId(GUILD), user, moment, word)
    return Entrance(line, word, name)


def desk(*entries: Entrance) -> Desk:
    made = Desk()
    made.services.log.entries = list(entries)
    return made


def test_joins_are_listed_with_names_made_harmless() -> None:
    told = words(desk(entry(1, name="*x* @everyone")).run("view_invite_logs"))

    assert f"{when(NOW - timedelta(minutes=1), 'f')} **\\*x\\* \\@everyone** <@101>" in told
    assert "`abc` by <@900> · exact" in told


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (by_vanity(), "by the vanity link · exact"),
        (by(None, "abc"), "`abc` without an inviter · exact"),
        (open_between("a", "b"), "open: `a`, `b`"),
        (open_between("a", "b", "c", "d", "e"), "open: `a`, `b`, `c` and 2 more"),
        (unknown(), "no invite known (unknown)"),
    ],
)
def test_every_outcome_has_its_words(outcome: Outcome, told: str) -> None:
    assert told in words(desk(entry(1, outcome)).run("view_invite_logs"))


def test_erased_names_and_recovered_joins() -> None:
    one = entry(1, name=None)
    told = words(desk(replace(one, line=replace(one.line, recovered=True))).run("view_invite_logs"))

    assert "** <@101>" not in told
    assert "<@101>" in told
    assert "recovered after an absence" in told


def test_an_imported_join_says_when_it_was() -> None:
    one = entry(1)
    line = replace(one.line, imported=True, joined_at=NOW - timedelta(days=400))
    told = words(desk(replace(one, line=line)).run("view_invite_logs"))

    assert f"imported, joined {when(NOW - timedelta(days=400), 'f')}" in told


def test_pages_turn_both_ways_with_the_same_filters() -> None:
    made = desk(*(entry(n) for n in range(25)))
    filters = (option("from", "2026-11-01"), option("invite_code", "discord.gg/abc"))

    first = made.run("view_invite_logs", *filters)
    second = made.press(first, "Next")
    third = made.press(second, "Next")
    back = made.press(third, "Previous")

    assert labels(first) == {"Previous": False, "Next": True}
    assert labels(third) == {"Previous": True, "Next": False}
    assert [words(page).count("by <@900>") for page in (first, second, third)] == [10, 10, 5]
    assert back.embeds == second.embeds
    assert "Page 2" in words(second)
    assert len({wanted for _, wanted, _ in made.services.log.asked}) == 1
    wanted = made.services.log.asked[0][1]
    assert (wanted.code, wanted.end) == ("abc", None)


def test_one_page_has_no_buttons() -> None:
    assert labels(desk(entry(1)).run("view_invite_logs")) == {}


def test_nothing_is_told() -> None:
    assert "No join is on record yet." in words(desk().run("view_invite_logs"))
    filtered = desk().run("view_invite_logs", option("user_id", "5"))
    assert "No join on record fits." in words(filtered)


def test_a_search_that_pauses_says_how_far_it_came() -> None:
    made = desk()

    class Pausing:
        def page(self, *_: object) -> LogPage:
            return LogPage((), Place(NOW), NOW.date())

    made.services.log = Pausing()  # type: ignore[assignment]

    reply = made.run("view_invite_logs", option("invite_code", "rare"))

    assert "Searched back to 2026-11-20 (UTC) so far; Next goes on" in words(reply)
    assert labels(reply) == {"Previous": False, "Next": True}


def test_a_bad_member_is_told_as_for_the_export() -> None:
    told = desk().run("view_invite_logs", option("user_id", "mason"))

    assert told.content.startswith("`user_id` must be")


def test_filters_survive_the_table() -> None:
    made = desk(*(entry(n) for n in range(12)))
    filters = (option("user_id", "7"), option("to", "2026-11-30T10:00"))

    made.press(made.run("view_invite_logs", *filters), "Next")

    asked = [wanted for _, wanted, _ in made.services.log.asked]
    assert asked[0] == asked[1] == Wanted(None, asked[0].end, UserId("7"), None)
