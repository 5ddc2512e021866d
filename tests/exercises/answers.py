"""Read the answers to an exercise from their files, and run them as a notebook would."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from numbers import Number
from pathlib import Path
from typing import Any

import hidden
import nbformat
import numpy as np
import sympy as sp

from course import contents
from course.contents import ROOT, Exercise
from tests.exercises.wrong_answer_files import read_wrong_answers

EXERCISES = ROOT / "exercises"


@cache
def exercises() -> tuple[Exercise, ...]:
    """Return every exercise of the book, in order."""
    return contents.exercises()


def notebook(chapter: str, folder: str = "source") -> nbformat.NotebookNode:
    """Return a notebook of exercises: the ``source``, or the students' (``release``)."""
    return nbformat.read(EXERCISES / folder / chapter / f"{chapter}.ipynb", as_version=4)


def solution(exercise: Exercise) -> str:
    """Return the answer cell as its author wrote it."""
    return exercise.source("answer")


def unanswered(exercise: Exercise) -> str:
    """Return the answer cell as a student finds it."""
    region = r"(?ms)^( *)### BEGIN SOLUTION.*?### END SOLUTION"
    return re.sub(region, r"\1raise NotImplementedError", solution(exercise))


def alternatives(exercise: Exercise) -> dict[str, str]:
    """Return the right answers in another style, by name: cells that begin with ``# %% name``."""
    path = answer_file(exercise, "alternative", ".py")
    parts = re.split(r"(?m)^# %% (.+)\n", path.read_text(encoding="utf-8"))
    names = parts[1::2]
    assert len(set(names)) == len(names), f"{path.name}: a name occurs twice"
    return dict(zip(names, parts[2::2], strict=True))


def wrong_answers(exercise: Exercise) -> dict[str, str]:
    """Return the wrong answers by the misconception that each must be told."""
    path = answer_file(exercise, "wrong", ".diff")
    return read_wrong_answers(path.read_text(encoding="utf-8"), solution(exercise), path.name)


def answer_file(exercise: Exercise, folder: str, suffix: str) -> Path:
    """Return the one file with answers to an exercise in ``wrong`` or ``alternative``."""
    name = f"{exercise.number.replace('.', '_')}_*{suffix}"
    found = sorted((EXERCISES / folder / exercise.chapter).glob(name))
    if len(found) != 1:
        raise ValueError(
            f"exercises/{folder}/{exercise.chapter} must hold one file {name}, "
            f"but has {len(found)}: give exercise {exercise.number} one"
        )
    return found[0]


def run(exercise: Exercise, answer: str) -> dict[str, Any]:
    """Execute an answer after the notebook's setup cell; return the namespace."""
    namespace = dict(_after_setup(exercise.chapter))
    exec(compile(answer, f"exercise-{exercise.number}", "exec"), namespace)
    return namespace


@cache
def _after_setup(chapter: str) -> dict[str, Any]:
    (setup,) = (
        cell.source
        for cell in notebook(chapter).cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "setup"
    )
    namespace: dict[str, Any] = {}
    exec(compile(setup, f"{chapter}-setup", "exec"), namespace)
    return namespace


def run_visible_checks(exercise: Exercise, answer: str) -> None:
    """Run the checks that students see; the first that fails raises `Mistake`."""
    namespace = run(exercise, answer)
    exec(compile(exercise.source("visible"), f"visible-{exercise.number}", "exec"), namespace)


def run_hidden_checks(exercise: Exercise, answer: str, seed: str = "") -> None:
    """Run the checks that grade; the first that fails raises `Mistake`."""
    namespace = run(exercise, answer)
    functions = [namespace[name] for name in exercise.functions]
    hidden.check(exercise.number, *functions, source=answer, seed=seed)


def kind_of_value(value: Any) -> Any:
    """Return the kind of a value: an array of some shape, a number, a table, ..."""
    if isinstance(value, bool | np.bool_):
        return "truth"
    if isinstance(value, list | tuple):
        return ("several", tuple(map(kind_of_value, value)))
    if isinstance(value, Number | Fraction | sp.Expr) or (np.ndim(value) == 0 and _is_float(value)):
        return "number"
    if isinstance(value, np.ndarray) or hasattr(value, "detach"):
        return ("array", tuple(value.shape))
    if isinstance(value, dict):
        return (
            "table",
            tuple(sorted((str(key), kind_of_value(item)) for key, item in value.items())),
        )
    return type(value).__name__


def _is_float(value: Any) -> bool:
    return hasattr(value, "__float__") and not isinstance(value, str)
