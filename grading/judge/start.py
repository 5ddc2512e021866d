"""Start the judge of one notebook, and end all that is left of it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course.contents import ROOT
from grading import fence, folders
from grading.judge.channel import Channel, Late, Lost
from grading.model import EXERCISES

MEMORY_OF_JUDGE = 6144  # MiB of address space; PyTorch reserves much more than it uses
MOST_NOTEBOOK = 64 * 2**20  # bytes, outputs included
PUBLIC_PLACES = ("/tmp", "/var/tmp", "/dev/shm")  # where everybody may write
# CPython 3.11 counts the depth of the tree that it builds once for all threads, and fails in two.
PARSING = threading.Lock()
# Worth importing once, before the judge and the student's process part.
SHARED = ("fractions", "math", "mpmath", "numpy", "scipy", "sympy", "torch")
# What is imported when the student's own cells name it, be it in a function, which would import it
# in each of those processes. No other name: a module that they choose could do anything here.
NAMED = (*SHARED, "scipy.optimize", "scipy.special", "scipy.stats")
IMPORTED = re.compile(
    rf"(?m)^[ \t]*(?:import|from)[ \t]+({'|'.join(map(re.escape, NAMED[::-1]))})(?!\w)"
)
# Parts that a library loads at first use. Every check begins in a new process, and would load them
# again: 20 ms for each of some twenty checks of a notebook.
AT_FIRST_USE = {
    "numpy": ("numpy.random", "numpy.ma"),
    "sympy": ("sympy.combinatorics", "sympy.physics.units"),
}


class NotJudged(Exception):
    """A notebook that could not be judged.

    Attributes
    ----------
    passing : bool
        Whether it might go well another time.
    """

    def __init__(self, reason: str, passing: bool) -> None:
        super().__init__(reason)
        self.passing = passing


def judge_notebook(
    notebook: dict[str, Any],
    numbers: list[str],
    *,
    seed: str = "",
    own_user: bool = False,
    memory: int = 4096,
    cell_seconds: float = 20,
    seconds: float = 300,
    private: Iterable[Path] = (),
) -> dict[str, Any]:
    """Run a notebook and its checks.

    Parameters
    ----------
    notebook : dict
        As `nbformat` reads it; its check cells, with the marks of nbgrader, are trusted.
    numbers : list of str
        Its exercises.
    seed : str
        The cohort's seed.
    own_user : bool
        As root, run it as a user without rights.
    memory : int
        MiB of address space of each of the student's processes.
    cell_seconds, seconds : float
        For a cell or the checks of an exercise; for all.
    private : iterable of Path
        Folders that must not be seen, besides the project's.

    Returns
    -------
    dict
        The notebook with the outputs of all its cells.

    Raises
    ------
    NotJudged
        If there are none; the message says why.
    """
    until = time.monotonic() + seconds
    with ExitStack() as stack:
        scratch = Path(tempfile.mkdtemp(prefix="student-", dir="/tmp"))
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        scratch.chmod(0o711)
        public = folders.make_public(scratch / "public")
        users = [stack.enter_context(fence.user(own_user)) for _ in range(2)]
        home = scratch / "home"
        home.mkdir()
        os.chown(home, users[0] or os.getuid(), -1)
        hidden = tuple(map(str, [ROOT, *private]))
        root = scratch / "root"
        root.mkdir()
        limits = fence.Fence(str(public), str(root), users[0], memory, private=hidden)
        own = fence.Fence(
            str(public), str(root), users[1], max(memory, MEMORY_OF_JUDGE), 1, 10, private=hidden
        )
        log = stack.enter_context((scratch / "log.txt").open("w", encoding="utf-8"))
        mine, theirs = socket.socketpair()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grading.judge"],
            cwd="/",
            env=fence.environment(os.pathsep.join([str(public), str(ROOT)]), str(scratch)),
            stdin=theirs.fileno(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        stack.callback(end, process, users, str(home))
        theirs.close()
        channel = Channel(mine, MOST_NOTEBOOK)
        stack.callback(channel.close)
        try:
            channel.ask(
                {
                    "imports": imports(notebook, numbers),
                    "student": asdict(limits),
                    "home": str(home),
                    "seconds": int(seconds) + 1,
                },
                until=until,
            )
            answer, _ = channel.ask(
                {
                    "exercises": str(EXERCISES),
                    "numbers": numbers,
                    "judge": asdict(own),
                    "cell_seconds": cell_seconds,
                    "seed": seed,
                    "notebook": notebook,
                },
                until=until,
            )
        except Late:
            raise NotJudged(f"stopped after {seconds:g} s in all; no points", True) from None
        except Lost:
            with suppress(subprocess.TimeoutExpired):
                process.wait(2)
            lines = (scratch / "log.txt").read_text(encoding="utf-8", errors="replace").split("\n")
            why = next((line for line in reversed(lines) if line.strip()), "it was killed")
            raise NotJudged(f"the judge ended: {why[:200]}", True) from None
    return dict(answer["notebook"])


def end(process: subprocess.Popen[bytes], users: list[int], home: str) -> None:
    """Kill what is left of a judge's and a student's processes, and remove their users' files."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for uid in users:
        pids = fence.processes_of(uid, home) if uid or home else []
        for pid in pids:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
    left = [uid for uid in users if uid]
    for path in (p for place in PUBLIC_PLACES for p in Path(place).glob("*") if left):
        with suppress(OSError):
            if path.lstat().st_uid not in left:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def imports(notebook: dict[str, Any], numbers: Iterable[str]) -> list[str]:
    """Return what a notebook and its hidden checks import of the well-known libraries.

    Of the student's own cells only a few names are looked for: they may not parse.
    """
    chapters = {f"{int(number.split('.')[0]):02}" for number in numbers}
    sources = [
        p.read_text(encoding="utf-8")
        for c in chapters
        for p in (EXERCISES / "hidden").glob(f"{c}_*.py")
    ]
    sources += [
        cell["source"]
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "setup"
    ]
    found = dict.fromkeys(name for source in sources for name in _imported(source))
    code = "\n".join(c["source"] for c in notebook["cells"] if c["cell_type"] == "code")
    found |= dict.fromkeys(IMPORTED.findall(code))
    shared = [name for name in found if name.split(".")[0] in SHARED]
    return [part for name in shared for part in (name, *AT_FIRST_USE.get(name, ()))]


def _imported(source: str) -> list[str]:
    """Return the modules that a source imports."""
    with PARSING:
        tree = ast.parse(source)
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
    return found
