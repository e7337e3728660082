"""Which form comes next, and what is wrong with an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.referring import campaign
from usher.onboarding.drafting import greeting_of
from usher.onboarding.rules import Fault, fault_of, moved, next_page, pages, problems, taken
from usher.referrals.model import Question

SEVEN = tuple(Question(f"q{number}", f"Question {number}") for number in range(7))


def test_five_questions_are_a_form() -> None:
    assert [len(page) for page in pages(SEVEN)] == [5, 2]
    assert pages(()) == ()


def test_the_first_form_that_is_not_answered_well_is_next() -> None:
    answers: dict[str, tuple[str, ...]] = {}
    assert next_page((), answers) is None
    assert next_page(SEVEN, answers) == 0
    answers |= {f"q{number}": ("x",) for number in range(5)}
    assert next_page(SEVEN, answers) == 1
    answers |= {"q5": ("x",), "q6": ("x",)}
    assert next_page(SEVEN, answers) is None
    assert next_page((*SEVEN[:3], Question("q3", "Now a choice", choices=("a", "b"))), answers) == 0


def test_a_form_that_may_stay_empty_has_to_be_seen() -> None:
    asked = (Question("q", "Anything else?", required=False),)
    assert next_page(asked, {}) == 0
    assert next_page(asked, {"q": ()}) is None


def test_faults() -> None:
    assert fault_of(Question("q", "?"), ()) is Fault.MISSING
    assert fault_of(Question("q", "?", required=False), ()) is None
    assert fault_of(Question("q", "?", choices=("a", "b")), ("c",)) is Fault.CHOICE
    assert fault_of(Question("q", "?"), ("x" * 1001,)) is Fault.LONG
    assert fault_of(Question("q", "?", pattern="number"), ("x",)) is Fault.PATTERN
    assert fault_of(Question("q", "?", required=False, pattern="number"), ("x",)) is Fault.PATTERN
    assert fault_of(Question("q", "?", pattern="(no pattern"), ("x",)) is None
    assert [one.typed for one in problems(SEVEN[:1], {})] == [""]


def test_only_what_is_asked_is_taken_and_blanks_are_nothing() -> None:
    sent = {"q0": (" Ana ",), "q1": ("  ",), "other": ("x",)}
    assert taken(SEVEN, sent) == {"q0": ("Ana",), "q1": ()}


@given(st.sampled_from(SEVEN), st.integers(1, 30))
def test_moving_keeps_every_question_and_the_order_of_the_rest(one: Question, place: int) -> None:
    after = moved(SEVEN, one.id, place)
    assert sorted(question.id for question in after) == sorted(q.id for q in SEVEN)
    assert after.index(one) == min(place, 7) - 1
    rest = [question for question in SEVEN if question != one]
    assert [question for question in after if question != one] == rest


@pytest.mark.parametrize(
    ("questions", "said"),
    [((), "you are in"), ((Question("name", "Your name?"),), "answer its questions")],
)
def test_a_welcome_says_what_the_button_leads_to(
    questions: tuple[Question, ...], said: str
) -> None:
    assert said in greeting_of(campaign(questions=questions)).message
