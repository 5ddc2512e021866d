"""Grade a folder of submissions of one chapter: points per exercise, feedback, a report.

    make grade CHAPTER=03_information_theory SUBMISSIONS=folder-or-zip

writes below ``grades/<chapter>``:

    report.txt          one line a student, what could not be matched, and who is missing
    grades.csv          points per exercise, total, remarks
    canvas.csv          the total for Canvas's gradebook (Import)
    canvas-exercises.csv    or, in its place, a column for each exercise
    moodle.csv          exercises and total for Moodle's (Grades > Import > CSV file)
    analysis.html       what the class found hard, exercise by exercise
    feedback/           one HTML page a student
    feedback-moodle.zip, feedback-canvas.zip    the same, to upload at once
    course/             nbgrader's course with its gradebook

What was released is graded: all of a chapter, or what `make release EXERCISES="1.1 1.3"` chose.

Run again, it grades only what has changed, and what could not be graded for a passing reason.
Each submission has a process of its own; the students' code runs behind a fence
(``grading/fence.py``).

Stopped, or killed, and run again, it goes on.

Optional: ROSTER=file.csv     the participants, exported from Canvas or Moodle: for their columns,
                              and to see who is missing
          HIDDEN_SEED=text    hidden inputs of this cohort's own
          KEEP=earliest       of a student's several notebooks the first, not the latest;
                              KEEP=punctual the latest that Canvas has not marked as late
          RETRY=name          grade this student again, whatever is recorded; several with commas
          CLUSTER=config.py   work on the machines of a Parsl configuration; see grading/clusters
          JOBS=n              so many students at a time; as many as there are cores
          MEMORY=n            MiB for a student's process
          DB=url              a gradebook of another kind, such as postgresql://...; like the seed
                              in the environment, because arguments can be read by everybody
          AS_ROOT=1           as root, run students' code as root (do not, outside a container)
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from grading import selection
from grading.model import GRADES, KEEP, CannotStart, Settings

INTERRUPTED = 130  # as a shell has it


def _main() -> int:
    """Read the options and grade. Exit 0 even if some submission could not be graded."""
    parser = argparse.ArgumentParser(
        prog="python -m grading",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("chapter")
    parser.add_argument("submissions")
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--roster", type=Path, default=None)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--memory", type=int, default=4096, help="MiB for a student's process")
    parser.add_argument("--cluster", type=Path, default=None)
    parser.add_argument("--retry", default="")
    parser.add_argument("--keep", default="latest")
    parser.add_argument("--as-root", action="store_true")
    given: Any = parser.parse_args()
    if sys.platform == "win32":
        raise CannotStart("make grade needs Linux or macOS (on Windows: WSL, or a container)")
    missing = [name for name in ("chapter", "submissions") if not getattr(given, name).strip()]
    if missing:
        example = "make grade CHAPTER=03_information_theory SUBMISSIONS=folder-or-zip"
        raise CannotStart(f"{' and '.join(f'{m.upper()}=' for m in missing)} missing: {example}")
    if given.keep not in KEEP:
        raise CannotStart(f"KEEP={given.keep} is no rule; there are {', '.join(KEEP)}")
    settings = Settings(
        given.chapter,
        Path(given.submissions).expanduser().resolve(),
        (given.out or GRADES / given.chapter).resolve(),
        seed=os.environ.pop("HIDDEN_SEED", ""),
        jobs=max(1, given.jobs),
        memory=given.memory,
        database=os.environ.pop("DB", ""),
        roster=given.roster,
        as_root=given.as_root,
        cluster=given.cluster and given.cluster.expanduser().resolve(),
        retry=tuple(filter(None, map(str.strip, given.retry.split(",")))),
        exercises=selection.released(given.chapter),
        keep=given.keep,
    )
    if settings.exercises:
        print(f"Of this chapter were released, and are graded: {', '.join(settings.exercises)}")
    # nbgrader takes a second to import; Ctrl-C in that second ends in one line, too.
    from grading import pipeline, progress

    try:
        pipeline.grade_class(settings)
    except progress.Stopped as stopped:
        print(stopped, file=sys.stderr)
        return INTERRUPTED
    except OSError as error:  # such as a full disk
        raise CannotStart(
            f"{error}. What was graded is recorded; the same command goes on."
        ) from None
    return 0


def main() -> int:
    """Grade; Ctrl-C ends in one line."""
    try:
        return _main()
    except KeyboardInterrupt:
        print("Stopped. What was graded is recorded; the same command goes on.", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
