"""Enclose a process: limits, a user without rights, a view of the disk with little on it.

Linux gives a process its own table of mounts, of processes and of networks (namespaces). Inside,
there are Python, the folder ``public``, and an empty ``/tmp`` that holds so much and is gone with
the process; no network, and no other process. That takes root's rights or a system that lets users
have namespaces of their own. Where neither is given, and on macOS, limits are all there is:
`means` says what a machine can do, and the book's page for instructors says what that leaves open.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import site
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FIRST_UID, LAST_UID = 61000, 62999  # users without rights; they need no account
# Of <sched.h> and <sys/mount.h>.
NEW_MOUNTS, NEW_UTS, NEW_IPC, NEW_USER = 0x20000, 0x4000000, 0x8000000, 0x10000000
NEW_PIDS, NEW_NET = 0x20000000, 0x40000000
READ_ONLY, NO_SETUID, NO_DEVICES, NO_PROGRAMS = 1, 2, 4, 8
REMOUNT, BIND, RECURSIVE, PRIVATE, DETACH = 32, 4096, 16384, 1 << 18, 2
DEATH_SIGNAL, NO_NEW_RIGHTS = 1, 38  # of <sys/prctl.h>
CAPABILITIES = 0x20080522  # of <linux/capability.h>: the third version
CROWD = 1024  # processes and threads that other students' may have, where they share a user
# What programs need of the system, if it is there.
SYSTEM = ["/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/nix"]
SETTINGS = ["alternatives", "fonts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime"]
DEVICES = ["null", "zero", "full", "random", "urandom"]


@dataclass(frozen=True)
class Fence:
    """The limits of a process and of its children.

    Attributes
    ----------
    public : str
        The folder that it sees besides Python.
    root : str
        An empty folder; in the process's own table of mounts its root is there at first.
    uid : int
        The user to become when started by root; 0 to stay who one is.
    memory : int
        MiB of address space.
    file_size : int
        MiB of any file that it writes.
    disk : int
        MiB of all its files together, where it has a ``/tmp`` of its own.
    processes : int
        Processes and threads at a time.
    private : tuple of str
        Folders that must not be seen even if they lie below what programs need.
    """

    public: str
    root: str = ""
    uid: int = FIRST_UID
    memory: int = 4096
    file_size: int = 50
    disk: int = 200
    processes: int = 128
    private: tuple[str, ...] = ()


@contextlib.contextmanager
def user(own: bool) -> Iterator[int]:
    """Claim an unprivileged user for one process; yield its uid, or 0 to keep the current user.

    Two students at the same time must not share one. A claim is a locked file, so it ends with the
    process at the latest.
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


def means(own_user: bool) -> str:
    """Return how a process can be enclosed here.

    Returns
    -------
    str
        ``"walls"``: a view of the disk, of the processes and of the network of its own;
        ``"user"``: a user without rights, who sees the disk and the network;
        ``"limits"``: nothing but limits.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python 3.12 warns of threads
        child = os.fork()
    if not child:
        code = 1
        with contextlib.suppress(OSError):
            separate(0)
            code = 0
        os._exit(code)
    if os.waitpid(child, 0)[1] == 0:
        return "walls"
    return "user" if own_user and os.getuid() == 0 else "limits"


def separate(extra: int = NEW_PIDS) -> None:
    """Leave the tables of mounts and networks that other processes have.

    Raises
    ------
    OSError
        If this is not allowed.
    """
    if sys.platform != "linux":
        raise OSError("only Linux has namespaces")
    uid, gid = os.getuid(), os.getgid()
    everything = NEW_MOUNTS | NEW_NET | NEW_IPC | NEW_UTS | extra
    if uid == 0:
        _system("unshare", everything)
    else:
        _system("unshare", everything | NEW_USER)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    _mount(None, "/", None, RECURSIVE | PRIVATE)


def view(fence: Fence) -> None:
    """Replace the root of the disk by one that holds Python, `Fence.public` and an empty /tmp."""
    root = fence.root
    _mount("fence", root, "tmpfs", NO_SETUID | NO_DEVICES, "mode=755,size=1m")
    for folder in SYSTEM:
        if os.path.islink(folder):
            os.symlink(os.readlink(folder), root + folder)
        elif os.path.isdir(folder):
            _show(folder, root)
    for hidden in fence.private:
        if os.path.isdir(root + hidden):
            _mount("fence", root + hidden, "tmpfs", NO_SETUID | NO_DEVICES, "mode=755,size=1m")
    for name in SETTINGS:
        if os.path.exists(f"/etc/{name}"):
            _show(f"/etc/{name}", root)
    for name in DEVICES:
        _show(f"/dev/{name}", root, read_only=False)
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    os.mkdir(f"{root}/dev/pts")
    with contextlib.suppress(OSError):  # IPython's !command runs in a terminal
        _mount("devpts", f"{root}/dev/pts", "devpts", NO_SETUID, "newinstance,ptmxmode=0666")
        os.symlink("pts/ptmx", f"{root}/dev/ptmx")
    for place, size in (("tmp", fence.disk), ("dev/shm", fence.disk // 10)):
        os.makedirs(f"{root}/{place}", exist_ok=True)
        limit = f"mode=1777,size={size}m,nr_inodes=20000"
        _mount("fence", f"{root}/{place}", "tmpfs", NO_SETUID | NO_DEVICES, limit)
    for folder in [*python_folders(), fence.public]:  # which may be below /tmp
        if not os.path.isdir(root + folder):
            _show(folder, root)
    os.makedirs(f"{root}/proc")
    if os.getpid() == 1:
        with contextlib.suppress(OSError):  # not allowed within some containers; few need it
            _mount("proc", f"{root}/proc", "proc", NO_SETUID | NO_DEVICES)
    old = f"{root}/old"
    os.mkdir(old)
    os.chdir(root)
    _system("pivot_root", root.encode(), old.encode())
    os.chdir("/")
    _system("umount2", b"/old", DETACH)
    os.rmdir("/old")
    _mount(None, "/", None, REMOUNT | READ_ONLY | BIND)


def python_folders() -> list[str]:
    """Return where this Python and its packages lie, without the project itself."""
    folders = [sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__)]
    folders += [folder for folder in site.getsitepackages() if os.path.isdir(folder)]
    shown: list[str] = []
    # By the names that Python uses, and by those that symbolic links on the way lead to.
    for folder in sorted({*folders, *map(os.path.realpath, folders)}):
        if not any(Path(folder).is_relative_to(place) for place in shown):
            shown.append(folder)
    return shown


def _show(path: str, root: str, read_only: bool = True) -> None:
    """Show a file or a folder at the same place below another root."""
    place = root + path
    if os.path.isdir(path):
        os.makedirs(place, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if not os.path.exists(place):
            Path(place).touch()
    _mount(path, place, None, BIND | RECURSIVE)
    if read_only:
        # Flags that the original has may have to be repeated.
        kept = os.statvfs(place).f_flag & (NO_SETUID | NO_DEVICES | NO_PROGRAMS)
        _mount(None, place, None, REMOUNT | BIND | READ_ONLY | kept)


def open_to_all(path: Path) -> bool:
    """Return whether a user without rights can read a folder: it and all above it are open."""
    modes = [folder.stat().st_mode for folder in (path, *path.resolve().parents)]
    return bool(modes[0] & 0o004) and all(mode & 0o001 for mode in modes)


def keep_only(*kept: int) -> None:
    """Close all files but some and standard error; input and output lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(2):
        os.dup2(nowhere, standard)
    at = 3
    for file in sorted(kept):
        os.closerange(at, file)
        at = file + 1
    os.closerange(at, 2**16)


