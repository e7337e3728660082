"""What people say of an invite code, as the setting `code#<code>` holds it. Pure (SPEC 1.10)."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from usher.frozen import frozen
from usher.ids import InviteCode, UserId
from usher.times import parse_time

GROUP: Final = "code#"
KEEP_NOTES: Final = timedelta(days=90)
"""How long the note of a visitor's invite outlives it."""


@frozen
class CodeNote:
    """What is known of a code beside what Discord tells."""

    label: str | None = None
    source: str | None = None
    campaign: str | None = None
    notes: str | None = None
    made_for: UserId | None = None
    """The member for whom Usher made the invite: its joins are theirs, not the bot's."""
    made_by: str | None = None
    """The interaction by which Usher made it: the same again makes no other."""
    revoked_by: UserId | None = None
    """Who had Usher revoke it."""
    link: str | None = None
    """The referral link that it leads in for."""
    ends: str | None = None
    """When an invite that Usher made for one visitor ends, as text: nobody asks for it later."""


def note_setting(code: InviteCode) -> str:
    """Name the setting that holds a code's note."""
    return f"{GROUP}{code}"


def write_note(note: CodeNote) -> str | None:
    """Write a note as the value of its setting; None for one that says nothing."""
    said = {name: value for name, value in asdict(note).items() if value is not None}
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False) if said else None


def read_note(value: object) -> CodeNote:
    """Read what `write_note` wrote; anything else says nothing."""
    try:
        fields = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return CodeNote()
    made_for, revoked_by = _text(fields, "made_for"), _text(fields, "revoked_by")
    return CodeNote(
        label=_text(fields, "label"),
        source=_text(fields, "source"),
        campaign=_text(fields, "campaign"),
        notes=_text(fields, "notes"),
        made_for=UserId(made_for) if made_for else None,
        made_by=_text(fields, "made_by"),
        revoked_by=UserId(revoked_by) if revoked_by else None,
        link=_text(fields, "link"),
        ends=_text(fields, "ends"),
    )


def kept_until(name: str, value: str | None) -> datetime | None:
    """Say until when a changed setting has to be kept; None for good, as all but some notes are.

    Who joined by a visitor's invite is known within hours, or when an absence is over.
    """
    ends = read_note(value).ends if name.startswith(GROUP) else None
    if ends is None:
        return None
    try:
        return parse_time(ends) + KEEP_NOTES
    except ValueError:
        return None


def made_for(name: str, value: str | None) -> tuple[InviteCode, UserId] | None:
    """Say for whom a changed setting tells that an invite was made; None for other settings."""
    if not name.startswith(GROUP):
        return None
    user_id = read_note(value).made_for
    return None if user_id is None else (InviteCode(name.removeprefix(GROUP)), user_id)


def _text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) and value else None
