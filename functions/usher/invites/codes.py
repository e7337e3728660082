"""Codes as members type them."""

from datetime import datetime

from usher.attribution.code_choices import suggest
from usher.attribution.code_records import CodeRecord
from usher.contracts.deeds import SettingChanged
from usher.ids import InviteCode, UserId
from usher.invites.notes import CodeNote, note_setting, read_note, write_note
from usher.invites.ports import Services
from usher.slash import text
from usher.slash.completing import Suggestions, Typing
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.say import say


def any_code(typing: Typing[Services]) -> Suggestions:
    """Suggest codes of the guild, ended ones too."""
    return suggest(typing.services.codes.choices(typing.guild_id, typing.typed), typing.typed)


def active_code(typing: Typing[Services]) -> Suggestions:
    """Suggest invites that can be revoked."""
    found = typing.services.codes.choices(typing.guild_id, typing.typed)
    return suggest([one for one in found if one.active and not one.vanity], typing.typed)


def find_code(ctx: Ctx[Services], written: str) -> CodeRecord:
    """Find a code by itself or by the whole link; raises UserError."""
    code = InviteCode(written.strip().rstrip("/").rpartition("/")[2])
    record = ctx.services.records.code(ctx.guild_id, code, ctx.now) if code else None
    if record is None:
        raise UserError(say("I know no invite {code} of this server.", code=text.code(code)))
    return record


def note_of(ctx: Ctx[Services], code: InviteCode) -> CodeNote:
    """Read what is said of a code now."""
    return read_note(ctx.services.settings.find(ctx.guild_id, note_setting(code)))


def noted(
    deed_id: str, code: InviteCode, note: CodeNote, by: UserId, now: datetime
) -> SettingChanged:
    """Say something of a code from now on."""
    return SettingChanged(deed_id, note_setting(code), write_note(note), by, now)


def reason(words: str, who: UserId) -> str:
    """Write an audit log reason: the log itself names the bot alone."""
    return f"{words}, asked by {who}"
