"""No attempt earns a point that it should not, or keeps the judge for longer than its time."""

from __future__ import annotations

import os
import time
from functools import cache
from typing import Any

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell

from grading import fence
from grading.judge.start import judge_notebook
from tests.exercises.answers import exercises
from tests.grading.judge.attacks import CHEATS, STORMS, Attack
from tests.grading.notebooks import FIRST, answered, fenced, grade_id, notebook

CELL_SECONDS = 3
OTHER = "1.4"  # an exercise with a right answer in the same notebook
# These earn the visible point: "refuses bad input" and the like are not asked for there.


def with_attack(attack: Attack) -> nbformat.NotebookNode:
    """Return a notebook with two exercises: the attacked one, and one that is right."""
    key = f"answer_{attack.number.replace('.', '_')}"
    given = answered(FIRST, **{key: attack.answer})
    hidden = {grade_id(cell): cell.source for cell in notebook(FIRST, "source").cells}
    wanted = [n.replace(".", "-") for n in (attack.number, OTHER)]
    cells = []
    for cell in given.cells:
        name = grade_id(cell)
        if cell.cell_type != "code" or not name.endswith((*wanted, "setup")):
            continue
        if name.startswith("hidden"):
            cell.source = hidden[name]
        if name == f"answer-{wanted[0]}" and attack.before:
            cells.append(new_code_cell(attack.before))
        cells.append(cell)
    if attack.after:
        cells.append(new_code_cell(attack.after))
    given.cells = cells
    return given


@cache
def judged(attack: Attack) -> tuple[nbformat.NotebookNode, float]:
    """Return the notebook with its outputs, and how long that took."""
    began = time.monotonic()
    done = judge_notebook(
        with_attack(attack),
        [attack.number, OTHER],
        own_user=os.getuid() == 0 and fenced(),
        memory=1536,
        cell_seconds=CELL_SECONDS,
        seconds=60,
    )
    return nbformat.from_dict(done), time.monotonic() - began


def earned(done: nbformat.NotebookNode, number: str) -> dict[str, bool]:
    """Return which checks of an exercise passed, as nbgrader counts."""
    passed = {}
    for cell in done.cells:
        name = grade_id(cell)
        if name.endswith(number.replace(".", "-")) and not name.startswith("answer"):
            bad = [
                o
                for o in cell["outputs"]
                if o["output_type"] == "error" or o.get("name") == "stderr"
            ]
            passed[name.split("-")[0]] = not bad
    return passed
