"""The length of a chapter's main line, and the numbers of its figures.

A chapter is read in one sitting. What everybody reads has at most ``SECTIONS`` numbered sections,
``CODE_CELLS`` code cells, ``WORDS`` words and ``GUESSES`` questions to guess. What a reader may
skip is not counted: the quiz, folds, folded cells, tables and displayed formulas.

Every picture, in chapters and supplements, is followed by a cell that begins with its caption,
``*Figure 3.2.* ...``. Figures are numbered in order, without gaps, and every figure that a text
names exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from course.contents import SECTION
from course.guards import (
    CHAPTERS,
    NOTEBOOKS,
    Finding,
    draws_pictures,
    is_folded,
    place,
    quizzes,
    read,
    snippet,
)

SECTIONS = 9
CODE_CELLS = 28
WORDS = 3_300
GUESSES = 3

GUESS = re.compile(r"guess first", re.I)
NOT_COUNTED = re.compile(
    r"\$\$.*?\$\$"  # displayed formulas
    r"|<details.*?</details>"
    r"|<!--.*?-->"
    r"|^\s*\|.*?$",  # tables
    re.S | re.M,
)
TARGET = re.compile(r"(?<=\])\([^)]*\)")  # of a link
CAPTION = re.compile(r"\*Figure ((?:\d+|[A-Z])\.\d+)\.\*")
NAMED = re.compile(r"\b[Ff]ig(?:ures?|s?\.)\s((?:\d+|[A-Z])\.\d+)(?!\.?\d)")


@dataclass(frozen=True)
class Length:
    """What the main line of a chapter has."""

    sections: int
    code_cells: int
    words: int
    guesses: int


def length(notebook: Any) -> Length:
    """Count what everybody reads of a chapter."""
    quiz = {number for number, _ in quizzes.cells(notebook)}
    texts = [
        cell.source
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "markdown" and number not in quiz
    ]
    return Length(
        sections=sum(len(SECTION.findall(text)) for text in texts),
        code_cells=sum(c.cell_type == "code" and not is_folded(c) for c in notebook.cells),
        words=sum(len(TARGET.sub("", NOT_COUNTED.sub(" ", text)).split()) for text in texts),
        guesses=sum(len(GUESS.findall(text)) for text in texts),
    )


def too_long(path: Path) -> Iterator[Finding]:
    """Find what a chapter has too much of."""
    here = length(read(path))
    for count, most, what in (
        (here.sections, SECTIONS, "numbered sections"),
        (here.code_cells, CODE_CELLS, "code cells"),
        (here.words, WORDS, "words"),
        (here.guesses, GUESSES, "questions to guess"),
    ):
        if count > most:
            yield Finding(
                path.name,
                f"the main line has {count} {what}, more than {most}",
                "leave out what does not carry the argument, fold it, or move it to an appendix.",
            )


def numbers(path: Path) -> list[str]:
    """Return the numbers of a notebook's captions, in order."""
    cells = read(path).cells
    found = (CAPTION.match(cell.source) for cell in cells if cell.cell_type == "markdown")
    return [match[1] for match in found if match]


@cache
def _figures_of_the_book() -> frozenset[str]:
    return frozenset(number for path in NOTEBOOKS if path.exists() for number in numbers(path))


def figures(path: Path) -> Iterator[Finding]:
    """Find pictures without a caption, wrong numbers, and figures that do not exist."""
    cells = read(path).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    sections = [number for text in texts for number, _ in SECTION.findall(text)]
    part = sections[0].split(".")[0] if sections else "?"
    how = "begin the next cell with *Figure {0}.* and one sentence that says what it shows."
    count = 0
    for number, cell in enumerate(cells, start=1):
        if not draws_pictures(cell):
            continue
        count += 1
        wanted = f"{part}.{count}"
        after = cells[number] if number < len(cells) else None
        caption = CAPTION.match(after.source) if after is not None else None
        if caption is None:
            yield Finding(place(path, number, cell), "a picture has no caption", how.format(wanted))
        elif caption[1] != wanted:
            yield Finding(
                place(path, number + 1, after),
                f"this is Figure {caption[1]}, and the notebook's figure {count}",
                f"number the figures in order: Figure {wanted}.",
            )
    known = _figures_of_the_book() | set(numbers(path))
    for number, cell in enumerate(cells, start=1):
        for named in NAMED.finditer(cell.source if cell.cell_type == "markdown" else ""):
            if named[1] not in known:
                yield Finding(
                    place(path, number, cell),
                    f"there is no Figure {named[1]}",
                    "name one that exists.",
                    snippet(cell.source, *named.span()),
                )


def check(path: Path) -> list[Finding]:
    """Return the findings of this guard in one notebook; only chapters have a limit."""
    limited = path.resolve() in CHAPTERS.values()
    return [*(too_long(path) if limited else ()), *figures(path)]
