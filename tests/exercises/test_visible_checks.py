"""The messages of the visible checks in `exercises/check.py`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import check
import numpy as np
import pytest
from check import Mistake, agree, expect, expect_error, expect_true, passed, place

from course import links


def test_the_message_says_expected_got_idea_and_place() -> None:
    with pytest.raises(Mistake) as failure:
        expect(0.3456, 0.03456, "f()", idea="one order", section="1.3")
    text = str(failure.value)
    for part in ("f()", "expected  0.03456", "got       0.3456", "one order", "section 1.3"):
        assert part in text
    assert failure.value._render_traceback_() == text.splitlines()


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.nan, 1.0),
        (1.0, np.inf),
        (-np.inf, np.inf),
        ([1.0], 1.0),
        (None, 1.0),
        (0, None),
        ("a", "b"),
    ],
)
def test_these_differ(got: object, expected: object) -> None:
    assert not agree(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.inf, np.inf),
        (np.float64(1), 1),
        ([1, 2], np.array([1.0, 2.0])),
        ("a", "a"),
        (None, None),
    ],
)
def test_these_agree(got: object, expected: object) -> None:
    assert agree(got, expected)


def test_a_property_and_an_error() -> None:
    expect_true(True, "x", idea="", section="1.1")
    with pytest.raises(Mistake, match="should hold: 1 > 2"):
        expect_true(np.bool_(False), "1 > 2", idea="", section="1.1")

    def refuse() -> None:
        raise ValueError("no")

    expect_error(refuse, "f()", idea="", section="1.1")
    with pytest.raises(Mistake, match="a TypeError"):
        expect_error(lambda: len(1), "len(1)", idea="", section="1.1")  # type: ignore[arg-type]
    with pytest.raises(Mistake, match="got       3"):
        expect_error(lambda: 3, "f()", idea="", section="1.1")


@pytest.mark.parametrize("words", [(), ("",), (" ",)])
def test_an_error_without_a_message(words: tuple[str, ...]) -> None:
    def refuse() -> None:
        raise ValueError(*words)

    with pytest.raises(Mistake, match="got       a ValueError without a word"):
        expect_error(refuse, "f()", idea="", section="1.1")


def test_a_section_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="no section"):
        place("9.9")


def test_a_place_is_named_where_the_table_of_sections_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a course folder beside lib alone: no sections.json and no package course."""
    monkeypatch.setattr(check, "__file__", str(tmp_path / "check.py"))
    monkeypatch.setitem(sys.modules, "course", None)
    assert place("1.2") == "section 1.2"


def test_the_link_is_the_books_when_the_book_has_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = links.sections() | {"book": "https://someone.github.io/book/"}
    (tmp_path / "sections.json").write_text(json.dumps(table), encoding="utf-8")
    monkeypatch.setattr(check, "__file__", str(tmp_path / "check.py"))
    link = "https://someone.github.io/book/chapters/01_likelihood.html#if-we-knew-the-dial"
    assert place("1.2").endswith(link)


def test_without_an_address_it_says_how_to_open_the_local_book(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = links.sections() | {"book": ""}
    (tmp_path / "sections.json").write_text(json.dumps(table), encoding="utf-8")
    monkeypatch.setattr(check, "__file__", str(tmp_path / "check.py"))
    assert place("1.2").splitlines() == [
        "section 1.2, If we knew the dial",
        "In your copy of the book: make lab, then open chapters/01_likelihood.ipynb",
    ]


def test_a_check_that_passes_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    passed("1.2")
    assert capsys.readouterr().out.startswith("Passed: the checks of exercise 1.2 ")
