"""What a student's process can see and reach, and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.contents import ROOT
from grading import fence
from grading.judge.start import judge_notebook
from grading.model import EXERCISES
from tests.grading.notebooks import fenced

pytestmark = pytest.mark.skipif(not fenced(), reason="this system gives a process no namespaces")
SEED = "seed-of-the-autumn-27-cohort"
LOOK = f"""
import os, pathlib
marks = [m.encode() for m in ({SEED[::-1]!r}[::-1], "BEGIN " + "SOLUTION", "canary-" + "hidden")]
found, seen = [], 0
for top, folders, files in os.walk("/"):
    folders[:] = [f for f in folders if (top, f) not in (("/", "proc"), ("/", "sys"))]
    if "python" in top and "site-packages" in top or top.startswith("/usr"):
        files = [f for f in files if f.endswith(".ipynb")]
    for name in files:
        path = pathlib.Path(top, name)
        try:
            if path.is_file() and path.stat().st_size < 2**22:
                content = path.read_bytes()
                seen += 1
                if any(m in content for m in marks) or name.endswith((".ipynb", ".db")):
                    found.append(str(path))
        except OSError:
            pass
print("seen", seen > 10, "found", found)
"""
MEMORY = f"""
import gc, sys, os, inspect
frame, names = sys._getframe(), []
while frame:
    names.append(frame.f_code.co_name)
    values = repr([v for v in frame.f_locals.values() if isinstance(v, str)])
    if {SEED[::-1]!r}[::-1] in values: print("the seed is in", frame.f_code.co_name)
    frame = frame.f_back
texts = [o for o in gc.get_objects() if isinstance(o, (dict, list, tuple))]
mark = {SEED[::-1]!r}[::-1]
print("frames", len(names) > 3, "seed", sum(
    any(isinstance(v, str) and v == mark for v in (o.values() if isinstance(o, dict) else o))
    for o in texts))
print("modules", [m for m in sys.modules if m.split(".")[0] in ("hidden", "course")
      or m == "grading.judge.proxies"])
print("environment", sorted(os.environ), "arguments", sys.argv)
raw = open("/proc/self/mem", "rb", buffering=0)
needle, hits = ("canary-" + "hidden" + "-likelihood").encode(), 0
for line in open("/proc/self/maps"):
    where, rights, *_ = line.split()
    if "r" in rights and not line.rstrip().endswith(("[vvar]", "[vsyscall]")):
        low, high = (int(n, 16) for n in where.split("-"))
        try:
            raw.seek(low)
            hits += raw.read(high - low).count(needle)
        except (OSError, ValueError, OverflowError, MemoryError):
            pass
print("canary in memory", hits > 2)
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
        new_notebook(cells=[cell]), ["1.1"], own_user=os.getuid() == 0, seed=SEED, seconds=120
    )
    (cell,) = nbformat.from_dict(judged).cells
    return "".join(o.get("text", "") or o.get("evalue", "") for o in cell.outputs)


def test_nothing_of_the_graders_is_on_its_disk() -> None:
    assert shown(LOOK).split() == ["seen", "True", "found", "[]"]


def test_nothing_of_the_graders_is_in_its_memory() -> None:
    lines = shown(MEMORY).splitlines()
    assert lines[0] == "frames True seed 0"
    assert lines[1] == "modules []"
    assert "SEED" not in lines[2] and "arguments ['']" in lines[2]
    assert lines[3] == "canary in memory False"


def test_it_reaches_neither_the_network_nor_other_processes_nor_rights() -> None:
    said = shown(REACH.replace("PORT", "1"))
    (first, *rest) = said.splitlines()
    assert int(first.split()[1]) <= 4
    if os.getuid() == 0:
        assert int(first.split()[3]) >= fence.FIRST_UID
    assert rest == ["others []"]


def test_its_files_have_a_limit_together() -> None:
    assert 100 < int(shown(FILL).split()[1]) <= fence.Fence("").disk


def test_nothing_of_it_is_left() -> None:
    before = set(os.listdir("/tmp"))
    shown(LEAVE)
    left = {
        n for n in set(os.listdir("/tmp")) - before if n.startswith(("student-", "fence-", "left"))
    }
    assert not {n for n in left if n != "fence-users"}
    assert not [p for p in psutil.process_iter() if "86399.125" in " ".join(_command(p))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_no_secret_stands_in_arguments_or_the_environment() -> None:
    """Both can be read by others on the machine; the seed goes through a socket."""
    seen = f"""
import psutil
found = [p.pid for p in psutil.process_iter() if {SEED!r} in str(p.cmdline()) + str(p.environ())]
print(found)
"""
    with subprocess.Popen(
        [sys.executable, "-c", f"while True:\n    {seen.strip().splitlines()[0]}\n    break"],
        stdout=subprocess.DEVNULL,
    ):
        pass
    assert SEED not in " ".join(a for p in psutil.process_iter() for a in _command(p))


def test_the_projects_folders_are_masked_even_below_what_programs_need(tmp_path: Path) -> None:
    limits = fence.Fence("", private=(str(ROOT), str(EXERCISES)))
    assert str(ROOT) in limits.private