def become(uid: int) -> None:
    """Give up root's rights, if there are any, and the ways to get others."""
    if uid and os.getuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    if sys.platform == "linux":
        _system("prctl", NO_NEW_RIGHTS, 1, 0, 0, 0)
        # Who has namespaces of their own has all of root's capabilities there.
        none = (ctypes.c_uint32 * 6)()
        _system("capset", (ctypes.c_uint32 * 2)(CAPABILITIES, 0), none)


def end_with_parent() -> None:
    """Have the system kill this process when its parent ends. Call it after `become`."""
    if sys.platform == "linux":
        _system("prctl", DEATH_SIGNAL, 9, 0, 0, 0)


def limit(fence: Fence, others: int = 0) -> None:
    """Set the limits of this process and of its children.

    Parameters
    ----------
    fence : Fence
        The limits.
    others : int
        How many processes and threads the same user has already, if it is the grader's own: they
        count as well, and so will those of other students.
    """
    import resource

    def at_most(kind: int, value: int) -> None:
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))

    at_most(resource.RLIMIT_CORE, 0)
    at_most(resource.RLIMIT_FSIZE, fence.file_size * 2**20)
    if sys.platform != "darwin":  # macOS reserves more address space than it uses
        at_most(resource.RLIMIT_AS, fence.memory * 2**20)
    at_most(resource.RLIMIT_NPROC, fence.processes + (others and others + CROWD))


def threads_of(uid: int) -> int:
    """Return how many processes and threads a user has."""
    import psutil

    count = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            count += process.num_threads() if process.uids().real == uid else 0
    return count


def processes_of(uid: int, home: str) -> list[int]:
    """Return the processes of a student: those with their user, or at home in their folder."""
    import psutil

    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            theirs = bool(uid) and process.uids().real == uid
            if theirs or (home and process.cwd().startswith(home)):
                found.append(process.pid)
    return [pid for pid in found if pid != os.getpid()]


def environment(public: str, home: str) -> dict[str, str]:
    """Return all the environment that a submission sees."""
    return {
        "PATH": os.defpath,
        "HOME": home,
        "USER": "student",
        "LOGNAME": "student",
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "PYTHONPATH": public,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": home,
        "IPYTHONDIR": home,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def _mount(
    source: str | None, target: str, kind: str | None, flags: int, options: str = ""
) -> None:
    names = (name and name.encode() for name in (source, target, kind))
    _system("mount", *names, ctypes.c_ulong(flags), options.encode() or None)


def _system(name: str, *given: object) -> None:
    """Call a function of the C library that returns 0; Python has no such calls before 3.12."""
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, name):
        raise OSError(f"the C library has no {name}")
    if getattr(library, name)(*given):
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
