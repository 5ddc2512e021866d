"""`make grade` with honest submissions of every chapter; a second run; nbgrader alone."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from course.contents import ROOT, Chapter
from grading import NBGRADER, NBGRADER_PATH
from grading.__main__ import main
from grading.model import EXERCISES, CannotStart, Job, Outcome
from grading.pipeline import grade_class
from grading.record import Records, digest_of_course
from grading.results import write_csv
from grading.work import work_alone
from tests.grading.notebooks import CHAPTERS, FIRST, answered, grade_id, notebook, points, settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make grade is for Linux and macOS")


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_solutions_earn_all_points_through_nbgrader(chapter: str, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    (folder / "full").mkdir(parents=True)
    (folder / "full" / "work.ipynb").write_text(json.dumps(answered(chapter)), encoding="utf-8")
    assert grade_class(settings(chapter, folder, tmp_path / "out", jobs=1)) == 0
    table = points(tmp_path / "out")
    whole = table["(points possible)"]
    tasks = {task.number: task for task in (*Chapter(chapter).exercises, *Chapter(chapter).written)}
    assert {key: float(value) for key, value in whole.items() if "." in key} == {
        number: task.points for number, task in tasks.items()
    }
    # The written ones were left as they were: nothing to read, and no points.
    blank = {task.number: "0" for task in Chapter(chapter).written}
    total = sum(task.points for task in Chapter(chapter).exercises)
    expected = {**whole, **blank, "student": "full", "total": str(total), "remarks": ""}
    expected["in the report"] = "full"
    assert table["full"] == expected


@pytest.mark.slow
def test_a_written_answer_waits_for_its_reader_and_counts_after_that(tmp_path: Path) -> None:
    (task, other) = Chapter(FIRST).written
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    given = notebook(FIRST)
    (cell,) = [c for c in given.cells if grade_id(c) == f"written-{task.number.replace('.', '-')}"]
    cell.source = "Count, and divide."
    (folder / "ann.ipynb").write_text(json.dumps(given), encoding="utf-8")
    assert grade_class(settings(FIRST, folder, out, jobs=1)) == 0
    remark = f"to be graded by hand: {task.number}"
    assert points(out)["ann"]["remarks"] == remark
    assert remark in (out / "report.txt").read_text(encoding="utf-8")

    # What formgrader does when somebody types points into its box.
    with Gradebook(settings(FIRST, folder, out).db) as gradebook:
        name = cell.metadata.nbgrader.grade_id
        grade = gradebook.find_grade(name, FIRST, FIRST, "ann")
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 3, False
        gradebook.db.commit()
    assert grade_class(settings(FIRST, folder, out, jobs=1)) == 0
    row = points(out)["ann"]
    assert (row[task.number], row[other.number], row["total"]) == ("3", "0", "3")
    assert row["remarks"] == ""


@pytest.mark.slow
def test_an_error_of_the_grader_costs_one_submission_and_no_other(tmp_path: Path) -> None:
    def fail_for_one(job: Job) -> Outcome:
        if job.student == "doejane-4711":
            raise OSError("no space left")
        return Outcome("left out here")

    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    for name in ("doejane_4711_1_01_likelihood.ipynb", "roejim_4712_2_01_likelihood.ipynb"):
        (folder / name).write_text(json.dumps(notebook(FIRST)), encoding="utf-8")
    assert grade_class(settings(FIRST, folder, out), grade=fail_for_one) == 2
    report = (out / "report.txt").read_text(encoding="utf-8")
    assert "could not be graded: OSError: no space left" in report
    assert "left out here" in report


class TestAgain:
    """What a second run does, and the optional settings."""

    @pytest.mark.slow
    def test_only_what_changed_is_graded_again(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        jobs: list[str] = []

        def first_only(job: Job) -> Outcome:
            jobs.append(job.student)
            return work_alone(job) if job.student == "doejane-4711" else Outcome("left out here")

        folder, out = tmp_path / "class", tmp_path / "out"
        folder.mkdir()
        blank = json.dumps(notebook(FIRST))
        for name in ("doejane_4711_1_01_likelihood.ipynb", "roejim_4712_2_01_likelihood.ipynb"):
            (folder / name).write_text(blank, encoding="utf-8")
        grade_class(settings(FIRST, folder, out), grade=first_only)
        assert sorted(jobs) == ["doejane-4711", "roejim-4712"]
        row = points(out)["doejane"]
        assert {value for key, value in row.items() if "." in key} == {"0"}
        # An honest student's feedback shows no hidden check and no solution.
        page = (out / "feedback" / "doejane-4711.html").read_text(encoding="utf-8")
        assert "canary" not in page
        assert "not answered yet" in page

        grade_class(settings(FIRST, folder, out), grade=first_only)
        assert "2 submissions, 0 graded now" in capsys.readouterr().out
        assert len(jobs) == 2

        name = "doejane_4711_3_01_likelihood-1.ipynb"
        (folder / name).write_text(json.dumps(answered(FIRST)), encoding="utf-8")
        roster = out / "roster.csv"
        roster.write_text(
            "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
            '"Doe, Jane",4711,s1,jdoe,A\n"Roe, Jim",4712,s2,jroe,B\n',
            encoding="utf-8",
        )
        grade_class(settings(FIRST, folder, out, roster=roster), grade=first_only)
        assert "2 submissions, 1 graded now" in capsys.readouterr().out
        assert jobs[2:] == ["doejane-4711"]
        table = points(out)
        whole = sum(task.points for task in Chapter(FIRST).exercises)  # nothing written
        assert table["doejane"]["total"] == str(whole)
        assert table["roejim"]["total"] == "0"
        with (out / "canvas.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[2][:5] == ["Doe, Jane", "4711", "s1", "jdoe", "A"]

    def test_another_seed_grades_everybody_again(self, tmp_path: Path) -> None:
        first = settings(FIRST, tmp_path, tmp_path)
        assert digest_of_course(first) != digest_of_course(replace(first, seed="x"))

    def test_no_cell_of_a_table_begins_a_formula(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "t.csv", ["a"], [["=1+1"], ["@x"], ["3"]])
        text = (tmp_path / "t.csv").read_text(encoding="utf-8-sig")
        assert text.split() == ["a", "'=1+1", "'@x", "3"]

    @pytest.mark.parametrize(
        ("chapter", "folder", "message"),
        [
            ("09_none", ".", "choose one of 01_likelihood"),
            (FIRST, "nowhere", "is not there"),
            (FIRST, ".", r"holds no notebook"),
            (FIRST, "x.rar", "neither a folder nor a zip archive"),
            (FIRST, "x.zip", "neither a folder nor a zip archive"),
            (FIRST, str(ROOT), "holds this book; name another folder"),
            (FIRST, str(ROOT.parent), "holds this book; name another folder"),
        ],
    )
    def test_what_cannot_start(
        self, tmp_path: Path, chapter: str, folder: str, message: str
    ) -> None:
        for name in ("x.rar", "x.zip"):
            (tmp_path / name).write_bytes(b"x")
        with pytest.raises(CannotStart, match=message):
            grade_class(settings(chapter, tmp_path / folder, tmp_path / "out"))

    def test_what_came_instead_of_notebooks_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "class" / "Ann").mkdir(parents=True)
        (tmp_path / "class" / "Ann" / "x.pdf").write_bytes(b"x")
        (tmp_path / "class" / "x.docx").write_bytes(b"x")
        with pytest.raises(CannotStart) as raised:
            grade_class(settings(FIRST, tmp_path / "class", tmp_path / "out"))
        assert "Ann: no notebook came: Ann/x.pdf is a printed page" in str(raised.value)
        assert "x.docx: a text document" in str(raised.value)

    def test_the_roster_is_read_first(self, tmp_path: Path) -> None:
        with pytest.raises(CannotStart, match=r"ROSTER=.*none.csv cannot be read: No such file"):
            grade_class(settings(FIRST, tmp_path / "none", tmp_path, roster=tmp_path / "none.csv"))

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (["", ""], "CHAPTER= and SUBMISSIONS= missing: make grade CHAPTER="),
            ([FIRST, ""], "SUBMISSIONS= missing"),
            (["", "folder"], "CHAPTER= missing"),
        ],
    )
    def test_what_make_leaves_empty_is_missing(
        self, given: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out = tmp_path / "out"
        monkeypatch.setattr(sys, "argv", ["grading", *given, "--out", str(out)])
        with pytest.raises(CannotStart) as raised:
            main()
        assert str(raised.value).startswith(message)
        assert not out.exists()


def test_no_submission_keeps_another_from_being_prepared(tmp_path: Path) -> None:
    folder, out = tmp_path / "class", tmp_path / "out"
    half = answered(FIRST)
    half.cells.insert(0, nbformat.v4.new_code_cell("# \ud83d\n"))
    (folder / "Ann").mkdir(parents=True)
    (folder / "Ann" / "x.docx").write_bytes(b"x")
    (folder / "Bob.ipynb").write_text(json.dumps(half), encoding="utf-8")
    for name in ("b" * 249, "é" * 124):  # as long as the name of a file may be
        (folder / f"{name}.ipynb").write_text(json.dumps(answered(FIRST)), encoding="utf-8")
    prepared: list[Job] = []

    def keep(job: Job) -> Outcome:
        prepared.append(job)
        return Outcome("left out here")

    assert grade_class(settings(FIRST, folder, out), grade=keep) == 4
    assert len(prepared) == 3
    assert Records(settings(FIRST, folder, out)).students["Ann"].trouble == (
        "no notebook came: Ann/x.docx is a text document and not a notebook; "
        "ask for the notebook (Jupyter: File, Download)"
    )
    for job in prepared:
        nbformat.read(
            out / "course" / "submitted" / job.student / FIRST / f"{FIRST}.ipynb", as_version=4
        )
        (hidden,) = [
            cell
            for cell in nbformat.reads(job.notebook, as_version=4).cells
            if grade_id(cell) == "hidden-1-1"
        ]
        assert 'grade("1.1", ' in hidden.source


@pytest.mark.slow
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
            [*NBGRADER, command, *assignment],
            cwd=course,
            env={**os.environ, "PATH": NBGRADER_PATH},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    (row,) = csv.DictReader((course / "grades.csv").read_text(encoding="utf-8").splitlines())
    assert row["student_id"] == "jane"
    cells = json.loads((EXERCISES / "source" / FIRST / f"{FIRST}.ipynb").read_text("utf-8"))[
        "cells"
    ]
    marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    unread = sum(mark["points"] for mark in marks if mark.get("grade") and mark["solution"])
    assert unread > 0
    assert float(row["score"]) == float(row["max_score"]) - unread > 0
    assert (course / "release" / FIRST / "check.py").exists()
