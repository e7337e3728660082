"""How the steps of /setup look."""

from collections.abc import Callable
from typing import Final

from usher.doctor.setup_steps import (
    TITLES,
    WHY,
    Standing,
    Step,
    done,
    first_open,
    following,
    preceding,
    state_of,
)
from usher.slash.buttons import Button, Choice, Press, Row, Select, Style
from usher.slash.replies import Embed, Reply
from usher.slash.say import say

BLURPLE: Final = 0x5865F2
END: Final = "end"
"""Stands for the doctor, where a step is named."""
DONE, OPEN = "✅", "▫️"

type Go = Callable[[str], Press]
"""What leads to a step, or for nothing to the overview."""


def overview(standing: Standing, go: Go) -> Reply:
    """Show all steps, and where to go on."""
    lines = [
        say(
            "{steps} steps, each of which you may skip. What is set is kept at once, and can be "
            "changed later; come back to this at any time.",
            steps=len(Step),
        ),
        "",
        *(
            f"{_mark(one, standing)} **{say(TITLES[one])}**: {state_of(one, standing)}"
            for one in Step
        ),
    ]
    first = first_open(standing)
    begun = any(done(one, standing) for one in Step if one is not Step.FAKE)
    label = say("Go on") if begun else say("Begin")
    buttons = (
        Button(label, go(first or Step.LOG), Style.PRIMARY),
        Button(say("Health check"), go(END)),
    )
    embed = Embed("\n".join(lines), say("Setting up this server"), color=BLURPLE)
    return Reply(embeds=(embed,), ephemeral=True, rows=(buttons, (_jump(standing, go),)))


def page(step: Step, standing: Standing, controls: tuple[Row, ...], go: Go, words: str) -> Reply:
    """Show one step: what it is for, how it stands, and what can be done."""
    steps = [*Step]
    now = say("Now: {state}.", state=state_of(step, standing))
    embed = Embed(
        f"{say(WHY[step])}\n\n{_mark(step, standing)} {now}",
        say(TITLES[step]),
        footer=say("Step {number} of {steps}", number=steps.index(step) + 1, steps=len(steps)),
        color=BLURPLE,
    )
    before, after = preceding(step), following(step)
    onward = say("Next") if done(step, standing) else say("Skip")
    nav = (
        Button(say("Back"), go(before or "")),
        Button(onward if after else say("Finish"), go(after or END), Style.PRIMARY),
        Button(say("Overview"), go("")),
    )
    return Reply(words, (embed,), ephemeral=True, rows=(*controls, nav))


def _mark(step: Step, standing: Standing) -> str:
    return DONE if done(step, standing) else OPEN


def _jump(standing: Standing, go: Go) -> Select:
    choices = tuple(
        Choice(say(TITLES[one]), one.value, description=say("done") if done(one, standing) else "")
        for one in Step
    )
    return Select(choices, go(""), say("Go to a step"))
