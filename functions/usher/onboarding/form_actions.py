"""The buttons and forms of an onboarding (SPEC 5.7).

The button under a welcome and every Continue open the first form that is not answered well, with
what was typed into it before: so it does not matter which of them is pressed, or how often.
"""

from typing import Final, Protocol

from usher.onboarding.buttons import BEGIN
from usher.onboarding.following import again, completed, started
from usher.onboarding.forms import form, progress, told
from usher.onboarding.model import Record
from usher.onboarding.ports import AnswerShelf
from usher.onboarding.rules import answered, pages, problems, taken
from usher.onboarding.standing import Services, Standing, answer, find
from usher.referrals.model import Campaign
from usher.slash import text
from usher.slash.actions import Action, action
from usher.slash.buttons import Button, Style
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.modals import Modal
from usher.slash.replies import Reply, sentence
from usher.slash.say import later, say

_NONE: Final = later(
    "There is no onboarding for you here: it is for members who came by a referral link."
)


class Desk(Services, Protocol):
    """What is called when a form is sent."""

    @property
    def answers(self) -> AnswerShelf:
        """Answers for good."""
        ...


@action(BEGIN, anew=True, direct=True)
def begin(ctx: Ctx[Services]) -> Reply | Modal:
    """Open the next form; without questions the button alone completes."""
    return opened(ctx, submitted)


@action("onboarding.continue", direct=True)
def proceed(ctx: Ctx[Services]) -> Reply | Modal:
    """Open the next form from a message that only the member sees."""
    return opened(ctx, resubmitted)


@action("onboarding.submitted", anew=True, direct=True, defer=True)
def submitted(ctx: Ctx[Desk], asked: list[str]) -> Reply:
    """Take a form that was opened from a message that others see too."""
    return _submit(ctx, asked)


@action("onboarding.resubmitted", direct=True, defer=True)
def resubmitted(ctx: Ctx[Desk], asked: list[str]) -> Reply:
    """Take a form that was opened from a message that only the member sees."""
    return _submit(ctx, asked)


@action("onboarding.finish", direct=True, defer=True)
def finish(ctx: Ctx[Desk]) -> Reply:
    """Complete what is all answered: something broke off, or questions have gone since."""
    found = _found(ctx)
    if found.session.completed_at is not None:
        return _known(ctx, found)
    if found.page is not None:
        return _on(found)
    return _complete(ctx, found)


def opened(ctx: Ctx[Services], then: Action) -> Reply | Modal:
    """Open the next form, or say why there is none; `then` takes it. Raises UserError."""
    found = _found(ctx)
    if found.session.completed_at is not None:
        return _known(ctx, found)
    if not found.campaign.questions:
        ctx.services.orders.send([completed(found.session, ctx.now, 0)])
        return sentence(thanks(found.campaign))
    if found.session.started_at is None:
        ctx.services.orders.send([started(found.session, ctx.now)])
    if found.page is None:
        button = Button(say("Finish"), finish.press(), Style.SUCCESS)
        words = say("Everything is answered.")
        return Reply(words, ephemeral=True, rows=((button,),))
    asked = [one.id for one in pages(found.campaign.questions)[found.page]]
    return form(found.campaign, found.page, found.draft.answers, then.press(asked=[*asked]))


def thanks(campaign: Campaign) -> str:
    """Thank who has completed an onboarding, and say which roles they get."""
    said = say("Thank you, you have completed **{name}**.", name=text.escape(campaign.name))
    if not campaign.role_ids:
        return said
    roles = ", ".join(text.role(role) for role in campaign.role_ids)
    if campaign.automatic_roles:
        return f"{said} " + say("You get {roles} in a moment.", roles=roles)
    return f"{said} " + say("The server's team will give you {roles}.", roles=roles)


def _found(ctx: Ctx[Services]) -> Standing:
    found = find(ctx.services, ctx.guild_id, ctx.user_id, ctx.now)
    if found is None:
        raise UserError(say(_NONE))
    return found


def _submit(ctx: Ctx[Desk], asked: list[str]) -> Reply:
    """Take the answers to the questions of a form; what was not sent was left empty."""
    found = _found(ctx)
    if found.session.completed_at is not None:
        return _known(ctx, found)
    whole = dict.fromkeys(asked, ()) | {**ctx.answers}
    sent = taken(found.campaign.questions, whole)
    found = answer(ctx.services, found, sent, ctx.now)
    wrong = problems([one for one in found.campaign.questions if one.id in sent], sent)
    if wrong:
        again_ = Button(say("Correct"), proceed.press(), Style.PRIMARY)
        head = say("Something is to be corrected. What you typed is kept.")
        return Reply(f"{head}\n{told(wrong)}", ephemeral=True, rows=((again_,),))
    return _complete(ctx, found) if found.page is None else _on(found)


def _on(found: Standing) -> Reply:
    """Lead on to the next form: Discord takes none in answer to a form."""
    every = pages(found.campaign.questions)
    done = len(every) if found.page is None else found.page
    button = Button(say("Continue"), proceed.press(), Style.PRIMARY)
    return Reply(progress(found.campaign, done), ephemeral=True, rows=((button,),))


def _complete(ctx: Ctx[Desk], found: Standing) -> Reply:
    """Keep the answers for good, and have done what follows. Repeating it changes nothing."""
    services, session, campaign = ctx.services, found.session, found.campaign
    given = answered(campaign.questions, found.draft.answers)
    stay = session.stay
    services.onboardings.open(session)
    services.answers.keep(Record(stay, campaign.id, campaign.name, ctx.now, given))
    services.onboardings.completed(stay, len(given), ctx.now)
    services.drafts.drop(stay)
    services.orders.send([completed(session, ctx.now, len(given))])
    return sentence(thanks(campaign))


def _known(ctx: Ctx[Services], found: Standing) -> Reply:
    """Say that it is completed; what was not done of it, since something broke off, is done."""
    if found.session.settled_at is None:
        ctx.services.orders.send([again(found.session, ctx.interaction_id)])
    return sentence(say("You have completed this already. Thank you!"))


ACTIONS: Final = (begin, proceed, submitted, resubmitted, finish)
