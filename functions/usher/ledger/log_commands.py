"""/view_invite_logs (SPEC 3.4)."""

from datetime import datetime
from typing import Final, Protocol

from usher.attribution.queries import OutcomeName
from usher.attribution.wording import Word
from usher.ids import VANITY, InviteCode, UserId
from usher.ledger.log_pages import Entrance, JoinLogs, LogPage, Place
from usher.ledger.options import Code, From, Member, To, Wanted, read_wanted
from usher.slash import text
from usher.slash.actions import action
from usher.slash.buttons import Argument, Button, Row
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.replies import Embed, Reply
from usher.slash.say import say, say_count
from usher.staff.access import SHOWN_TO, admit
from usher.staff.queries import StaffReads
from usher.times import format_time, parse_time

PAGE_SIZE: Final = 10
CANDIDATES_SHOWN: Final = 3
NAME_LIMIT: Final = 32
BLURPLE: Final = 0x5865F2


class Services(Protocol):
    """What this command calls."""

    @property
    def staff(self) -> StaffReads:
        """The staff role."""
        ...

    @property
    def log(self) -> JoinLogs:
        """The join log."""
        ...


@command(
    "view_invite_logs",
    "Show the join log, newest first",
    defer=True,
    ephemeral=True,
    shown_to=SHOWN_TO,
)
def view_invite_logs(
    ctx: Ctx[Services],
    user_id: Member = None,
    invite_code: Code = None,
    from_: From = None,
    to: To = None,
) -> Reply:
    """Show the newest joins that fit."""
    admit(ctx)
    return _show(ctx, read_wanted(from_, to, user_id, invite_code), [])


@action("logs.turn", defer=True)
def turn(
    ctx: Ctx[Services],
    start: str | None,
    end: str | None,
    user_id: str | None,
    code: str | None,
    trail: list[Argument],
) -> Reply:
    """Turn to another page; `trail` names the places where it and the pages before it begin."""
    admit(ctx)
    wanted = Wanted(
        start=None if start is None else parse_time(start),
        end=None if end is None else parse_time(end),
        user_id=None if user_id is None else UserId(user_id),
        code=None if code is None else InviteCode(code),
    )
    return _show(ctx, wanted, [str(place) for place in trail])


def _show(ctx: Ctx[Services], wanted: Wanted, trail: list[str]) -> Reply:
    after = _read_place(trail[-1]) if trail else None
    page = ctx.services.log.page(ctx.guild_id, wanted, after, PAGE_SIZE)
    if not page.entries and not trail and page.next is None:
        nothing = Wanted()
        told = say("No join on record fits.")
        if wanted == nothing:
            told = say("No join is on record yet.")
        return Reply(embeds=(Embed(told, say("Join log"), color=BLURPLE),), ephemeral=True)
    lines = [_line(entry) for entry in page.entries] or [say("Nothing more fits.")]
    number = len(trail) + 1
    footer = say("Page {page} · newest first · times of your own zone", page=number)
    if page.until is not None:
        until = f"{page.until:%Y-%m-%d}"
        so_far = say("Searched back to {day} (UTC) so far; Next goes on", day=until)
        footer = f"{so_far} · {footer}"
    embed = Embed("\n".join(lines), say("Join log"), footer=footer, color=BLURPLE)
    return Reply(embeds=(embed,), ephemeral=True, rows=_buttons(wanted, trail, page))


def _buttons(wanted: Wanted, trail: list[str], page: LogPage) -> tuple[Row, ...]:
    if not trail and page.next is None:
        return ()
    same: dict[str, Argument] = {
        "start": _stamp(wanted.start),
        "end": _stamp(wanted.end),
        "user_id": wanted.user_id,
        "code": wanted.code,
    }
    back: list[Argument] = [*trail[:-1]]
    on: list[Argument] = [*trail] if page.next is None else [*trail, _write_place(page.next)]
    return (
        (
            Button(say("Previous"), turn.press(**same, trail=back), disabled=not trail),
            Button(say("Next"), turn.press(**same, trail=on), disabled=page.next is None),
        ),
    )


def _line(entry: Entrance) -> str:
    line = entry.line
    name = f"**{text.escape(text.cut(entry.username, NAME_LIMIT))}** " if entry.username else ""
    who = text.user(line.user_id) if line.user_id else say("somebody")
    return f"{text.when(line.timestamp, 'f')} {name}{who}\n{_how(entry.word)}{_unseen(entry)}"


def _unseen(entry: Entrance) -> str:
    line = entry.line
    if line.imported and line.joined_at is not None:
        when = text.when(line.joined_at, "f")
        return f" · {say('imported, joined {when}', when=when)}"
    return f" · {say('recovered after an absence')}" if line.recovered else ""


def _how(word: Word) -> str:
    if word.outcome is OutcomeName.AMBIGUOUS:
        codes = ", ".join(text.code(code) for code in word.candidates[:CANDIDATES_SHOWN])
        more = len(word.candidates) - CANDIDATES_SHOWN
        said = say("open: {codes}", codes=codes or say("no candidate"))
        if more > 0:
            said += " " + say_count("and {number} more", "and {number} more", more)
        return f"-# {said}"
    if word.outcome is OutcomeName.UNATTRIBUTED:
        return f"-# {say('no invite known ({kind})', kind=word.kind.value)}"
    code = text.code(word.code) if word.code else say("one of several codes")
    if word.inviter_id == VANITY:
        by = say("by the vanity link")
    elif word.inviter_id:
        by = say("by {user}", user=text.user(word.inviter_id))
    else:
        by = say("without an inviter")
    return f"-# {code} {by} · {word.confidence.value}"


def _write_place(place: Place) -> str:
    return f"{format_time(place.at)}|{place.event_id}"


def _read_place(written: str) -> Place:
    at, _, event_id = written.partition("|")
    return Place(parse_time(at), event_id)


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)
