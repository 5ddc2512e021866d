"""The blocks in the README and on pages are current, well placed, and right for a small course."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from course import tables
from course.contents import ROOT

pages = pytest.mark.parametrize("page", tables.pages(), ids=lambda page: page.name)


@pages
def test_every_block_is_current(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert tables.written(text, page) == text, "run `make tables`"


@pages
def test_no_count_of_exercises_stands_outside_a_block(page: Path) -> None:
    text = tables.BLOCK.sub("", page.read_text(encoding="utf-8"))
    assert not re.findall(r"\b(?:\d\d|thirty-\w+|forty-\w+) exercises\b", text)


@pages
def test_a_block_in_a_sentence_does_not_begin_its_line(page: Path) -> None:
    """Markdown would read the whole line as HTML instead of a paragraph."""
    for match in re.finditer(r"(?m)^<!-- block: [\w-]+ -->(.*)$", page.read_text(encoding="utf-8")):
        assert not match[1]


def test_every_block_is_used() -> None:
    texts = [page.read_text(encoding="utf-8") for page in tables.pages()]
    assert {found[2] for text in texts for found in tables.BLOCK.finditer(text)} == {*tables.BLOCKS}


def test_an_outdated_block_is_replaced_and_the_rest_stays() -> None:
    before = "There are <!-- block: size -->two<!-- end of block -->, 37 exercises."
    after = tables.written(before, ROOT / "README.md")
    assert after.startswith("There are <!-- block: size -->")
    assert after.endswith(" exercises<!-- end of block -->, 37 exercises.")
    assert "two<" not in after


def test_an_unknown_block_is_named() -> None:
    with pytest.raises(ValueError, match="has a block 'sise'; there are chapters"):
        tables.written("<!-- block: sise --><!-- end of block -->", ROOT / "README.md")


def test_links_lead_from_the_page_to_the_chapter() -> None:
    text = "<!-- block: chapters --><!-- end of block -->"
    assert "](chapters/01_" in tables.written(text, ROOT / "README.md")
    assert "](01_" in tables.written(text, ROOT / "chapters" / "index.md")


@pytest.mark.parametrize(("values", "shown"), [([5, 3, 4], "3 to 5"), ([3, 3], "3")])
def test_between(values: list[int], shown: str) -> None:
    assert tables.between(values) == shown


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(250, "about four hours"), (60, "about one hour"), (10, "about one hour")],
)
def test_hours(minutes: int, shown: str) -> None:
    assert tables.hours(minutes) == shown
