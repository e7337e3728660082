"""The options that the log commands share, as members type them (SPEC 3.4)."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final, Protocol

from usher.attribution.code_choices import CodeChoices, suggest
from usher.frozen import frozen
from usher.ids import InviteCode, UserId
from usher.slash.completing import Suggestions, Typing
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.resolved import is_snowflake
from usher.slash.say import say
from usher.staff.access import admit
from usher.staff.queries import StaffReads

DAY: Final = timedelta(days=1)
MOMENT: Final = timedelta(microseconds=1)


class Services(Protocol):
    """What the suggestions call."""

    @property
    def staff(self) -> StaffReads:
        """The staff role."""
        ...

    @property
    def codes(self) -> CodeChoices:
        """Codes of the guild."""
        ...


def complete_code(typing: Typing[Services]) -> Suggestions:
    """Suggest codes of the guild, ended ones too; raises UserError for who may not see the log."""
    admit(typing)
    return suggest(typing.services.codes.choices(typing.guild_id, typing.typed), typing.typed)


From = Annotated[str | None, Opt("First day, like 2026-11-01 (UTC)", max_length=40)]
To = Annotated[str | None, Opt("Last day, like 2026-11-30 (UTC)", max_length=40)]
Member = Annotated[str | None, Opt("Only this member's id", max_length=24)]
Code = Annotated[str | None, Opt("Only this invite code", max_length=100, complete=complete_code)]


@frozen
class Wanted:
    """Which joins: start <= timestamp < end; None for no bound or any value.

    A code selects the joins whose last word names exactly it: a mere candidate does not count.
    """

    start: datetime | None = None
    end: datetime | None = None
    user_id: UserId | None = None
    code: InviteCode | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether a time lies within the bounds."""
        if self.start is not None and moment < self.start:
            return False
        return self.end is None or moment < self.end


def read_span(first: str | None, last: str | None) -> Wanted:
    """Read `from` and `to`; raises UserError."""
    start, _ = _span("from", first)
    _, end = _span("to", last)
    if start and end and start >= end:
        raise UserError(say("`from` must not be later than `to`."))
    return Wanted(start, end)


def read_wanted(first: str | None, last: str | None, user: str | None, code: str | None) -> Wanted:
    """Read the four options; raises UserError."""
    span = read_span(first, last)
    return Wanted(
        span.start,
        span.end,
        _user(user) if user else None,
        _code(code) if code else None,
    )


def _span(name: str, written: str | None) -> tuple[datetime | None, datetime | None]:
    """Read a day or a time as UTC: its first moment, and the moment after its last."""
    if written is None:
        return None, None
    words = written.strip()
    try:
        moment = datetime.fromisoformat(words)
        start = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        return start, start + (DAY if _is_day(words) else MOMENT)
    except (ValueError, OverflowError):
        raise UserError(
            say(
                "`{name}` must be a day like 2026-11-20, or a time like 2026-11-20T14:30 (UTC).",
                name=name,
            )
        ) from None


def _is_day(words: str) -> bool:
    try:
        date.fromisoformat(words)
    except ValueError:
        return False
    return True


def _user(written: str) -> UserId:
    bare = written.strip().removeprefix("<@").removeprefix("!").removesuffix(">")
    if not is_snowflake(bare):
        raise UserError(say("`user_id` must be a member's id: up to 20 digits, or a mention."))
    return UserId(bare)


def _code(written: str) -> InviteCode:
    """Take the code alone or the whole link."""
    return InviteCode(written.strip().rstrip("/").rpartition("/")[2])
