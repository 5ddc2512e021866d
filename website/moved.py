"""Anchors of earlier editions lead to where their text stands now.

``moved.txt`` names them. Where the text is still on the same page, its new section gets the old
anchor as well. Where it has gone to another page, the old page gets a line with a link; it is shown
only to a reader who came for it. A page that loses an anchor without a line there stops the build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from os.path import relpath
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from course import contents
from website.theme import PageError
from website.typography import new_tag

FILE = Path(__file__).with_name("moved.txt")
STAYS = "."
_LINE = re.compile(r"([\w/-]+)#([\w-]+)\s+(\S+)")
_SECTION = re.compile(r"(?:\d+|[A-Z])\.\d+")


@dataclass(frozen=True)
class Place:
    """A page of the book, an anchor on it (which may be empty), and what to call the place."""

    page: str
    anchor: str
    name: str


@dataclass(frozen=True)
class Moved:
    """An anchor that a page once had, and where it leads: as ``moved.txt`` says it."""

    page: str
    anchor: str
    target: str


def read(text: str) -> tuple[Moved, ...]:
    """Return the anchors in a text like that of ``moved.txt``.

    Raises
    ------
    ValueError
        If a line has another form, or an anchor comes twice.
    """
    found: dict[tuple[str, str], Moved] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith(";"):
            continue
        match = _LINE.fullmatch(line.strip())
        if not match:
            raise ValueError(f"line {number} is not 'page#anchor  target': {line}")
        moved = Moved(*match.groups())
        if (moved.page, moved.anchor) in found:
            raise ValueError(f"line {number}: {moved.page}#{moved.anchor} comes twice")
        found[moved.page, moved.anchor] = moved
    return tuple(found.values())


@cache
def anchors() -> tuple[Moved, ...]:
    """Return the anchors of earlier editions."""
    return read(FILE.read_text(encoding="utf-8"))


def sections(root: Path) -> dict[str, Place]:
    """Return where the numbered sections of a book are, by number."""
    return {
        number: Place(f"chapters/{notebook.name}", section.anchor, f"{number} {section.title}")
        for number, (notebook, section) in contents.sections(root).items()
    }


def place(moved: Moved, there: Mapping[str, Place]) -> Place:
    """Return where an anchor leads.

    Raises
    ------
    ValueError
        If there is no section of that number.
    """
    if moved.target == STAYS:
        return Place(moved.page, moved.anchor, "")
    if _SECTION.fullmatch(moved.target):
        if moved.target not in there:
            raise ValueError(f"{moved.page}#{moved.anchor}: there is no section {moved.target}")
        return there[moved.target]
    page, _, anchor = moved.target.partition("#")
    return Place(page, anchor, page.rpartition("/")[2])


def restore(page: BeautifulSoup, name: str, moves: Iterable[Moved], root: Path) -> None:
    """Give a built page the anchors that it had in earlier editions, in place.

    Parameters
    ----------
    page : BeautifulSoup
        The page.
    name : str
        Its name, such as ``chapters/errata``.
    moves : iterable of Moved
        Anchors of this page and of others, which are passed over.
    root : Path
        The book's folder.

    Raises
    ------
    PageError
        If an anchor should stay and is not there, if it now belongs to another section, or if its
        place does not exist.
    """
    own = [moved for moved in moves if moved.page == name]
    there = sections(root) if own else {}
    for moved in own:
        try:
            target = place(moved, there)
        except ValueError as error:
            raise PageError(f"{error}; see website/moved.txt") from error
        here = page.find(id=moved.anchor)
        if target.page != name:
            if here is not None:
                raise PageError(f"{name} has #{moved.anchor}, which website/moved.txt sends away")
            _leave_word(page, name, moved.anchor, target)
            continue
        section = page.find(id=target.anchor) if target.anchor else _heading(page).parent
        if section is None:
            raise PageError(f"{name} has no #{target.anchor}: say in website/moved.txt where it is")
        if here is None:
            section.insert(0, new_tag("span", {"id": moved.anchor}))
        elif here is not section and here.parent is not section:
            raise PageError(f"{name}: #{moved.anchor} is not #{target.anchor}; see moved.txt")


def _heading(page: BeautifulSoup) -> Tag:
    # The theme writes the title once more, above the text, for print.
    heading = page.select_one("article h1")
    if heading is None:
        raise PageError("a page whose anchors have moved has no heading")
    return heading


def _leave_word(page: BeautifulSoup, name: str, anchor: str, target: Place) -> None:
    heading = _heading(page)
    address = relpath(target.page, Path(name).parent).replace("\\", "/") + ".html"
    link = new_tag(
        "a", {"class": "reference internal", "href": f"{address}#{target.anchor}"}, target.name
    )
    word = new_tag("p", {"class": "moved", "id": anchor})
    word.extend(["What you are looking for has moved: ", link, "."])
    heading.insert_after(word)
