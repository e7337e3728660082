"""Which questions are on which form, whether they are answered, and what comes next. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from itertools import batched
from typing import Final

from usher.frozen import frozen
from usher.onboarding.model import Answered, Answers, Stay
from usher.onboarding.patterns import PatternError, matches
from usher.referrals.model import Question
from usher.times import format_time

PAGE: Final = 5
"""Fields of a form (Discord docs: Modal)."""
MOST_QUESTIONS: Final = 25
ANSWER_LENGTH: Final = 1000
NAME_DIGITS: Final = 25

type Page = tuple[Question, ...]


class Fault(StrEnum):
    """What is wrong with an answer."""

    MISSING = "missing"
    CHOICE = "choice"
    """It is none of the choices; they may have changed."""
    LONG = "long"
    PATTERN = "pattern"


@frozen
class Problem:
    """An answer that cannot stand."""

    question: Question
    fault: Fault
    typed: str


def pages(questions: Sequence[Question]) -> tuple[Page, ...]:
    """Part questions into forms."""
    return tuple(tuple(some) for some in batched(questions, PAGE, strict=False))


def next_page(questions: Sequence[Question], answers: Answers) -> int | None:
    """Find the first form that is not answered well; None when all are.

    A form whose questions may all stay empty has to be seen once, too.
    """
    for number, page in enumerate(pages(questions)):
        if any(one.id not in answers or fault_of(one, answers[one.id]) for one in page):
            return number
    return None


def problems(questions: Sequence[Question], answers: Answers) -> tuple[Problem, ...]:
    """Tell what is wrong with the answers that were given to some questions."""
    found = []
    for one in questions:
        values = answers.get(one.id, ())
        if (fault := fault_of(one, values)) is not None:
            found.append(Problem(one, fault, values[0] if values else ""))
    return tuple(found)


def fault_of(question: Question, values: tuple[str, ...]) -> Fault | None:
    """Tell what is wrong with an answer; None for nothing."""
    if not values:
        return Fault.MISSING if question.required else None
    if question.choices:
        return None if set(values) <= set(question.choices) else Fault.CHOICE
    if len(values[0]) > ANSWER_LENGTH:
        return Fault.LONG
    return None if _has_form(question.pattern, values[0]) else Fault.PATTERN


def taken(questions: Sequence[Question], sent: Answers) -> dict[str, tuple[str, ...]]:
    """Take from what was sent the answers to questions that are asked."""
    answers: dict[str, tuple[str, ...]] = {}
    for one in questions:
        if one.id in sent:
            stripped = (value.strip() for value in sent[one.id])
            answers[one.id] = tuple(value for value in stripped if value)
    return answers


def answered(questions: Sequence[Question], answers: Answers) -> tuple[Answered, ...]:
    """Put the answers beside their questions; what was left empty is left out."""
    given = ((one, answers.get(one.id, ())) for one in questions)
    return tuple(Answered(one.id, one.label, values) for one, values in given if values)


def moved(questions: Sequence[Question], question_id: str, place: int) -> tuple[Question, ...]:
    """Put a question at another place, counted from 1; beyond the end is the end."""
    one = next(one for one in questions if one.id == question_id)
    rest = [other for other in questions if other.id != question_id]
    rest.insert(max(place - 1, 0), one)
    return tuple(rest)


def name_of(what: str, stay: Stay, *more: str) -> str:
    """Name something that is done once a membership: effects, messages, objects."""
    said = (what, stay.guild_id, stay.user_id, format_time(stay.joined_at), *more)
    return sha256("|".join(said).encode()).hexdigest()[:NAME_DIGITS]


def _has_form(pattern: str, text: str) -> bool:
    """Whether a text has the form that is asked for; what no release can read asks for nothing."""
    if not pattern:
        return True
    try:
        return matches(pattern, text)
    except PatternError:
        return True


def metadata(fields: int, roles: Sequence[str]) -> Mapping[str, str | int]:
    """Write what is told of a conversion (SPEC 5.7)."""
    return {"onboarding_fields_completed": fields, "roles_assigned": ", ".join(roles)}
