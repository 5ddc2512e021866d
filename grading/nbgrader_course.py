"""nbgrader's own steps in this process: generate an assignment, feedback, points.

Started as commands they would each load nbgrader anew, which takes longer than the step itself.
Students' submissions run elsewhere (``work``); only this process opens the gradebook, so that
nothing ever waits for a lock.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from traitlets.config.loader import Config, PyFileConfigLoader

from grading import NBGRADER_PATH
from grading.record import write_whole


class StepFailed(RuntimeError):
    """A step of nbgrader's failed; the message holds its log."""

    @property
    def reason(self) -> str:
        """Return the line of the log that names the error."""
        lines = [line.strip() for line in str(self).splitlines() if "Error" in line]
        return lines[-1][:300] if lines else "nbgrader gives no reason"


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
        _make_gradebook(config.CourseDirectory.db_url)
        self.api = NbGraderAPI(CourseDirectory(config=config), config=config)

    def generate(self, chapter: str) -> None:
        """Make the release of a chapter, and enter it into the gradebook."""
        _check(self.api.generate_assignment(chapter, force=True, create=True))

    def checks(self, chapter: str) -> dict[str, str]:
        """Return the code of all locked cells, hidden checks included, by their ``grade_id``."""
        with self.api.gradebook as gradebook:
            (notebook,) = gradebook.find_assignment(chapter).notebooks
            return {cell.name: cell.source for cell in notebook.source_cells if cell.locked}

    def enter(self, chapter: str, student: str, notebook: str) -> None:
        """Enter a notebook that was run into the gradebook; nbgrader scores it by its outputs.

        It is what is left of ``nbgrader autograde`` after the notebook was put in order and run
        elsewhere. What was given by hand, points and comments, stays, and nbgrader marks it for a
        second look.

        Raises
        ------
        StepFailed
            If the gradebook cannot be written, for example because somebody has locked it.
        """
        graded = nbformat.reads(notebook, as_version=4)
        folder = Path(self.api.coursedir.root) / "autograded" / student / chapter
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{chapter}.ipynb", notebook)
        try:
            with warnings.catch_warnings(), self.api.gradebook as gradebook:
                # SQLAlchemy's, of what nbgrader does with its sessions
                warnings.simplefilter("ignore", SAWarning)
                save = _Save(gradebook, chapter, student)
                save.preprocess(graded, {})
        except SQLAlchemyError as error:
            raise StepFailed(f"{type(error).__name__}: {error}") from None

    def shown(self, chapter: str) -> dict[str, tuple[dict[str, float], dict[str, str], list[str]]]:
        """Return what each student's feedback shows; see ``feedback.page``.

        That is points and comments by their ``grade_id``, and what somebody has yet to read.
        Points and comments that were given by hand go before nbgrader's own.
        """
        everything = {}
        with self.api.gradebook as gradebook:
            for submission in gradebook.assignment_submissions(chapter):
                points: dict[str, float] = {}
                comments: dict[str, str] = {}
                waiting: list[str] = []
                for notebook in submission.notebooks:
                    points |= {grade.name: float(grade.score) for grade in notebook.grades}
                    comments |= {c.name: c.comment for c in notebook.comments if c.comment}
                    waiting += [g.name for g in notebook.grades if g.needs_manual_grade]
                everything[submission.student_id] = points, comments, waiting
        return everything

    def points(self, chapter: str) -> Points:
        """Return the points per exercise of all students who were graded."""
        with self.api.gradebook as gradebook:
            possible: dict[str, float] = defaultdict(float)
            for notebook in gradebook.find_assignment(chapter).notebooks:
                for cell in notebook.grade_cells:
                    possible[_exercise(cell.name)] += cell.max_score
        in_order = sorted(possible, key=lambda number: [int(n) for n in number.split(".")])
        points = Points({number: possible[number] for number in in_order}, {})
        for student, (scores, *_) in self.shown(chapter).items():
            earned = points.earned[student] = dict.fromkeys(in_order, 0.0)
            for name, score in scores.items():
                earned[_exercise(name)] += score
        return points


class _Save(SaveAutoGrades):  # type: ignore[misc]
    """nbgrader's step that enters points and comments, for one notebook, in one transaction.

    nbgrader commits after every cell, and waits for the disk each time.
    """

    def __init__(self, gradebook: Gradebook, chapter: str, student: str) -> None:
        super().__init__()
        self.gradebook = gradebook
        self.notebook_id = self.assignment_id = chapter
        self.student_id = student

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Enter all cells."""
        session = self.gradebook.db
        commit, session.commit = session.commit, session.flush
        self.gradebook.update_or_create_student(self.student_id)
        self.gradebook.update_or_create_submission(self.assignment_id, self.student_id)
        done = NbGraderPreprocessor.preprocess(self, nb, resources)
        commit()
        return done  # type: ignore[no-any-return]


def _make_gradebook(url: str) -> None:
    """Make a gradebook whole or not at all: nbgrader would never finish half of one."""
    path = url.removeprefix("sqlite:///")
    if path == url or Path(path).exists():
        return
    new = Path(f"{path}.new")
    new.unlink(missing_ok=True)
    with (
        Gradebook("sqlite://") as gradebook,  # in memory: the disk would be waited for 20 times
        contextlib.closing(sqlite3.connect(new)) as whole,
    ):
        gradebook.engine.raw_connection().driver_connection.backup(whole)
    new.replace(path)


def _exercise(cell: str) -> str:
    """Return the exercise of a cell: visible-1-1 and hidden-1-1 are both 1.1."""
    return ".".join(cell.split("-")[1:])


def _check(result: dict[str, Any]) -> None:
    if not result["success"]:
        raise StepFailed(f"nbgrader: {result.get('error', '')}\n{result.get('log', '')[-3000:]}")
