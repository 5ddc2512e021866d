"""Assign part of a chapter: take the other exercises out of its notebook.

What was released decides what is graded, so that nothing has to be said twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from course.contents import Chapter
from grading.model import EXERCISES

HOW_MANY = re.compile(r"(?m)^\w+ exercises and \w+ written ones on ")
WRITTEN = re.compile(r"(?m)^The last \w+ exercises are written\. ([^\n]*)(?:\n\n|\Z)")


def numbers(notebook: Mapping[str, Any]) -> list[str]:
    """Return the exercises in a notebook, in order, by its marked cells.

    Parameters
    ----------
    notebook : mapping
        As JSON has it.
    """
    return list(dict.fromkeys(filter(None, map(_number, notebook["cells"]))))


def released(chapter: str, exercises: Path = EXERCISES) -> tuple[str, ...]:
    """Return the exercises of a chapter that were released; empty if all were, or none yet.

    Parameters
    ----------
    chapter : str
        Such as ``01_likelihood``.
    exercises : Path
        The folder with ``source`` and ``release``.
    """
    paths = [exercises / part / chapter / f"{chapter}.ipynb" for part in ("source", "release")]
    if not all(path.exists() for path in paths):
        return ()
    whole, part = (numbers(json.loads(path.read_text(encoding="utf-8"))) for path in paths)
    return () if part == whole else tuple(part)


def parse(text: str, chapters: Collection[Chapter]) -> dict[str, list[str]]:
    """Return what ``EXERCISES="1.1 1.3"`` chooses, by the names of the chapters.

    Parameters
    ----------
    text : str
        Numbers with spaces or commas between them.
    chapters : collection of Chapter
        Those with exercises.

    Raises
    ------
    ValueError
        If it names no exercise, or one that is not there.
    """
    wanted = list(dict.fromkeys(re.split(r"[\s,;]+", text.strip(" \t\n,;"))))
    known = {t.number: c.name for c in chapters for t in (*c.exercises, *c.written)}
    if unknown := [number for number in wanted if number not in known]:
        raise ValueError(
            f"EXERCISES={text!r}: there is no exercise {', '.join(map(repr, unknown))}; write "
            'their numbers, such as EXERCISES="1.1 1.3"'
        )
    chosen: dict[str, list[str]] = {}
    for number in sorted(wanted, key=list(known).index):
        chosen.setdefault(known[number], []).append(number)
    return chosen


def keep(path: Path, chosen: Collection[str]) -> None:
    """Take all other exercises out of a source notebook, and say in its first cell which are left.

    Parameters
    ----------
    path : Path
        The notebook; it is written anew.
    chosen : collection of str
        Numbers such as ``1.1``.

    Raises
    ------
    ValueError
        If the first cell does not say, in words that are known, how many exercises there are.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = notebook["cells"]
    written = [_number(cell) for cell in cells if _kind(cell) == "written"]
    left = [number for number in numbers(notebook) if number in chosen]
    text, found = HOW_MANY.subn(f"{_named(left)} on ", "".join(cells[0]["source"]))
    told = WRITTEN.search(text)
    if found != 1 or not told:
        raise ValueError(
            f"{path.name}: the first cell must begin a paragraph with 'Seven exercises and two "
            "written ones on', and another one with 'The last two exercises are written.', so that "
            "both can follow from what is assigned"
        )
    asked = [number for number in written if number in left]
    is_or_are = "is" if len(asked) == 1 else "are"
    rest = f"{_named(asked)} {is_or_are} written. {told[1]}\n\n" if asked else ""
    cells[0]["source"] = f"{text[: told.start()]}{rest}{text[told.end() :]}".rstrip().splitlines(
        keepends=True
    )
    notebook["cells"] = [cell for cell in cells if _number(cell) in ("", *left)]
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _named(chosen: list[str]) -> str:
    """Return ``Exercise 1.1``, or ``Exercises 1.1, 1.2 and 1.3``."""
    *most, last = chosen or [""]
    return f"Exercises {', '.join(most)} and {last}" if most else f"Exercise {last}"


def _grade_id(cell: Mapping[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _kind(cell: Mapping[str, Any]) -> str:
    return _grade_id(cell).partition("-")[0]


def _number(cell: Mapping[str, Any]) -> str:
    """Return the exercise of a cell; empty for one that belongs to all of them."""
    return _grade_id(cell).partition("-")[2].replace("-", ".")
