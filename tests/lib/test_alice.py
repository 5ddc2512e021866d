"""The novel of chapter 8: the file, its alphabet, and the script that rebuilds it."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import alice
from lib.alice import ALPHABET, chapters, letters, text
from scripts import build_alice

FILE = files("lib") / "data" / "alice.txt"


def test_the_file_is_the_one_that_the_book_describes():
    content = FILE.read_bytes()
    assert len(content) == 148_293
    assert hashlib.sha256(content).hexdigest() == alice.SHA256
    assert content.isascii()
    assert b"\r" not in content
    assert text() == content.decode()
    assert text().splitlines()[0].strip() == "CHAPTER I"
    assert "THE END" not in text()
    assert "pocked" in text()  # a slip of the transcription, kept


def test_twelve_chapters_in_the_alphabet():
    found = chapters()
    assert len(found) == 12
    assert [len(" ".join(part)) for part in (found[:11], found[11:])] == [123_027, 10_835]
    assert found[0].startswith("alice was beginning to get very tired")  # no heading
    assert found[11].endswith("and the happy summer days")
    joined = " ".join(found)
    assert set(joined) == set(ALPHABET)
    assert hashlib.sha256(joined.encode()).hexdigest() == (
        "9417e9523160370b6f0707f32034f1ce968ac0a560a0ae2ace12e98e35aa5bc5"
    )


@given(st.text())
def test_letters_are_in_the_alphabet_and_stay_as_they_are(any_text: str):
    found = letters(any_text)
    assert set(found) <= set(ALPHABET)
    assert "  " not in found
    assert found == found.strip()
    assert letters(found) == found
    assert letters(found.upper()) == found


@given(st.text("ab '-.é\n"), st.text("ab '-.é\n"))
def test_what_stands_between_two_texts_becomes_one_space(left: str, right: str):
    pieces = [part for part in (letters(left), letters(right)) if part]
    assert letters(f"{left}, {right}") == " ".join(pieces)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", ""),
        ("'", ""),
        ("Don't", "dont"),
        ("  What--what?  ", "what what"),
        ("it's 'THE' end", "its the end"),
        ("café", "caf"),
        ("7 of 9", "of"),
    ],
)
def test_some_texts_in_the_alphabet(given: str, expected: str):
    assert letters(given) == expected


# --- A file that is not the one -------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"CHAPTER I\n", FILE.read_bytes() + b"\n"])
@pytest.mark.parametrize("read", [text, chapters])
def test_another_file_is_refused(tmp_path: Path, monkeypatch, content: bytes, read):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "alice.txt").write_bytes(content)
    monkeypatch.setattr(alice, "files", lambda package: tmp_path)
    with pytest.raises(RuntimeError, match=r"^alice\.txt is damaged .*: restore lib/data with"):
        read()


def test_a_missing_file_is_one_clear_error(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(alice, "files", lambda package: tmp_path)
    with pytest.raises(RuntimeError, match=r"^alice\.txt cannot be read .*: restore lib/data with"):
        text()


# --- The script that rebuilds it ------------------------------------------------------------------

NOVEL = (
    "\r\n   ALICE\r\n\r\n   THE EDITION 2.9\r\n\r\n    CHAPTER I\r\n\r\n  A Title\r\n\r\n"
    "  Alice was, and CHAPTER I was hers.\r\n\r\n\r\n      THE END\r\n\x1a"
)


def test_the_chapters_alone_are_kept():
    assert build_alice.keep(NOVEL.encode()) == (
        b"    CHAPTER I\n\n  A Title\n\n  Alice was, and CHAPTER I was hers.\n"
    )


def test_the_novel_is_read_from_the_archive():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in ((build_alice.MEMBER, b"right"), ("Brotli-1.1.0/other", b"wrong")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    assert build_alice.read_member(buffer.getvalue()) == b"right"


def test_another_archive_is_refused():
    with pytest.raises(ValueError, match=r"^this is not the archive: its SHA-256 is [0-9a-f]{64},"):
        build_alice.check(b"another", build_alice.ARCHIVE_SHA256, "the archive")


@pytest.mark.skipif(
    "WHY_CROSS_ENTROPY_BROTLI" not in os.environ,
    reason="needs Brotli-1.1.0.tar.gz: name it in WHY_CROSS_ENTROPY_BROTLI",
)
def test_the_archive_gives_the_committed_file():
    archive = Path(os.environ["WHY_CROSS_ENTROPY_BROTLI"]).read_bytes()
    build_alice.check(archive, build_alice.ARCHIVE_SHA256, "the archive")
    novel = build_alice.read_member(archive)
    build_alice.check(novel, build_alice.MEMBER_SHA256, "the novel")
    assert build_alice.keep(novel) == FILE.read_bytes()


def test_one_letter_is_treated_alike_however_it_is_written():
    assert letters("don\u2019t don't DON\u2019T") == "dont dont dont"
    assert letters("caf\u00e9") == letters("cafe\u0301") == letters("CAFE\u0301") == "caf"
    assert letters("ax\u0302b") == "a b"  # no single character is an x with a circumflex
    assert letters("\u0130stanbul") == "stanbul"  # İ: in small letters it would begin with an i
