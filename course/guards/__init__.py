"""The guards of the book: what nbval does not see.

Eight guards read the chapters and the pages around them:

* ``notebooks``      every cell executed in order, clean outputs, alt text, the normal form;
* ``pictures``       every number in a picture's words is golden, printed, or by an oracle;
* ``golden``         the numbers of the book, recomputed by an oracle that does not import ``lib``;
* ``floats``         what hangs on the last bits of a sum says why all processors agree;
* ``prose_numbers``  every number in the text is printed by a cell, or is a golden number;
* ``prose_lint``     phrases and lines of code that teach something false;
* ``quizzes``        the quiz of each chapter: one right option, a reason for every option;
* ``glossary``       the terms of the glossary, linked where a chapter first uses them.

``python -m course.guards [FILE ...]`` prints what they find, with the way to mend it.
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
PAGES = tuple(sorted((ROOT / "chapters").glob("*.md")))
README = ROOT / "README.md"


@dataclass(frozen=True)
class Finding:
    """One thing to mend: where it stands, what is wrong, and how to mend it."""

    where: str
    problem: str
    mend: str
    snippet: str = ""

    def __str__(self) -> str:
        shown = f"\n    > {self.snippet}" if self.snippet else ""
        return f"{self.where}: {self.problem}{shown}\n    Mend: {self.mend}"


def read(path: Path) -> Any:
    """Return a notebook as it stands: ``nbformat.read`` would mend its cell ids on the way."""
    return nbformat.reader.reads(path.read_text(encoding="utf-8"))


def place(path: Path, number: int, cell: Any) -> str:
    """Name a cell: its file, its number from 1 among all cells, its kind and its id."""
    return f"{path.name}, cell {number} ({cell.cell_type}, id {cell.get('id', 'none')})"


def output_texts(cell: Any) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of the printed outputs of a code cell; pictures are left out.

    A picture to play with is a picture too: it describes itself, and has its own tests.
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
    """Tell whether data of an output is a picture to play with."""
    return "".join(data).startswith('<div class="explorable"')


def alt_text(cell: Any) -> str:
    """Return the alt text of a code cell's figure, or nothing."""
    return str(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")).strip()


def figure_texts(cell: Any) -> Iterator[str]:
    """Yield the texts in a cell's SVG: Matplotlib draws letters and names them in a comment.

    What an SVG writes as text elements, in HTML too, is yielded as well.
    """
    for output in cell.get("outputs", []):
        for kind, data in output.get("data", {}).items():
            if kind in ("image/svg+xml", "text/html") and not is_explorable(data):
                drawn = "".join(data)
                yield from re.findall(r"<!--\s*(.*?)\s*-->", drawn, re.S)
                yield from re.findall(r"<(?:text|tspan)\b[^<>]*>([^<>]+)<", drawn)


def snippet(text: str, start: int, end: int, around: int = 40) -> str:
    """Return the piece of a text around a match, on one line."""
    piece = text[max(0, start - around) : end + around]
    return re.sub(r"\s+", " ", piece).strip()
