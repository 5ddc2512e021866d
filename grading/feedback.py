"""A student's page of feedback, from a graded notebook, its points and its comments.

The page stands alone: it asks the network for nothing, and runs nothing. Whatever came from a
student, formulas included, is shown as the text that it is.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from nbconvert.filters import strip_ansi
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution

from course.contents import Chapter

NO_RESPONSE = "No response."  # nbgrader's comment on an answer that is still the stub
CHECKS = {"visible": "The checks that you can see", "hidden": "The checks that run at grading"}
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


@dataclass
class _Part:
    """A cell, as the page shows it; without a source, its outputs alone."""

    heading: str
    source: str | None = None
    outputs: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _Task:
    """An exercise, as the page shows it."""

    number: str
    title: str
    points: float = 0
    most: float = 0
    passed: dict[str, bool] = field(default_factory=dict)
    is_written: bool = False
    is_blank: bool = False
    waits: bool = False
    comments: list[str] = field(default_factory=list)
    parts: list[_Part] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"exercise-{self.number.replace('.', '-')}"

    @property
    def earned(self) -> str:
        return f"{self.points:g}"

    @property
    def possible(self) -> str:
        return f"{self.most:g}"

    @property
    def result(self) -> str:
        """What to say of it in a few words; the page writes a full stop after them."""
        if self.waits and self.points:
            return "Nobody has read this version yet; the points are those of the one before"
        if self.waits:
            return "Nobody has read this answer yet"
        if self.is_blank:
            return "Not answered"
        if self.is_written:
            return "Read and graded"
        if all(self.passed.values()):
            return "All checks passed"
        if not any(self.passed.values()):
            return "No check passed"
        if self.passed.get("visible"):
            return "The checks that you can see passed, those that run at grading did not"
        return "The checks that run at grading passed, those that you can see did not"


@functools.cache  # compiling it takes longer than filling it in
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("feedback.html.j2")


@functools.cache
def _title(chapter: str) -> str:
    this = Chapter(chapter)
    return f"Exercises {this.number} · {this.title}" if this.path.exists() else chapter


def page(
    chapter: str,
    graded: Any,
    points: Mapping[str, float],
    comments: Mapping[str, str],
    waiting: Collection[str] = (),
) -> str:
    """Return the page as HTML; the notebook stays as it is.

    Parameters
    ----------
    chapter : str
        Such as ``01_likelihood``; it becomes the title.
    graded : NotebookNode
        The notebook, with the outputs of its checks.
    points : mapping of str to float
        By the ``grade_id`` of each cell with points.
    comments : mapping of str to str
        By the ``grade_id`` of the cells that were commented.
    waiting : collection of str
        The ``grade_id`` of each cell that somebody has yet to read.
    """
    tasks: dict[str, _Task] = {}
    before = _Task("", "Before the exercises")
    current = before
    for cell in graded.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        kind, _, number = name.partition("-")
        if not number:
            if cell.cell_type == "code" or (current is not before and cell.source.strip()):
                current.parts += _own(cell, name)
            continue
        number = number.replace("-", ".")
        current = tasks.setdefault(number, _Task(number, f"Exercise {number}"))
        if name in points:
            current.points += points[name]
            current.most += float(cell.metadata.nbgrader["points"])
            current.waits |= name in waiting
        if comment := comments.get(name):
            if comment == NO_RESPONSE:
                current.is_blank = True
            else:
                current.comments.append(_printable(comment))
        if kind in ("statement", "question"):
            current.title = cell.source.partition("\n")[0].lstrip("# ").strip()
        elif kind in CHECKS:
            passed = all(o.output_type != "error" for o in cell.get("outputs", []))
            current.passed[kind] = passed
            heading = f"{CHECKS[kind]}: {'passed' if passed else 'not passed'}"
            current.parts.append(_Part(heading, outputs=_outputs(cell)))
        elif is_solution(cell):
            current.is_written |= kind == "written"
            answer = _Part("Your answer", _printable(cell.source), _outputs(cell))
            current.parts.append(answer)
    unread = sum(task.waits for task in tasks.values())
    return _template().render(
        title=_title(chapter),
        earned=f"{sum(task.points for task in tasks.values()):g}",
        possible=f"{sum(task.most for task in tasks.values()):g}",
        unread="" if not unread else "one answer" if unread == 1 else f"{unread} answers",
        tasks=list(tasks.values()),
        sections=[*([before] if before.parts else []), *tasks.values()],
    )


def _own(cell: Any, name: str) -> list[_Part]:
    """Return a cell without points: the student's own, or the first one if it said something."""
    outputs = _outputs(cell)
    if name:
        return [_Part("The first cell", outputs=outputs)] if outputs else []
    if not cell.source.strip() and not outputs:
        return []
    return [_Part("A cell of your own", _printable(cell.source), outputs)]


def _outputs(cell: Any) -> list[tuple[str, str]]:
    """Return pictures, and texts under what they are."""
    found = []
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            lines = output.get("traceback") or [f"{output.ename}: {output.evalue}"]
            found.append(("It said:", "\n".join(map(str, lines))))
        elif output.output_type == "stream":
            found.append(("It printed:", str(output.text)))
        else:
            picture = str(output.get("data", {}).get("image/png", ""))
            if BASE64.fullmatch(picture):
                found.append(("image", "".join(picture.split())))
            elif text := output.get("data", {}).get("text/plain", ""):
                found.append(("It showed:", str(text)))
    return [(kind, _printable(text)) for kind, text in found]


def _printable(text: str) -> str:
    return UNPRINTABLE.sub("\ufffd", strip_ansi(text))


def automatic(graded: Any) -> tuple[dict[str, float], dict[str, str], list[str]]:
    """Return the points and comments that nbgrader gives by itself, and what it leaves to others.

    Returns
    -------
    points, comments : dict
        By ``grade_id``.
    waiting : list of str
        The ``grade_id`` of each cell that somebody has to read.
    """
    points: dict[str, float] = {}
    comments: dict[str, str] = {}
    waiting = []
    for cell in graded.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if is_grade(cell):
            score = determine_grade(cell)[0]
            points[name] = float(score or 0)
            if score is None:
                waiting.append(name)
        if is_solution(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell):
            comments[name] = NO_RESPONSE
    return points, comments, waiting


def digest(
    points: Mapping[str, float], comments: Mapping[str, str], waiting: Collection[str] = ()
) -> str:
    """Return a checksum of what a page shows besides the notebook."""
    given = {name: text for name, text in comments.items() if text}
    shown = json.dumps([dict(points), given, sorted(waiting)], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()
