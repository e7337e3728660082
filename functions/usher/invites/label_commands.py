"""/invite label: what people say of a code (SPEC 1.10, 3.2)."""

from dataclasses import replace
from typing import Annotated, Final

from usher.asking import LATER
from usher.attribution.code_records import CodeRecord
from usher.invites.codes import any_code, find_code, note_of, noted
from usher.invites.group import BLURPLE, invite
from usher.invites.notes import CodeNote
from usher.invites.ports import Services
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, Field, Reply, sentence
from usher.slash.say import later, say, say_count

STATUSES: Final = {
    "active": later("active"),
    "exhausted": later("exhausted"),
    "expired": later("expired"),
    "revoked": later("revoked"),
    "gone": later("gone"),
}
CLEAR: Final = "-"
"""Typed for what is to be said no more."""
SHORT: Final = 60
LONG: Final = 500


@invite.command(
    "label",
    "Say what an invite is for; shows what is known of it",
    defer=True,
    ephemeral=True,
    permissions=Permission.MANAGE_GUILD,
)
def label(
    ctx: Ctx[Services],
    code: Annotated[str, Opt("Which invite", max_length=200, complete=any_code)],
    label: Annotated[str | None, Opt("A short name; - for none", max_length=SHORT)] = None,
    source: Annotated[
        str | None, Opt("Where it is shown, like Twitter; - for nothing", max_length=SHORT)
    ] = None,
    campaign: Annotated[
        str | None, Opt("Which campaign it belongs to; - for none", max_length=SHORT)
    ] = None,
    notes: Annotated[str | None, Opt("Anything else; - for nothing", max_length=LONG)] = None,
) -> Reply:
    """Change what is said of a code, and show it."""
    record = find_code(ctx, code)
    before = note_of(ctx, record.code)
    after = replace(
        before,
        label=_said(label, before.label),
        source=_said(source, before.source),
        campaign=_said(campaign, before.campaign),
        notes=_said(notes, before.notes),
    )
    if after != before:
        deed = noted(ctx.interaction_id, record.code, after, ctx.user_id, ctx.now)
        if not ctx.services.deeds.do(ctx.guild_id, deed):
            return sentence(say(LATER))
    return Reply(embeds=(_shown(record, after),), ephemeral=True)


def _said(typed: str | None, before: str | None) -> str | None:
    if typed is None:
        return before
    words = " ".join(typed.split())
    return None if words in ("", CLEAR) else words


def _shown(record: CodeRecord, note: CodeNote) -> Embed:
    said = {
        say("Label"): note.label,
        say("Source"): note.source,
        say("Campaign"): note.campaign,
        say("Referral link"): note.link,
        say("Notes"): note.notes,
    }
    fields = [Field(name, text.escape(words)) for name, words in said.items() if words]
    return Embed(
        told_of(record, note),
        say("Invite {code}", code=record.code),
        fields=tuple(fields),
        color=BLURPLE,
    )


def told_of(record: CodeRecord, note: CodeNote) -> str:
    """Say in lines whose an invite is, how it stands and what it has brought."""
    seen = say_count("{number} join seen", "{number} joins seen", record.joins)
    brought = f"{_uses(record)} · {seen}"
    if record.joins:
        brought += ", " + say("{number} of them still here", number=f"{record.present:,}")
    whose = say("own link of the server") if record.vanity else say("inviter unknown")
    if record.inviter_id and not record.vanity:
        whose = say("by {user}", user=text.user(record.inviter_id))
    parts = [say(STATUSES[record.status.value]), whose]
    if note.revoked_by:
        parts.append(say("revoked by {user}", user=text.user(note.revoked_by)))
    if record.expires_at:
        parts.append(say("ends {when}", when=text.when(record.expires_at)))
    return "\n".join((" · ".join(parts), brought))


def _uses(record: CodeRecord) -> str:
    if record.uses is None:
        return say("uses unknown")
    if not record.max_uses:
        return say_count("{number} use", "{number} uses", record.uses)
    return say_count(
        "{uses} of {number} use",
        "{uses} of {number} uses",
        record.max_uses,
        uses=f"{record.uses:,}",
    )
