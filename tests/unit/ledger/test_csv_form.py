"""CSV that a spreadsheet neither runs nor spoils, and that a program reads back exactly."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import GUILD, at, by
from usher.attribution.wording import word_of
from usher.ids import InviteCode, UserId
from usher.ledger.csv_form import HEADER, as_file, as_id, as_row, as_text
from usher.ledger.lines import Line, LineType

USER = UserId("80351110224678912")
LINE = Line(LineType.JOIN, "e" * 32, at(1), GUILD, USER, at(0), word_of(by("900")))


def rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_header_is_the_specified_one() -> None:
    assert as_file([]) == (
        b"\xef\xbb\xbfTimestamp,User ID,Username,Display Name,Invite Code,Staff ID,Staff Username,"
        b"Uses Before,Uses After,Guild ID,Guild Name,Discriminator,Event ID,Outcome,Kind,Method,"
        b"Confidence,Joined At,Candidates\r\n"
    )


def test_a_join_is_a_row() -> None:
    names = {"username": "ann", "display_name": "Ann", "discriminator": "0", "guild_name": "G"}

    [_, found] = rows(as_file([as_row(LINE, word_of(by("900")), names, "ida")]))

    assert dict(zip(HEADER, found, strict=True)) == {
        "Timestamp": "2026-11-20T12:00:01.000000+00:00",
        "User ID": f"'{USER}",
        "Username": "ann",
        "Display Name": "Ann",
        "Invite Code": "abc",
        "Staff ID": "'900",
        "Staff Username": "ida",
        "Uses Before": "0",
        "Uses After": "1",
        "Guild ID": f"'{GUILD}",
        "Guild Name": "G",
        "Discriminator": "0",
        "Event ID": "e" * 32,
        "Outcome": "attributed",
        "Kind": "invite",
        "Method": "use_count",
        "Confidence": "exact",
        "Joined At": "2026-11-20T12:00:00.000000+00:00",
        "Candidates": "abc",
    }


def test_what_is_unknown_stays_empty() -> None:
    word = replace(word_of(by(None)), code=None, candidates=(), uses_before=None, uses_after=None)

    [_, found] = rows(as_file([as_row(LINE, word, {}, None)]))

    assert [name for name, cell in zip(HEADER, found, strict=True) if not cell] == [
        "Username",
        "Display Name",
        "Invite Code",
        "Staff ID",
        "Staff Username",
        "Uses Before",
        "Uses After",
        "Guild Name",
        "Discriminator",
        "Candidates",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "\n=1",
        "＝1",
        "'quoted",
        "123456789012345678",
        "1e5",
        "007",
        "2026-11-20",
        "12:30",
        "1/2",
        "1.50",
        "=cmd|' /C calc'!A0",
        "(5)",
        "$5",
        "5 €",
        "5%",
        "1_000",
        "TRUE",
        " true",
        "falsch",
        "Jan 5",
        "may7",
        "MAR1",
        "1-dez-2026",
        "7 May 26, 5:30 pm",
        "2026-11-20T12:00:01",
    ],
)
def test_text_that_a_spreadsheet_would_change_is_marked(text: str) -> None:
    assert as_text(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    ["", "ann", "a=b", "VANITY", "0", "42", "x-1", "é", "😀", "user7", "Mar2Xd4", "trueish", "May"],
)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert as_text(text) == text


def test_ids_keep_every_digit_as_text() -> None:
    assert as_id("18446744073709551615") == "'18446744073709551615"
    assert as_id("42") == "'42"
    assert as_id("VANITY") == "VANITY"
    assert as_id("") == ""


@given(st.text())
def test_one_leading_apostrophe_taken_away_gives_the_text_back(text: str) -> None:
    row = as_row(LINE, word_of(by("900", InviteCode("abc"))), {"username": text}, text)
    try:
        text.encode()
    except UnicodeEncodeError:
        return  # half a character, which JSON may carry and UTF-8 may not

    [_, found] = rows(as_file([row]))

    assert found[2].removeprefix("'") == text
    assert not found[2].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert found[6].removeprefix("'") == text
