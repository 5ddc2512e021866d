"""Every number in the text with 3 or more significant digits is one that a cell has printed.

A number in the text must be the correct rounding of a number printed in the same chapter, or of a
golden number. Pages without cells, and the supplements, may quote every notebook.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from course.guards import (
    NOTEBOOKS,
    SUPPLEMENTS,
    Finding,
    alt_text,
    figure_texts,
    output_texts,
    place,
    read,
    snippet,
)
from course.guards.golden import GOLDEN
from course.guards.lint_code import comments
from course.guards.tokens import Number, clean, exact, numbers, printed, quotes

DIGITS = 3
# Pages of facts about files and books: byte counts, checksums, volumes and pages.
NOT_READ = ("data.md", "instructors.md", "references.md")

_YEAR = r"(?:19\d\d|20[0-2]\d|2030)(?![\d/]|[.,]\d|[\s\u202f\u2009]\d|\s*%)"
_NAME = r"(?-i:[A-Z][\w’'-]+)"
# A year is followed by punctuation, a capital letter or such a word, not by a unit.
_AFTER_YEAR = (
    r"(?![\w-]|\s+(?!(?:and|or|to|by|as|he|she|it|they|the|that|with|was|had|when|for|in|on|who"
    r"|then|an?)\b)(?-i:[a-z]))"
)
_NO_UNIT = r"(?!\s*(?:\(?(?:nats?|bits?)\b|%))"
_SECTION = rf"\d\.\d\d?(?!\.?\d){_NO_UNIT}"

# Numbers that are not results. Each pattern is blanked out before the numbers are read.
ALLOW = (
    # references: section 2.10, figures 3.1 and 3.2, §4.11, a numbered heading
    rf"(?:\bsections|\bfigures|\bfigs\.|\btables|§§)\s*{_SECTION}"
    rf"(?:(?:\s|,|and|or|to|–|-)+\d\.1?\d(?!\.?\d){_NO_UNIT})*",
    rf"(?:\bsection|\bfigure|\bfig\.|\btable|§)\s*{_SECTION}",
    r"^#+\s*\d+(?:\.\d+)*\.?(?=\s)",
    # pages and volumes of a printed source: p. 29, pp. 379–423, vol. 27
    r"\b(?:pp?\.|pages?|vol\.|volume)\s*\d+(?:\s*[–-]\s*\d+)?",
    # addresses and identifiers: links, DOI, arXiv, ISBN, checksums, versions of software
    r"\]\([^)\s]*\)",
    r"https?://[^\s)>]+",
    r"\b10\.\d{4,}/\S+",
    r"arXiv:\s*\d+\.\d+",
    r"ISBN[-\d\sX:]+",
    r"\b[0-9a-f]{16,}\b",
    r"\b\d+\.\d+\.\d+(?:\.\d+)*\b",
    r"\bpy(?:thon)?[\s-]*3\.\d\d(?!\d)(?:\s*(?:to|and|or|,|–)\s*3\.\d\d(?!\d))*",
    # times and sizes of files, which differ from machine to machine
    r"\b\d+(?:\.\d+)?\s?(?:m?s|seconds|minutes|[kMG]B|bytes)\b",
    # sizes of pictures on the screen
    r"\b\d+px\b",
    # tags and comments, which readers do not see
    r"<!--.*?-->",
    r"</?(?:a|b|i|em|strong|br|p|div|span|img|table|thead|tbody|tr|td|th|details|summary|sub|sup|code"
    r"|kbd|figure|figcaption|ul|ol|li|h\d)\b[^<>]*>",
    # years: (1948), (Shannon 1948; Kullback and Leibler, 1951), Shannon 1948, in 1948, since 1948
    rf"\((?:{_NAME}[^()\d;]*)?{_YEAR}[a-z]?(?:;\s*{_NAME}[^()\d;]*{_YEAR}[a-z]?)*\)",
    rf"\b{_NAME}(?:\s+et\s+al\.?)?,?\s+\(?{_YEAR}[a-z]?(?!\w|\s+(?-i:[a-z]))",
    rf"\b(?:in|since)\s+{_YEAR}{_AFTER_YEAR}",
    r"(?<!loss )(?<!entropy )(?<!total )(?<!sum )(?<!mean )(?<!average )(?<!surprise )(?<!cost )"
    rf"\bof\s+{_YEAR}{_AFTER_YEAR}",
    # the shape of the network of chapter 5: 784–128–10
    r"\b784\s*(?:[–→-]|to|×)\s*128\s*(?:[–→-]|to|×)\s*(?:ReLU\s*(?:[–→-]|to|×)\s*)?10\b",
)
_ALLOWED = re.compile("|".join(f"(?:{pattern})" for pattern in ALLOW), re.I | re.M | re.S)
_FRACTION_PARTS = tuple(
    exact(part)
    for golden in GOLDEN
    if golden.number.place is None
    for part in (golden.number.value.numerator, golden.number.value.denominator)
)


def golden_numbers() -> list[Number]:
    """Return the exact golden numbers, and the numerators and denominators of fractions."""
    return [golden.number for golden in GOLDEN] + list(_FRACTION_PARTS)


def printed_numbers(notebook: Any) -> list[Number]:
    """Return every number printed in a chapter's outputs."""
    return [
        number
        for cell in notebook.cells
        if cell.cell_type == "code"
        for kind, text in output_texts(cell)
        if kind not in ("stderr", "error")
        for number in printed(text)
    ]


def unknown(text: str, sources: Iterable[Number]) -> Iterator[tuple[Number, int, str]]:
    """Yield the numbers of a text that are not roundings of a source, with line and snippet."""
    sources = list(sources)
    plain = clean(_ALLOWED.sub(lambda match: re.sub(r"[^\n]", "§", match[0]), text))
    for number in numbers(plain):
        if number.digits < DIGITS or any(quotes(number, source) for source in sources):
            continue
        if number.parts and all(any(quotes(p, s) for s in sources) for p in number.parts):
            continue  # "156,150" without its space: two numbers, both known
        line = plain.count("\n", 0, number.start) + 1
        yield number, line, re.sub("§+", "…", snippet(plain, number.start, number.end))


def _findings(where: str, text: str, sources: list[Number]) -> list[Finding]:
    return [
        Finding(
            f"{where}, line {line}",
            f"the number {number.text}{' %' if number.percent else ''} is printed by no cell",
            "print it (with as many digits or more), round it correctly, or leave it out.",
            piece,
        )
        for number, line, piece in unknown(text, sources)
    ]


def check(path: Path) -> list[Finding]:
    """Return the findings of this guard in one chapter, or in one Markdown page."""
    if path.name in NOT_READ:
        return []
    known = golden_numbers()
    if path.suffix == ".md" or path.resolve() in SUPPLEMENTS:
        for other in NOTEBOOKS:
            if other.exists():
                known += printed_numbers(read(other))
    if path.suffix == ".md":
        return _findings(path.name, path.read_text(encoding="utf-8"), known)
    notebook = read(path)
    known += printed_numbers(notebook)
    found = []
    for index, cell in enumerate(notebook.cells, start=1):
        where = place(path, index, cell)
        if cell.cell_type != "code":
            found += _findings(where, cell.source, known)
            continue
        found += _findings(f"{where}, comments", "\n".join(comments(cell.source)), known)
        in_figures = [number for text in figure_texts(cell) for number in printed(text)]
        found += _findings(f"{where}, alt text", alt_text(cell), known + in_figures)
    return found
