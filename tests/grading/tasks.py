"""Functions that processes of their own run in the tests of executors."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from grading.executors import alone
from grading.model import Job, Outcome


def double(number: int) -> int:
    return 2 * number


def fail(words: str) -> None:
    raise OSError(28, words)


def die(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep_and_clean(folder: Path) -> None:
    """Note that it runs; sleep; note that it was cleaned up."""
    (folder / f"{os.getpid()}.runs").touch()
    try:
        time.sleep(600)
    finally:
        (folder / "cleaned").touch()


def slow_job(job: Job) -> Outcome:
    """Hold on to a folder, until somebody ends this."""
    alone(sleep_and_clean, Path(job.seed), 600)
    return Outcome("never")


def nap_alone(folder: Path) -> int:
    return alone(nap, folder, 600)


def nap(folder: Path) -> int:
    (folder / f"{os.getpid()}.runs").touch()
    time.sleep(0.5)
    return os.getpid()


def kill_pool_once(folder: Path) -> int:
    """Kill the worker that calls this, the first time."""
    try:
        (folder / "first").touch(exist_ok=False)
    except FileExistsError:
        return 7
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


if __name__ == "__main__":  # a program that waits for jobs until somebody stops or kills it
    from grading import executors, progress
    from tests.grading import tasks  # a cluster's workers do not know this program's __main__

    place, cluster = Path(sys.argv[1]), (sys.argv[2:] or [None])[0]
    with (
        progress.stoppable() as stop,
        executors.pool(2, Path(cluster) if cluster else None) as pool,
    ):
        jobs = [pool.submit(tasks.slow_job, Job("a", "c", "", str(place), False, 0, 0, 0))]
        while not stop.is_set() and not any(job.done() for job in jobs):
            time.sleep(0.05)
    print("stopped")
