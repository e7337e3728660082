"""The message that welcomes who came by a link, with the button of their onboarding. Pure."""

from typing import Final

from usher.greeting.drafting import MENTION, Draft
from usher.greeting.settings import Greeting, Occasion
from usher.onboarding.buttons import LIFE, begin
from usher.referrals.model import Campaign
from usher.slash import text
from usher.slash.buttons import Button, Row, Style
from usher.slash.replies import Json, Reply
from usher.slash.say import later, say, speaking
from usher.slash.template import render

PLACEHOLDERS: Final = ("campaign", "brand")
"""What only this message can tell, beside what greetings tell."""
STANDARD: Final = later(
    "Welcome {{member:mention}} to **{{server}}**! You came for **{{campaign}}**: press the button "
    "and you are in."
)
ASKING: Final = later(
    "Welcome {{member:mention}} to **{{server}}**! You came for **{{campaign}}**: press the button "
    "and answer its questions."
)
"""Where the campaign has any."""
HINT: Final = later(
    "-# The button is yours alone. It works for {days} days; after that use `/onboarding start`."
)


def greeting_of(campaign: Campaign) -> Greeting:
    """Write a campaign's message as greetings have it, to be filled in like one."""
    with speaking(campaign.locale):
        template = campaign.greeting or say(ASKING if campaign.questions else STANDARD)
        hint = say(HINT, days=LIFE.days)
    if MENTION not in template:
        template = f"{MENTION} {template}"  # a button serves one member: it must say whom
    named = {
        "campaign": text.escape(campaign.name),
        "brand": text.escape(campaign.brand.name or campaign.name),
    }
    message = f"{render(template, named)}\n{hint}"
    return Greeting(Occasion.WELCOME, on=True, message=message, locale=campaign.locale)


def button_of(campaign: Campaign) -> Row:
    """Write the row with the button."""
    with speaking(campaign.locale):
        return (Button(say("Start onboarding"), begin(), Style.SUCCESS),)


def body_of(draft: Draft, drawn: Reply) -> Json:
    """Write the body of Discord's Create Message."""
    return {**draft.body(), "components": [dict(one) for one in drawn.components]}
