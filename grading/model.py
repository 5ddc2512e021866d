"""The plain data that the stages of grading hand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from course.contents import ROOT

EXERCISES = ROOT / "exercises"
ARCHIVES = ROOT / "build" / "exercises"  # what is handed out, packed
GRADES = ROOT / "grades"  # one folder a chapter, unless OUT= names another
# Of several notebooks of a student: the last to come, the first, or the last that is not late.
KEEP = ("latest", "earliest", "punctual")
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
    cluster : Path or None
        A file with a configuration of Parsl's, whose machines do the work.
    retry : tuple of str
        Students who are graded again, whatever is recorded.
    cell_seconds, seconds : int
        Time for a cell and for a student.
    exercises : tuple of str
        Which were assigned, such as ``1.1``; empty for all of the chapter's.
    keep : str
        Which of a student's several notebooks is graded, one of `KEEP`.
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
    cluster: Path | None = None
    retry: tuple[str, ...] = ()
    cell_seconds: int = 20
    seconds: int = 300
    exercises: tuple[str, ...] = ()
    keep: str = "latest"

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
    late : str
        "yes" if the platform says so in the name of the file.
    """

    student: str
    name: str
    number: str
    origin: str
    content: bytes
    remarks: list[str] = field(default_factory=list)
    trouble: str = ""
    late: str = ""


@dataclass(frozen=True)
class Job:
    """All that is needed to grade one student's notebook, on whatever machine; see ``work``.

    Attributes
    ----------
    student, chapter : str
        Whose notebook, of which chapter.
    notebook : str
        The notebook, in order (``prepare``), with the checks that run when it is graded.
    seed : str
        The cohort's hidden seed.
    own_user : bool
        As root, run the notebook as a user without rights.
    memory, cell_seconds, seconds : int
        MiB for the student's process; time for a cell and for everything.
    """

    student: str
    chapter: str
    notebook: str
    seed: str
    own_user: bool
    memory: int
    cell_seconds: int
    seconds: int


@dataclass(frozen=True)
class Outcome:
    """How the grading of one notebook ended.

    Attributes
    ----------
    trouble : str
        Why it could not be graded; empty if it was.
    remarks : tuple of str
        What the instructor should look at.
    notebook : str
        What was run, with the outputs by which nbgrader scores it.
    page : str
        Its feedback, with the points of the checks.
    passing : bool
        The trouble may have passed when it is tried again: a limit of the whole machine's time,
        a killed process, a full disk.
    """

    trouble: str = ""
    remarks: tuple[str, ...] = ()
    notebook: str = ""
    page: str = ""
    passing: bool = False


@dataclass
class Student:
    """What is known of one student; kept between runs.

    Attributes
    ----------
    name, number, origin : str
        As in `Submission`.
    digest : str
        Of the submission and of all else that decides about its points.
    trouble : str
        Why it could not be graded.
    remarks : list of str
        What the instructor should look at.
    done : bool
        This very submission was graded and recorded, or can never be graded. Whatever is not
        recorded as done is tried by the next run.
    page : str
        Digest of the points and comments that the page of feedback shows.
    late : str
        As in `Submission`.
    """

    name: str = ""
    number: str = ""
    origin: str = ""
    digest: str = ""
    trouble: str = ""
    remarks: list[str] = field(default_factory=list)
    done: bool = False
    page: str = ""
    late: str = ""
