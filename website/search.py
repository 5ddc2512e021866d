"""What a reader can find: every section and every entry of the glossary, with its own address.

Sphinx's index knows pages, and words without their sentences. Here the sections are read from the
written pages, put into a script beside the search page (a page that lies in a folder may fetch
nothing), and searched by MiniSearch as ``static/search.js`` says.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

MINISEARCH = Path(__file__).resolve().parent / "vendor" / "minisearch" / "minisearch.js"
LICENCE = "MiniSearch, Copyright (c) Luca Ongaro, MIT licence; without its comments"
SECTIONS = "sections.js"  # in _static
GLOSSARY = "chapters/glossary"
# Code and what it printed, drawings, and the answers of a quiz: none of them is a sentence that
# tells what a section is about.
NO_PROSE = (
    "script, style, svg, img, nav, button, details, noscript, .headerlink, .cell_input,"
    " .cell_output, .highlight, .explorable, .toctree-wrapper, .eqno, mjx-math"
)
BLOCKS = ("p", "li", "dd", "dt", "div", "blockquote", "figcaption", "tr", "table", "hr")
# How the parts of a formula are joined in one line, as a programmer would type them.
JOINED = {
    "msup": ("", "^"),
    "msub": ("", "_"),
    "msubsup": ("", "_", "^"),
    "mfrac": ("", "/"),
    "munder": ("", "_"),
    "munderover": ("", "_", "^"),
    "msqrt": ("√",),
}


@dataclass(frozen=True)
class Place:
    """A section, or an entry of the glossary.

    Attributes
    ----------
    title, page : str
        Its heading and the title of its page.
    address : str
        From the top of the book, such as ``chapters/glossary.html#logit``.
    text : str
        Its prose, without that of the sections within it.
    entry : bool
        Whether it is an entry of the glossary.
    """

    title: str
    page: str
    address: str
    text: str
    entry: bool = False


def plain(element: Tag) -> str:
    """Return the words of an element, blocks on lines of their own, a formula as one would type it.

    The cells of a row are parted by dots.
    """
    element = copy.copy(element)
    for formula in element.find_all("math"):
        formula.replace_with(NavigableString(in_one_line(formula)))
    for text in element.find_all(string=True):
        text.replace_with(NavigableString(re.sub(r"\s+", " ", text)))
    for cell in element.select("td + td, th + th, th + td"):
        cell.insert_before(NavigableString(" · "))
    for block in element.find_all(BLOCKS):
        block.insert_before(NavigableString("\n"))
        block.insert_after(NavigableString("\n"))
    return re.sub(r" *\n\s*|  +", _space, element.get_text()).strip()


def _space(run: re.Match[str]) -> str:
    return "\n" if "\n" in run[0] else " "


def in_one_line(formula: Tag) -> str:
    """Return a formula in MathML as text: (1−θ)^(N−k), k/N.

    An accent stays behind its letter, as a combining sign where Unicode has one.
    """
    parts = [part for part in formula.children if isinstance(part, Tag)]
    if not parts:
        return re.sub(r"\s+", " ", formula.get_text()).replace("\u2061", " ")
    inner = [in_one_line(part) for part in parts]
    if formula.name == "mover":
        return inner[0] + {"^": "\u0302", "¯": "\u0304", "―": "\u0304"}.get(inner[1], "")
    if formula.name == "mtable":
        return "; ".join(inner)
    signs = JOINED.get(formula.name)
    if signs is None or len(signs) != len(inner):
        return "".join(inner)
    # The base of a power stands as it is; brackets around it are in the formula already.
    first = inner[0] if formula.name not in ("mfrac", "msqrt") else _together(inner[0])
    rest = (sign + _together(part) for sign, part in zip(signs[1:], inner[1:], strict=True))
    end = " " if formula.name in ("munder", "munderover") else ""
    return signs[0] + first + "".join(rest) + end


def _together(part: str) -> str:
    """Return a part in brackets, unless it is one name or number or in brackets already."""
    single = re.fullmatch(r"[\w.∞′*\u0302\u0304]*|\([^()]*\)", part)
    return part if single else f"({part})"


def places(page: BeautifulSoup, name: str) -> Iterator[Place]:
    """Yield what can be found on a page, in order.

    Parameters
    ----------
    page : BeautifulSoup
        A written page. It is not changed.
    name : str
        Its path from the top without the suffix, such as ``chapters/glossary``.
    """
    article = copy.copy(page.find("article", class_="bd-article"))
    if article is None or page.find(id="search-results"):
        return
    for unwanted in article.select(NO_PROSE):
        unwanted.decompose()
    heading = article.find("h1")
    top = plain(heading) if heading else name
    for section in article.select("section[id]"):
        heading = section.find(["h1", "h2", "h3", "h4"], recursive=False)
        if heading is None:
            continue
        title = plain(heading.extract())
        inner = [part.extract() for part in section.find_all("section", recursive=False)]
        address = f"{name}.html" + ("" if title == top else f"#{section['id']}")
        if name == GLOSSARY:
            yield from _entries(section, name, top)
        else:
            yield Place(title, top, address, plain(section))
        section.extend(inner)


def _entries(section: Tag, name: str, top: str) -> Iterator[Place]:
    for paragraph in section.find_all("p"):
        anchor, term = paragraph.find("a", id=True), paragraph.find("strong")
        if anchor is not None and term is not None:
            title = plain(term.extract()).removesuffix(".")
            yield Place(title, top, f"{name}.html#{anchor['id']}", plain(paragraph), entry=True)


def write(found: list[Place], static: Path) -> None:
    """Write the script that holds all places, and put MiniSearch beside it."""
    rows = [[p.title, p.page, p.address, p.text, p.entry] for p in found]
    data = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    (static / SECTIONS).write_text(f"const SECTIONS = {data};\n", encoding="utf-8")
    # Half of it is comments, which every reader would load.
    library = re.sub(r"^\s*/\*\*.*?\*/\n", "", MINISEARCH.read_text("utf-8"), flags=re.S | re.M)
    (static / MINISEARCH.name).write_text(f"/* {LICENCE} */\n{library}", encoding="utf-8")
