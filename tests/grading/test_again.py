"""Nothing passing becomes permanent: what is killed, locked or stopped is done by the next run."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grading import executors, pipeline
from grading.__main__ import main
from grading.model import EXERCISES, CannotStart, Job, Outcome, Settings
from grading.nbgrader_course import Course
from grading.pipeline import grade_class
from grading.progress import Stopped, stoppable
from tests.grading.canned import a_class, canned, grade_canned
from tests.grading.notebooks import FIRST, points, settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make grade is for Linux and macOS")
# The gradebook is compared by what is in it.
UNCOMPARED = {"gradebook.db"}


@pytest.fixture(autouse=True)
def no_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is run behind a fence here."""
    monkeypatch.setattr(pipeline, "check_fence", lambda *_: "")


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty gradebook. To make one, nbgrader starts a program for two seconds."""
    folder = tmp_path_factory.mktemp("gradebook")
    shutil.copyfile(EXERCISES / "nbgrader_config.py", folder / "nbgrader_config.py")
    Course(folder, f"sqlite:///{folder}/gradebook.db")
    return folder / "gradebook.db"


@pytest.fixture
def new_out(gradebook: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that makes a folder for grades, with an empty gradebook."""

    def make(name: str) -> Path:
        course = tmp_path / name / "course"
        course.mkdir(parents=True)
        shutil.copyfile(gradebook, course / "gradebook.db")
        return course.parent

    return make


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


@pytest.mark.slow
def test_killed_at_any_moment_and_started_again_a_run_ends_the_same(
    tmp_path: Path, new_out: Callable[[str], Path]
) -> None:
    """Twenty times, each in a folder of its own; every fifth twice, and without a gradebook."""
    submissions = a_class(tmp_path / "class", "ann", "bob", "cy", "hopeless", "zoë")
    began = time.monotonic()
    whole = new_out("whole")
    executors.alone(grade_canned, (submissions, whole), 120)
    expected, length = everything(whole), time.monotonic() - began
    context = multiprocessing.get_context("forkserver")
    moments = random.Random(3)
    begun = 0
    for count in range(20):
        first = count % 5 == 0
        out = tmp_path / f"killed {count}" if first else new_out(f"killed {count}")
        for _ in range(1 + first):
            process = context.Process(target=grade_canned, args=((submissions, out),))
            process.start()
            # Every other time there is something to spoil, however slow the machine is just now.
            while count % 2 and process.is_alive() and not (out / "state.json").exists():
                process.join(0.01)
            process.join(moments.uniform(0, length))
            process.kill()
            process.join()
            begun += (out / "state.json").exists()
        executors.alone(grade_canned, (submissions, out), 120)
        assert everything(out) == expected, f"killed after {count}"
    assert begun > 5  # not all of them were killed before there was anything to spoil


