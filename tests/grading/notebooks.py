"""Shared by the tests of grading: submitted notebooks, settings, and results."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import nbformat

from course import contents
from grading import fence
from grading.model import EXERCISES, Settings

CHAPTERS = [chapter.name for chapter in contents.chapters() if chapter.exercises]
FIRST = "01_likelihood"


def notebook(chapter: str, folder: str = "release") -> nbformat.NotebookNode:
    return nbformat.read(EXERCISES / folder / chapter / f"{chapter}.ipynb", as_version=4)


def grade_id(cell: nbformat.NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def answered(chapter: str, **changed: str) -> nbformat.NotebookNode:
    """Return a released notebook with the solutions in it, some answers changed."""
    given = notebook(chapter)
    solutions = {grade_id(cell): cell.source for cell in notebook(chapter, "source").cells}
    for cell in given.cells:
        name = grade_id(cell)
        if name.startswith("answer"):
            cell.source = changed.get(name.replace("-", "_"), solutions[name])
    return given


def fenced() -> bool:
    """Return whether a student's process gets a view of its own; containers may forbid it."""
    return fence.means(os.getuid() == 0) == "walls"


def settings(chapter: str, folder: Path, out: Path, **options: object) -> Settings:
    out.mkdir(exist_ok=True)
    return Settings(chapter, folder, out, as_root=os.getuid() == 0 and not fenced(), **options)  # type: ignore[arg-type]


def points(out: Path) -> dict[str, dict[str, str]]:
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}
