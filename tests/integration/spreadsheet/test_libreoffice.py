"""An export with the worst of names, opened in LibreOffice and compared cell by cell (SPEC 4.6)."""

import csv
import io
from pathlib import Path
from typing import Final

import pytest

from tests.builders import GUILD, by
from tests.fakes.objects import Inline
from tests.fakes.office import ENGLISH, GERMAN, Cell, opened
from tests.unit.ledger.past import Past
from usher.contracts.observation import Person
from usher.ids import UserId
from usher.ledger.csv_form import HEADER
from usher.ledger.export import LedgerExport
from usher.ledger.names import JoinerNames

HEADER_OF_SPEC: Final = (
    "Timestamp,User ID,Username,Display Name,Invite Code,Staff ID,Staff Username,Uses Before,"
    "Uses After,Guild ID,Guild Name"
)
FORMULAS: Final = (
    '=HYPERLINK("http://evil.example","free nitro")',
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-1+1",
    "=1+1",
    "＝1+1",
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\r\n=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u202e=1+1",
    "\x01=1+1",
    '"=1+1"',
    "',=1+1",
)
CHANGED: Final = (
    *("80351110224678912", "1E5", "007", "1.50", "1/2", "1 1/2", "3-4", "12:30", "5%", "(5)"),
    *("$5", "5€", "TRUE", "falsch", "Jan 5", "5. Jan 2020", "may 7", "MAR1", "5 pm", "2026-11-20"),
    *("2026-11-20T12:00:01", "0", "42", "#N/A", "#REF!", "１２３", "½"),
)
STRANGE: Final = (
    'say "hi", he said',
    "two\nlines",
    "two\rlines",
    "a\tb",
    "'quoted'",
    "  wide  ",
    "ends with a comma,",
    "semi;colon",
    "😀👩‍👩‍👧‍👦🏳️‍🌈",
    "\u202egnp.exe\u202c \u2067rtl\u2069 \u200fעברית",
    "".join(map(chr, range(1, 32))) + "\x7f\x85",
    "é" + "\u0301" * 20,
    "x" * 100,
    "=" * 100,
    "\U0001f600" * 100,
)
NAMES: Final = (*FORMULAS, *CHANGED, *STRANGE)


def user_of(n: int) -> UserId:
    """Ids of 17 to 19 digits, of which a spreadsheet would keep 15."""
    return UserId(f"{'9' * (15 + n % 3)}{n:02}")


def exported() -> bytes:
    """Joins of every name, as username, display name, server and inviter."""
    past = Past()
    for n, name in enumerate(NAMES):
        user = user_of(n)
        inviter = by(f"{900_000_000_000_000_001 + n}", NAMES[-n], before=n)
        line = past.join(user, n, inviter, staff=name)
        named = JoinerNames(line, Person(user, name, NAMES[n - 1], discriminator="0007"), name)
        past.keep(named, line.timestamp)
    return (
        LedgerExport(past.reader, Inline(), lambda: line.timestamp)
        .export(GUILD, *[None] * 4)
        .content
    )


@pytest.mark.parametrize("language", [ENGLISH, GERMAN], ids=["english", "german"])
@pytest.mark.timeout(200)
def test_every_cell_is_shown_as_it_was_written(tmp_path: Path, language: int) -> None:
    content = exported()
    file = tmp_path / "invite_logs_20261129.csv"
    file.write_bytes(content)
    header, *written = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))

    first, *rows = opened(file, language)

    assert content.startswith(b"\xef\xbb\xbf")
    assert ",".join(cell.shown for cell in first[:11]) == HEADER_OF_SPEC
    assert [cell.shown for cell in first] == header == list(HEADER)
    assert len(rows) == len(written) == len(NAMES)
    for cells, row in zip(rows, written, strict=True):
        for name, cell, text in zip(HEADER, cells, row, strict=True):
            assert cell.formula == "", (name, text)
            assert cell.shown == _broken(text), (name, text)
            assert cell.kind in _kinds(text), (name, text, cell)
    told = [[_meant(cell) for cell in cells] for cells in rows]
    for n, name in enumerate(NAMES):
        said = dict(zip(HEADER, told[n], strict=True))
        assert said["Username"] == said["Staff Username"] == said["Guild Name"] == _broken(name)
        assert said["Display Name"] == _broken(NAMES[n - 1])
        assert said["Invite Code"] == _broken(NAMES[-n])
        assert said["Discriminator"] == "0007"
        assert said["User ID"] == user_of(n)
        assert said["Staff ID"] == f"{900_000_000_000_000_001 + n}"
        assert (said["Uses Before"], said["Uses After"]) == (str(n), str(n + 1))
    assert {row[HEADER.index("Guild ID")] for row in told} == {GUILD}


def _meant(cell: Cell) -> str:
    """The text that a cell stands for: one apostrophe before it is a mark."""
    return cell.shown.removeprefix("'")


def _broken(text: str) -> str:
    """LibreOffice has one kind of line break within a cell."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _kinds(text: str) -> set[str]:
    """Only plain numbers, which it shows as they are, may be taken for anything but text."""
    if not text:
        return {""}
    return {"float"} if text.isascii() and text.isdigit() else {"string"}
