"""Grading one notebook is a function of data; what ends what is left; users of their own."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest

from course.contents import ROOT
from grading import fence
from grading.grade_one import TELL_ANSWERS, check_fence, exercises_of, symptoms
from grading.judge.start import end
from grading.model import Job, Outcome
from tests.grading.notebooks import FIRST, notebook

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make grade is for Linux and macOS")
JOB = Job("jane", FIRST, "{}", "seed", True, 4096, 20, 300)


def test_a_job_and_its_outcome_can_travel() -> None:
    for data in (JOB, Outcome("stopped", ("1.1: ran out of memory",))):
        assert pickle.loads(pickle.dumps(data)) == data


def test_symptoms_name_their_exercises() -> None:
    error = nbformat.v4.new_output("error", ename="MemoryError", evalue="", traceback=[])
    cells = [
        nbformat.v4.new_code_cell(outputs=[error], metadata={"nbgrader": {"grade_id": name}})
        for name in ("answer-1-1", "visible-1-1", "visible-1-4")
    ]
    cells.append(nbformat.v4.new_code_cell(outputs=[error]))
    given = nbformat.v4.new_notebook(cells=cells)
    assert symptoms(given) == ["1.1, 1.4, a cell of their own: ran out of memory"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("[Errno 27] File too large", True),
        ("[Errno 28] No space left on device", True),
        ("this cell printed more than 1,048,576 characters; it was stopped", True),
        ("the cells of this notebook showed more than they may", True),
        ("out of pty devices", False),
        ("[Errno 30] Read-only file system: 'x'", False),
    ],
)
def test_not_every_error_of_the_system_is_too_much(words: str, told: bool) -> None:
    error = nbformat.v4.new_output("error", ename="OSError", evalue=words, traceback=[])
    given = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[error])])
    assert bool(symptoms(given)) is told


def test_the_exercises_of_a_notebook() -> None:
    assert exercises_of(notebook(FIRST)) == [f"1.{n}" for n in range(1, 8)]


# Mutation: `pids = []` in `end`.
@pytest.mark.parametrize("moment", ["while it runs", "when it has ended"])
def test_a_process_that_has_left_its_group_is_killed_too(tmp_path: Path, moment: str) -> None:
    program = (
        "import os, subprocess, sys\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "print(child.pid, flush=True)\n"
        "os._exit(0) if sys.argv[1:] == ['when it has ended'] else child.wait()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, moment],
        cwd=tmp_path, stdout=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
        try:
            if moment == "when it has ended":
                process.wait()
            assert child.is_running()
            end(process, [0], str(tmp_path))
            _, left = psutil.wait_procs([child], timeout=10)
            assert not left or left[0].status() == psutil.STATUS_ZOMBIE
        finally:
            if child.is_running():
                child.kill()


def test_two_gradings_at_a_time_have_users_of_their_own() -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give processes to other users")
    with fence.user(True) as one, fence.user(True) as other, fence.user(True) as third:
        assert len({one, other, third}) == 3
    with fence.user(False) as root:
        assert root == 0


def test_without_a_free_user_nothing_runs_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence, "LAST_UID", fence.FIRST_UID - 1)
    with pytest.raises(RuntimeError, match="are claimed"), fence.user(True):
        pass


class TestCheckFence:
    """Before anything is graded, an instructor hears what this machine cannot do."""

    def test_solutions_that_all_can_read_are_closed_first(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fence, "means", lambda own: "user")
        monkeypatch.setattr(fence, "open_to_all", lambda path: path.name == "hidden")
        refusal = check_fence(True, 4096)
        assert "could read" in refusal
        assert "chmod go-rwx exercises`" in refusal

    def test_history_archives_and_other_right_answers_tell_solutions_too(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fence, "means", lambda own: "user")
        for tells in TELL_ANSWERS:
            if tells.exists():
                monkeypatch.setattr(fence, "open_to_all", lambda path, tells=tells: path == tells)
                assert f"could read {tells}:" in check_fence(True, 4096)
        holders = {folder.relative_to(ROOT).as_posix() for folder in TELL_ANSWERS}
        assert {".git", "build/exercises", "exercises/alternative"} <= holders

    @pytest.mark.slow
    def test_too_little_memory_is_said_so(self) -> None:
        assert "MEMORY=" in check_fence(os.getuid() == 0, 40)

    @pytest.mark.slow
    def test_what_is_open_is_said(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(fence, "means", lambda own: "limits")
        assert check_fence(False, 4096) == ""
        assert "runs as you do" in capsys.readouterr().out


def test_who_can_read_a_folder(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    for folder in (tmp_path, *tmp_path.parents, tmp_path / "a", inner):
        if folder.is_relative_to(tmp_path):
            folder.chmod(0o755)
    above = all(folder.stat().st_mode & 0o001 for folder in tmp_path.parents)
    assert fence.open_to_all(inner) is above
    (tmp_path / "a").chmod(0o700)
    assert not fence.open_to_all(inner)
