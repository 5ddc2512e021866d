"""What a student's process can see and reach, and what it leaves behind."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.contents import ROOT
from grading import fence
from grading.judge.start import judge_notebook
from tests.grading.notebooks import fenced

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not fenced(), reason="this system gives a process no namespaces"),
]
SEED = "seed-of-the-autumn-27-cohort"
LOOK = f"""
import os, pathlib
marks = [m.encode() for m in ({SEED[::-1]!r}[::-1], "BEGIN " + "SOLUTION", "canary-" + "hidden")]
found, seen = [], 0
for top, folders, files in os.walk("/"):
    folders[:] = [f for f in folders if f not in ("proc", "usr", "site-packages")]
    for name in files:
        path = pathlib.Path(top, name)
        try:
            content = path.read_bytes() if path.is_file() else b""
        except OSError:
            continue
        seen += 1
        if name.endswith((".ipynb", ".db", ".csv", ".env")) and "/test/" not in str(path):
            found.append(str(path))
        found += [str(path)] * any(mark in content for mark in marks)
print("seen", seen > 500, "found", found)
"""
MEMORY = f"""
import gc, sys, os
mark = {SEED[::-1]!r}[::-1]
frame, where = sys._getframe().f_back, []
while frame:
    where += [frame.f_code.co_name] * (mark in repr(frame.f_locals))
    frame = frame.f_back
print("frames", where)
canary = mark[:0].join(("canary-", "hidden"))
inside = lambda o: o.values() if isinstance(o, dict) else o
held = [o for o in gc.get_objects() if isinstance(o, (dict, list, tuple)) and o is not globals()
        and any(isinstance(v, str) and (canary in v or v == mark) for v in inside(o))]
print("held", len([o for o in held if o is not get_ipython().user_ns]))
print("modules", [m for m in sys.modules if m.split(".")[0] in ("hidden", "course")
      or m == "grading.judge.proxies"])
print("environment", sorted(os.environ), "arguments", sys.argv)
"""
REACH = """
import ctypes, os, socket, subprocess
pids = sorted(int(p) for p in os.listdir("/proc") if p.isdigit())
print("processes", len(pids), "uid", os.getuid(), "groups", os.getgroups())
libc = ctypes.CDLL(None, use_errno=True)
print("others", [open(f"/proc/{p}/cmdline").read() for p in pids
                 if b"pytest" in open(f"/proc/{p}/cmdline", "rb").read()])
for where in (("127.0.0.1", 22), ("1.1.1.1", 53), ("127.0.0.1", PORT)):
    try:
        socket.create_connection(where, 1).close()
        print("connected", where)
    except OSError:
        pass
def tries(what):
    try:
        what()
        print("could", what.__name__)
    except (OSError, PermissionError):
        pass
def write_python(): open(os.__file__, "a").close()
def become_root(): os.setuid(0)
def make_a_root_file(): os.chown(".", 0, 0)
def mount():
    if libc.mount(b"x", b"/tmp", b"tmpfs", 0, None): raise OSError
def chroot(): os.chroot("/tmp")
def write_outside(): open("/outside", "w")
def new_user_space():
    if libc.unshare(0x10000000): raise OSError
    libc.mount(None, b"/", None, 1 << 18, None)
    os.listdir("/old")
def open_disk(): os.mknod("disk", 0o60666, os.makedev(8, 0))
def kill_base(): os.kill(1, 9); os.kill(1, 19)
for what in (write_python, become_root, make_a_root_file, mount, chroot, write_outside,
             new_user_space, open_disk):
    tries(what)
"""
FILL = """
import os
written = 0
for n in range(40):
    try:
        with open(f"f{n}", "wb") as file: written += file.write(bytes(49 * 2**20))
    except OSError: break
