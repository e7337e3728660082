"""What the commands about a campaign's questions and roles ask, and how they find a question."""

from dataclasses import replace
from typing import Final, Protocol

from usher.onboarding.patterns import NAMED, PatternError, check
from usher.referrals.asking import FrontServices, Services
from usher.referrals.campaign_commands import change
from usher.referrals.model import Campaign, Question
from usher.rewards.queries import Halls, RewardReads
from usher.slash import text
from usher.slash.completing import Suggestions, Typing
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.say import say

LABEL: Final = 45
"""Characters of a field's label (Discord docs: Label)."""
CHOICE: Final = 100
MOST_CHOICES: Final = 25
PLACEHOLDER: Final = 100


class RoleServices(Services, Protocol):
    """What is called where roles are chosen."""

    @property
    def halls(self) -> Halls:
        """Discord's roles."""
        ...

    @property
    def rewards(self) -> RewardReads:
        """Where admins are told of things."""
        ...


def any_question(typing: Typing[FrontServices]) -> Suggestions:
    """Suggest questions by a word of them; of all campaigns, since which one is not known yet."""
    wanted = typing.typed.strip().casefold()
    found = [
        (one, question)
        for one in reversed(typing.services.referrals.campaigns(typing.guild_id))
        for question in one.questions
        if wanted in question.label.casefold()
    ]
    return [
        (text.cut(f"{question.label} · {one.name}", 100), question.id)
        for one, question in found[:25]
    ]


def find_question(campaign: Campaign, written: str) -> Question:
    """Find a question by its id, its words, or its number; raises UserError."""
    wanted = written.strip()
    for number, one in enumerate(campaign.questions, 1):
        if wanted == one.id or wanted.casefold() == one.label.casefold() or wanted == str(number):
            return one
    raise UserError(
        say(
            "{campaign} has no question {question}.",
            campaign=text.code(campaign.name),
            question=text.code(wanted),
        )
    )


def read_choices(written: str) -> tuple[str, ...]:
    """Read choices parted by `|`; raises UserError."""
    choices = tuple(one.strip() for one in written.split("|") if one.strip())
    if len(choices) < 2 or len(choices) > MOST_CHOICES or len(set(choices)) < len(choices):
        raise UserError(
            say("Please write 2 to {most} choices that differ, parted by `|`.", most=MOST_CHOICES)
        )
    if any(len(one) > CHOICE for one in choices):
        raise UserError(say("A choice has at most {most} characters.", most=CHOICE))
    return choices


def read_pattern(written: str) -> str:
    """Read the name of a form, or a pattern; raises UserError."""
    pattern = written.strip()
    named = pattern.casefold()
    if named in NAMED:
        return named
    try:
        check(pattern)
    except PatternError as error:
        raise UserError(
            say(
                "I cannot read {pattern} from character {at} on. Take one of {named}, or write "
                "letters, `.`, `\\d`, `\\w`, `\\s` and `[a-z]`, each with `?`, `*`, `+` or "
                "`{{2,5}}` after it; `|` parts alternatives. There are no groups.",
                pattern=text.code(pattern),
                at=error.at + 1,
                named=", ".join(text.code(one) for one in NAMED),
            )
        ) from None
    return pattern


def put_questions(
    ctx: Ctx[Services], before: Campaign, questions: tuple[Question, ...]
) -> Campaign:
    """Write a campaign's questions; raises UserError."""
    after = replace(before, questions=questions)
    change(ctx, after)
    return after
