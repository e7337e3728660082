"""Answers as a CSV file that spreadsheets neither run nor spoil (docs/csv.md)."""

from collections.abc import Iterator, Sequence

from usher.ledger.csv_form import BYTE_ORDER_MARK, as_id, as_lines, as_text
from usher.onboarding.model import Record, Session
from usher.referrals.model import Question
from usher.times import format_time

HEADER = ("User ID", "Joined At", "Link", "Started At", "Completed At")

type Row = tuple[Session, Record | None]


def csv_file(questions: Sequence[Question], rows: Sequence[Row]) -> bytes:
    """Write the file: questions that are asked now first, then those that are asked no more."""
    labels = {one.id: one.label for one in questions}
    for _, record in rows:
        for one in () if record is None else record.answers:
            labels.setdefault(one.question_id, one.label)
    head = [*HEADER, *map(as_text, labels.values())]
    return BYTE_ORDER_MARK + as_lines([head, *(_row(row, labels) for row in rows)])


def _row(row: Row, ids: Sequence[str] | dict[str, str]) -> list[str]:
    session, record = row
    given = {} if record is None else {one.question_id: one.values for one in record.answers}
    return [
        as_id(session.stay.user_id),
        format_time(session.stay.joined_at),
        as_text(session.link or ""),
        *_times(session),
        *(as_text("; ".join(given.get(id_, ()))) for id_ in ids),
    ]


def _times(session: Session) -> Iterator[str]:
    for one in (session.started_at, session.completed_at):
        yield "" if one is None else format_time(one)
