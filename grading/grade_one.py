"""Grade one student's notebook: files in; a graded notebook, points and an `Outcome` out.

`grade_one` takes a `Job` of plain data and shares nothing with its caller, so any executor of
``concurrent.futures`` can run it, wherever the paths of the job lead to the same files. It starts
``nbgrader autograde`` in a process of its own, and nbgrader starts the notebook's kernel behind a
fence (``fence.py``). nbgrader needs:

- the course's folder with ``nbgrader_config.py``, and in it the student's notebook, in order;
- the gradebook, in which the assignment's cells stand since its release was generated. nbgrader
  reads from it how the checks look, and writes the points into it. As a SQLite file it must be on
  a disk of the same machine; several machines need a database server.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import nbformat

from grading import NBGRADER, NBGRADER_PATH, fence
from grading.model import Job, Outcome

MEMORY_OF_NBGRADER = 3072  # MiB; what a student's outputs can fill
STEPS = [
    "nbgrader.preprocessors.Execute",
    "grading.receipts.CheckReceipts",
    "nbgrader.preprocessors.IgnorePattern",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
SYMPTOMS = {
    "CellTimeoutError": "ran longer than a cell may",
    "MemoryError": "ran out of memory",
    "SystemExit": "tried to leave the process",
    "OSError": "wrote more than it may",
    "BlockingIOError": "started more processes than it may",
    "NoReceipt": "the hidden checks did not run to their end",
}


def grade_one(job: Job) -> Outcome:
    """Grade one student's notebook.

    Returns
    -------
    Outcome
        What went wrong, if it could not be graded. Otherwise the graded notebook is
        ``autograded/<student>/<chapter>/<chapter>.ipynb`` in the course, its points are in the
        gradebook, and the remarks say what an instructor should look at.
    """
    scratch = Path(tempfile.mkdtemp(prefix="student-", dir="/tmp"))
    home = scratch / "home"
    home.mkdir()
    scratch.chmod(0o711)
    fence.kernel_spec(scratch / "jupyter")
    log = scratch / "log.txt"
    settings = job.settings
    with fence.user(job.own_user) as uid, log.open("w", encoding="utf-8") as file:
        limits = fence.Fence(str(job.public), uid, settings.memory, settings.seconds)
        process = subprocess.Popen(
            command(job),
            cwd=settings.course,
            env={
                **environment(scratch),
                "FENCE": limits.to_json(),
                "FENCE_HOME": str(home),
                "GRADING_RECEIPTS": json.dumps(job.receipts),
            },
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        try:
            code: int | None = process.wait(timeout=settings.seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            kill_all(process, uid, home)
    text = log.read_text(encoding="utf-8", errors="replace")
    shutil.rmtree(scratch, ignore_errors=True)
    if code != 0:
        return Outcome(explain(code, text, settings.seconds))
    folder = settings.course / "autograded" / job.student / settings.chapter
    return Outcome(
        remarks=tuple(symptoms(nbformat.read(folder / f"{settings.chapter}.ipynb", as_version=4)))
    )


def command(job: Job) -> list[str]:
    """Return the command that grades a notebook."""
    return [
        *[sys.executable, fence.__file__, "--memory", str(MEMORY_OF_NBGRADER)],
        *[*NBGRADER, "autograde", job.settings.chapter, f"--student={job.student}", "--force"],
        f"--db={job.settings.db}",
        "--Execute.kernel_name=fenced",
        f"--Execute.timeout={job.settings.cell_seconds}",
        # Nothing of the kernel is needed after the last cell; a polite end takes a second or more.
        "--Execute.shutdown_kernel=immediate",
        *[f"--Autograde.autograde_preprocessors={step}" for step in STEPS],
    ]


def environment(scratch: Path) -> dict[str, str]:
    """Return nbgrader's environment. The grader's own may hold passwords; nothing is inherited."""
    return {
        "PATH": NBGRADER_PATH,
        "HOME": str(scratch),
        "LANG": "C.UTF-8",
        "TMPDIR": str(scratch),
        "JUPYTER_PATH": str(scratch / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "JUPYTER_PLATFORM_DIRS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def check_fence(public: Path, own_user: bool, memory: int) -> str:
    """Return why a fenced process cannot run on this machine, and what to do; empty if it can."""
    with fence.user(own_user) as uid:
        limits = fence.Fence(str(public), uid, memory)
        env = {**environment(public), "FENCE": limits.to_json()}
        probe = [sys.executable, fence.__file__, "--probe"]
        done = subprocess.run(probe, env=env, capture_output=True, text=True)
    if not done.returncode:
        return ""
    why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    advice = "Give it more memory with MEMORY=..., in MiB."
    if uid:
        advice = (
            "You are root, and a user without rights cannot run this Python. Grade as an "
            "ordinary user, or lay the project and its Python where everybody may read them, "
            "or, inside a container only, say AS_ROOT=1."
        )
    return f"A fenced process does not start: {why}\n{advice}"


def kill_all(process: subprocess.Popen[bytes], uid: int, home: Path) -> None:
    """Kill what is left of a student's processes."""
    for pid in {process.pid, *fence.processes_of(uid, home)}:
        for kill in (os.killpg, os.kill):
            with suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
    process.wait()


def explain(code: int | None, log: str, seconds: int) -> str:
    """Say in one line why a submission could not be graded."""
    if code is None:
        return f"stopped after {seconds} s in all; no points"
    if "DeadKernel" in log or "Kernel died" in log:
        return (
            "the kernel was killed while it ran (it left the process or broke a limit); no points"
        )
    if "CellTimeoutError" in log:  # "Timeout waiting for IOPub output": the kernel could not send
        return "its outputs did not come: a cell filled the memory or showed too much; no points"
    if "MemoryError" in log or code < 0:
        return "its outputs were too large to be read; no points"
    lines = [line for line in log.splitlines() if "Error" in line]
    return f"nbgrader could not grade it: {lines[-1][-200:] if lines else f'exit {code}'}"


def symptoms(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what in a graded notebook an instructor should look at, each with its exercises."""
    found: dict[str, dict[str, None]] = {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "a cell of their own")
        where = ".".join(name.split("-")[1:]) or name
        for output in cell.get("outputs", []):
            if output.output_type != "error":
                continue
            what = SYMPTOMS.get(output.ename, "")
            if "is what exercise" in output.evalue:
                what = output.evalue.splitlines()[0]
            if what:
                found.setdefault(what, {})[where] = None
    return [f"{', '.join(places)}: {what}" for what, places in found.items()]
