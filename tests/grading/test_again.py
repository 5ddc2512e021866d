"""Nothing passing becomes permanent: what is killed, locked or stopped is done by the next run."""

from __future__ import annotations

import json
import multiprocessing
import random
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from grading import executors, pipeline
from grading.model import Job, Outcome
from grading.nbgrader_course import Course
from grading.pipeline import grade_class
from tests.grading.canned import a_class, canned, grade_canned
from tests.grading.notebooks import FIRST, settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make grade is for Linux and macOS")
# The gradebook is compared by what is in it.
UNCOMPARED = {"gradebook.db"}


@pytest.fixture(autouse=True)
def no_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is run behind a fence here."""
    monkeypatch.setattr(pipeline, "check_fence", lambda *_: "")


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    return a_class(tmp_path / "class", "ann", "bob", "hopeless")


def everything(out: Path) -> dict[str, object]:
    """Return all that a run has written."""
    files: dict[str, object] = {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and path.name not in UNCOMPARED
    }
    files["gradebook"] = Course(out / "course", f"sqlite:///{out}/course/gradebook.db").shown(FIRST)
    return files


def record_of(out: Path, student: str) -> dict[str, object]:
    return dict(json.loads((out / "state.json").read_text(encoding="utf-8"))[student])


# Mutation: `known.done and` taken out of `Records.is_done`.
@pytest.mark.slow
def test_killed_at_any_moment_and_started_again_a_run_ends_the_same(tmp_path: Path) -> None:
    """Twenty times, one after another, each in a folder of its own; every third is killed twice."""
    submissions = a_class(tmp_path / "class", "ann", "bob", "cy", "hopeless", "zoë")
    began = time.monotonic()
    whole = tmp_path / "whole"
    executors.alone(grade_canned, (submissions, whole), 120)
    expected, length = everything(whole), time.monotonic() - began
    context = multiprocessing.get_context("forkserver")
    moments = random.Random(3)
    begun = 0
    for count in range(20):
        out = tmp_path / f"killed {count}"
        for _ in range(2 if count % 3 == 0 else 1):
            process = context.Process(target=grade_canned, args=((submissions, out),))
            process.start()
            process.join(moments.uniform(0, length))
            process.kill()
            process.join()
            begun += (out / "state.json").exists()
        executors.alone(grade_canned, (submissions, out), 120)
        assert everything(out) == expected, f"killed after {count}"
    assert begun > 5  # not all of them were killed before there was anything to spoil


@pytest.mark.parametrize("what", ["passing trouble", "error", "locked", "full"])
def test_what_may_pass_is_tried_again(
    what: str, submissions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"

    def unlucky(job: Job) -> Outcome:
        if what == "passing trouble":
            return Outcome("stopped after 300 s in all; no points", passing=True)
        raise executors.Lost("its process was killed")

    real = Course.enter

    def enter(self: Course, chapter: str, student: str, notebook: str) -> None:
        if what == "full":
            raise OSError(28, "No space left on device")
        with sqlite3.connect(out / "course" / "gradebook.db") as other:
            other.execute("BEGIN EXCLUSIVE")
            self.api.coursedir.db_url += "?timeout=0.1"
            try:
                real(self, chapter, student, notebook)
            finally:
                self.api.coursedir.db_url = self.api.coursedir.db_url.removesuffix("?timeout=0.1")

    if what in ("locked", "full"):
        monkeypatch.setattr(Course, "enter", enter)
    grade = canned if what in ("locked", "full") else unlucky
    assert grade_class(settings(FIRST, submissions, out), grade=grade) == 3
    words = {
        "passing trouble": "stopped after 300 s in all",
        "error": "could not be graded: Lost: its process was killed",
        "locked": "could not be recorded, and is tried again: .*database is locked",
        "full": "could not be recorded, and is tried again: .*No space left",
    }
    assert not record_of(out, "ann")["done"]
    report = (out / "report.txt").read_text(encoding="utf-8")
    assert __import__("re").search(rf"ann +- of \d+  {words[what]}", report)
    monkeypatch.undo()
    monkeypatch.setattr(pipeline, "check_fence", lambda *_: "")
    assert grade_class(settings(FIRST, submissions, out), grade=canned) == 1
    fresh = tmp_path / "fresh"
    grade_class(settings(FIRST, submissions, fresh), grade=canned)
    assert everything(out) == everything(fresh)
