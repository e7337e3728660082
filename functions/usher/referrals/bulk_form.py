"""Links as files: CSV by the rules of docs/csv.md, or JSON that `/api/v1/links/bulk` takes."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from usher.ledger.csv_form import BYTE_ORDER_MARK, as_id, as_lines, as_text
from usher.referrals.bulk_model import FIELDS, MOST_ROWS, TOLD, BulkError, Row
from usher.referrals.model import Campaign, Link
from usher.slash.say import say
from usher.times import format_time

HEADER: Final = (*FIELDS, *TOLD)
_IDS: Final = frozenset({"owner_id", "campaign_id"})
_WHOLE: Final = frozenset(
    ("clicks", "bots", "repeats", "joins", "onboardings", "conversions"),
)


def as_csv(links: Iterable[Link], campaigns: Iterable[Campaign], base: str) -> bytes:
    """Write links as CSV; `base` is where they are opened."""
    rows = [_cells(row) for row in _rows(links, campaigns, base)]
    return BYTE_ORDER_MARK + as_lines([HEADER]) + as_lines(rows)


def as_json(links: Iterable[Link], campaigns: Iterable[Campaign], base: str) -> bytes:
    """Write links as JSON."""
    told = {"links": _rows(links, campaigns, base)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def read_file(content: bytes) -> tuple[Row, ...]:
    """Read CSV or JSON, whichever it is; raises BulkError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BulkError(say("The file is not UTF-8 text.")) from None
    rows = _read_json(text) if text.lstrip()[:1] in ("[", "{") else _read_csv(text)
    if not rows:
        raise BulkError(say("The file has no rows."))
    if len(rows) > MOST_ROWS:
        raise BulkError(say("A file has at most {most} rows.", most=f"{MOST_ROWS:,}"))
    return rows


def _rows(
    links: Iterable[Link], campaigns: Iterable[Campaign], base: str
) -> list[dict[str, object]]:
    names = {one.id: one.name for one in campaigns}
    return [
        {
            "code": link.code,
            "campaign_id": link.campaign_id,
            "campaign": names.get(link.campaign_id, ""),
            "owner_id": link.owner_id,
            "title": link.title,
            "description": link.description,
            "platform": link.platform,
            "mode": link.mode.value,
            "active": link.active,
            "expires_at": None if link.expires_at is None else format_time(link.expires_at),
            "referral_url": f"{base}/r/{link.code}",
            **{name: getattr(link.counts, name) for name in HEADER if name in _WHOLE},
            "value": f"{Decimal(link.counts.value):f}",
            "created_at": format_time(link.created_at),
        }
        for link in links
    ]


def _cells(row: Row) -> Sequence[str]:
    return [_cell(name, row[name]) for name in HEADER]


def _cell(name: str, value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return as_text("true" if value else "false")
        case int():
            return str(value)
    return as_id(str(value)) if name in _IDS else as_text(str(value))


def _read_json(text: str) -> tuple[Row, ...]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise BulkError(say("The file is not JSON.")) from None
    rows = told.get("links") if isinstance(told, dict) else told
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise BulkError(say("The file must hold a list of objects, one a link."))
    return tuple(rows)


def _read_csv(text: str) -> tuple[Row, ...]:
    head = text.partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else ","
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise BulkError(say("The file is not CSV: look at its quotes.")) from None
    if not table:
        return ()
    names = [cell.removeprefix("'").strip().casefold() for cell in table[0]]
    unknown = [name for name in names if name not in HEADER]
    if unknown or len(set(names)) != len(names):
        raise BulkError(
            say(
                "The first line names the columns, each once. There are: {known}.",
                known=", ".join(HEADER),
            )
        )
    # A row with more cells than columns is told of by the name that its last one lacks.
    return tuple(
        {
            **dict(zip(names, (cell.removeprefix("'") for cell in row), strict=False)),
            **({"": ""} if len(row) > len(names) else {}),
        }
        for row in table[1:]
        if any(cell.strip() for cell in row)
    )
