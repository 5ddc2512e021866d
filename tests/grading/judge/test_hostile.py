"""No attempt earns a point that it should not, or keeps the judge for longer than its time."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from grading.grade_one import symptoms
from grading.judge.session import TOO_LONG
from grading.judge.start import judge_notebook
from tests.grading.judge.attacks import CHEATS, STORMS, Attack
from tests.grading.notebooks import FIRST, answered, fenced, grade_id, notebook

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not fenced(), reason="this system gives a process no namespaces"),
]
CELL_SECONDS = 2
OTHER = "1.4"  # an exercise with a right answer in the same notebook
# A storm that is over with its own exercise. The others break the process that all later cells
# come from, which is the student's own loss: they earn nothing for it.
KEEPS_OTHERS = [name for name in STORMS if name not in ("never reads", "drips one byte a second")]


@pytest.fixture(scope="module", autouse=True)
def _several_at_a_time(request: pytest.FixtureRequest) -> None:
    """Judge what the tests ask for. Most of the time is spent waiting for limits."""
    attacks = {**CHEATS, **STORMS}
    names = {
        item.callspec.params["name"]: None
        for item in request.session.items
        if item.path == request.path and hasattr(item, "callspec")
    }
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(judged, [attacks[name] for name in names]))


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
def judged(
    attack: Attack, cell_seconds: float = CELL_SECONDS
) -> tuple[nbformat.NotebookNode, float]:
    """Return the notebook with its outputs, and how long that took."""
    began = time.monotonic()
    done = judge_notebook(
        with_attack(attack),
        [attack.number, OTHER],
        own_user=os.getuid() == 0,
        memory=1536,
        cell_seconds=cell_seconds,
        seconds=60 * cell_seconds,
    )
    return nbformat.from_dict(done), time.monotonic() - began


def earned(done: nbformat.NotebookNode, number: str) -> dict[str, bool]:
    """Return which checks of an exercise passed, as nbgrader counts."""
    passed = {}
    for cell in done.cells:
        name = grade_id(cell)
        if name.endswith(number.replace(".", "-")) and not name.startswith("answer"):
            shown = [(o.output_type, o.get("name")) for o in cell.outputs]
            passed[name.split("-")[0]] = not {("error", None), ("stream", "stderr")} & {*shown}
    return passed


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_earns_nothing(name: str) -> None:
    done, _ = judged(CHEATS[name])
    assert earned(done, CHEATS[name].number) == {"visible": False, "hidden": False}


@pytest.mark.parametrize("name", STORMS)
def test_a_storm_earns_nothing_and_ends_in_its_time(name: str) -> None:
    done, took = judged(STORMS[name])
    assert earned(done, STORMS[name].number) == {"visible": False, "hidden": False}
    # Two checks, a cell and its end, and what a loaded machine needs to begin: a bound, no measure.
    assert took < 100


@pytest.mark.parametrize("name", KEEPS_OTHERS)
def test_a_storm_costs_its_own_exercise_only(name: str) -> None:
    done, _ = judged(STORMS[name])
    if any(TOO_LONG in o.get("evalue", "") for cell in done.cells[-2:] for o in cell.outputs):
        done, _ = judged(STORMS[name], 10 * CELL_SECONDS)  # the machine is loaded
    assert earned(done, OTHER) == {"visible": True, "hidden": True}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("loops and catches the interrupt", "1.1: ran longer than a cell may"),
        ("aborts in its cell", "1.1: the process was killed while it ran"),
        ("exits", "1.1: the process was killed while it ran"),
        ("raises SystemExit", "1.1: tried to leave the process"),
        ("prints a gigabyte", "1.1: wrote more than it may"),
        ("returns a large array", "1.1: ran out of memory"),
    ],
)
def test_the_instructor_is_told(name: str, line: str) -> None:
    done, _ = judged(STORMS[name])
    assert any(remark.startswith(line) for remark in symptoms(done))


def test_two_judgements_are_the_same() -> None:
    attack = STORMS["crashes"]
    first, _ = judged(attack)
    assert judged(Attack(attack.answer, "", attack.number, "0"))[0].cells[:-1] == first.cells
