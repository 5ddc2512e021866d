"""Grading one notebook is a function of files; the users and the isolation that it needs."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest

from grading import fence
from grading.grade_one import command, explain, kill_all, symptoms
from grading.model import Job, Outcome, Settings
from tests.grading.notebooks import FIRST

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make grade is for Linux and macOS")
SECRET = "5ec2e7"
JOB = Job("jane", Settings(FIRST, Path("s"), Path("o")), Path("p"), {"1.1": SECRET}, True)


def test_a_job_and_its_outcome_can_travel() -> None:
    for data in (JOB, Outcome("stopped", ("1.1: ran out of memory",))):
        assert pickle.loads(pickle.dumps(data)) == data


def test_no_receipt_stands_in_the_arguments_which_everybody_can_read() -> None:
    assert SECRET not in json.dumps(command(JOB))


def test_symptoms_name_their_exercises() -> None:
    error = nbformat.v4.new_output("error", ename="MemoryError", evalue="", traceback=[])
    cells = [
        nbformat.v4.new_code_cell(outputs=[error], metadata={"nbgrader": {"grade_id": name}})
        for name in ("answer-1-1", "visible-1-1", "visible-1-4")
    ]
    cells.append(nbformat.v4.new_code_cell(outputs=[error]))
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert symptoms(notebook) == ["1.1, 1.4, a cell of their own: ran out of memory"]


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
def test_why_a_submission_could_not_be_graded(code: int | None, log: str, line: str) -> None:
    assert line in explain(code, log, 60)


# Mutation: `for pid in {process.pid}:` in kill_all.
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
            kill_all(process, 0, tmp_path)
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
