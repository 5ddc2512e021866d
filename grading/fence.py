"""Start a kernel behind a fence: limits, no inherited environment, nobody's files.

The kernel that executes a submission is started by this file (see ``kernel_spec``). It limits
what the process and its children may use, gives it an empty home and a short list of environment
variables, and, when the grader is root, a user of its own without rights. It is a fence and not a
wall: it does not cut off the network, and the code of the hidden checks is within the students'
reach while they run. The book's page for instructors says what to do where that is not enough.

Usage: python fence.py CONNECTION_FILE      with the settings, as JSON, in the variable FENCE
       python fence.py --probe              try whether a fenced process can run Python at all
       python fence.py --memory MIB COMMAND ...      run a command under a limit of memory
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FIRST_UID, LAST_UID = 61000, 62999  # users without rights; they need no account
PRIVATE = "FENCE_INSIDE"  # set in the environment once the process has its own table of mounts


@dataclass(frozen=True)
class Fence:
    """The limits of one kernel.

    Attributes
    ----------
    public : str
        The folder of what a notebook may import: lib, check, hidden.
    uid : int
        The user to become when started by root; 0 to stay root.
    memory : int
        MiB of address space.
    seconds : int
        Of processor time, in all.
    file_size : int
        MiB of any file that it writes.
    processes : int
        Processes and threads at a time.
    """

    public: str
    uid: int = FIRST_UID
    memory: int = 4096
    seconds: int = 240
    file_size: int = 50
    processes: int = 64

    def to_json(self) -> str:
        """Return the settings for the variable FENCE."""
        return json.dumps(asdict(self))


def kernel_spec(folder: Path) -> None:
    """Write the kernel specification ``fenced`` below a folder for JUPYTER_PATH."""
    place = folder / "kernels" / "fenced"
    place.mkdir(parents=True, exist_ok=True)
    spec = {
        "argv": [sys.executable, str(Path(__file__).resolve()), "{connection_file}"],
        "display_name": "Python behind a fence",
        "language": "python",
    }
    (place / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


def limit(fence: Fence) -> None:
    """Set the limits of this process and of its children."""
    import resource

    def at_most(kind: int, value: int) -> None:
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))

    at_most(resource.RLIMIT_CORE, 0)
    at_most(resource.RLIMIT_CPU, fence.seconds)
    at_most(resource.RLIMIT_FSIZE, fence.file_size * 2**20)
    if sys.platform != "darwin":  # macOS reserves more address space than it uses
        at_most(resource.RLIMIT_AS, fence.memory * 2**20)
    # The limit counts all processes and threads of the user, so the grader's own come on top.
    # Root is not bound by it; a user without rights is.
    others = 0 if os.getuid() == 0 else _threads_of(os.getuid())
    at_most(resource.RLIMIT_NPROC, fence.processes + others)


def _threads_of(uid: int) -> int:
    import psutil

    count = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            count += process.num_threads() if process.uids().real == uid else 0
    return count


def processes_of(uid: int, home: Path) -> list[int]:
    """Return the processes of a student: those with their user, or at home in their folder."""
    import psutil

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            theirs = bool(uid) and process.uids().real == uid
            if theirs or process.cwd().startswith(str(home)):
                found.append(process.pid)
    return [pid for pid in found if pid != os.getpid()]


def environment(fence: Fence, home: str) -> dict[str, str]:
    """Return all the environment that a submission sees."""
    return {
        "PATH": os.defpath,
        "HOME": home,
        "USER": "student",
        "LOGNAME": "student",
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "PYTHONPATH": fence.public,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


@contextlib.contextmanager
def user(own: bool) -> Iterator[int]:
    """Claim an unprivileged user for one kernel; yield its uid, or 0 to keep the current user.

    What is left of a student's processes is found by its user and killed: two kernels at the same
    time must not share one. A claim is a locked file, so it ends with the process at the latest.
    """
    import fcntl

    if not own:
        yield 0
        return
    place = Path("/tmp/fence-users")
    place.mkdir(mode=0o700, exist_ok=True)
    if place.stat().st_uid != os.getuid():
        raise PermissionError(f"{place} belongs to somebody else; remove it")
    for uid in range(FIRST_UID, LAST_UID + 1):
        with (place / str(uid)).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield uid
            return
    raise RuntimeError(f"all users from {FIRST_UID} to {LAST_UID} are claimed: see {place}")


def closed_folders(paths: Iterable[str]) -> dict[str, list[str]]:
    """Group paths by the topmost folder on the way that a user without rights cannot pass."""
    groups: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        for folder in [*reversed(Path(path).parents), Path(path)]:
            if not folder.stat().st_mode & 0o001:
                groups.setdefault(str(folder), []).append(path)
                break
    return groups


def open_a_way(paths: Iterable[str]) -> None:
    """Make paths reachable to everybody, in this process's own table of mounts only.

    Python may live in root's home, which is closed. An empty folder is laid over the closed one,
    with nothing but Python in it; as a side effect the rest of it is out of sight.
    """
    for closed, wanted in closed_folders(paths).items():
        beside = [tempfile.mkdtemp(prefix="fence-") for _ in wanted]
        for path, at in zip(wanted, beside, strict=True):
            subprocess.run(["mount", "--rbind", path, at], check=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "fence", closed], check=True)
        for path, at in zip(wanted, beside, strict=True):
            Path(path).mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", "--rbind", at, path], check=True)
            subprocess.run(["umount", "--lazy", at], check=True)
            Path(at).rmdir()


def become(fence: Fence, arguments: list[str]) -> None:
    """Give up root's rights, if there are any to give up; restart with own mounts if needed."""
    if os.getuid() != 0 or not fence.uid:
        return
    needed = [sys.prefix, sys.base_prefix, fence.public]
    if closed_folders(needed):
        if not os.environ.get(PRIVATE):
            own = ["unshare", "--mount", "--propagation", "private"]
            command = [*own, sys.executable, str(Path(__file__).resolve()), *arguments]
            os.execvpe("unshare", command, {**os.environ, PRIVATE: "1"})
        open_a_way(needed)
    os.setgroups([])
    os.setgid(fence.uid)
    os.setuid(fence.uid)


