"""Grade a folder of submissions of one chapter: points per exercise, feedback, a report.

    make grade CHAPTER=03_information_theory SUBMISSIONS=folder-or-zip

writes below ``grades/<chapter>``:

    report.txt          one line a student, and what could not be matched
    grades.csv          points per exercise, total, remarks
    canvas.csv          the same for Canvas's gradebook (Import)
    moodle.csv          the same for Moodle's (Grades > Import > CSV file)
    feedback/           one HTML page a student
    course/             nbgrader's course with its gradebook

Run again, it grades only what has changed. nbgrader does the grading, one ``nbgrader autograde``
process a student; the students' code runs behind a fence (``scripts/grading/fence.py``).

Optional: ROSTER=file.csv     the participants, exported from Canvas or Moodle, for their columns
          HIDDEN_SEED=text    hidden inputs of this cohort's own
          JOBS=n              so many students at a time; as many as there are cores
          MEMORY=n            MiB for a student's process
          DB=url              a gradebook of another kind, such as postgresql://...
          AS_ROOT=1           as root, run students' code as root (do not, outside a container)
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import queue
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parent))
import release
from grading import fence, submissions
from grading.course import PATH, Course

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = ROOT / "exercises"
NBGRADER = [  # `python -m nbgrader`; see grading/course.py for what it does without
    sys.executable,
    "-c",
    "import sys; sys.modules['rfc3987_syntax'] = None\n"
    "from nbgrader.apps.nbgraderapp import main\nmain()",
]
TIME = 300  # seconds for one student, all in all
MEMORY_OF_NBGRADER = 3072  # MiB; what a student's outputs can fill


class Refused(SystemExit):
    """Grading cannot start; the message says why and what to do."""


@dataclass
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
    seconds: int = TIME

    @property
    def course(self) -> Path:
        """The folder of nbgrader's course."""
        return self.out / "course"

    @property
    def db(self) -> str:
        """The address of the gradebook."""
        return self.database or f"sqlite:///{self.course / 'gradebook.db'}"


@dataclass
class Student:
    """What is known of one student; kept between runs in ``state.json``."""

    name: str = ""
    number: str = ""
    origin: str = ""
    digest: str = ""
    trouble: str = ""
    remarks: list[str] = field(default_factory=list)


def digest(*parts: bytes) -> str:
    """Return one checksum of several parts."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def digest_of_course(settings: Settings) -> str:
    """Return a checksum of what decides about points besides the submission."""
    parts = [settings.seed.encode()]
    for folder in (EXERCISES / "hidden", EXERCISES / "source" / settings.chapter, ROOT / "lib"):
        for name, content in release.contents(folder, folder.name).items():
            parts += [name.encode(), content]
    parts.append((EXERCISES / "check.py").read_bytes())
    return digest(*parts)


def public_folder(settings: Settings, key: str) -> Path:
    """Make the folder of what a graded notebook may import, readable for everybody."""
    folder = Path(tempfile.mkdtemp(prefix="grading-", dir="/tmp"))
    shutil.copytree(ROOT / "lib", folder / "lib", ignore=release.CACHES)
    shutil.copytree(EXERCISES / "hidden", folder / "hidden", ignore=release.CACHES)
    for path in (EXERCISES / "check.py", ROOT / "scripts" / "grading" / "quiet.py"):
        shutil.copyfile(path, folder / path.name)
    (folder / "sections.json").write_text(release.sections(), encoding="utf-8")
    (folder / "hidden" / "keys.txt").write_text(f"{settings.seed}\n{key}\n", encoding="utf-8")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def environment(scratch: Path) -> dict[str, str]:
    """Return nbgrader's environment. The grader's own may hold passwords; nothing is inherited."""
    return {
        "PATH": PATH,
        "HOME": str(scratch),
        "LANG": "C.UTF-8",
        "TMPDIR": str(scratch),
        "PYTHONPATH": str(ROOT / "scripts"),
        "JUPYTER_PATH": str(scratch / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "JUPYTER_PLATFORM_DIRS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def stage(settings: Settings) -> Course:
    """Lay out nbgrader's course and have the chapter entered into its gradebook."""
    course = settings.course
    course.mkdir(parents=True, exist_ok=True)
    for name in ("nbgrader_config.py", "check.py", "sections.json"):
        shutil.copyfile(EXERCISES / name, course / name)
    shutil.rmtree(course / "source", ignore_errors=True)
    shutil.copytree(EXERCISES / "source" / settings.chapter, course / "source" / settings.chapter)
    made = Course(course, settings.db)
    made.generate(settings.chapter)
    return made


