"""The menus on members and messages: Moderate, and Warn for message (SPEC 7.2)."""

from typing import Final

from usher.ids import UserId
from usher.moderation.asking import NEEDED, REASON, Reads, Services, admit
from usher.moderation.guard import NEEDS, Action
from usher.moderation.model import Evidence
from usher.moderation.rules import counts
from usher.moderation.sanction_commands import LENGTH, carry_out, lasting, order, replaced
from usher.moderation.words import line_of
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Button, Choice, Row, Style
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.menus import message_menu, user_menu
from usher.slash.modals import ChoiceField, Modal, TextField
from usher.slash.replies import Embed, Reply
from usher.slash.resolved import TargetMessage
from usher.slash.say import later, say, say_count

SHOWN: Final = 3
TITLES: Final = {
    Action.WARN: later("Warn"),
    Action.MUTE: later("Mute"),
    Action.UNMUTE: later("Unmute"),
    Action.KICK: later("Kick"),
    Action.BAN: later("Ban"),
    Action.NOTE: later("Note"),
}
LASTING: Final = (Action.MUTE, Action.BAN)


@user_menu("Moderate", ephemeral=True, shown_to=NEEDED)
def moderate(ctx: Ctx[Reads], user: UserId) -> Reply:
    """Show what is on record about a member, and buttons for what can be done."""
    admit(ctx)
    cases = ctx.services.cases.of_member(ctx.guild_id, user)
    points = sum(one.points for one in cases if counts(one, ctx.now))
    head = " · ".join(
        (
            text.user(user),
            say_count("{number} case", "{number} cases", len(cases)),
            say_count("{number} point", "{number} points", points),
        )
    )
    lines = [line_of(one, ctx.now) for one in cases[:SHOWN]]
    embed = Embed("\n".join((head, "", *lines)), say("Moderate"))
    return Reply(embeds=(embed,), ephemeral=True, rows=panel(user, ""))


@message_menu("Warn for message", shown_to=NEEDED)
def warn_for_message(ctx: Ctx[Reads], message: TargetMessage) -> Modal:
    """Open a form; the message is the evidence."""
    admit(ctx)
    return _form(ctx, Action.WARN, message.author_id, message_link(ctx, message))


@action("mod.form")
def form(ctx: Ctx[Reads], what: str, user: str, link: str) -> Modal:
    """Open the form of what is to be done."""
    chosen = Action(what)
    admit(ctx, NEEDS[chosen].actor)
    return _form(ctx, chosen, UserId(user), link)


@action("mod.submit", defer=True, anew=True)
def submitted(ctx: Ctx[Services], what: str, user: str, link: str) -> Reply:
    """Do what the form asks for. The guard asks again who does."""
    chosen, user_id = Action(what), UserId(user)
    reason = answer(ctx, "reason") or answer(ctx, "preset")
    if not reason and chosen is not Action.UNMUTE:
        raise UserError(say("Please choose a reason or write one."))
    if chosen in LASTING:
        made = lasting(ctx, chosen, user_id, answer(ctx, "duration"), reason)
    else:
        made = order(ctx, chosen, user_id, reason)
    if chosen is Action.WARN:
        length = ctx.services.rulebook.read(ctx.guild_id).expiry
        until = None if length is None else ctx.now + length
        made = replaced(made, points=int(answer(ctx, "points") or 1), until=until)
    if link:
        made = replaced(made, evidence=(Evidence(link, say("Message")),))
    return carry_out(ctx, made)


def panel(user: UserId, link: str) -> tuple[Row, ...]:
    """Draw the buttons of what can be done about a member."""
    styles = {Action.KICK: Style.DANGER, Action.BAN: Style.DANGER}
    buttons = [
        Button(
            say(title),
            form.press(what=one.value, user=user, link=link),
            styles.get(one, Style.SECONDARY),
        )
        for one, title in TITLES.items()
    ]
    return (tuple(buttons[:3]), tuple(buttons[3:]))


def message_link(ctx: Ctx[Reads], message: TargetMessage) -> str:
    """Write the address of a message."""
    return f"https://discord.com/channels/{ctx.guild_id}/{message.channel_id}/{message.id}"


def answer(ctx: Ctx[Services] | Ctx[Reads], field: str) -> str:
    """Read one answer of a form; empty for none."""
    values = ctx.answers.get(field, ())
    return values[0].strip() if values else ""


def _form(ctx: Ctx[Reads], chosen: Action, user: UserId, link: str) -> Modal:
    presets = ctx.services.rulebook.read(ctx.guild_id).presets
    fields: list[TextField | ChoiceField] = []
    if chosen in LASTING:
        fields.append(
            TextField(
                "duration",
                say("For how long"),
                placeholder=say("30m, 2h30m, 7d or permanent"),
                max_length=LENGTH,
            )
        )
    if chosen is Action.WARN:
        weights = tuple(Choice(str(n), str(n), chosen=n == 1) for n in range(1, 11))
        fields.append(ChoiceField("points", say("Points"), weights, required=False))
    if presets:
        usual = tuple(Choice(one, one) for one in presets)
        fields.append(ChoiceField("preset", say("A usual reason"), usual, required=False))
    most = 1_000 if chosen is Action.NOTE else REASON
    needed = not presets and chosen is not Action.UNMUTE
    reason = TextField("reason", say("Reason"), required=needed, long=True, max_length=most)
    press = submitted.press(what=chosen.value, user=user, link=link)
    return Modal(say(TITLES[chosen]), (*fields, reason), press)
