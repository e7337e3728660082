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
        told = "No join is on record yet." if wanted == nothing else "No join on record fits."
        return Reply(embeds=(Embed(told, "Join log", color=BLURPLE),), ephemeral=True)
    lines = [_line(entry) for entry in page.entries] or ["Nothing more fits."]
    footer = f"Page {len(trail) + 1} · newest first · times of your own zone"
    if page.until is not None:
        footer = f"Searched back to {page.until:%Y-%m-%d} (UTC) so far; Next goes on · {footer}"
    embed = Embed("\n".join(lines), "Join log", footer=footer, color=BLURPLE)
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
            Button("Previous", turn.press(**same, trail=back), disabled=not trail),
            Button("Next", turn.press(**same, trail=on), disabled=page.next is None),
        ),
    )


def _line(entry: Entrance) -> str:
    line = entry.line
    name = f"**{text.escape(text.cut(entry.username, NAME_LIMIT))}** " if entry.username else ""
    who = text.user(line.user_id) if line.user_id else "somebody"
    return f"{text.when(line.timestamp, 'f')} {name}{who}\n{_how(entry.word)}{_unseen(entry)}"


def _unseen(entry: Entrance) -> str:
    line = entry.line
    if line.imported and line.joined_at is not None:
        return f" · imported, joined {text.when(line.joined_at, 'f')}"
    return " · recovered after an absence" if line.recovered else ""


def _how(word: Word) -> str:
    if word.outcome is OutcomeName.AMBIGUOUS:
        codes = ", ".join(text.code(code) for code in word.candidates[:CANDIDATES_SHOWN])
        more = len(word.candidates) - CANDIDATES_SHOWN
        return f"-# open: {codes or 'no candidate'}{f' and {more:,} more' if more > 0 else ''}"
    if word.outcome is OutcomeName.UNATTRIBUTED:
        return f"-# no invite known ({word.kind.value})"
    code = text.code(word.code) if word.code else "one of several codes"
    if word.inviter_id == VANITY:
        by = "by the vanity link"
    else:
        by = f"by {text.user(word.inviter_id)}" if word.inviter_id else "without an inviter"
    return f"-# {code} {by} · {word.confidence.value}"


def _write_place(place: Place) -> str:
    return f"{format_time(place.at)}|{place.event_id}"


def _read_place(written: str) -> Place:
    at, _, event_id = written.partition("|")
    return Place(parse_time(at), event_id)


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)
