"""LibreOffice as somebody who opens a file: each cell as shown, and what it was taken for."""

import csv
import io
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest

PROGRAM: Final = "soffice"
INSTALL: Final = "apt-get install --no-install-recommends libreoffice-calc-nogui"
UTF_8: Final = 76
ENGLISH: Final = 1033
GERMAN: Final = 1031
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell."""

    shown: str
    kind: str
    """`string`, `float`, `date`, …; empty for an empty one."""
    formula: str = ""


def opened(file: Path, language: int = ENGLISH) -> list[list[Cell]]:
    """Open a CSV file with LibreOffice's own settings, which recognise numbers and dates.

    Twice: as a spreadsheet, which tells what a cell was taken for, and as CSV again, which keeps
    characters that XML has no place for.
    """
    scratch = file.parent / f"opened-{language}"
    # As its import dialog offers for a file with a byte order mark: comma, quote, UTF-8, line 1.
    read = f"CSV:44,34,{UTF_8},1,,{language},false,true"
    _convert(file, scratch, read, "fods")
    _convert(file, scratch, read, f"csv:Text - txt - csv (StarCalc):44,34,{UTF_8},1,,0,true,true")
    table = next(ElementTree.parse(scratch / f"{file.stem}.fods").iter(f"{_TABLE}table"))  # noqa: S314
    text = (scratch / f"{file.stem}.csv").read_bytes().decode("utf-8-sig")
    shown = list(csv.reader(io.StringIO(text, newline="")))
    kinds = [row for row in _rows(table) if any(kind for kind, _ in row)]
    return [
        [Cell(cell, *kind) for cell, kind in zip(cells, row, strict=False)]
        for cells, row in zip(shown, kinds, strict=True)
    ]


def _rows(table: ElementTree.Element) -> list[list[tuple[str, str]]]:
    found = []
    for row in table.iter(f"{_TABLE}table-row"):
        cells: list[tuple[str, str]] = []
        for cell in row:
            told = cell.get(f"{_OFFICE}value-type", ""), cell.get(f"{_TABLE}formula", "")
            times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            cells += [told] * min(times, 100)
        # What is repeated to the sheet's end is empty.
        found += [cells] * min(int(row.get(f"{_TABLE}number-rows-repeated", "1")), 100)
    return found


def _convert(file: Path, scratch: Path, read: str, to: str) -> None:
    if shutil.which(PROGRAM) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{PROGRAM} is missing: .ci/run must install it")
        pytest.skip(f"needs LibreOffice: {INSTALL}")
    subprocess.run(  # noqa: S603
        [
            PROGRAM,
            f"-env:UserInstallation={(file.parent / 'profile').as_uri()}",
            "--headless",
            f"--infilter={read}",
            "--convert-to",
            to,
            "--outdir",
            str(scratch),
            str(file),
        ],
        check=True,
        capture_output=True,
        timeout=100,
    )
