"""`make grade` with a class of hostile submissions and an honest one."""

from __future__ import annotations

import csv
import json
import os
import re
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell

from course.contents import Chapter
from grading.pipeline import grade_class
from tests.grading.notebooks import FIRST, answered, fenced, grade_id, points, settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make grade is for Linux and macOS")
SECRET = "an-instructors-password"
FOREVER = f"86400.{secrets.randbelow(10**9):09}"  # seconds of sleep by which a process is found
FUNCTION = {exercise.number: exercise.functions[0] for exercise in Chapter(FIRST).exercises}
WRITTEN = [task.number for task in Chapter(FIRST).written]


def function(number: str, body: str) -> str:
    """Return an answer that runs other code when it is called."""
    return f"def {FUNCTION[number]}(*given, **named):\n    {body}"


def with_cell(given: nbformat.NotebookNode, source: str, before: str) -> nbformat.NotebookNode:
    names = [grade_id(cell) for cell in given.cells]
    given.cells.insert(names.index(before), new_code_cell(source))
    return given


def edits_checks() -> nbformat.NotebookNode:
    """Delete the hidden checks, empty the visible ones, and reverse what is left."""
    given = answered(FIRST, answer_1_1=function("1.1", "return 1.0"))
    given.cells = [cell for cell in given.cells if "hidden" not in grade_id(cell)][::-1]
    for cell in given.cells:
        if "visible" in grade_id(cell):
            cell.source = "pass"
    return given


