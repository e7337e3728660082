"""Cases in words: for moderators, for the log, and for whom they are about. Pure."""

from datetime import datetime
from typing import Final

from usher.ids import GuildId
from usher.moderation.durations import say_duration
from usher.moderation.model import Case, Change, Evidence, Kind, Source, Status, Told
from usher.moderation.rules import counts, in_force
from usher.slash import text
from usher.slash.replies import Embed, Field
from usher.slash.say import later, say, say_count

KINDS: Final = {
    Kind.WARN: later("Warning"),
    Kind.NOTE: later("Note"),
    Kind.MUTE: later("Mute"),
    Kind.UNMUTE: later("Unmute"),
    Kind.KICK: later("Kick"),
    Kind.SOFTBAN: later("Softban"),
    Kind.BAN: later("Ban"),
    Kind.UNBAN: later("Unban"),
}
STATUSES: Final = {
    Status.PENDING: later("being carried out"),
    Status.ACTIVE: later("in force"),
    Status.ENDED: later("over"),
    Status.PARDONED: later("pardoned"),
    Status.FAILED: later("not carried out"),
}
CHANGES: Final = {
    Change.DONE: later("carried out"),
    Change.FAILED: later("not carried out"),
    Change.EDITED: later("reason changed"),
    Change.EVIDENCE: later("evidence added"),
    Change.PARDONED: later("pardoned"),
    Change.LIFTED: later("lifted"),
    Change.REPLACED: later("replaced by a newer one"),
    Change.EXPIRED: later("ran out"),
    Change.APPEALED: later("appealed"),
    Change.UPHELD: later("appeal turned down"),
    Change.GRANTED: later("appeal granted"),
    Change.ERASED: later("erased on request"),
}
TOLD: Final = {
    Told.YES: later("told by direct message"),
    Told.CLOSED: later("takes no direct messages"),
    Told.RETRACTED: later("the direct message was taken back"),
}
_DONE_TO: Final = {
    Kind.WARN: later("You were warned in {server}"),
    Kind.MUTE: later("You were muted in {server}"),
    Kind.UNMUTE: later("You can speak again in {server}"),
    Kind.KICK: later("You were removed from {server}"),
    Kind.SOFTBAN: later("You were removed from {server}"),
    Kind.BAN: later("You were banned from {server}"),
}
COLORS: Final = {
    Kind.WARN: 0xF0B232,
    Kind.NOTE: 0x80848E,
    Kind.MUTE: 0xE67E22,
    Kind.UNMUTE: 0x23A559,
    Kind.KICK: 0xDA373C,
    Kind.SOFTBAN: 0xDA373C,
    Kind.BAN: 0x992D22,
    Kind.UNBAN: 0x23A559,
}
SHOWN_ENTRIES: Final = 10
NOBODY: Final = later("Usher")
NO_REASON: Final = later("No reason given")
ERASED: Final = later("Erased on request")


def mark(case: Case) -> str:
    """Name a case so that its message is found again; the footer of its embeds."""
    return f"Case {case.number} · {case.guild_id}"


def audit_reason(case: Case) -> str:
    """Say for Discord's audit log why; a ban keeps it and is known by it again."""
    who = "Usher" if case.by is None else case.by
    return f"{ban_mark(case.number)} {case.reason} (by {who})"


def ban_mark(number: int) -> str:
    """Say how the reason of a case's own ban begins."""
    return f"Case {number}:"


def kind_of(case: Case) -> str:
    """Say what was done."""
    return say(KINDS[case.kind])


def status_of(case: Case, now: datetime) -> str:
    """Say how a case stands."""
    if case.status is Status.ACTIVE and not in_force(case, now):
        return say("counts no more") if case.kind is Kind.WARN else say("over")
    if case.status is Status.ACTIVE and case.kind not in (Kind.WARN, Kind.MUTE, Kind.BAN):
        return say("done")
    return say(STATUSES[case.status])


def line_of(case: Case, now: datetime) -> str:
    """Say a case in a line of a list."""
    said = [f"**{say('Case {number}', number=case.number)}** · {kind_of(case)}", text.when(case.at)]
    if case.kind is Kind.WARN and counts(case, now):
        said.append(say_count("{number} point", "{number} points", case.points))
    said.append(status_of(case, now))
    return " · ".join(said) + f"\n> {reason_of(case, 120)}"


