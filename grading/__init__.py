"""Release the exercises to students (`make release`) and grade what they hand in (`make grade`).

Grading is a pipeline of stages. Each is a module of its own, takes and returns the plain data of
``model``, and knows none of those after it; ``pipeline`` calls them in this order:

    roster       read the list of participants
    collect      find one notebook per student in what a learning platform exports
    prepare      put a notebook in order: the released cells and the student's answers
    executors    hand out the work on each submission: processes of this machine, or a cluster
    work         what is done with one: `grade_one`, then its page of `feedback`
    grade_one    run one notebook behind a fence, and its checks in the `judge`: data in, data out
    record       what is known of each student, kept between runs
    match        find all students on the roster
    results      tables, report and pages of feedback; `give_back` packs the pages for platforms,
                 and `analysis` says what the class found hard

``release`` makes what students open, of all exercises or of a ``selection``, ``archives`` packs it,
``leaks`` searches it for solutions.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# As in `course`, which says why. Not by importing it: the judge's processes, which are forked from
# one that has imported this, hold nothing of the course.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# nbgrader's commands, started from here and therefore without that grammar too.
NBGRADER = [
    sys.executable,
    "-c",
    "import grading; from nbgrader.apps.nbgraderapp import main; main()",
]
# nbgrader calls `alembic` by its name; it is beside the Python that runs this.
NBGRADER_PATH = os.pathsep.join(
    [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
)
