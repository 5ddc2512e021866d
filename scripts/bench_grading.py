"""Measure `make grade` with a large class: time against cores, and memory at the peak.

The submissions of one chapter are synthetic: a third of them complete, a third half done, a third
wrong somewhere; each has a comment of its own. Each number of jobs grades as many students afresh.

Usage: python scripts/bench_grading.py [STUDENTS] [CHAPTER]      (200 03_information_theory)
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil

from grading.model import EXERCISES, Settings
from grading.pipeline import grade_class


def students(chapter: str, how_many: int, folder: Path) -> None:
    """Write the submissions of a synthetic class."""
    source = EXERCISES / "source" / chapter / f"{chapter}.ipynb"
    blank = EXERCISES / "release" / chapter / f"{chapter}.ipynb"
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in nbformat.read(source, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for number in range(how_many):
        notebook = nbformat.read(blank, as_version=4)
        for position, cell in enumerate(notebook.cells):
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            half_done = number % 3 == 1 and position > len(notebook.cells) / 2
            if name in answers and not half_done:
                wrong = "\nraise ValueError" if number % 3 == 2 and position % 5 == 0 else ""
                cell.source = f"{answers[name]}\n# student {number}{wrong}"
        nbformat.write(notebook, folder / f"student{number:04d}.ipynb")


def peak_memory(stop: threading.Event, result: list[float]) -> None:
    """Note the largest memory of this process's descendants, in MiB, shared pages counted once."""
    this = psutil.Process()
    while not stop.wait(0.5):
        total = 0.0
        for child in this.children(recursive=True):
            with contextlib.suppress(psutil.Error, AttributeError):
                total += child.memory_full_info().pss / 2**20
        result[0] = max(result[0], total)


def measure(chapter: str, how_many: int, jobs: int) -> tuple[float, float]:
    """Grade a class with so many jobs; return seconds and the peak of memory in MiB."""
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name) / "class", Path(name) / "out"
        folder.mkdir()
        out.mkdir()
        students(chapter, how_many, folder)
        stop, peak = threading.Event(), [0.0]
        watch = threading.Thread(target=peak_memory, args=(stop, peak))
        watch.start()
        begin = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            failed = grade_class(Settings(chapter, folder, out, jobs=jobs))
        seconds = time.perf_counter() - begin
        stop.set()
        watch.join()
        if failed:
            raise RuntimeError(f"{failed} honest submissions could not be graded")
        return seconds, peak[0]


def main() -> None:
    """Print one row for each number of jobs."""
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chapter = sys.argv[2] if len(sys.argv) > 2 else "03_information_theory"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"\nGrading {how_many} submissions of {chapter} on {cores} cores\n")
    print("  jobs     total   a student   memory at the peak")
    jobs = 1
    while jobs <= (cores or 1):
        seconds, peak = measure(chapter, how_many, jobs)
        print(f"  {jobs:4d}  {seconds:6.0f} s  {seconds / how_many:8.2f} s  {peak:10.0f} MiB")
        jobs *= 2


if __name__ == "__main__":
    main()
