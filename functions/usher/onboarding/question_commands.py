"""/campaign questions add, edit, remove, move and list (SPEC 5.1, 5.7)."""

from dataclasses import replace
from typing import Annotated, Final

from usher.onboarding.asking import (
    LABEL,
    PLACEHOLDER,
    any_question,
    find_question,
    put_questions,
    read_choices,
    read_pattern,
)
from usher.onboarding.patterns import PATTERN_LENGTH
from usher.onboarding.rules import MOST_QUESTIONS, PAGE, moved
from usher.referrals.asking import Services, any_campaign, find_campaign, one_line
from usher.referrals.campaign_commands import NAME, campaign
from usher.referrals.campaign_edit_commands import CLEAR
from usher.referrals.model import Campaign, Question
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.replies import Embed, Reply
from usher.slash.say import say, say_count

CHOICES_LENGTH: Final = 3_000

questions = campaign.group("questions", "What newcomers are asked")


@questions.command("add", "Ask newcomers one more thing", defer=True, ephemeral=True)
def add(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Of which campaign", max_length=NAME, complete=any_campaign)],
    question: Annotated[str, Opt("The question", max_length=LABEL)],
    required: Annotated[bool, Opt("Whether it has to be answered; yes when left out")] = True,
    choices: Annotated[
        str | None, Opt("A choice among these, parted by |", max_length=CHOICES_LENGTH)
    ] = None,
    pattern: Annotated[
        str | None,
        Opt("email, url, number, date, phone, discord, or a pattern", max_length=PATTERN_LENGTH),
    ] = None,
    long: Annotated[bool, Opt("A text of several lines")] = False,
    placeholder: Annotated[str | None, Opt("An example", max_length=PLACEHOLDER)] = None,
) -> Reply:
    """Add a question at the end, named by the interaction: the same again adds no other."""
    found = find_campaign(ctx, campaign)
    made = Question(
        id=f"q{ctx.interaction_id}",
        label=_label(question),
        required=required,
        choices=() if choices is None else read_choices(choices),
        pattern="" if pattern is None else read_pattern(pattern),
        long=long,
        placeholder=one_line(placeholder),
    )
    _refuse_both(made)
    if any(one.id == made.id for one in found.questions):
        return shown(found)
    if len(found.questions) >= MOST_QUESTIONS:
        raise UserError(say("A campaign has at most {most} questions.", most=MOST_QUESTIONS))
    return shown(put_questions(ctx, found, (*found.questions, made)))


@questions.command("edit", "Change a question; answers given stay", defer=True, ephemeral=True)
def edit(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Of which campaign", max_length=NAME, complete=any_campaign)],
    question: Annotated[str, Opt("Which one", max_length=LABEL, complete=any_question)],
    wording: Annotated[str | None, Opt("Its new wording", max_length=LABEL)] = None,
    required: Annotated[bool | None, Opt("Whether it has to be answered")] = None,
    choices: Annotated[
        str | None, Opt("Choices parted by |; - for free text", max_length=CHOICES_LENGTH)
    ] = None,
    pattern: Annotated[
        str | None, Opt("A form or pattern; - for none", max_length=PATTERN_LENGTH)
    ] = None,
    long: Annotated[bool | None, Opt("A text of several lines")] = None,
    placeholder: Annotated[
        str | None, Opt("An example; - for none", max_length=PLACEHOLDER)
    ] = None,
) -> Reply:
    """Change the parts that are named."""
    found = find_campaign(ctx, campaign)
    before = find_question(found, question)
    after = replace(
        before,
        label=before.label if wording is None else _label(wording),
        required=before.required if required is None else required,
        long=before.long if long is None else long,
    )
    if choices is not None:
        read = () if choices.strip() == CLEAR else read_choices(choices)
        after = replace(after, choices=read)
    if pattern is not None:
        after = replace(after, pattern="" if pattern.strip() == CLEAR else read_pattern(pattern))
    if placeholder is not None:
        cleared = placeholder.strip() == CLEAR
        after = replace(after, placeholder="" if cleared else one_line(placeholder))
    _refuse_both(after)
    every = tuple(after if one.id == before.id else one for one in found.questions)
    return shown(found if after == before else put_questions(ctx, found, every))


@questions.command("remove", "Ask something no more", defer=True, ephemeral=True)
def remove(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Of which campaign", max_length=NAME, complete=any_campaign)],
    question: Annotated[str, Opt("Which one", max_length=LABEL, complete=any_question)],
) -> Reply:
    """Remove a question; what was answered to it is kept."""
    found = find_campaign(ctx, campaign)
    gone = find_question(found, question)
    rest = tuple(one for one in found.questions if one.id != gone.id)
    return shown(put_questions(ctx, found, rest))


@questions.command("move", "Ask something earlier or later", defer=True, ephemeral=True)
def move(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Of which campaign", max_length=NAME, complete=any_campaign)],
    question: Annotated[str, Opt("Which one", max_length=LABEL, complete=any_question)],
    place: Annotated[int, Opt("Its new place, from 1", min=1, max=MOST_QUESTIONS)],
) -> Reply:
    """Put a question elsewhere."""
    found = find_campaign(ctx, campaign)
    one = find_question(found, question)
    return shown(put_questions(ctx, found, moved(found.questions, one.id, place)))


@questions.command("list", "Show what newcomers are asked", defer=True, ephemeral=True)
def list_(
    ctx: Ctx[Services],
    campaign: Annotated[str, Opt("Of which campaign", max_length=NAME, complete=any_campaign)],
) -> Reply:
    """Show a campaign's questions."""
    return shown(find_campaign(ctx, campaign))


def shown(one: Campaign) -> Reply:
    """Show a campaign's questions, form by form."""
    if not one.questions:
        words = say("Newcomers are asked nothing: the button alone completes the onboarding.")
        return Reply(embeds=(Embed(words, one.name, color=one.brand.color),), ephemeral=True)
    lines = []
    for number, question in enumerate(one.questions, 1):
        if len(one.questions) > PAGE and number % PAGE == 1:
            lines.append(say("**Form {number}**", number=number // PAGE + 1))
        lines.append(f"{number}. {_line(question)}")
    head = say_count("{number} question", "{number} questions", len(one.questions))
    embed = Embed("\n".join(lines), f"{one.name} · {head}", color=one.brand.color)
    return Reply(embeds=(embed,), ephemeral=True)


def _line(question: Question) -> str:
    about = [] if question.required else [say("optional")]
    if question.choices:
        several = len(question.choices)
        about.append(say_count("{number} choice", "{number} choices", several))
    if question.pattern:
        about.append(text.code(question.pattern))
    if question.long:
        about.append(say("several lines"))
    said = text.escape(question.label)
    return f"{said} · {' · '.join(about)}" if about else said


def _label(written: str) -> str:
    label = one_line(written)
    if not label:
        raise UserError(say("Please write the question."))
    return label


def _refuse_both(question: Question) -> None:
    if question.choices and (question.pattern or question.long):
        raise UserError(say("A choice needs neither a pattern nor several lines."))


EVERY: Final = (add, edit, remove, move, list_)
