"""/campaign variant: looks of a page, added, changed, taken away, compared."""

import pytest

from tests.unit.command_worker.desk import Desk, words
from tests.unit.command_worker.test_funnel import CODE, TODAY
from tests.unit.command_worker.test_referrals import HERE, campaigns, with_campaign
from tests.unit.slash.payloads import option
from usher.funnel.measure import Cell
from usher.funnel.rows import campaign_rows
from usher.referrals.model import Counts, Variant

SPRING = option("campaign", "Spring")


def add(there: Desk, name: str = "bold", **more: object) -> str:
    options = {"headline": "Join *now*", "body": "Text", **more}
    told = there.run(
        "campaign variant add",
        SPRING,
        option("name", name),
        *(option(one, value) for one, value in options.items()),
    )
    return words(told)


def variants(there: Desk) -> tuple[Variant, ...]:
    (one,) = campaigns(there)
    return one.variants


def test_a_look_is_added_changed_and_taken_away() -> None:
    there = with_campaign()
    assert "has one look" in there.run("campaign variant list", SPRING).content

    assert "Every new visitor sees this look" in add(there, " Bold ")
    said = add(there, "calm", weight=3)
    assert "Who has seen another keeps it" in said
    assert "bold · 25 percent of new visitors" in said
    assert "Join \\*now\\*" in said
    told = there.run("campaign variant edit", SPRING, option("name", "bold"), option("weight", 0))
    assert "no new visitors" in words(told)
    assert variants(there)[0] == Variant("bold", "Join *now*", "Text", 0)
    there.run("campaign variant remove", SPRING, option("name", "bold"))
    assert [one.name for one in variants(there)] == ["calm"]


def test_the_same_interaction_again_adds_no_other() -> None:
    there = with_campaign()
    add(there)
    there.forget_asking()

    assert "This look is there." in add(there)
    assert len(variants(there)) == 1


@pytest.mark.parametrize(
    ("name", "more", "told"),
    [
        ("no blanks", {}, "letters from a to z"),
        ("a#b", {}, "letters from a to z"),
        ("bold", {"headline": "Another"}, "There is a look `bold` already."),
        ("new", {"headline": "  "}, "give it a headline"),
    ],
)
def test_wrong_looks_are_told(name: str, more: dict[str, object], told: str) -> None:
    there = with_campaign()
    add(there)

    assert told in add(there, name, **more)
    assert len(variants(there)) == 1


def test_a_look_that_is_not_there_and_one_too_many() -> None:
    there = with_campaign()
    for number in range(8):
        add(there, f"look{number}")

    assert "at most 8 looks" in add(there)
    told = there.run("campaign variant remove", SPRING, option("name", "x")).content
    assert "There is no look `x`" in told
    assert "`look7`" in told


def test_results_come_with_honest_words() -> None:
    there = with_campaign()
    add(there)
    add(there, "calm")
    (one,) = campaigns(there)
    cells = there.services.ways.numbers.cells[campaign_rows(HERE, one.id)]

    said = words(there.run("campaign variant list", SPRING))
    assert "Too little has happened" in said
    assert "no data yet" in said
    cells.append(Cell(TODAY, "bold", CODE, Counts(clicks=900, joins=90)))
    cells.append(Cell(TODAY, "calm", CODE, Counts(clicks=900, joins=95)))
    said = words(there.run("campaign variant list", SPRING))
    assert "may be chance" in said
    assert "10 % (between 8.2 % and 12.1 %)" in said
    assert "joins of clicks" in said
    cells.append(Cell(TODAY, "calm", CODE, Counts(joins=80)))
    assert "`calm` is ahead" in words(there.run("campaign variant list", SPRING))
