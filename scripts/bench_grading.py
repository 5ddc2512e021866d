"""Measure `make grade` with a large class: time and memory, on this machine and through Parsl.

The submissions of one chapter are synthetic: a third of them complete, a third half done, and in a
third every second answer is wrong; each has a comment of its own. Each row grades all students
afresh. For comparison, the first students are graded by nbgrader's own commands, one process each.

Usage: python scripts/bench_grading.py [STUDENTS] [CHAPTER]      (200 03_information_theory)
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil

from course.contents import ROOT, Chapter
from grading import NBGRADER, NBGRADER_PATH
from grading.model import EXERCISES, Settings
from grading.pipeline import grade_class

KINDS = ("complete", "half done", "wrong")
MOST_BY_NBGRADER = 10  # students


def students(chapter: str, how_many: int, folder: Path) -> None:
    """Write the submissions of a synthetic class."""
    source = EXERCISES / "source" / chapter / f"{chapter}.ipynb"
    blank = EXERCISES / "release" / chapter / f"{chapter}.ipynb"
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in nbformat.read(source, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("answer")
    }
    functions = {
        f"answer-{exercise.number.replace('.', '-')}": exercise.functions
        for exercise in Chapter(chapter).exercises
    }
    for number in range(how_many):
        kind = KINDS[number % len(KINDS)]
        notebook = nbformat.read(blank, as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if name not in answers:
                continue
            place = list(answers).index(name)
            if kind == "half done" and place >= len(answers) / 2:
                continue
            cell.source = f"{answers[name]}\n# student {number}"
            if kind == "wrong" and place % 2:
                for function in functions[name]:
                    cell.source += f"\n\n\ndef {function}(*given, **named):\n    return 0.5"
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


@contextlib.contextmanager
def peak_of_memory() -> Iterator[list[float]]:
    """Yield a list whose one entry is, in the end, the peak of memory inside, in MiB."""
    stop, peak = threading.Event(), [0.0]
    watch = threading.Thread(target=peak_memory, args=(stop, peak))
    watch.start()
    try:
        yield peak
    finally:
        stop.set()
        watch.join()


def measure(chapter: str, folder: Path, jobs: int, cluster: Path | None) -> tuple[float, float]:
    """Grade a class with so many jobs; return seconds and the peak of memory in MiB."""
    with tempfile.TemporaryDirectory() as name, peak_of_memory() as peak:
        out = Path(name) / "out"
        settings = Settings(chapter, folder, out, jobs=jobs, cluster=cluster)
        begin = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            failed = grade_class(settings)
        seconds = time.perf_counter() - begin
        if failed:
            report = (out / "report.txt").read_text(encoding="utf-8")
            raise RuntimeError(f"{failed} honest submissions could not be graded\n{report}")
        check(out / "grades.csv", chapter)
    return seconds, peak[0]


def check(grades: Path, chapter: str) -> None:
    """Refuse a class whose three kinds did not earn what they should."""
    with grades.open(encoding="utf-8-sig", newline="") as file:
        most, *rows = csv.DictReader(file)
    # The class has not answered the written questions.
    whole = sum(float(most[exercise.number]) for exercise in Chapter(chapter).exercises)
    for number, row in enumerate(rows):
        total = float(row["total"])
        kind = KINDS[number % len(KINDS)]
        fits = total == whole if kind == "complete" else 0 < total < 0.8 * whole
        if not fits:
            raise RuntimeError(f"student {number} is {kind} and earned {total:g} of {whole:g}")


def by_nbgrader(chapter: str, folder: Path) -> tuple[float, float]:
    """Grade a class with nbgrader's own commands; return seconds a student, and the peak."""
    with tempfile.TemporaryDirectory() as name, peak_of_memory() as peak:
        course = Path(name) / "course"
        shutil.copytree(EXERCISES, course, ignore=shutil.ignore_patterns("*.db", "submitted"))
        names = sorted(path.stem for path in folder.glob("*.ipynb"))[:MOST_BY_NBGRADER]
        for student in names:
            place = course / "submitted" / student / chapter
            place.mkdir(parents=True)
            shutil.copyfile(folder / f"{student}.ipynb", place / f"{chapter}.ipynb")

        def command(*arguments: str) -> None:
            done = subprocess.run(
                [*NBGRADER, *arguments],
                cwd=course,
                env={**os.environ, "PATH": NBGRADER_PATH},
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise RuntimeError(done.stderr)

        command("generate_assignment", chapter, "--force")
        begin = time.perf_counter()
        for student in names:
            command("autograde", chapter, f"--student={student}")
        command("generate_feedback", chapter)
        return (time.perf_counter() - begin) / len(names), peak[0]


def main() -> None:
    """Print one row for each way and number of workers."""
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chapter = sys.argv[2] if len(sys.argv) > 2 else "03_information_theory"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"\nGrading {how_many} submissions of {chapter} on {cores} cores\n")
    print("  way        workers     total   a student   peak of memory, or more time", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "class"
        folder.mkdir()
        students(chapter, how_many, folder)
        each, peak = by_nbgrader(chapter, folder)
        print(f"  nbgrader         1         -  {each:8.2f} s  {peak:10.0f} MiB", flush=True)
        two = (ROOT / "grading" / "clusters" / "two_workers.py").read_text(encoding="utf-8")
        alone: dict[int, float] = {}
        for workers in (1, 2):
            cluster = Path(name) / f"{workers}.py"
            cluster.write_text(
                two.replace("max_workers_per_node=2", f"max_workers_per_node={workers}"),
                encoding="utf-8",
            )
            for way in ("processes", "Parsl"):
                seconds, peak = measure(
                    chapter, folder, workers, cluster if way == "Parsl" else None
                )
                alone.setdefault(workers, seconds)
                # Parsl's workers are no descendants of this process.
                last = (
                    f"{peak:10.0f} MiB"
                    if way == "processes"
                    else f"{seconds / alone[workers] - 1:+10.0%}"
                )
                each = seconds / how_many
                print(
                    f"  {way:<9} {workers:8d}  {seconds:6.0f} s  {each:8.2f} s  {last}", flush=True
                )
    print("\n  to reach: half of nbgrader's time a student; Parsl at most +10 %")


if __name__ == "__main__":
    main()
