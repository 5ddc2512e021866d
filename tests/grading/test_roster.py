"""Lists of participants as platforms and spreadsheets write them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from grading.model import CannotStart
from grading.roster import HEADERS, parse_roster, read_roster

ZOE = {"First name": "Zoë", "Last name": "Groß", "ID number": "7", "Email address": "z@x"}
ENGLISH = ["First name", "Last name", "ID number", "Email address"]
GERMAN = ["Vorname", "Nachname", "ID-Nummer", "E-Mail-Adresse"]


@pytest.mark.parametrize(
    ("encoding", "separator", "headers"),
    list(
        itertools.product(
            ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"],
            [",", ";", "\t"],
            [ENGLISH, GERMAN],
        )
    ),
)
def test_encodings_separators_and_languages(
    encoding: str, separator: str, headers: list[str]
) -> None:
    row = ["Zoë", "Groß", "7", "z@x"]
    text = "\r\n".join(separator.join(line) for line in (headers, row)) + "\r\n"
    assert parse_roster(text.encode(encoding)) == ([ZOE], [])


def test_moodles_worksheet_in_german() -> None:
    text = (
        '"ID","Vollständiger Name","E-Mail-Adresse","Status","Bewertung"\n'
        '"Teilnehmer/in31001","Zoë Groß","z@x","Zur Bewertung eingereicht",\n'
    )
    (person,), unused = parse_roster(text.encode())
    assert person == {
        "ID": "Teilnehmer/in31001",
        "Full name": "Zoë Groß",
        "Email address": "z@x",
        "Status": "Zur Bewertung eingereicht",
    }
    assert unused == ["Bewertung"]


def test_canvas_export() -> None:
    text = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1\n"
        "    Points Possible,,,,,10\n"
        '"Doe, Jane",4711,s1,jdoe,A,7\n\n"Doe, Jane",4711,s1,jdoe,A,7\n'
    )
    people, unused = parse_roster(text.encode())
    assert people == [
        {
            "Student": "Doe, Jane",
            "ID": "4711",
            "SIS User ID": "s1",
            "SIS Login ID": "jdoe",
            "Section": "A",
        }
    ]
    assert unused == ["Homework 1"]


def test_a_line_for_excel_quotes_and_short_rows() -> None:
    text = 'sep=;\nName;E-Mail;Note\n"Groß; Zoë";z@x\n'
    assert parse_roster(text.encode())[0] == [{"Full name": "Groß; Zoë", "Email address": "z@x"}]


def test_no_two_columns_share_a_header() -> None:
    names = [name for names in HEADERS.values() for name in names]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the first line has nothing"),
        ("Imię,Nazwisko\nA,B\n".encode(), "the first line has Imię, Nazwisko"),
        (b"Section\nA\n", "no column says who is who"),
        (b"Name,E-Mail\n", "nobody in it"),
        (b"Name,Full name\nA,B\n", "two columns are Full name"),
        (b"PK\x03\x04...", "save it as CSV"),
        (b"Name\n\x81\x8d\n", "characters cannot be read"),
        (b"Name\n" + b"x" * 200_000 + b"\n", "not a CSV file"),
    ],
)
def test_what_is_no_roster(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(content)
    with pytest.raises(CannotStart, match=message) as raised:
        read_roster(file)
    assert "\n" not in str(raised.value)


def test_a_roster_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"none\.csv cannot be read: "):
        read_roster(tmp_path / "none.csv")
    with pytest.raises(CannotStart, match="cannot be read: "):
        read_roster(tmp_path)
    assert read_roster(None) == ([], [])
