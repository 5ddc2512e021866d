"""The plain data that the stages of grading hand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from course.contents import ROOT

EXERCISES = ROOT / "exercises"
LARGEST = 10 * 2**20  # bytes of one notebook; the released ones have about 50 kB


class CannotStart(SystemExit):
    """Grading cannot start; the message says why and what to do."""


@dataclass(frozen=True)
class Settings:
    """What the instructor chose.

    Attributes
    ----------
    chapter, submissions : str, Path
        What to grade.
    out : Path
        Where everything is written.
    seed : str
        The cohort's hidden seed.
    jobs, memory : int
        Students at a time; MiB for each.
    database : str
        nbgrader's ``db_url``; empty for a SQLite file in the course.
    roster : Path or None
        A platform's list of participants.
    as_root : bool
        Run students' code as root when the grader is root.
    cell_seconds, seconds : int
        Time for a cell and for a student.
    """

    chapter: str
    submissions: Path
    out: Path
    seed: str = ""
    jobs: int = 2
    memory: int = 4096
    database: str = ""
    roster: Path | None = None
    as_root: bool = False
    cell_seconds: int = 20
    seconds: int = 300

    @property
    def course(self) -> Path:
        """The folder of nbgrader's course."""
        return self.out / "course"

    @property
    def db(self) -> str:
        """The address of the gradebook."""
        return self.database or f"sqlite:///{self.course / 'gradebook.db'}"


@dataclass
class Submission:
    """One student's notebook, as it was handed in.

    Attributes
    ----------
    student : str
        Name for files and for nbgrader: letters, digits, ``.``, ``_`` and ``-``.
    name : str
        The student as the platform names them.
    number : str
        The platform's number of the student; empty if the export does not say.
    origin : str
        Where in the export it was found.
    content : bytes
        The file.
    remarks : list of str
        What the instructor should know.
    trouble : str
        Why nothing that came can be graded, and what to do; empty if there is a notebook.
    """

    student: str
    name: str
    number: str
    origin: str
    content: bytes
    remarks: list[str] = field(default_factory=list)
    trouble: str = ""


@dataclass(frozen=True)
class Job:
    """All that is needed to grade one student's notebook; see ``grade_one``.

    Attributes
    ----------
    student : str
        Whose notebook; it lies in the course, in ``submitted/<student>/<chapter>/``.
    settings : Settings
        The chapter, the course, the gradebook that knows the assignment, and the limits.
    public : Path
        The folder of what the notebook may import.
    receipts : dict of str to str
        What the hidden checks of each exercise print when they have run to their end.
    own_user : bool
        As root, run the notebook as a user without rights.
    """

    student: str
    settings: Settings
    public: Path
    receipts: dict[str, str]
    own_user: bool


@dataclass(frozen=True)
class Outcome:
    """How the grading of one notebook ended.

    Attributes
    ----------
    trouble : str
        Why it could not be graded; empty if it was.
    remarks : tuple of str
        What the instructor should look at.
    """

    trouble: str = ""
    remarks: tuple[str, ...] = ()


@dataclass
class Student:
    """What is known of one student; kept between runs."""

    name: str = ""
    number: str = ""
    origin: str = ""
    digest: str = ""
    trouble: str = ""
    remarks: list[str] = field(default_factory=list)
