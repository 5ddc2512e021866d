"""nbgrader's own steps in this process: generate an assignment, feedback, points.

Started as commands they would each load nbgrader anew, which takes longer than the step itself.
Only students' submissions are graded in processes of their own; see ``grade_one``.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import Config, PyFileConfigLoader

from grading import NBGRADER_PATH


class StepFailed(RuntimeError):
    """A step of nbgrader's failed; the message holds its log."""


@dataclass(frozen=True)
class Points:
    """The points of a class in one chapter.

    Attributes
    ----------
    possible : dict of str to float
        By exercise, in order.
    earned : dict of str to dict
        By student, then by exercise.
    waiting : dict of str to list of str
        The exercises of each student that are still to be graded by hand; see ``by_hand``.
    """

    possible: dict[str, float]
    earned: dict[str, dict[str, float]]
    waiting: dict[str, list[str]] = field(default_factory=dict)


class Course:
    """A folder with an ``nbgrader_config.py``, and its gradebook.

    Parameters
    ----------
    folder : Path
        The course.
    db : str
        nbgrader's ``db_url``; without one nothing is entered into a gradebook.
    """

    def __init__(self, folder: Path, db: str = "") -> None:
        before = dict(os.environ)
        try:  # the configuration file sets a variable for kernels; there are none here
            config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
        finally:
            os.environ.clear()
            os.environ.update({**before, "PATH": NBGRADER_PATH})
        config = Config(config)
        config.CourseDirectory.root = str(folder)
        config.CourseDirectory.db_url = db or "sqlite://"
        # What `nbgrader generate_assignment --no-db` sets.
        config.GenerateAssignment.no_database = not db
        config.SaveCells.enabled = bool(db)
        self.api = NbGraderAPI(CourseDirectory(config=config), config=config)

    def generate(self, chapter: str) -> None:
        """Make the release of a chapter, and enter it into the gradebook."""
        _check(self.api.generate_assignment(chapter, force=True, create=True))

    def feedback(self, chapter: str) -> None:
        """Write the feedback of all students who have none."""
        _check(self.api.generate_feedback(chapter, force=False))

    def points(self, chapter: str) -> Points:
        """Return the points per exercise of all students who were graded."""
        with self.api.gradebook as gradebook:
            possible: dict[str, float] = defaultdict(float)
            for notebook in gradebook.find_assignment(chapter).notebooks:
                for cell in notebook.grade_cells:
                    possible[_exercise(cell.name)] += cell.max_score
            in_order = sorted(possible, key=lambda number: [int(n) for n in number.split(".")])
            points = Points({number: possible[number] for number in in_order}, {})
            for student in gradebook.students:
                try:
                    submission = gradebook.find_submission(chapter, student.id)
                except MissingEntry:
                    continue
                earned = points.earned[student.id] = dict.fromkeys(in_order, 0.0)
                for notebook in submission.notebooks:
                    for grade in notebook.grades:
                        earned[_exercise(grade.name)] += grade.score
        return points


def _exercise(cell: str) -> str:
    """Return the exercise of a cell: visible-1-1 and hidden-1-1 are both 1.1."""
    return ".".join(cell.split("-")[1:])


def _check(result: dict[str, Any]) -> None:
    if not result["success"]:
        raise StepFailed(f"nbgrader: {result.get('error', '')}\n{result.get('log', '')[-3000:]}")
