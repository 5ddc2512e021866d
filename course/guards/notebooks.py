"""The form of a committed notebook: executed in order, clean outputs, figures described."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

from course.execute import normalise, to_bytes
from course.guards import (
    Finding,
    alt_text,
    draws,
    figure_texts,
    is_picture,
    output_texts,
    place,
    read,
    snippet,
)
from course.guards.tokens import Number, clean, numbers, printed, quotes

ALT_LENGTH = 60
CELL_LINES = 15
IGNORED_SHARE = 0.05
SVG_BYTES = 150_000
IGNORE_TAGS = {"nbval-ignore-output", "nbval-skip"}
IGNORE_COMMENTS = re.compile(r"NBVAL_(?:IGNORE_OUTPUT|SKIP)")
FORBIDDEN = (
    (
        re.compile(
            r"(?<![\w.:/])/(?:home|Users|root|work|tmp|usr|opt|var|mnt|private)/|site-packages"
            # an absolute path, but not a fraction (1/2/3, (a)/b/c), a unit or a closing tag
            r"|(?<![\w.:/<)\]}])/[\w.-]+/[\w.-]+|\bfile:/|(?<![\w/])~\w*/|\b[A-Z]:\\"
        ),
        "an absolute path is in an output",
        "print nothing that belongs to one machine: a file's name, not its path.",
    ),
    (
        re.compile(r"\b0x[0-9a-f]{6,}|\bat 0x[0-9a-f]+", re.I),
        "a memory address is in an output",
        "it differs in every run: end the cell on something else, or on a semicolon.",
    ),
    (
        re.compile(
            r"\bnp\.(?:float|int|uint|bool|str|complex)\w*\("
            r"|\b(?:array|tensor)\(|[0-9]*\.[0-9]{12,}(?:e[-+]?[0-9]+)?"
        ),
        "a bare float, array or NumPy scalar is in an output",
        'print it as a string with its unit: print(f"{x:.6f} nats").',
    ),
)
# Parts of an output that may look like a path or a number but are neither.
HARMLESS = re.compile(r"https?://[^\s<>\"']*|data:image/[\w+.-]+;base64,[\w+/=\s]+")
REFERENCES = re.compile(
    r"(?:\b(?:chapter|section|figure|fig\.|ch\.)|§)\s*\d+(?:\.\d+)*"
    r"|(?:\b(?:chapters|sections|figures|figs\.)|§§)(?:(?:\s|,|and|or|to|–|-)+\d+(?:\.\d+)*)+",
    re.I,
)


def normal_form(notebook: Any) -> bytes:
    """Return the bytes that ``make execute`` would commit for this notebook."""
    notebook = copy.deepcopy(notebook)
    normalise(notebook)
    return to_bytes(notebook)


def _tags(cell: Any) -> set[str]:
    return set(cell.metadata.get("tags", []))


def _outputs(path: Path, number: int, cell: Any) -> list[Finding]:
    """Find forbidden text in outputs."""
    where, found = place(path, number, cell), []
    for kind, text in output_texts(cell):
        if kind in ("stderr", "error"):
            found.append(
                Finding(
                    where,
                    f"an output of the kind {kind}",
                    "fix the cause of the warning; show an error that teaches with "
                    "try / except ValueError as error: print(error).",
                    snippet(text, 0, 0, 120),
                )
            )
            continue
        for pattern, problem, mend in FORBIDDEN:
            plain = HARMLESS.sub("", text)
            match = pattern.search(plain)
            if match:
                found.append(Finding(where, problem, mend, snippet(plain, *match.span())))
    return found


def _names_a_number(alt: str, known: list[Number]) -> bool:
    """Return whether an alt text contains a number of its figure or of the chapter's outputs."""
    plain = clean(REFERENCES.sub(" ", alt))
    return any(quotes(number, source) for number in numbers(plain) for source in known)


