"""/onboarding start, answers and export (SPEC 5.7)."""

from typing import Annotated, Final, Protocol

from usher.ids import UserId
from usher.onboarding.form_actions import opened, submitted
from usher.onboarding.model import Record, Session
from usher.onboarding.ports import AnswerShelf, Sessions
from usher.onboarding.standing import Services
from usher.referrals.asking import Services as Asked
from usher.referrals.asking import any_campaign, find_campaign
from usher.referrals.campaign_commands import NAME
from usher.slash import text
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.modals import Modal
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Field, File, Reply
from usher.slash.say import say, say_count

SHOWN: Final = 25
MOST: Final = 10_000
"""Members of one export: their answers are read one by one while the asker waits."""
VALUE: Final = 1_000

onboarding = Group("onboarding", "The questions of the campaign by which you came")


class Desk(Asked, Protocol):
    """What is called where answers are read."""

    @property
    def onboardings(self) -> Sessions:
        """How far members are."""
        ...

    @property
    def answers(self) -> AnswerShelf:
        """What they have answered."""
        ...


@onboarding.command("start", "Answer the questions, or go on with them", ephemeral=True)
def start(ctx: Ctx[Services]) -> Reply | Modal:
    """Open the member's next form."""
    return opened(ctx, submitted)


@onboarding.command(
    "answers",
    "Show what a member has answered",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def answers(ctx: Ctx[Desk], user: Annotated[UserId, Opt("Whose")]) -> Reply:
    """Show a member's answers, and how far they are."""
    session = ctx.services.onboardings.latest(ctx.guild_id, user)
    records = ctx.services.answers.records(ctx.guild_id, user)
    if session is None and not records:
        raise UserError(say("{user} has no onboarding here.", user=text.user(user)))
    embeds = tuple(shown(record) for record in records[:3])
    status = "" if session is None else f"{text.user(user)} · {status_of(session)}"
    return Reply(status, embeds=embeds, ephemeral=True)


@onboarding.command(
    "export",
    "Get all answers of a campaign as a CSV file",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def export(
    ctx: Ctx[Desk],
    campaign: Annotated[str, Opt("Of which campaign", max_length=NAME, complete=any_campaign)],
) -> Reply:
    """Attach the answers, a member a row, a question a column."""
    found = find_campaign(ctx, campaign)
    sessions = [
        one for one in ctx.services.onboardings.every(ctx.guild_id) if one.campaign_id == found.id
    ]
    if not sessions:
        raise UserError(say("Nobody has been asked anything by that campaign yet."))
    if len(sessions) > MOST:
        raise UserError(say("That is too much for one file: more than {most}.", most=f"{MOST:,}"))
    content = ctx.services.answers.export(found.questions, sessions)
    file = File(f"onboarding_{found.id}.csv", content, "text/csv; charset=utf-8")
    words = say_count("{number} member.", "{number} members.", len(sessions))
    return Reply(words, files=(file,), ephemeral=True)


def shown(record: Record) -> Embed:
    """Show what was answered in one membership."""
    fields = tuple(
        Field(text.escape(one.label), text.escape(text.cut(", ".join(one.values), VALUE)))
        for one in record.answers[:SHOWN]
    )
    said = say("completed {when}", when=text.when(record.completed_at, "f"))
    nothing = "" if fields else " · " + say("no answers")
    return Embed(said + nothing, record.campaign, fields)


def status_of(session: Session) -> str:
    """Say how far an onboarding is."""
    if session.completed_at is not None:
        done = say("completed {when}", when=text.when(session.completed_at))
        if not session.owed:
            return done
        owed = ", ".join(text.role(role) for role in session.owed)
        lacks = say("still lacks {roles}", roles=owed)
        return f"{done} · {lacks}"
    if session.started_at is not None:
        return say("begun {when}", when=text.when(session.started_at))
    return say("not begun")


EVERY: Final = (start, answers, export)
