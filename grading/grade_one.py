"""Grade one student's notebook: a notebook in, what was run and an `Outcome` out.

`grade_one` takes a `Job` of plain data and returns plain data. It needs neither the course nor the
gradebook, so it may run on any machine that has the repository; ``executors`` gives it a process of
its own. It starts the notebook's kernel behind a fence (``fence.py``).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbgrader.preprocessors import Execute

from grading import NBGRADER_PATH, fence, folders
from grading.model import Job, Outcome
from grading.receipts import check_receipts

MEMORY_OF_CLIENT = 3072  # MiB; what a student's outputs can fill
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

    It limits its process's memory and sets its environment: call it in a process of its own.

    Returns
    -------
    Outcome
        What went wrong, if it could not be graded. Otherwise the notebook with its outputs, and
        the remarks say what an instructor should look at.
    """
    scratch = Path(tempfile.mkdtemp(prefix="student-", dir="/tmp"))
    public = None
    try:
        home = scratch / "home"
        home.mkdir()
        scratch.chmod(0o711)
        fence.kernel_spec(scratch / "jupyter")
        receipts = folders.make_receipts(job.chapter)
        public = folders.make_public(job.seed, receipts)
        notebook = nbformat.reads(job.notebook, as_version=4)
        with fence.user(job.own_user) as uid:
            limits = fence.Fence(str(public), uid, job.memory, job.seconds)
            os.environ.clear()
            os.environ.update(
                {**environment(scratch), "FENCE": limits.to_json(), "FENCE_HOME": str(home)}
            )
            _limit_memory(MEMORY_OF_CLIENT)
            _be_silent()
            try:
                notebook = run(notebook, job.cell_seconds, home)
            except Exception as error:
                return Outcome(explain(error))
            finally:
                kill_all(uid, home)
        check_receipts(notebook, receipts)
        return Outcome(remarks=tuple(symptoms(notebook)), notebook=nbformat.writes(notebook))
    finally:
        for folder in filter(None, (scratch, public)):
            shutil.rmtree(folder, ignore_errors=True)


def run(notebook: nbformat.NotebookNode, cell_seconds: int, home: Path) -> nbformat.NotebookNode:
    """Run a notebook's cells in a fenced kernel, as nbgrader does; return it with the outputs."""
    execute = Execute(
        kernel_name="fenced",
        timeout=cell_seconds,
        # Nothing of the kernel is needed after the last cell; a polite end takes a second or more.
        shutdown_kernel="immediate",
        record_timing=False,  # the same submission, the same file
    )
    done, _ = execute.preprocess(notebook, {"metadata": {"path": str(home)}})
    return done  # type: ignore[no-any-return]


def _be_silent() -> None:
    """Send nowhere what this process, and a kernel before it runs a cell, says by itself."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _limit_memory(mebibytes: int) -> None:
    import resource  # not on Windows, where this module is imported too

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if sys.platform != "darwin":  # macOS reserves more address space than it uses
        resource.setrlimit(resource.RLIMIT_AS, (mebibytes * 2**20, hard))


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


def check_fence(own_user: bool, memory: int) -> str:
    """Return why a fenced process cannot run on this machine, and what to do; empty if it can."""
    public = folders.make_public("", {})
    try:
        with fence.user(own_user) as uid:
            limits = fence.Fence(str(public), uid, memory)
            env = {**environment(public), "FENCE": limits.to_json()}
            probe = [sys.executable, fence.__file__, "--probe"]
            done = subprocess.run(probe, env=env, capture_output=True, text=True)
    finally:
        shutil.rmtree(public, ignore_errors=True)
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


def kill_all(uid: int, home: Path) -> None:
    """Kill what is left of a student's processes."""
    for pid in fence.processes_of(uid, home):
        for kill in (os.killpg, os.kill):
            with suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)


def explain(error: Exception) -> str:
    """Say in one line why a submission could not be graded."""
    if isinstance(error, DeadKernelError):
        return (
            "the kernel was killed while it ran (it left the process or broke a limit); no points"
        )
    if isinstance(error, CellTimeoutError):  # waiting for outputs: the kernel could not send
        return "its outputs did not come: a cell filled the memory or showed too much; no points"
    if isinstance(error, MemoryError):
        return "its outputs were too large to be read; no points"
    return f"it could not be run: {type(error).__name__}: {str(error)[-200:]}"


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
