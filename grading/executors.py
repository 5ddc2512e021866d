"""Where the jobs run: threads of this machine that each start a process, or a cluster of Parsl's.

Both are a ``concurrent.futures.Executor``, and both call `alone`: each submission has a process of
its own, forked from one that has imported everything already. So nothing of one submission reaches
another, no more than one is lost with a process, and importing costs nothing. A pool of processes
would not do: one of them killed from outside breaks ``ProcessPoolExecutor`` for all the others.

Parsl (an optional dependency) brings Slurm, Kubernetes, PBS and others. ``grading/clusters`` holds
configurations to begin with.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeVar

from grading.model import CannotStart

Given = TypeVar("Given")
Result = TypeVar("Result")
LAST_WORDS = 15  # seconds for a process that was told to end, to clean up behind itself


class Failed(RuntimeError):
    """A function raised an error in its process; the words say which."""


class Lost(RuntimeError):
    """A process ended without a result; somebody killed it, or the machine ran out of memory."""


def alone(function: Callable[[Given], Result], given: Given, seconds: float) -> Result:
    """Return ``function(given)``, computed in a process of its own.

    Parameters
    ----------
    function : Callable
        A function that can be imported, of one argument.
    given : Any
        Its argument. It is pickled, as is what the function returns.
    seconds : float
        How long it may take.

    Raises
    ------
    TimeoutError
        After so many seconds; the process was told to end, and waited for.
    Lost
        If the process was killed.
    Failed
        If the function raised an error.
    """
    context = multiprocessing.get_context("forkserver")
    # With __main__, or every process would import the program's main file anew.
    context.set_forkserver_preload(["__main__", "grading.warm"])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(function, given, sender))
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise TimeoutError(f"stopped after {seconds:g} s in all")
        came, result = receiver.recv()
    except (EOFError, ConnectionError):
        raise Lost("its process was killed") from None
    finally:
        end([process])
        receiver.close()
    if not came:
        raise Failed(result)
    return result  # type: ignore[no-any-return]


def end(processes: list[Any]) -> None:
    """End processes of `alone`: they are asked, and killed if they do not follow."""
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(LAST_WORDS)
        if process.exitcode is None:
            process.kill()
            process.join()


def _child(function: Callable[[Given], Any], given: Given, sender: Connection) -> None:
    # A process that is told to end leaves through its `finally`. Ctrl-C is for the grader, which
    # tells the others; a function does nothing with it and, unlike SIG_IGN, is not inherited by
    # the programs started from here.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    _end_with_parent()
    try:
        result = True, function(given)
    except Exception as error:  # as words: not every error survives being pickled
        result = False, " ".join(f"{type(error).__name__}: {error}".split())[:300]
    with contextlib.suppress(BrokenPipeError):
        sender.send(result)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # there is nothing left to interrupt


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def pool(jobs: int, cluster: Path | None = None) -> Iterator[Executor]:
    """Yield the executor that runs the jobs, and leave nothing behind, not even in an emergency.

    Parameters
    ----------
    jobs : int
        So many at a time, on this machine.
    cluster : Path, optional
        A Python file that binds the name ``config`` to a ``parsl.Config``.

    Raises
    ------
    CannotStart
        If the cluster does not start.
    """
    if cluster is None:
        threads = ThreadPoolExecutor(jobs)
        try:
            yield threads
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            end(multiprocessing.active_children())
            threads.shutdown()
        return
    with _parsl(cluster) as executor:
        yield executor


@contextlib.contextmanager
def _parsl(cluster: Path) -> Iterator[Executor]:
    if not cluster.is_file():
        raise CannotStart(f"CLUSTER={cluster} is not there; see grading/clusters")
    # Parsl starts its own commands, such as interchange.py, by their names.
    beside = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", os.defpath)])
    try:
        import parsl
        from parsl.concurrent import ParslPoolExecutor
    except ModuleNotFoundError:
        raise CannotStart("CLUSTER= needs Parsl: .venv/bin/python -m pip install parsl") from None
    try:
        config = runpy.run_path(str(cluster)).get("config")
    except Exception as error:
        raise CannotStart(f"CLUSTER={cluster}: {type(error).__name__}: {error}") from error
    if not isinstance(config, parsl.Config):
        raise CannotStart(f"CLUSTER={cluster} binds no name `config` to a parsl.Config")
    for one in config.executors:
        if getattr(one, "encrypted", True) is False or getattr(one, "address", "here") is None:
            raise CannotStart(
                f"CLUSTER={cluster}: without encrypted=True and an address of a private network, "
                "anybody who reaches this machine could run programs as you"
            )
    with contextlib.ExitStack() as stack:
        ours = config.run_dir == "runinfo"  # Parsl's own choice: wherever one happens to be
        if ours:
            config.run_dir = stack.enter_context(tempfile.TemporaryDirectory(prefix="parsl-"))
        # Ctrl-C goes to every process of the terminal. Those of Parsl must not hear it: it is for
        # the grader, which shuts them down. What is ignored stays so in programs started now.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            executor = ParslPoolExecutor(config)
        except Exception as error:
            raise CannotStart(f"CLUSTER={cluster} does not start: {error}") from error
        finally:
            signal.signal(signal.SIGINT, before)
        # Not `executor.shutdown()`, which waits for every job: Parsl cannot cancel one.
        stack.callback(parsl.dfk().cleanup)
        for one in config.executors:
            if interchange := getattr(one, "interchange_proc", None):
                stack.enter_context(_guarded(interchange.pid, config.run_dir if ours else ""))
        yield executor


@contextlib.contextmanager
def _guarded(pid: int, folder: str) -> Iterator[None]:
    """Kill a process, and remove a folder, as soon as this process is gone, however it went.

    Parsl's interchange would outlive a killed grader for ever, and its workers with it; without
    an interchange they give up after ``heartbeat_threshold`` seconds.
    """
    script = 'read _; kill -9 "$0" 2>/dev/null; test -z "$1" || rm -rf "$1"'
    command = ["sh", "-c", script, str(pid), folder]
    guard = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        guard.kill()
        guard.communicate()