def reason_of(case: Case, limit: int = 1_000) -> str:
    """Write a case's reason harmlessly."""
    without = ERASED if any(one.change is Change.ERASED for one in case.entries) else NO_REASON
    return text.escape(text.cut(case.reason, limit)) or say(without)


def case_embed(case: Case, now: datetime, *, whole: bool = False) -> Embed:
    """Show a case to moderators; `whole` with everything that happened to it."""
    somebody = say("somebody") if case.source is Source.BY_HAND else say(NOBODY)
    by = somebody if case.by is None else text.user(case.by)
    fields = [
        Field(say("Member"), f"{text.user(case.user_id)} ({text.code(case.user_id)})", inline=True),
        Field(say("Moderator"), by, inline=True),
        Field(say("State"), status_of(case, now), inline=True),
        Field(say("Reason"), reason_of(case)),
        *_particulars(case),
    ]
    if whole and case.entries:
        lines = [
            f"{text.when(one.at)} {say(CHANGES[one.change])}"
            + (f" · {text.user(one.by)}" if one.by else "")
            + (f"\n> {text.escape(text.cut(one.text, 200))}" if one.text else "")
            for one in case.entries[-SHOWN_ENTRIES:]
        ]
        fields.append(Field(say("What happened"), "\n".join(lines)))
    return Embed(
        title=f"{say('Case {number}', number=case.number)} · {kind_of(case)}",
        fields=tuple(fields),
        footer=mark(case),
        color=COLORS[case.kind],
        timestamp=case.at,
    )


def _particulars(case: Case) -> list[Field]:
    found: list[Field] = []
    if case.kind in (Kind.MUTE, Kind.BAN):
        length = None if case.until is None else case.until - case.at
        ends = "" if case.until is None else f" · {text.when(case.until)}"
        found.append(Field(say("For how long"), say_duration(length) + ends, inline=True))
    if case.kind is Kind.WARN:
        points = say_count("{number} point", "{number} points", case.points)
        ends = "" if case.until is None else f" · {text.when(case.until)}"
        found.append(Field(say("Counts"), points + ends, inline=True))
    if case.about is not None:
        found.append(Field(say("Follows from"), say("Case {number}", number=case.about), True))
    if case.source is Source.BY_HAND:
        found.append(Field(say("Done"), say("by hand, in Discord"), inline=True))
    if case.told in TOLD:
        found.append(Field(say("The member"), say(TOLD[case.told]), inline=True))
    if case.evidence:
        found.append(Field(say("Evidence"), "\n".join(map(_shown, case.evidence[:10]))))
    return found


def _shown(one: Evidence) -> str:
    """Name a file or a link. A file's own link ends: who needs it later asks `/case view`."""
    name = text.escape(text.cut(one.name or one.url[-40:], 60))
    if one.copy:
        return name
    linked = f"[{name}]({one.url})" if one.url else name
    return f"{linked} · {say('no copy is kept')}" if one.is_lost else linked


def told_embed(case: Case, server: str, appeal: str) -> Embed:
    """Tell a member what was done about them; `appeal` says how they may object, or nothing."""
    fields = [Field(say("Reason"), reason_of(case))]
    if case.kind in (Kind.MUTE, Kind.BAN):
        ends = say("never") if case.until is None else text.when(case.until, "f")
        fields.append(Field(say("Ends"), ends))
    if case.kind is Kind.WARN:
        fields.append(
            Field(say("Counts"), say_count("{number} point", "{number} points", case.points))
        )
    if appeal:
        fields.append(Field(say("Do you disagree?"), appeal))
    return Embed(
        title=say(_DONE_TO[case.kind], server=text.cut(server, 100)),
        fields=tuple(fields),
        footer=mark(case),
        color=COLORS[case.kind],
    )


def nonce_of(guild_id: GuildId, number: int, what: str) -> str:
    """Name a case's message, so that Discord does not post it again within minutes."""
    return f"{what}{number}.{guild_id}"[:25]