def autograde(settings: Settings, student: str, public: Path, key: str, uid: int) -> str:
    """Grade one student's submission as a user; return what went wrong, or nothing."""
    scratch = Path(tempfile.mkdtemp(prefix="student-", dir="/tmp"))
    home = scratch / "home"
    home.mkdir()
    scratch.chmod(0o711)
    fence.kernel_spec(scratch / "jupyter")
    limits = fence.Fence(str(public), uid=uid, memory=settings.memory, seconds=settings.seconds)
    env = {**environment(scratch), "FENCE": limits.to_json(), "FENCE_HOME": str(home)}
    command = [sys.executable, fence.__file__, "--memory", str(MEMORY_OF_NBGRADER)]
    command += [*NBGRADER, "autograde", settings.chapter]
    command += [f"--student={student}", "--force", f"--db={settings.db}"]
    command += ["--Execute.kernel_name=fenced", f"--Execute.timeout={settings.cell_seconds}"]
    # Nothing of the kernel is needed after the last cell; a polite end takes a second or more.
    command += [f"--CheckReceipts.key={key}", "--Execute.shutdown_kernel=immediate"]
    steps = [f"nbgrader.preprocessors.{name}" for name in (
        "Execute", "IgnorePattern", "LimitOutput", "SaveAutoGrades", "AssignLatePenalties",
        "CheckCellMetadata")]  # fmt: skip
    steps.insert(1, "grading.plugins.CheckReceipts")
    command += [f"--Autograde.autograde_preprocessors={step}" for step in steps]
    log = scratch / "log.txt"
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            command, cwd=settings.course, env=env, stdout=file, stderr=file, start_new_session=True
        )
        try:
            code: int | None = process.wait(timeout=settings.seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            end(process, uid, home)
    text = log.read_text(encoding="utf-8", errors="replace")
    shutil.rmtree(scratch, ignore_errors=True)
    return "" if code == 0 else explain(code, text, settings)


def end(process: subprocess.Popen[bytes], uid: int, home: Path) -> None:
    """Kill what is left of a student's processes."""
    for group in {process.pid, *kernels(home, uid)}:
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            try:
                os.kill(group, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
    process.wait()


def kernels(home: Path, uid: int) -> list[int]:
    """Return the processes of a student: those with their user, or at home in their folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            theirs = process.stat().st_uid == uid if uid else False
            if theirs or os.readlink(process / "cwd").startswith(str(home)):
                found.append(int(process.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


def explain(code: int | None, log: str, settings: Settings) -> str:
    """Say in one line why a submission could not be graded."""
    if code is None:
        return f"stopped after {settings.seconds} s in all; no points"
    if "DeadKernel" in log or "Kernel died" in log:
        return (
            "the kernel was killed while it ran (it left the process or broke a limit); no points"
        )
    if "CellTimeoutError" in log:  # "Timeout waiting for IOPub output": the kernel could not send
        return "its outputs did not come: a cell filled the memory or showed too much; no points"
    if "MemoryError" in log or code < 0:
        return "its outputs were too large to be read; no points"
    lines = [line for line in log.splitlines() if "Error" in line]
    return f"nbgrader could not grade it: {lines[-1][-200:] if lines else f'exit {code}'}"


SYMPTOMS = {
    "CellTimeoutError": "ran longer than a cell may",
    "MemoryError": "ran out of memory",
    "SystemExit": "tried to leave the process",
    "OSError": "wrote more than it may",
    "BlockingIOError": "started more processes than it may",
    "NoReceipt": "the hidden checks did not run to their end",
}


def symptoms(settings: Settings, student: str) -> list[str]:
    """Return what in a graded notebook an instructor should look at, each with its exercises."""
    place = settings.course / "autograded" / student / settings.chapter
    notebook = nbformat.read(place / f"{settings.chapter}.ipynb", as_version=4)
    found: dict[str, dict[str, None]] = {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "a cell of their own")
        where = ".".join(name.split("-")[1:]) or name
        for output in cell.get("outputs", []):
            if output.output_type != "error":
                continue
            what = SYMPTOMS.get(output.ename, "")
            if "is what exercise" in output.evalue:
                what = output.evalue.splitlines()[0]
            if what:
                found.setdefault(what, {})[where] = None
    return [f"{', '.join(places)}: {what}" for what, places in found.items()]


def grade(settings: Settings) -> int:
    """Grade, and write everything. Return how many submissions could not be graded."""
    begin = time.monotonic()
    if not (EXERCISES / "source" / settings.chapter).is_dir():
        raise Refused(f"CHAPTER={settings.chapter}: choose one of {', '.join(release.chapters())}")
    if not settings.submissions.exists():
        raise Refused(f"SUBMISSIONS={settings.submissions} is not there")
    found, unmatched = submissions.collect(settings.submissions, settings.chapter)
    if not found:
        raise Refused(f"SUBMISSIONS={settings.submissions} holds no notebook (.ipynb)")

    key = secrets.token_hex(16)
    public = public_folder(settings, key)
    try:
        check_the_fence(settings, public)
        course_now = digest_of_course(settings)
        state_file = settings.out / "state.json"
        state = _load(state_file)
        course = stage(settings)
        released = settings.course / "release" / settings.chapter / f"{settings.chapter}.ipynb"
        model = nbformat.read(released, as_version=4)

        waiting = []
        for submission in found:
            now = digest(submission.content, course_now.encode())
            before = state.get(submission.student)
            graded = settings.course / "autograded" / submission.student / settings.chapter
            if before and before.digest == now and (graded.exists() or before.trouble):
                continue
            student = Student(submission.name, submission.number, submission.origin, now)
            student.remarks += submission.remarks
            state[submission.student] = student
            _forget(settings, submission.student)
            try:
                notebook, remarks = submissions.prepare(submission.content, model, settings.chapter)
            except submissions.Unusable as trouble:
                student.trouble = str(trouble)
                continue
            student.remarks += remarks
            place = settings.course / "submitted" / submission.student / settings.chapter
            place.mkdir(parents=True)
            nbformat.write(notebook, place / f"{settings.chapter}.ipynb")
            waiting.append(submission.student)

        def one(student: str) -> None:
            uid = free.get()
            try:
                state[student].trouble = autograde(settings, student, public, key, uid)
            finally:
                free.put(uid)
            if not state[student].trouble:
                state[student].remarks += symptoms(settings, student)
            with saving:
                _save(state_file, state)

        saving = threading.Lock()
        free: queue.SimpleQueue[int] = queue.SimpleQueue()
        own_users = os.getuid() == 0 and not settings.as_root
        with fence.users(settings.jobs if own_users else 0) as users:
            for uid in users or [0] * settings.jobs:
                free.put(uid)
            with ThreadPoolExecutor(settings.jobs) as pool:
                list(pool.map(one, waiting))
        _save(state_file, state)
        if any((settings.course / "autograded").glob(f"*/{settings.chapter}")):
            course.feedback(settings.chapter)
        write_results(settings, state, unmatched, course)
    finally:
        shutil.rmtree(public, ignore_errors=True)
    failed = sum(bool(state[submission.student].trouble) for submission in found)
    print((settings.out / "report.txt").read_text(encoding="utf-8"))
    print(
        f"{len(found)} submissions, {len(waiting)} graded now, {failed} could not be graded; "
        f"{time.monotonic() - begin:.0f} s. See {settings.out}"
    )
    return failed


def check_the_fence(settings: Settings, public: Path) -> None:
    """Refuse to begin if a fenced process cannot run; say how to go on."""
    own_users = os.getuid() == 0 and not settings.as_root
    with fence.users(int(own_users)) as users:
        uid = users[0] if users else 0
        limits = fence.Fence(str(public), uid=uid, memory=settings.memory)
        env = {**environment(public), "FENCE": limits.to_json()}
        command = [sys.executable, fence.__file__, "--probe"]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        advice = "Give it more memory with MEMORY=..., in MiB."
        if uid:
            advice = (
                "You are root, and a user without rights cannot run this Python. Grade as an "
                "ordinary user, or lay the project and its Python where everybody may read them, "
                "or, inside a container only, say AS_ROOT=1."
            )
        raise Refused(f"A fenced process does not start: {why}\n{advice}")


def _forget(settings: Settings, student: str) -> None:
    for folder in ("submitted", "autograded", "feedback"):
        place = settings.course / folder / student
        for path in place.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        shutil.rmtree(place, ignore_errors=True)
    (settings.out / "feedback" / f"{student}.html").unlink(missing_ok=True)


def _load(path: Path) -> dict[str, Student]:
    if not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {student: Student(**known) for student, known in stored.items()}


def _save(path: Path, state: dict[str, Student]) -> None:
    text = json.dumps({name: vars(student) for name, student in state.items()}, indent=1)
    path.with_suffix(".new").write_text(text, encoding="utf-8")
    path.with_suffix(".new").replace(path)


def write_results(
    settings: Settings, state: dict[str, Student], unmatched: list[str], course: Course
) -> None:
    """Write the tables, the report and the pages of feedback."""
    points_file = settings.course / "points.csv"
    course.points(settings.chapter, points_file)
    with points_file.open(encoding="utf-8", newline="") as file:
        header, most, *rows = csv.reader(file)
    earned = {row[0]: row[1:] for row in rows}
    nothing = ["0"] * len(header[1:])
    table = {
        name: nothing if student.trouble else earned.get(name, nothing)
        for name, student in sorted(state.items())
    }
    remarks = {name: "; ".join(filter(None, [s.trouble, *s.remarks])) for name, s in state.items()}

    write_csv(
        settings.out / "grades.csv",
        ["student", *header[1:], "remarks"],
        [["(points possible)", *most[1:], ""]]
        + [[state[name].name, *points, remarks[name]] for name, points in table.items()],
    )
    people = {name: identity(state[name], read_roster(settings.roster)) for name in table}
    titles = [f"{settings.chapter} {number}" for number in header[1:]]
    write_csv(
        settings.out / "canvas.csv",
        [*CANVAS, *titles],
        [["    Points Possible", "", "", "", "", *most[1:]]]
        + [[*(people[name][c] for c in CANVAS), *points] for name, points in table.items()],
    )
    write_csv(
        settings.out / "moodle.csv",
        [*MOODLE, *titles, f"{settings.chapter} feedback"],
        [
            [*(people[name][c] for c in MOODLE), *points, remarks[name]]
            for name, points in table.items()
        ],
    )
    pages = settings.out / "feedback"
    pages.mkdir(exist_ok=True)
    for name in table:
        page = settings.course / "feedback" / name / settings.chapter / f"{settings.chapter}.html"
        if page.exists():
            shutil.copyfile(page, pages / f"{name}.html")
    width = max(map(len, table))
    lines = [
        f"{name:<{width}}  {points[-1]:>4} of {most[-1]}  {remarks[name]}".rstrip()
        for name, points in table.items()
    ]
    if unmatched:
        lines += ["", "Not matched:", *unmatched]
    if settings.roster:
        without = [name for name in table if not people[name]["matched"]]
        lines += ["", "Not on the roster: " + ", ".join(without)] if without else []
    (settings.out / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
MOODLE = ["First name", "Last name", "ID number", "Email address"]
NAMES = {"surname": "Last name"}  # older Moodles


def write_csv(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write a table as spreadsheets and platforms read it; no cell may begin a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow(
                [f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in row]
            )


def read_roster(path: Path | None) -> list[dict[str, str]]:
    """Read the participants that Canvas or Moodle exported; one dict a person."""
    if path is None:
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        people = [
            {NAMES.get(key.casefold(), key): (row[key] or "").strip() for key in row if key}
            for row in csv.DictReader(file)
        ]
    return [
        person for person in people if "points possible" not in person.get("Student", "").lower()
    ]


def identity(student: Student, roster: list[dict[str, str]]) -> dict[str, str]:
    """Return the columns by which Canvas and Moodle know a student, from the roster if possible."""

    def plain(text: str) -> str:
        return "".join(letter for letter in text.casefold() if letter.isalnum())

    known = dict.fromkeys((*CANVAS, *MOODLE), "")
    known |= {
        "Student": student.name,
        "ID": student.number,
        "Last name": student.name,
        "matched": "",
    }
    wanted = plain(student.name)
    for person in roster:
        login = person.get("SIS Login ID", "") or person.get("Username", "")
        mail = person.get("Email address", "")
        first, last = person.get("First name", ""), person.get("Last name", "")
        names = [person.get("Student", ""), person.get("Full name", ""), f"{first} {last}"]
        names += [f"{last} {first}", login, mail, mail.split("@")[0]]
        names += [person.get("ID number", ""), person.get("SIS User ID", "")]
        by_number = student.number and student.number == person.get("ID", "")
        if by_number or wanted in {plain(name) for name in names if name.strip()}:
            return known | person | {"matched": "yes"}
    return known


def main() -> int:
    """Read the options and grade. Exit 0 even if some submission could not be graded."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("chapter")
    parser.add_argument("submissions", type=Path)
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--roster", type=Path, default=None)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--memory", type=int, default=4096, help="MiB for a student's process")
    parser.add_argument("--db", default="")
    parser.add_argument("--as-root", action="store_true")
    given: Any = parser.parse_args()
    if sys.platform == "win32":
        raise Refused("make grade needs Linux or macOS (on Windows: WSL, or a container)")
    settings = Settings(
        given.chapter,
        given.submissions.resolve(),
        (given.out or ROOT / "grades" / given.chapter).resolve(),
        seed=os.environ.pop("HIDDEN_SEED", ""),
        jobs=max(1, given.jobs),
        memory=given.memory,
        database=given.db,
        roster=given.roster,
        as_root=given.as_root,
    )
    settings.out.mkdir(parents=True, exist_ok=True)
    grade(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
