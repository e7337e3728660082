"""The join log page by page: newest first, stable, with the last word on each join."""

from dataclasses import replace
from random import Random

import pytest

from tests.builders import GUILD, at, by, open_between, unknown
from tests.unit.ledger.past import Past, users
from usher.attribution.wording import word_of
from usher.ids import InviteCode, UserId
from usher.ledger.log_pages import LogPage
from usher.ledger.options import Wanted

DAY = 86400


def all_pages(past: Past, wanted: Wanted | None = None) -> list[LogPage]:
    pages = [past.page(wanted)]
    while (place := pages[-1].next) is not None:
        pages.append(past.page(wanted, place))
    return pages


def everybody(pages: list[LogPage]) -> list[str]:
    return [user for page in pages for user in users(page)]


def test_an_empty_log_is_an_empty_page() -> None:
    assert Past().page() == LogPage((), None)


def test_ten_a_page_newest_first_over_days() -> None:
    past = Past()
    for n in range(25):
        past.join(str(n), n * DAY / 7)

    pages = all_pages(past)

    assert [len(page.entries) for page in pages] == [10, 10, 5]
    assert everybody(pages) == [str(n) for n in reversed(range(25))]


def test_joins_of_one_moment_are_each_shown_once() -> None:
    past = Past()
    for n in range(25):
        past.join(str(n), 5)

    assert sorted(map(int, everybody(all_pages(past)))) == list(range(25))


def test_pages_stand_still_while_new_joins_arrive() -> None:
    past = Past()
    for n in range(20):
        past.join(str(n), n)
    first = past.page()

    for n in range(100, 115):
        past.join(str(n), n)

    assert users(past.page(None, first.next)) == [str(n) for n in reversed(range(10))]


@pytest.mark.parametrize("seed", range(5))
def test_lines_written_late_take_their_place_by_time(seed: int) -> None:
    # Given lines of one day that were written in another order, up to an hour late
    past, random = Past(), Random(seed)  # noqa: S311 - a reproducible mess
    for n in range(150):
        past.join(str(n), n, late=random.choice([0.2, 0.2, 30, 3600]))

    assert everybody(all_pages(past)) == [str(n) for n in reversed(range(150))]


def test_a_page_of_a_busy_day_reads_a_little_of_it() -> None:
    past = Past()
    for n in range(3000):
        past.join(str(n), n * 20)

    past.objects.reads = 0
    past.page()

    assert past.objects.reads < 100


def test_the_word_is_the_last_one_of_the_member_s_record() -> None:
    past = Past()
    line = past.join("7", 0, open_between("a", "b"))
    past.correct(line, by("901", "b"), 9 * DAY)

    [entry] = past.page().entries

    assert entry.word == word_of(by("901", "b"))
    assert entry.username == "user7"


def test_an_earlier_membership_has_the_ledger_s_last_word() -> None:
    past = Past()
    first = past.join("7", 0, open_between("a", "b"))
    past.correct(first, by("901", "b"), 60)
    past.correct(first, by("902", "a"), 120)
    past.leave(first, 200)
    past.join("7", DAY, by("900", "c"))

    assert [entry.word.code for entry in past.page().entries] == ["c", "a"]


def test_a_member_without_a_record_has_the_ledger_s_word() -> None:
    past = Past()
    line = past.join("7", 0, unknown())
    past.correct(line, by("901", "b"), 60)
    past.held.clear()

    assert [entry.word.code for entry in past.page().entries] == ["b"]


def test_a_code_selects_by_the_last_word_alone() -> None:
    past = Past()
    past.join("1", 1, by("900", "abc"))
    moved = past.join("2", 2, by("900", "abc"))
    past.correct(moved, by("901", "def"), 60)
    past.join("3", 3, open_between("abc", "def"))

    assert users(past.page(Wanted(code=InviteCode("abc")))) == ["1"]
    assert users(past.page(Wanted(code=InviteCode("def")))) == ["2"]


def test_bounds_include_the_start_and_not_the_end() -> None:
    past = Past()
    for n in range(5):
        past.join(str(n), n * DAY)

    assert users(past.page(Wanted(at(DAY), at(3 * DAY)))) == ["2", "1"]


def test_a_search_that_finds_little_pauses_between_days_and_goes_on() -> None:
    # Given many days of a code that is not asked for, and one join that is
    past = Past()
    past.join("7", 0, by("900", "rare"))
    for n in range(60):
        past.join(str(100 + n), (n + 1) * DAY / 2)
    log, wanted = past.log(most_read=20), Wanted(code=InviteCode("rare"))

    pages = [log.page(GUILD, wanted, None, 10)]
    while (place := pages[-1].next) is not None:
        pages.append(log.page(GUILD, wanted, place, 10))

    assert everybody(pages) == ["7"]
    assert 3 <= len(pages) <= 5
    until = [page.until for page in pages[:-1]]
    assert all(day is not None for day in until)
    assert until == sorted(until, key=str, reverse=True)


def test_a_member_s_joins_are_found_without_reading_the_days_between() -> None:
    past = Past()
    first = past.join("7", 0, by("900", "abc"))
    past.leave(first, 100)
    past.join("7", 40 * DAY, by("901", "def"))
    for n in range(500):
        past.join(str(100 + n), n * DAY / 10)
    past.objects.reads = 0

    page = past.page(Wanted(user_id=UserId("7")))

    assert [entry.word.code for entry in page.entries] == ["def", "abc"]
    # the lines of the days in which the first membership could be corrected are read once
    assert past.objects.reads < 600


def test_a_member_whose_names_were_erased_is_found_by_the_record() -> None:
    past = Past()
    past.join("7", 0, seen=30 * 60)
    past.objects.held = {k: v for k, v in past.objects.held.items() if not k.startswith("names/")}

    [entry] = past.page(Wanted(user_id=UserId("7"))).entries

    assert entry.username is None


def test_a_member_who_never_joined_has_none() -> None:
    past = Past()
    past.join("7", 0)

    assert past.page(Wanted(user_id=UserId("8"))) == LogPage((), None)


def test_a_join_seen_on_both_sides_of_midnight_is_one() -> None:
    past = Past()
    midnight = 12 * 3600
    before = past.join("7", midnight - 1)
    past.put(replace(before, timestamp=at(midnight + 2)))
    after = past.join("8", midnight + 0.05, seen=midnight - 0.05)
    past.put(replace(after, timestamp=at(midnight + 1)))

    assert sorted(users(past.page())) == ["7", "8"]
