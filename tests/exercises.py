"""What the tests of the exercises read: source notebooks, and answers in percent cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from numbers import Number
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import sympy as sp

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = ROOT / "exercises"
HEADER = re.compile(
    r"(?m)^(?P<stars>★{1,4}) · objectives? (?P<objectives>\d(?: and \d|, \d)*) · "
    r"about (?P<minutes>\d+) minutes · (?P<points>\d+) points$"
)
TITLE = re.compile(r"^## Exercise (?P<number>\d\.\d) · (?P<title>.+)\n")


@dataclass(frozen=True)
class Source:
    """One exercise as its author wrote it; ``cells`` are by kind: statement, answer, ..."""

    chapter: str
    number: str
    setup: str
    cells: dict[str, Any]

    def __str__(self) -> str:
        return self.number

    @property
    def answer(self) -> str:
        return self.cells["answer"].source

    @property
    def visible(self) -> str:
        return self.cells["visible"].source

    @property
    def header(self) -> re.Match[str]:
        found = HEADER.search(self.cells["statement"].source)
        assert found, f"exercise {self.number} has no line '★ · objective 1 · about ...'"
        return found

    @property
    def functions(self) -> list[str]:
        """The names that the hidden cell hands over, in its order."""
        found = re.search(r"grade\(([^)]*)\)", self.cells["hidden"].source)
        assert found
        return [name.strip() for name in found[1].split(",")[1:]]


def notebook(chapter: str, folder: str = "source") -> nbformat.NotebookNode:
    return nbformat.read(EXERCISES / folder / chapter / f"{chapter}.ipynb", as_version=4)


@cache
def sources() -> tuple[Source, ...]:
    """Return every exercise, in order."""
    found = []
    for path in sorted((EXERCISES / "source").glob("*/*.ipynb")):
        by_number: dict[str, dict[str, Any]] = {}
        setup = ""
        for cell in notebook(path.stem).cells:
            kind, _, number = cell.metadata.get("nbgrader", {}).get("grade_id", "").partition("-")
            if kind == "setup":
                setup = cell.source
            elif number:
                by_number.setdefault(number.replace("-", "."), {})[kind] = cell
        found += [Source(path.stem, n, setup, cells) for n, cells in by_number.items()]
    return tuple(found)


@cache
def _setup(chapter: str, source: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(compile(source, f"{chapter}-setup", "exec"), namespace)
    return namespace


def run(this: Source, answer: str) -> dict[str, Any]:
    """Execute an answer after the notebook's setup cell; return the namespace."""
    namespace = dict(_setup(this.chapter, this.setup))
    exec(compile(answer, f"exercise-{this.number}", "exec"), namespace)
    return namespace


def answers(this: Source, folder: str) -> dict[str, str]:
    """Return the percent cells of an exercise's file in ``wrong`` or ``alternative``, by name."""
    number = this.number.replace(".", "_")
    (path,) = sorted((EXERCISES / folder / this.chapter).glob(f"{number}_*.py"))
    parts = re.split(r"(?m)^# %% (.+)\n", path.read_text(encoding="utf-8"))
    names = parts[1::2]
    assert len(set(names)) == len(names), f"{path.name}: a name occurs twice"
    return dict(zip(names, parts[2::2], strict=True))


def all_answers(folder: str) -> list[tuple[Source, str, str]]:
    return [(this, *named) for this in sources() for named in answers(this, folder).items()]


def stub(answer: str) -> str:
    """Return the answer cell as a student finds it."""
    region = r"(?ms)^( *)### BEGIN SOLUTION.*?### END SOLUTION"
    return re.sub(region, r"\1raise NotImplementedError", answer)


def kind(value: Any) -> Any:
    """Return what kind of thing a value is, so that a wrong answer can be of the right kind."""
    if isinstance(value, bool | np.bool_):
        return "truth"
    if isinstance(value, list | tuple):
        return ("several", tuple(map(kind, value)))
    if isinstance(value, Number | Fraction | sp.Expr) or (np.ndim(value) == 0 and _is_float(value)):
        return "number"
    if isinstance(value, np.ndarray) or hasattr(value, "detach"):
        return ("array", tuple(value.shape))
    if isinstance(value, dict):
        return ("table", tuple(sorted((str(key), kind(item)) for key, item in value.items())))
    return type(value).__name__


def _is_float(value: Any) -> bool:
    return hasattr(value, "__float__") and not isinstance(value, str)