# One notebook: an attack in one exercise costs only that exercise.
EACH_ITS_OWN = {
    "1.1": (
        "from lib.bernoulli import sequence_probability",
        "lib.bernoulli.sequence_probability is what exercise 1.1 asks",
    ),
    "1.2": (function("1.2", "return bytearray(2**40)"), "ran out of memory"),
    "1.3": (function("1.3", "import sys; sys.exit(0)"), "tried to leave the process"),
    "1.4": ("for _ in range(1024):\n    print('x' * 2**20)", "wrote more than it may"),
    "1.5": (
        "f = open('big', 'wb')\nfor _ in range(1024):\n    f.write(bytes(2**20))",
        "wrote more than it may",
    ),
    "1.6": ("while True:\n    pass", "ran longer than a cell may"),
}
HOSTILE: dict[str, Callable[[], nbformat.NotebookNode | bytes]] = {
    "each its own": lambda: answered(
        FIRST,
        **{
            f"answer-{n}".replace("-", "_").replace(".", "_"): a
            for n, (a, _) in EACH_ITS_OWN.items()
        },
    ),
    "loops stubbornly": lambda: answered(
        FIRST,
        answer_1_1="while True:\n    try:\n        while True: pass\n"
        "    except BaseException: pass",
    ),
    "eats memory slowly": lambda: answered(
        FIRST,
        answer_1_1=function("1.1", "kept = []\n    while True: kept.append(bytearray(2**26))"),
    ),
    "exits hard": lambda: answered(FIRST, answer_1_1="import os\nos._exit(0)"),
    "shows a gigabyte": lambda: answered(FIRST, answer_1_1="'x' * 2**30"),
    # The children leave the kernel's process group, so that they outlive it.
    "forks": lambda: answered(
        FIRST,
        answer_1_1="import os\nfor _ in range(500):\n    if os.fork() == 0:\n"
        f"        os.setsid()\n        os.execvp('sleep', ['sleep', '{FOREVER}'])",
    ),
    "breaks assert": lambda: with_cell(
        answered(FIRST, answer_1_1=function("1.1", "return 1.0")),
        "import builtins, check\nclass Fine(Exception): pass\n"
        "builtins.AssertionError = AssertionError = Fine\ncheck.agree = lambda *a, **k: True\n"
        "get_ipython().ast_transformers.append(type('T', (), {'visit': lambda s, n: "
        "__import__('ast').parse('pass') if 'grade(' in __import__('ast').unparse(n) else n})())",
        "answer-1-1",
    ),
    "redefines grade": lambda: with_cell(
        answered(FIRST, answer_1_1=function("1.1", "return 1.0")),
        "import sys, types\nfake = types.ModuleType('hidden')\nfake.grade = lambda *a: None\n"
        "sys.modules['hidden'] = fake",
        "answer-1-1",
    ),
    "takes the checks away": lambda: with_cell(
        answered(FIRST, answer_1_1=function("1.1", "return 1.0")),
        "get_ipython().input_transformers_cleanup.append(lambda L: ['pass\\n'] "
        "if any('expect' in l or 'grade' in l for l in L) else L)\n"
        "import hidden\nhidden.check = lambda *a, **k: None",
        "answer-1-1",
    ),
    "edits checks": edits_checks,
    "is not json": lambda: b'{"cells": [',
    "is empty": lambda: b"",
    "is another chapter": lambda: answered("02_log_likelihood"),
    "looks around": lambda: with_cell(
        answered(FIRST),
        "import os, pathlib\n"
        "def readable(path):\n"
        "    try:\n        return bool(pathlib.Path(path).read_bytes())\n"
        "    except OSError:\n        return False\n"
        f"print('uid', os.getuid(), 'seed', {SECRET!r} in str(os.environ),\n"
        "      sorted(os.environ), readable('/etc/shadow'))",
        "answer-1-1",
    ),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Grade one class: all hostile students and one honest one."""
    folder = tmp_path_factory.mktemp("class")
    for name, make in {**HOSTILE, "good": lambda: answered(FIRST)}.items():
        given = make()
        content = given if isinstance(given, bytes) else json.dumps(given).encode()
        (folder / f"{name}.ipynb").write_bytes(content)
    (folder / "01_likelihood.ipynb").write_bytes(b"whose?")
    out = tmp_path_factory.mktemp("grades")
    os.environ["INSTRUCTOR_PASSWORD"] = SECRET
    try:
        grade_class(
            settings(
                FIRST, folder, out, jobs=2, cell_seconds=5, seconds=60, memory=1536, seed=SECRET
            )
        )
    finally:
        del os.environ["INSTRUCTOR_PASSWORD"]
    return out


@pytest.mark.slow
class TestHostileClass:
    """Whatever one student does, all others are graded and the report says what happened."""

    def all_points(self, out: Path) -> str:
        """Return what whoever solves all and writes nothing earns."""
        whole = points(out)["(points possible)"]
        return str(sum(int(whole[number]) for number in FUNCTION))

    def test_the_good_student_has_full_points_among_them(self, hostile: Path) -> None:
        good = points(hostile)["good"]
        assert good["total"] == self.all_points(hostile)
        assert good["remarks"] == ""

    def test_everybody_is_in_the_table_and_in_the_report(self, hostile: Path) -> None:
        assert set(points(hostile)) == {
            "(points possible)",
            "good",
            *HOSTILE,
        }
        report = (hostile / "report.txt").read_text(encoding="utf-8")
        assert all(name.replace(" ", "-") in report for name in HOSTILE)
        assert "01_likelihood.ipynb: neither the file nor its folder names a student" in report

    def test_what_is_done_in_an_exercise_costs_that_exercise(self, hostile: Path) -> None:
        row = points(hostile)["each its own"]
        whole = points(hostile)["(points possible)"]
        for number, (_, remark) in EACH_ITS_OWN.items():
            assert float(row[number]) <= 1  # 1.1 and 1.3 may pass a visible check
            assert re.search(rf"{re.escape(number)}[^;]*: [^;]*{remark}", row["remarks"]), number
        assert row["1.7"] == whole["1.7"]

    @pytest.mark.parametrize(
        "name",
        [
            *("loops stubbornly", "eats memory slowly", "exits hard", "shows a gigabyte", "forks"),
            *("breaks assert", "redefines grade", "takes the checks away", "edits checks"),
        ],
    )
    def test_only_the_exercise_itself_is_lost(self, hostile: Path, name: str) -> None:
        row, whole = points(hostile)[name], points(hostile)["(points possible)"]
        assert row["1.1"] == "0"
        others = [number for number in FUNCTION if number != "1.1"]
        assert [row[n] for n in others] == [whole[n] for n in others]

    @pytest.mark.parametrize(
        ("name", "line"),
        [
            ("loops stubbornly", "1.1: ran longer than a cell may"),
            # The memory is completely full, so what the process can still do varies.
            ("eats memory slowly", "1.1: .*(ran out of memory|ran longer|was killed)"),
            ("shows a gigabyte", "1.1: .*(ran out of memory|wrote more|ran longer|was killed)"),
            ("exits hard", "1.1: the process was killed"),
        ],
    )
    def test_the_instructor_is_told(self, hostile: Path, name: str, line: str) -> None:
        assert re.search(line, points(hostile)[name]["remarks"])

    @pytest.mark.parametrize(
        ("name", "line"),
        [
            ("is not json", "this is not a notebook"),
            ("is empty", "the file is empty"),
            ("is another chapter", "another chapter's notebook"),
        ],
    )
    def test_what_cannot_be_graded_earns_nothing_and_a_line(
        self, hostile: Path, name: str, line: str
    ) -> None:
        row = points(hostile)[name]
        assert row["total"] == "0"
        assert re.search(line, row["remarks"])

    def test_forked_processes_are_gone(self, hostile: Path) -> None:
        left = [p.pid for p in psutil.process_iter() if FOREVER in _command(p)]
        assert not left

    def test_edited_and_deleted_checks_are_put_back(self, hostile: Path) -> None:
        row = points(hostile)["edits checks"]
        whole = points(hostile)["(points possible)"]
        assert {n for n in FUNCTION if row[n] != whole[n]} == {"1.1"}
        assert row["1.1"] == "0"
        assert "out of order" in row["remarks"]
        assert re.search(r"changed, and put back as released: [^;]*visible-1-1\b", row["remarks"])
        assert re.search(r"missing, and put back: [^;]*hidden-1-1\b", row["remarks"])

    def test_nothing_of_the_instructors_is_in_sight(self, hostile: Path) -> None:
        page = (hostile / "feedback" / "looks-around.html").read_text(encoding="utf-8")
        (seen,) = re.findall(
            r"uid (\d+) seed (True|False) (\[.*?\]) (True|False)", page.replace("&#39;", "'")
        )
        assert seen[1] == "False"
        assert "PASSWORD" not in seen[2]
        assert "HIDDEN_SEED" not in seen[2]
        if fenced():
            assert seen[0] != "0"
            assert seen[3] == "False"

    def test_the_tables_have_the_columns_of_the_platforms(self, hostile: Path) -> None:
        canvas, exercises, moodle = (
            list(csv.reader((hostile / name).read_text(encoding="utf-8-sig").splitlines()))
            for name in ("canvas.csv", "canvas-exercises.csv", "moodle.csv")
        )
        assert canvas[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        assert canvas[1][0].strip() == "Points Possible"
        assert canvas[0][5:] == [f"{FIRST} total"]
        assert exercises[0][:5] == canvas[0][:5]
        assert exercises[0][5:] == [f"{FIRST} {column}" for column in (*FUNCTION, *WRITTEN)]
        assert moodle[0][:4] == ["First name", "Last name", "ID number", "Email address"]
        assert len({len(row) for row in canvas}) == len({len(row) for row in moodle}) == 1


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