def _pictures(
    path: Path, number: int, cell: Any, seen: dict[str, int], outputs: list[Number]
) -> list[Finding]:
    """Find pictures without an alt text of their own, and SVG that is too large.

    ``outputs`` are the numbers that the chapter has printed.
    """
    where, found = place(path, number, cell), []
    pictures = [
        (kind, data)
        for output in cell.outputs
        for kind, data in output.get("data", {}).items()
        if draws(kind, data)
    ]
    if not pictures:
        return []
    alt = alt_text(cell)
    how = f"let metadata.mystnb.image.alt say what is seen, with numbers, in {ALT_LENGTH}+ letters."
    if sum(is_picture(output) for output in cell.outputs) > 1:
        found.append(
            Finding(where, "one cell shows two pictures", "give each a cell and alt text.")
        )
    if len(alt) < ALT_LENGTH:
        found.append(Finding(where, f"the alt text has {len(alt)} characters", how, alt))
    elif not _names_a_number(
        alt, outputs + [number for text in figure_texts(cell) for number in printed(text)]
    ):
        found.append(Finding(where, "the alt text holds no number of the figure", how, alt))
    if alt and alt in seen:
        found.append(Finding(where, f"the alt text is that of cell {seen[alt]} too", how, alt))
    seen.setdefault(alt, number)
    for kind, data in pictures:
        size = len(("".join(data)).encode())
        if kind in ("image/svg+xml", "text/html") and size > SVG_BYTES:
            found.append(
                Finding(
                    where,
                    f"the SVG has {size} bytes, more than {SVG_BYTES}",
                    "draw fewer points, or rasterise a grid of pictures.",
                )
            )
    return found


def _ignored(path: Path, code: list[tuple[int, Any]]) -> list[Finding]:
    """Find cells that nbval skips without a reason, and too many such cells."""
    cells = [
        (number, cell)
        for number, cell in code
        if _tags(cell) & IGNORE_TAGS or IGNORE_COMMENTS.search(cell.source)
    ]
    found = [
        Finding(
            place(path, number, cell),
            "its output is not compared and no reason is given",
            'say why in the cell\'s metadata: "nbval_reason": "...".',
        )
        for number, cell in cells
        if not str(cell.metadata.get("nbval_reason", "")).strip()
    ]
    if len(cells) > IGNORED_SHARE * len(code):
        found.append(
            Finding(
                path.name,
                f"{len(cells)} of {len(code)} code cells are not compared "
                f"(cells {', '.join(str(number) for number, _ in cells)})",
                f"at most {IGNORED_SHARE:.0%} may be: make their outputs the same in every run.",
            )
        )
    return found


def check(path: Path) -> list[Finding]:
    """Return the findings of this guard in one chapter."""
    notebook = read(path)
    found: list[Finding] = []
    code = [(n, c) for n, c in enumerate(notebook.cells, start=1) if c.cell_type == "code"]
    seen: dict[str, int] = {}
    outputs = [
        shown
        for _, cell in code
        for kind, text in output_texts(cell)
        if kind not in ("stderr", "error")
        for shown in printed(text)
    ]
    for count, (number, cell) in enumerate(code, start=1):
        where = place(path, number, cell)
        if cell.execution_count != count:
            found.append(
                Finding(
                    where,
                    f"execution count {cell.execution_count}, expected {count}",
                    "run the whole chapter: make execute.",
                )
            )
        lines = sum(1 for line in cell.source.splitlines() if line.strip())
        if lines > CELL_LINES:
            found.append(
                Finding(
                    where,
                    f"{lines} lines of code, more than {CELL_LINES}",
                    "split the cell, or move a long figure to lib/figures.",
                )
            )
        found += _outputs(path, number, cell)
        found += _pictures(path, number, cell, seen, outputs)
    found += _ignored(path, code)
    ids = [cell.get("id") for cell in notebook.cells]
    for number, cell in enumerate(notebook.cells, start=1):
        if ids[number - 1] is None or ids.index(ids[number - 1]) != number - 1:
            found.append(
                Finding(
                    place(path, number, cell), "a missing or repeated id", "give the cell its own."
                )
            )
        match = re.search(r"^%%%.*", cell.source, re.M)
        if match:
            found.append(
                Finding(place(path, number, cell), "a leftover of %%%", "remove it.", match[0])
            )
    if None not in ids and len(set(ids)) == len(ids) and path.read_bytes() != normal_form(notebook):
        found.append(
            Finding(
                path.name,
                "the file is not in its normal form",
                "store it with `make execute`, not from the editor alone.",
            )
        )
    return found