print("MiB", written // 2**20)
"""
LEAVE = """
import os, subprocess, pathlib
pathlib.Path("/tmp/left-behind-by-a-student").write_text("x")
pathlib.Path("left").write_text("x")
if os.fork() == 0:
    os.setsid()
    os.execvp("sleep", ["sleep", "86399.125"])
"""


@cache
def shown(source: str) -> str:
    """Return what a cell shows in a student's process."""
    cell = new_code_cell(source)
    judged = judge_notebook(
        new_notebook(cells=[cell]),
        ["1.1"],
        own_user=os.getuid() == 0,
        seed=SEED,
        cell_seconds=250,  # to look through the whole disk takes long where others use it
        seconds=300,
    )
    (cell,) = nbformat.from_dict(judged).cells
    return "".join(o.get("text", "") or o.get("evalue", "") for o in cell.outputs)


def test_nothing_of_the_graders_is_on_its_disk() -> None:
    assert shown(LOOK).split() == ["seen", "True", "found", "[]"]


def test_nothing_of_the_graders_is_in_its_memory() -> None:
    frames, held, modules, environment = shown(MEMORY).splitlines()
    assert (frames, held, modules) == ("frames []", "held 0", "modules []")
    assert "SEED" not in environment
    assert environment.endswith("arguments ['']")


def test_it_reaches_neither_the_network_nor_other_processes_nor_rights() -> None:
    said = shown(REACH.replace("PORT", "1"))
    (first, *rest) = said.splitlines()
    assert int(first.split()[1]) <= 4
    if os.getuid() == 0:
        assert int(first.split()[3]) >= fence.FIRST_UID
    assert rest == ["others []"]


def test_its_files_have_a_limit_together() -> None:
    assert 100 < int(shown(FILL).split()[1]) <= fence.Fence("").disk


def test_nothing_of_it_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = tempfile.mkdtemp
    monkeypatch.setattr(tempfile, "mkdtemp", lambda **named: made.append(make(**named)) or made[-1])
    shown(LEAVE)
    assert len(made) == 1
    assert not Path(made[0]).exists()
    assert not Path("/tmp/left-behind-by-a-student").exists()
    assert not [p for p in psutil.process_iter() if "86399.125" in _command(p)]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_no_secret_stands_in_arguments_or_the_environment() -> None:
    """Others on the machine can read both; the seed goes through a socket."""
    with ThreadPoolExecutor() as pool:
        running = pool.submit(shown, "import time\ntime.sleep(1)")
        seen: set[int] = set()
        while not running.done():
            for process in psutil.process_iter():
                with contextlib.suppress(psutil.Error):
                    if "grading.judge" in " ".join(process.cmdline()):
                        seen.add(process.pid)
                        assert SEED not in " ".join(process.cmdline())
                        assert SEED not in str(process.environ())
    assert len(seen) >= 3  # the judge and the student's


def test_the_projects_folders_are_masked_even_below_what_programs_need(tmp_path: Path) -> None:
    """Such as a project in /usr/local/src, with its Python in it."""
    project, root = tmp_path / "project", tmp_path / "root"
    for name in ("exercises", "public", "venv"):
        (project / name).mkdir(parents=True)
        (project / name / "file").touch()
    root.mkdir()
    limits = fence.Fence(str(project / "public"), str(root), private=(str(project),))
    read, write = os.pipe()
    child = os.fork()
    if not child:
        fence.SYSTEM.append(str(tmp_path))
        fence.python_folders = lambda: [str(project / "venv")]
        try:
            fence.separate(0)
            fence.view(limits)
            found = [str(p) for p in sorted(project.rglob("*")) if p.is_file()]
        except BaseException as error:
            found = [repr(error)]
        os.write(write, "\n".join(found).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as file:
        seen = file.read().split()
    assert seen == [str(project / name / "file") for name in ("public", "venv")]
    os.waitpid(child, 0)


def opened(aside: Path) -> str:
    """Return a shell's commands that let everybody read this Python, in a view of their own."""
    folders = [Path(folder) for folder in fence.python_folders()]
    steps = ["set -e"]
    closed = {
        folder: next((str(p) for p in reversed(folder.parents) if not p.stat().st_mode & 1), "")
        for folder in folders
    }
    inside = [folder for folder in folders if closed[folder]]
    places = {folder: f"{aside}/{at}" for at, folder in enumerate(inside)}
    steps.append(f"mount -t tmpfs aside {aside}")
    steps += [f"mkdir {place}; mount --rbind {f} {place}" for f, place in places.items()]
    steps += [f"mount -t tmpfs -o mode=755 over {c}" for c in {closed[f] for f in inside}]
    steps += [f"mkdir -p {f}; mount --rbind {place} {f}" for f, place in places.items()]
    return "; ".join(steps)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_has_walls_as_well_where_the_system_allows_it(tmp_path: Path) -> None:
    # Mutation: no capset in `become`. The process can then mount, and change its root.
    program = (
        "from grading import fence\n"
        "from tests.grading.judge.test_enclosed import LOOK, REACH, shown\n"
        "print(fence.means(False))\nprint(shown(LOOK))\nprint(shown(REACH.replace('PORT', '1')))"
    )
    user = "setpriv --reuid 61999 --regid 61999 --clear-groups"
    environment = {**os.environ, "HOME": "/tmp", "PYTHONPATH": f"exercises{os.pathsep}."}
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c",
         f'{opened(tmp_path)}; cd {ROOT}; exec {user} "$0" -c "$1"', sys.executable, program],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    lines = done.stdout.split("\n")
    if lines[0] != "walls":
        pytest.skip(f"ordinary users have no namespaces here: {done.stderr[-200:]}")
    assert lines[1].split() == ["seen", "True", "found", "[]"]
    assert lines[4] == "others []"
    assert not [line for line in lines if line.startswith("could")]