@pytest.mark.slow
@pytest.mark.parametrize("what", ["passing trouble", "error", "locked", "full"])
def test_what_may_pass_is_tried_again(
    what: str, submissions: Path, new_out: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = new_out("out")

    def unlucky(job: Job) -> Outcome:
        if what == "passing trouble":
            return Outcome("stopped after 300 s in all; no points", passing=True)
        raise executors.Lost("its process was killed")

    real = Course.enter

    def enter(self: Course, chapter: str, student: str, notebook: str) -> None:
        if what == "full":
            raise OSError(28, "No space left on device")
        url = self.api.coursedir.db_url
        with sqlite3.connect(out / "course" / "gradebook.db") as other:
            other.execute("BEGIN EXCLUSIVE")
            self.api.coursedir.db_url = f"{url}?timeout=0.1"  # seconds; five if nothing is said
            try:
                real(self, chapter, student, notebook)
            finally:
                self.api.coursedir.db_url = url

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
    assert re.search(rf"ann +- of \d+  {words[what]}", report)
    monkeypatch.undo()
    monkeypatch.setattr(pipeline, "check_fence", lambda *_: "")
    assert grade_class(settings(FIRST, submissions, out), grade=canned) == 1
    fresh = new_out("fresh")
    grade_class(settings(FIRST, submissions, fresh), grade=canned)
    assert everything(out) == everything(fresh)


@pytest.mark.slow
def test_retry_names_students_who_are_graded_again(
    submissions: Path, new_out: Callable[[str], Path]
) -> None:
    out, graded = new_out("out"), list[str]()

    def noting(job: Job) -> Outcome:
        graded.append(job.student)
        return canned(job)

    grade_class(settings(FIRST, submissions, out), grade=noting)
    assert sorted(graded) == ["ann", "bob", "hopeless"]
    grade_class(settings(FIRST, submissions, out), grade=noting)
    assert len(graded) == 3  # "hopeless" too was settled
    grade_class(settings(FIRST, submissions, out, retry=("Hopeless", "bob")), grade=noting)
    assert sorted(graded[3:]) == ["bob", "hopeless"]
    with pytest.raises(CannotStart, match="RETRY=zoe: no submission is called that"):
        grade_class(settings(FIRST, submissions, out, retry=("zoe",)), grade=noting)


@pytest.mark.slow
def test_a_lost_process_is_replaced_once(submissions: Path, new_out: Callable[[str], Path]) -> None:
    out = new_out("out")
    tries: list[str] = []

    def lost_once(job: Job) -> Outcome:
        tries.append(job.student)
        if tries.count(job.student) == 1:
            raise executors.Lost("its process was killed")
        return canned(job)

    assert grade_class(settings(FIRST, submissions, out), grade=lost_once) == 1
    assert sorted(tries) == ["ann", "ann", "bob", "bob", "hopeless", "hopeless"]
    assert float(points(out)["ann"]["total"]) > 0


@pytest.mark.slow
def test_what_was_given_by_hand_reaches_tables_and_feedback(
    submissions: Path, new_out: Callable[[str], Path]
) -> None:
    out = new_out("out")
    grade_class(settings(FIRST, submissions, out), grade=canned)
    before = points(out)["ann"]
    other_page = (out / "feedback" / "bob.html").read_bytes()
    with Gradebook(f"sqlite:///{out}/course/gradebook.db") as gradebook:  # as formgrader does
        grade = gradebook.find_grade("hidden-1-1", FIRST, FIRST, "ann")
        grade.manual_score = 0.25
        comment = gradebook.find_comment("answer-1-1", FIRST, FIRST, "ann")
        comment.manual_comment = "A neat idea, see me."
        gradebook.db.commit()
    grade_class(settings(FIRST, submissions, out), grade=canned)
    after = points(out)["ann"]
    page = (out / "feedback" / "ann.html").read_text(encoding="utf-8")
    automatic = float(before["1.1"]) - 1 if float(before["1.1"]) > 1 else float(before["1.1"])
    assert after["1.1"] == f"{automatic + 0.25:g}"
    assert "A neat idea, see me." in page
    assert after["total"] in page
    assert (out / "feedback" / "bob.html").read_bytes() == other_page


class TestStopping:
    @pytest.mark.slow
    def test_ctrl_c_ends_in_a_line_that_says_how_to_go_on(
        self, submissions: Path, new_out: Callable[[str], Path]
    ) -> None:
        out = new_out("out")

        def stops(job: Job) -> Outcome:
            if job.student == "bob":
                for _ in range(30_000):  # ann's result is recorded by another thread
                    if record_of(out, "ann")["done"]:
                        break
                    time.sleep(0.01)
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.5)
            return canned(job)

        with pytest.raises(Stopped, match=r"Stopped\. [12] of 3 submissions are recorded"):
            grade_class(settings(FIRST, submissions, out, jobs=1), grade=stops)
        report = (out / "report.txt").read_text(encoding="utf-8")
        assert re.search(r"hopeless +- of \d+  not graded yet; the same command goes on", report)
        assert grade_class(settings(FIRST, submissions, out), grade=canned) == 1
        fresh = new_out("fresh")
        grade_class(settings(FIRST, submissions, fresh), grade=canned)
        assert everything(out) == everything(fresh)

    def test_the_program_says_it_without_a_traceback(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        def stopped(_: Settings) -> int:
            raise Stopped("Stopped. 1 of 3 ...")

        def interrupted(_: Settings) -> int:
            raise KeyboardInterrupt

        monkeypatch.setattr(sys, "argv", ["grading", FIRST, str(tmp_path), "--out", str(tmp_path)])
        for how, line in ((stopped, "Stopped. 1 of 3 ..."), (interrupted, "Stopped. What was")):
            monkeypatch.setattr(pipeline, "grade_class", how)
            assert main() == 130
            assert capsys.readouterr().err.startswith(line)

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_the_first_signal_asks_and_a_second_ctrl_c_insists(self, number: int) -> None:
        before = signal.getsignal(number)
        with stoppable() as stop:
            os.kill(os.getpid(), number)
            assert stop.is_set()
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(number) == before


def test_a_gradebook_is_made_whole(tmp_path: Path) -> None:
    """Killed while its tables were made, it would lack some for ever."""
    (tmp_path / "gradebook.db.new").write_bytes(b"half of one")
    shutil.copyfile(EXERCISES / "nbgrader_config.py", tmp_path / "nbgrader_config.py")
    Course(tmp_path, f"sqlite:///{tmp_path}/gradebook.db")
    with sqlite3.connect(tmp_path / "gradebook.db") as made:
        tables = {row[0] for row in made.execute("SELECT name FROM sqlite_master")}
    assert {"alembic_version", "grade", "submitted_assignment"} <= tables
    assert not (tmp_path / "gradebook.db.new").exists()


@pytest.mark.slow
def test_a_locked_gradebook_ends_in_a_line(
    submissions: Path, new_out: Callable[[str], Path]
) -> None:
    out = new_out("out")
    grade_class(settings(FIRST, submissions, out), grade=canned)
    url = f"sqlite:///{out}/course/gradebook.db?timeout=0.1"
    with sqlite3.connect(out / "course" / "gradebook.db") as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CannotStart, match=r"The gradebook cannot be used: .* is locked"):
            grade_class(settings(FIRST, submissions, out, database=url), grade=canned)
