"""The guards of the book: checks beyond those of nbval.

Nine guards. Those of ``pictures`` run in the tests alone, the others read any page:

* ``notebooks``      every cell executed in order, clean outputs, alt text, normal form;
* ``pictures``       every number in a picture's text is golden, printed, or from an oracle;
* ``golden``         the book's numbers, recomputed by an oracle that does not import ``lib``;
* ``floats``         results that depend on the last bits of a sum say why all processors agree;
* ``prose_numbers``  every number in the text is printed by a cell, or is a golden number;
* ``prose_lint``     no phrases or lines of code that teach something false;
* ``main_line``      a chapter's length; every figure has a caption and a number;
* ``quizzes``        the quiz of each chapter: one right option, a reason for every option;
* ``glossary``       the terms of the glossary, linked where a chapter first uses them.

``python -m course.guards [FILE ...]`` prints their findings and how to fix them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat.reader

from course import contents
from course.contents import ROOT

CHAPTERS = {chapter.number: chapter.path for chapter in contents.chapters()}
SUPPLEMENTS = tuple(notebook.path for notebook in contents.supplements())
NOTEBOOKS = (*CHAPTERS.values(), *SUPPLEMENTS)
PAGES = tuple(sorted((ROOT / "chapters").glob("*.md")))
README = ROOT / "README.md"
DRAWN_HTML = re.compile(r"<(?:img|svg)\b", re.I)


@dataclass(frozen=True)
class Finding:
    """One problem: where it is, what is wrong, and how to fix it."""

    where: str
    problem: str
    mend: str
    snippet: str = ""

    def __str__(self) -> str:
        shown = f"\n    > {self.snippet}" if self.snippet else ""
        return f"{self.where}: {self.problem}{shown}\n    Mend: {self.mend}"


def read(path: Path) -> Any:
    """Return a notebook as stored; ``nbformat.read`` would repair its cell ids."""
    return nbformat.reader.reads(path.read_text(encoding="utf-8"))


def place(path: Path, number: int, cell: Any) -> str:
    """Name a cell: its file, its number from 1 among all cells, its kind and its id."""
    return f"{path.name}, cell {number} ({cell.cell_type}, id {cell.get('id', 'none')})"


def output_texts(cell: Any) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of the printed outputs of a code cell; pictures are left out.

    Explorables count as pictures: they describe themselves and have their own tests.
    """
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            yield output.name, output.text
        elif output.output_type == "error":
            yield "error", "\n".join(output.traceback)
        else:
            for kind, text in output.data.items():
                if kind.startswith("text/") and not is_explorable(text):
                    yield kind, text if isinstance(text, str) else "".join(text)


def is_explorable(data: Any) -> bool:
    """Return whether an output's data is an explorable."""
    return "".join(data).startswith('<div class="explorable"')


def draws_pictures(cell: Any) -> bool:
    """Return whether a cell shows a picture; explorables do not count."""
    return any(is_picture(output) for output in cell.get("outputs", []))


def is_picture(output: Any) -> bool:
    """Return whether an output of a cell is a picture."""
    return any(draws(kind, data) for kind, data in output.get("data", {}).items())


def draws(kind: str, data: Any) -> bool:
    """Return whether data is a picture, or HTML with a picture that needs a description."""
    return kind.startswith("image/") or (
        kind == "text/html" and not is_explorable(data) and bool(DRAWN_HTML.search("".join(data)))
    )


def is_folded(cell: Any) -> bool:
    """Return whether a cell is folded away, or left out of the page."""
    return bool({"hide-cell", "remove-cell"} & set(cell.metadata.get("tags", [])))


def alt_text(cell: Any) -> str:
    """Return the alt text of a code cell's figure, or an empty string."""
    return str(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")).strip()


def figure_texts(cell: Any) -> Iterator[str]:
    """Yield the texts in a cell's SVG.

    Matplotlib draws text as shapes and writes it in a comment; text elements are yielded as well.
    """
    for output in cell.get("outputs", []):
        for kind, data in output.get("data", {}).items():
            if kind in ("image/svg+xml", "text/html") and not is_explorable(data):
                svg = "".join(data)
                yield from re.findall(r"<!--\s*(.*?)\s*-->", svg, re.S)
                yield from re.findall(r"<(?:text|tspan)\b[^<>]*>([^<>]+)<", svg)


def snippet(text: str, start: int, end: int, around: int = 40) -> str:
    """Return the piece of a text around a match, on one line."""
    piece = text[max(0, start - around) : end + around]
    return re.sub(r"\s+", " ", piece).strip()
