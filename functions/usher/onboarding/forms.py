"""A campaign's questions as Discord's forms. Pure."""

from collections.abc import Sequence
from typing import Final

from usher.onboarding.model import Answers
from usher.onboarding.patterns import NAMED
from usher.onboarding.rules import ANSWER_LENGTH, Fault, Page, Problem, pages
from usher.referrals.model import Campaign, Question
from usher.slash import text
from usher.slash.buttons import Choice, Press
from usher.slash.modals import ChoiceField, Modal, TextField
from usher.slash.say import later, say

TYPED: Final = 60
"""Characters of a wrong answer that are shown."""

FORMS: Final = {
    "email": later("an email address like ana@example.com"),
    "url": later("an address that starts with https://"),
    "number": later("a number"),
    "date": later("a day like 2026-11-20"),
    "phone": later("a telephone number like +49 30 123456"),
    "discord": later("a Discord username"),
}
"""What an answer of a named form looks like."""


def form(campaign: Campaign, number: int, answers: Answers, press: Press) -> Modal:
    """Write one of a campaign's forms, with what was typed into it before."""
    every = pages(campaign.questions)
    title = campaign.name
    if len(every) > 1:
        place = say("{number} of {all}", number=number + 1, all=len(every))
        title = f"{text.cut(title, 30)} · {place}"
    return Modal(title, tuple(field(one, answers) for one in every[number]), press)


def field(question: Question, answers: Answers) -> TextField | ChoiceField:
    """Write a question as a field."""
    values = answers.get(question.id, ())
    if question.choices:
        choices = tuple(Choice(one, one, chosen=one in values) for one in question.choices)
        return ChoiceField(
            question.id,
            question.label,
            choices,
            required=question.required,
            placeholder=question.placeholder,
        )
    return TextField(
        question.id,
        question.label,
        required=question.required,
        long=question.long,
        placeholder=question.placeholder,
        value=values[0] if values else "",
        max_length=ANSWER_LENGTH,
        description=hint(question.pattern),
    )


def hint(pattern: str) -> str:
    """Say what an answer looks like, where that has a name."""
    if pattern not in NAMED:
        return ""
    return say("Please write {form}.", form=say(FORMS[pattern]))


def told(found: Sequence[Problem]) -> str:
    """Say what is wrong with answers, each with what was typed."""
    return "\n".join(f"- **{text.escape(one.question.label)}**: {_told(one)}" for one in found)


def progress(campaign: Campaign, done: int) -> str:
    """Say how many forms are done."""
    return say(
        "{done} of {all} done. Your answers are kept: you can go on now or later.",
        done=done,
        all=len(pages(campaign.questions)),
    )


def fields_of(page: Page) -> frozenset[str]:
    """Name the fields of a form."""
    return frozenset(one.id for one in page)


def _told(problem: Problem) -> str:
    match problem.fault:
        case Fault.MISSING:
            return say("this needs an answer.")
        case Fault.CHOICE:
            return say("please choose again; the choices have changed.")
        case Fault.LONG:
            return say("at most {most} characters.", most=f"{ANSWER_LENGTH:,}")
        case Fault.PATTERN:
            return _of_form(problem)


def _of_form(problem: Problem) -> str:
    question, typed = problem.question, text.code(text.cut(problem.typed, TYPED))
    if question.pattern in NAMED:
        form_ = say(FORMS[question.pattern])
        return say("it must be {form}. You wrote {typed}.", form=form_, typed=typed)
    like = question.placeholder or question.pattern
    return say("it must look like {like}. You wrote {typed}.", like=text.code(like), typed=typed)
