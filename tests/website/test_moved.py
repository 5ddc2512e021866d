"""Anchors of earlier editions lead to where their text stands now."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from docutils.nodes import make_id

from course import contents
from website import moved
from website.moved import Moved, anchors, place, read, restore, sections
from website.theme import PageError

THERE = sections(contents.ROOT)
PAGE = """<h1>Coins, for print</h1><article><section id="coins"><h1>Coins</h1>
<section id="two-sides"><h2>1.1 Two sides</h2></section>
<section id="dice"><h2>1.2 Dice</h2></section></section></article>"""


def headings(page: str) -> set[str]:
    """Return the anchors that a page has by itself: of its headings, and those that it writes."""
    path = next((contents.ROOT / page).parent.glob(f"{Path(page).name}.*"))
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        sources = ("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        text = "\n\n".join(sources)
    plain = re.sub(r"```.*?```", "", text, flags=re.S)
    titles = re.findall(r"(?m)^#{1,4} (.+)$", plain)
    return {make_id(title) for title in titles} | set(re.findall(r'<a id="([\w-]+)">', plain))


@pytest.mark.parametrize("this", anchors(), ids=lambda this: f"{this.page}#{this.anchor}")
def test_every_old_anchor_has_a_place(this: Moved) -> None:
    target = place(this, THERE)
    assert this.page in contents.pages()
    assert target.page in contents.pages()
    assert not target.anchor or target.anchor in headings(target.page)


def test_the_first_edition_is_complete() -> None:
    """Its pages had these many anchors; a line that is lost would break somebody's link."""
    first = [this for this in anchors() if not this.page.startswith("exercises/")]
    assert len(first) >= 227
    assert len(anchors()) >= 269


def test_a_file_of_anchors_is_read() -> None:
    text = "; a comment\n\na/b#c-d  1.6\na/b#e .\n"
    assert read(text) == (Moved("a/b", "c-d", "1.6"), Moved("a/b", "e", "."))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a/b c 1.6", "line 1 is not"),
        ("a#b .\na#b 1.2", "line 2: a#b comes twice"),
    ],
)
def test_a_bad_line_is_named(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(text)


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Path:
    there = {
        "1.1": moved.Place("chapters/coins", "two-sides", "1.1 Two sides"),
        "R.1": moved.Place("errata", "r-1-edges", "R.1 Edges"),
    }
    monkeypatch.setattr(moved, "sections", lambda root: there)
    return contents.ROOT


def restored(book: Path, *lines: str) -> BeautifulSoup:
    page = BeautifulSoup(PAGE, "html.parser")
    restore(page, "chapters/coins", read("\n".join(lines)), book)
    return page


def test_a_section_of_the_same_page_gets_its_old_anchor(book: Path) -> None:
    page = restored(book, "chapters/coins#heads-or-tails  1.1", "chapters/coins#old chapters/coins")
    assert page.select_one("#two-sides > #heads-or-tails") is not None
    assert page.select_one("#coins > #old") is not None


def test_what_has_gone_to_another_page_leaves_a_word(book: Path) -> None:
    page = restored(book, "chapters/coins#edges  R.1", "chapters/coins#more  notes#more-of-it")
    edges, more = page.select("p.moved")[::-1]
    assert (edges["id"], edges.get_text()) == (
        "edges",
        "What you are looking for has moved: R.1 Edges.",
    )
    assert edges.a["href"] == "../errata.html#r-1-edges"
    assert (more["id"], more.a["href"]) == ("more", "../notes.html#more-of-it")


def test_what_stays_and_what_belongs_to_other_pages_changes_nothing(book: Path) -> None:
    lines = "chapters/coins#dice  .", "chapters/coins#two-sides  1.1", "chapters/cards#ace  R.1"
    assert str(restored(book, *lines)) == str(BeautifulSoup(PAGE, "html.parser"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("chapters/coins#lost  .", "has no #lost"),
        ("chapters/coins#old  9.9", "there is no section 9.9"),
        ("chapters/coins#dice  R.1", "sends away"),
        ("chapters/coins#dice  1.1", "#dice is not #two-sides"),
        ("chapters/coins#old  chapters/coins#lost", "has no #lost"),
    ],
)
def test_a_broken_promise_stops_the_build(book: Path, line: str, message: str) -> None:
    with pytest.raises(PageError, match=re.escape(message)):
        restored(book, line)
