"""/automod policy: what is done about whom a rule catches (SPEC 7.4)."""

from enum import StrEnum
from typing import Annotated, Final

from usher.automod.asking import Services, find, keywords, policies, rules_of, save
from usher.automod.changing import WITH_WORDS
from usher.automod.model import (
    MOST_REACTIONS,
    Policy,
    Reaction,
    Step,
    with_reaction,
    without,
)
from usher.automod.rule_commands import RuleName, automod, policy_values
from usher.automod.rule_words import reactions_of
from usher.automod.rules import KEYWORD_LENGTH, Rule, Trigger
from usher.moderation.asking import lengths
from usher.moderation.durations import read_duration
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.replies import Embed, Reply
from usher.slash.say import say

MOST_POINTS: Final = 10
DURATION_LENGTH: Final = 32


class Act(StrEnum):
    """What can be done, or nothing."""

    WARN = "warn"
    MUTE = "mute"
    KICK = "kick"
    BAN = "ban"
    NOTHING = "nothing"


@automod.command("policy", "What I do about whom a rule catches", defer=True, ephemeral=True)
def policy(
    ctx: Ctx[Services],
    rule: RuleName,
    action: Annotated[Act, Opt("What I do besides what the rule does")],
    keyword: Annotated[
        str | None,
        Opt(
            "For this word of the rule alone; else for all the others",
            max_length=KEYWORD_LENGTH,
            complete=keywords,
        ),
    ] = None,
    duration: Annotated[
        str | None,
        Opt(
            "Of a mute or ban, like 1h; for good if left out",
            max_length=DURATION_LENGTH,
            complete=lengths,
        ),
    ] = None,
    points: Annotated[
        int | None, Opt("Of a warning; 1 if left out", min=1, max=MOST_POINTS)
    ] = None,
) -> Reply:
    """Set what is done, in place of what was done about the same."""
    if duration is not None and action not in (Act.MUTE, Act.BAN):
        raise UserError(say("Only a mute or a ban has a length of time."))
    if points is not None and action is not Act.WARN:
        raise UserError(say("Only a warning has points."))
    length = None if duration is None else read_duration(duration)
    found = find(rules_of(ctx), rule)
    word = _word(found, keyword, removing=action is Act.NOTHING)
    held = policies(ctx)
    before = Policy(found.name, held[found.id].reactions if found.id in held else ())
    if action is Act.NOTHING:
        after = without(before, word)
    else:
        reaction = Reaction(Step(action.value), word, length, points or 1)
        after = with_reaction(before, reaction)
    if len(after.reactions) > MOST_REACTIONS:
        raise UserError(
            say("I do at most {most} different things about a rule.", most=MOST_REACTIONS)
        )
    words = save(ctx, policy_values({**held, found.id: after}, found.id))
    return Reply(words, (_embed(found, after),), ephemeral=True)


def _word(rule: Rule, keyword: str | None, *, removing: bool) -> str | None:
    """Find the word as the rule has it: Discord tells of it like that. Raises UserError."""
    if keyword is None:
        return None
    wanted = " ".join(keyword.split())
    if rule.trigger in (Trigger.SPAM, Trigger.MENTIONS):
        raise UserError(say("That rule looks for no words, so leave out `keyword`."))
    for word in rule.keywords:
        if word.casefold() == wanted.casefold():
            return word
    if rule.trigger in WITH_WORDS and not removing:
        raise UserError(
            say("That rule has no word {word}. `/automod words` adds it.", word=text.code(wanted))
        )
    return wanted


def _embed(rule: Rule, after: Policy) -> Embed:
    lines = reactions_of(after) or [say("I do nothing besides what the rule itself does.")]
    if not rule.enabled:
        lines.append(say("The rule is off. `/automod enable` switches it on."))
    title = say("What I do about {rule}", rule=rule.name)
    return Embed("\n".join(lines), title)
