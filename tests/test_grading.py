"""`make grade` with real submissions: right, blank, wrong and hostile ones, all in one class."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from tests.exercises import EXERCISES, ROOT, notebook, sources

sys.path.insert(0, str(ROOT / "scripts"))
import grade
from grading import fence

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make grade is for Linux and macOS")
CHAPTERS = sorted({this.chapter for this in sources()})
FIRST = "01_likelihood"
SECRET = "an-instructors-password"


def answered(chapter: str, **changed: str) -> nbformat.NotebookNode:
    """Return a released notebook with the solutions in it, some answers changed."""
    given = notebook(chapter, "release")
    solutions = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook(chapter).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for cell in given.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in solutions:
            cell.source = changed.get(name.replace("-", "_"), solutions[name])
    return given


def with_cell(given: nbformat.NotebookNode, source: str, before: str) -> nbformat.NotebookNode:
    names = [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in given.cells]
    given.cells.insert(names.index(before), new_code_cell(source))
    return given


def points(out: Path) -> dict[str, dict[str, str]]:
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def settings(chapter: str, folder: Path, out: Path, **options: object) -> grade.Settings:
    out.mkdir(exist_ok=True)
    return grade.Settings(chapter, folder, out, as_root=not fenced(), **options)  # type: ignore[arg-type]


def fenced() -> bool:
    """Whether root can have a user without rights run this Python: mounts may be forbidden."""
    if os.getuid() != 0:
        return True
    needed = fence.closed_folders([sys.prefix, sys.base_prefix])
    return not needed or os.system("unshare --mount true 2>/dev/null") == 0


STOP = "def sequence_probability(seq, theta):\n    "
HOSTILE: dict[str, Callable[[], nbformat.NotebookNode | bytes]] = {
    "loops": lambda: answered(FIRST, answer_1_1="while True:\n    pass"),
    "loops stubbornly": lambda: answered(
        FIRST,
        answer_1_1="while True:\n    try:\n        while True: pass\n"
        "    except BaseException: pass",
    ),
    "eats memory": lambda: answered(FIRST, answer_1_1=STOP + "return bytearray(2**40)"),
    "eats memory slowly": lambda: answered(
        FIRST, answer_1_1=STOP + "kept = []\n    while True: kept.append(bytearray(2**26))"
    ),
    "exits": lambda: answered(FIRST, answer_1_1="import sys\n" + STOP + "sys.exit(0)"),
    "exits hard": lambda: answered(FIRST, answer_1_1="import os\nos._exit(0)"),
    "prints a gigabyte": lambda: answered(
        FIRST, answer_1_1="for _ in range(1024):\n    print('x' * 2**20)"
    ),
    "shows a gigabyte": lambda: answered(FIRST, answer_1_1="'x' * 2**30"),
    "writes a gigabyte": lambda: answered(
        FIRST, answer_1_1="f = open('big', 'wb')\nfor _ in range(1024):\n    f.write(bytes(2**20))"
    ),
    "forks": lambda: answered(
        FIRST,
        answer_1_1="import os, time\nfor _ in range(500):\n    if os.fork() == 0: time.sleep(600)",
    ),
    "breaks assert": lambda: with_cell(
        answered(FIRST, answer_1_1=STOP + "return 1.0"),
        "import builtins, check\nclass Fine(Exception): pass\n"
        "builtins.AssertionError = AssertionError = Fine\ncheck.agree = lambda *a, **k: True\n"
        "get_ipython().ast_transformers.append(type('T', (), {'visit': lambda s, n: "
        "__import__('ast').parse('pass') if 'grade(' in __import__('ast').unparse(n) else n})())",
        "answer-1-1",
    ),
    "redefines grade": lambda: with_cell(
        answered(FIRST, answer_1_1=STOP + "return 1.0"),
        "import sys, types\nfake = types.ModuleType('hidden')\nfake.grade = lambda *a: None\n"
        "sys.modules['hidden'] = fake",
        "answer-1-1",
    ),
    "imports the answer": lambda: answered(
        FIRST, answer_1_1="from lib.bernoulli import sequence_probability"
    ),
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
    """Grade one class: everybody who is hostile, and two who are not."""
    folder = tmp_path_factory.mktemp("class")
    for name, make in HOSTILE.items():
        given = make()
        content = given if isinstance(given, bytes) else json.dumps(given).encode()
        (folder / f"{name}.ipynb").write_bytes(content)
    (folder / "01_likelihood.ipynb").write_bytes(b"whose?")
    shuffled = answered(FIRST)
    shuffled.cells.reverse()
    (folder / "shuffled.ipynb").write_text(json.dumps(shuffled), encoding="utf-8")
    edited = answered(FIRST, answer_1_1=STOP + "return 1.0")
    edited.cells = [c for c in edited.cells if "hidden" not in str(c.metadata)]
    for cell in edited.cells:
        if "visible" in str(cell.metadata):
            cell.source = "pass"
    (folder / "edits checks.ipynb").write_text(json.dumps(edited), encoding="utf-8")
    (folder / "good.ipynb").write_text(json.dumps(answered(FIRST)), encoding="utf-8")
    out = tmp_path_factory.mktemp("grades")
    os.environ["INSTRUCTOR_PASSWORD"] = SECRET
    try:
        chosen = settings(
            FIRST, folder, out, jobs=2, cell_seconds=5, seconds=60, memory=1536, seed=SECRET
        )
        grade.grade(chosen)
    finally:
        del os.environ["INSTRUCTOR_PASSWORD"]
    return out


@pytest.mark.parametrize(
    ("code", "log", "line"),
    [
        (None, "", "stopped after 60 s"),
        (1, "nbclient.exceptions.DeadKernelError: Kernel died", "the kernel was killed"),
        (1, "CellTimeoutError: ...\nTimeout waiting for IOPub output.", "filled the memory or"),
        (1, "MemoryError", "outputs were too large"),
        (-9, "", "outputs were too large"),
        (1, "ValueError: of another kind", "could not grade it: ValueError: of another kind"),
        (3, "", "could not grade it: exit 3"),
    ],
)
def test_why_a_submission_could_not_be_graded(
    code: int | None, log: str, line: str, tmp_path: Path
) -> None:
    assert line in grade.explain(code, log, settings(FIRST, tmp_path, tmp_path, seconds=60))


class TestHostileClass:
    """Whatever one student does, all others are graded and the report says what happened."""

    def all_points(self, out: Path) -> str:
        return points(out)["(points possible)"]["total"]

    def test_the_good_student_has_full_points_among_them(self, hostile: Path) -> None:
        good = points(hostile)["good"]
        assert good["total"] == self.all_points(hostile)
        assert good["remarks"] == ""

    def test_everybody_is_in_the_table_and_in_the_report(self, hostile: Path) -> None:
        assert set(points(hostile)) == {
            "(points possible)",
            "good",
            "shuffled",
            "edits checks",
            *HOSTILE,
        }
        report = (hostile / "report.txt").read_text(encoding="utf-8")
        assert all(name.replace(" ", "-") in report for name in HOSTILE)
        assert "01_likelihood.ipynb: neither the file nor its folder names a student" in report

    @pytest.mark.parametrize(
        "name",
        [
            "loops",
            "loops stubbornly",
            "eats memory",
            "exits",
            "prints a gigabyte",
            "writes a gigabyte",
            "forks",
            "imports the answer",
        ],
    )
    def test_only_the_exercise_itself_is_lost(self, hostile: Path, name: str) -> None:
        row = points(hostile)[name]
        if name == "imports the answer":  # it passes the visible check, which earns one point
            assert row["1.1"] == "1"
        else:
            assert float(row["1.1"]) <= 1
        whole = points(hostile)["(points possible)"]
        others = [n for n in whole if re.fullmatch(r"1\.\d", n) and n != "1.1"]
        assert [row[n] for n in others] == [whole[n] for n in others]

    @pytest.mark.parametrize("name", ["breaks assert", "redefines grade"])
    def test_without_the_hidden_checks_there_are_no_points_for_them(
        self, hostile: Path, name: str
    ) -> None:
        row = points(hostile)[name]
        assert float(row["total"]) <= 7  # the visible checks of seven exercises

    @pytest.mark.parametrize(
        ("name", "line"),
        [
            ("loops", "1.1: ran longer than a cell may"),
            ("loops stubbornly", "1.1: ran longer than a cell may"),
            ("eats memory", "1.1: ran out of memory"),
            # Memory is full to the last byte, and what the kernel can still do is chance.
            (
                "eats memory slowly",
                "1.1: ran out of memory|the kernel was killed|filled the memory",
            ),
            ("exits", "1.1: tried to leave the process"),
            ("prints a gigabyte", "1.1: wrote more than it may"),
            ("shows a gigabyte", "memory|kernel was killed|too large"),
            ("writes a gigabyte", "1.1: wrote more than it may"),
            ("forks", "1.1: started more processes than it may"),
            ("breaks assert", "1.1, .*: the hidden checks did not run to their end"),
            ("redefines grade", "1.1, .*: the hidden checks did not run to their end"),
            ("imports the answer", "lib.bernoulli.sequence_probability is what exercise 1.1 asks"),
        ],
    )
    def test_the_instructor_is_told(self, hostile: Path, name: str, line: str) -> None:
        assert re.search(line, points(hostile)[name]["remarks"])

    @pytest.mark.parametrize(
        ("name", "line"),
        [
            ("exits hard", "the kernel was killed"),
            ("is not json", "this is no notebook"),
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
        with fence.users(1) as (free,):  # the first that nobody uses: nothing of it is left
            assert not fence._threads_of(free) % 512
        assert float(points(hostile)["forks"]["total"]) <= float(self.all_points(hostile))

    def test_shuffled_cells_are_put_back_and_graded(self, hostile: Path) -> None:
        row = points(hostile)["shuffled"]
        assert row["total"] == self.all_points(hostile)
        assert "out of order" in row["remarks"]

    def test_edited_and_deleted_checks_are_put_back(self, hostile: Path) -> None:
        row = points(hostile)["edits checks"]
        assert row["1.1"] == "0"
        assert "changed, and put back as released: visible-1-1" in row["remarks"]
        assert "missing, and put back: hidden-1-1" in row["remarks"]

    def test_nothing_of_the_instructors_is_in_sight(self, hostile: Path) -> None:
        page = (hostile / "feedback" / "looks-around.html").read_text(encoding="utf-8")
        (seen,) = re.findall(
            r"uid (\d+) seed (True|False) (\[.*?\]) (True|False)", page.replace("&#39;", "'")
        )
        assert seen[1] == "False"
        assert "PASSWORD" not in seen[2]
        assert "HIDDEN_SEED" not in seen[2]
        if os.getuid() != 0 or fenced():
            assert seen[0] != "0"
            assert seen[3] == "False"

    def test_the_tables_have_the_columns_of_the_platforms(self, hostile: Path) -> None:
        canvas, moodle = (
            list(csv.reader((hostile / name).read_text(encoding="utf-8-sig").splitlines()))
            for name in ("canvas.csv", "moodle.csv")
        )
        assert canvas[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        assert canvas[1][0].strip() == "Points Possible"
        assert canvas[0][5:] == [f"{FIRST} 1.{n}" for n in range(1, 8)] + [f"{FIRST} total"]
        assert moodle[0][:4] == ["First name", "Last name", "ID number", "Email address"]
        assert len({len(row) for row in canvas}) == len({len(row) for row in moodle}) == 1


@pytest.mark.parametrize("chapter", CHAPTERS)
class TestEveryChapter:
    def test_full_solution_and_blank_release_through_nbgrader(
        self, chapter: str, tmp_path: Path
    ) -> None:
        folder = tmp_path / "class"
        (folder / "full").mkdir(parents=True)
        full, blank = answered(chapter), notebook(chapter, "release")
        (folder / "full" / "work.ipynb").write_text(json.dumps(full), encoding="utf-8")
        (folder / "blank.ipynb").write_text(json.dumps(blank), encoding="utf-8")
        chosen = settings(chapter, folder, tmp_path / "out", jobs=1)
        assert grade.grade(chosen) == 0
        table = points(tmp_path / "out")
        whole = table["(points possible)"]
        assert table["full"] == {**whole, "student": "full", "remarks": ""}
        assert {value for key, value in table["blank"].items() if "." in key} == {"0"}
        assert [key for key in whole if "." in key] == [
            this.number for this in sources() if this.chapter == chapter
        ]
        # Test 4 of leaks: an honest student's feedback shows no hidden test and no solution.
        page = (tmp_path / "out" / "feedback" / "blank.html").read_text(encoding="utf-8")
        assert "canary" not in page
        assert "not answered yet" in page


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("again")
    blank = json.dumps(notebook(FIRST, "release"))
    for name in ("doejane_4711_1_01_likelihood.ipynb", "roejim_4712_2_01_likelihood.ipynb"):
        (folder / name).write_text(blank, encoding="utf-8")
    out = tmp_path_factory.mktemp("out")
    grade.grade(settings(FIRST, folder, out))
    return folder, out


def test_two_gradings_at_a_time_have_users_of_their_own() -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give processes to other users")
    with fence.users(3) as ours, fence.users(3) as theirs:
        assert len({*ours, *theirs}) == 6
    with fence.users(1) as again:
        assert again[0] not in ours[1:]


class TestAgain:
    """What a second run does, and the optional settings."""

    def test_only_what_changed_is_graded_again(
        self, small: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder, out = small
        grade.grade(settings(FIRST, folder, out))
        assert "2 submissions, 0 graded now" in capsys.readouterr().out
        better = answered(FIRST)
        name = "doejane_4711_3_01_likelihood-1.ipynb"
        (folder / name).write_text(json.dumps(better), encoding="utf-8")
        roster = out / "roster.csv"
        roster.write_text(
            "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
            '"Doe, Jane",4711,s1,jdoe,A\n"Roe, Jim",4712,s2,jroe,B\n',
            encoding="utf-8",
        )
        grade.grade(settings(FIRST, folder, out, roster=roster))
        assert "2 submissions, 1 graded now" in capsys.readouterr().out
        table = points(out)
        assert table["doejane"]["total"] == table["(points possible)"]["total"]
        assert table["roejim"]["total"] == "0"
        with (out / "canvas.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[2][:5] == ["Doe, Jane", "4711", "s1", "jdoe", "A"]

    def test_another_seed_grades_everybody_again(self, small: tuple[Path, Path]) -> None:
        folder, out = small
        first = settings(FIRST, folder, out)
        assert grade.digest_of_course(first) != grade.digest_of_course(replace(first, seed="x"))

    def test_moodles_participants(self) -> None:
        student = grade.Student("Jane Doe", "99")
        person = {
            "First name": "Jane",
            "Last name": "Doe",
            "ID number": "7",
            "Email address": "j@x",
        }
        known = grade.identity(student, [{"First name": "A", "Last name": "B"}, person])
        assert [known[column] for column in grade.MOODLE] == ["Jane", "Doe", "7", "j@x"]

    def test_no_cell_of_a_table_begins_a_formula(self, tmp_path: Path) -> None:
        grade.write_csv(tmp_path / "t.csv", ["a"], [["=1+1"], ["@x"], ["3"]])
        assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig").split() == [
            "a",
            "'=1+1",
            "'@x",
            "3",
        ]

    @pytest.mark.parametrize(
        ("chapter", "folder", "message"),
        [
            ("09_none", ".", "choose one of 01_likelihood"),
            (FIRST, "nowhere", "is not there"),
            (FIRST, ".", r"holds no notebook"),
        ],
    )
    def test_what_is_refused(self, tmp_path: Path, chapter: str, folder: str, message: str) -> None:
        with pytest.raises(grade.Refused, match=message):
            grade.grade(settings(chapter, tmp_path / folder, tmp_path))


def test_nbgraders_own_commands_work_in_the_folder(tmp_path: Path) -> None:
    """An instructor who knows nbgrader needs neither `make release` nor `make grade`."""
    course = tmp_path / "exercises"
    shutil.copytree(EXERCISES, course, ignore=shutil.ignore_patterns("__pycache__", "*.db"))
    shutil.rmtree(course / "release")
    work = course / "submitted" / "jane" / FIRST
    work.mkdir(parents=True)
    (work / f"{FIRST}.ipynb").write_text(json.dumps(answered(FIRST)), encoding="utf-8")
    for command in ("generate_assignment", "autograde", "generate_feedback", "export"):
        assignment = [] if command == "export" else [FIRST]
        done = subprocess.run(
            [*grade.NBGRADER, command, *assignment],
            cwd=course,
            env={**os.environ, "PATH": grade.PATH},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    (row,) = csv.DictReader((course / "grades.csv").read_text(encoding="utf-8").splitlines())
    assert row["student_id"] == "jane"
    assert row["score"] == row["max_score"] != "0.0"
    assert (course / "release" / FIRST / "check.py").exists()
