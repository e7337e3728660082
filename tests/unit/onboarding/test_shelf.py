"""Answers lie beside names, and go with them."""

from dataclasses import replace
from datetime import timedelta

from tests.builders import GUILD, START
from tests.fakes.objects import FakeObjects, Inline
from tests.fakes.onboarding import shelf
from tests.referring import SPRING
from usher.ids import UserId
from usher.ledger.erasing import Eraser
from usher.ledger.erasure import Erasure
from usher.ledger.erasures import ask
from usher.onboarding.model import Answered, Record, Stay
from usher.onboarding.shelf import key_of

ANA, BOB = UserId("101"), UserId("102")
FIRST = Record(
    Stay(GUILD, ANA, START), SPRING, "Spring", START, (Answered("q1", "Name?", ("Ana",)),)
)
SECOND = replace(
    FIRST, stay=Stay(GUILD, ANA, START + timedelta(days=9)), completed_at=START + timedelta(days=9)
)
BOBS = replace(FIRST, stay=Stay(GUILD, BOB, START))


def test_the_first_answers_of_a_membership_stand() -> None:
    kept = shelf(FakeObjects())
    for record in (FIRST, replace(FIRST, campaign="Other"), SECOND, BOBS):
        kept.keep(record)

    assert kept.records(GUILD, ANA) == (SECOND, FIRST)
    assert kept.find(FIRST.stay) == FIRST
    assert kept.find(Stay(GUILD, UserId("103"), START)) is None


def test_an_erasure_hides_at_once_and_destroys_every_version_of_earlier_memberships() -> None:
    objects, at = FakeObjects(), START + timedelta(days=2)
    kept = shelf(objects)
    for record in (FIRST, BOBS):
        kept.keep(record)

    erasure = Erasure(GUILD, ANA, at)
    ask(objects, erasure)
    assert kept.records(GUILD, ANA) == ()
    assert kept.find(FIRST.stay) is None

    erased = Eraser(objects, Inline(), lambda: at).sweep(GUILD)
    assert (erased.answers, erased.names) == (1, 0)
    assert not list(objects.versions(key_of(FIRST.stay)))
    assert kept.find(BOBS.stay) == BOBS
    kept.keep(FIRST)
    assert objects.get(key_of(FIRST.stay)) is None
    kept.keep(SECOND)
    assert kept.records(GUILD, ANA) == (SECOND,)