def start(connection_file: str, fence: Fence) -> None:
    """Replace this process by a fenced kernel."""
    home = os.environ.get("FENCE_HOME") or tempfile.mkdtemp(prefix="fence-", dir="/tmp")
    os.environ["FENCE_HOME"] = home
    mine = str(Path(home) / "connection.json")
    if not Path(mine).exists():
        shutil.copyfile(connection_file, mine)
        os.chmod(mine, 0o600)
        if os.getuid() == 0 and fence.uid:
            os.chown(mine, fence.uid, fence.uid)
            os.chown(home, fence.uid, fence.uid)
    become(fence, [connection_file])
    os.chdir(home)
    limit(fence)
    kernel = [sys.executable, "-m", "ipykernel_launcher", "-f", mine]
    options = [
        "--HistoryManager.hist_file=:memory:",
        "--IPKernelApp.outstream_class=limited_output.LimitedStream",
    ]
    os.execve(sys.executable, [*kernel, *options], environment(fence, home))


def probe(fence: Fence) -> None:
    """Replace this process by a fenced one that imports what a kernel needs."""
    become(fence, ["--probe"])
    os.chdir("/")
    limit(fence)
    command = [sys.executable, "-c", "import ipykernel.kernelapp, numpy, lib, limited_output"]
    os.execve(sys.executable, command, environment(fence, "/tmp"))


def main(arguments: list[str]) -> Any:
    """Do what the usage says."""
    if arguments[0] == "--memory":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (int(arguments[1]) * 2**20, hard))
        os.execvp(arguments[2], arguments[2:])
    fence = Fence(**json.loads(os.environ["FENCE"]))
    return probe(fence) if arguments[0] == "--probe" else start(arguments[0], fence)


if __name__ == "__main__":
    main(sys.argv[1:])
