"""Grade a class: call the stages in their order."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import nbformat

from course import contents
from course.contents import ROOT
from grading import (
    by_hand,
    collect,
    executors,
    feedback,
    folders,
    match,
    prepare,
    progress,
    record,
    results,
    roster,
)
from grading.grade_one import check_fence
from grading.model import CannotStart, Job, Outcome, Settings, Student, Submission
from grading.nbgrader_course import Course, StepFailed
from grading.progress import Stopped
from grading.work import work_alone

ATTEMPTS = 2  # for a job whose process or machine is lost
NOT_YET = "not graded yet; the same command goes on"


def grade_class(
    settings: Settings,
    pool: AbstractContextManager[Any] | None = None,
    grade: Callable[[Job], Outcome] = work_alone,
) -> int:
    """Grade, and write everything.

    Parameters
    ----------
    settings : Settings
        What the instructor chose.
    pool : context manager of an Executor, optional
        What runs the jobs; by default what the settings say.
    grade : Callable, optional
        What is done with each job.

    Returns
    -------
    int
        How many submissions could not be graded.

    Raises
    ------
    CannotStart
        If the chapter, the submissions, or a fence around them are not there.
    Stopped
        If somebody stopped it; everything that was graded is recorded and in the report.
    """
    began = time.monotonic()
    people, unused = roster.read_roster(settings.roster)
    found, left = _collect(settings)
    own_user = os.getuid() == 0 and not settings.as_root
    if refusal := check_fence(own_user, settings.memory):
        raise CannotStart(refusal)
    with progress.stoppable() as stop:
        settings.out.mkdir(parents=True, exist_ok=True)
        settings.out.chmod(0o700)  # grades, and the hidden checks in the course
        folders.make_course(settings)
        course = Course(settings.course, settings.db)
        try:
            course.generate(settings.chapter)
        except StepFailed as error:
            if "Cannot add or remove cells" in error.reason:
                raise CannotStart(
                    f"The gradebook in {settings.out} is for other exercises of this chapter than "
                    "are released now. Release those again (make release EXERCISES=...), or grade "
                    "into another folder with OUT="
                ) from None
            raise CannotStart(f"The gradebook cannot be used: {error.reason}") from None
        records = record.Records(settings)
        waiting = _waiting(settings, found, records)
        with pool or executors.pool(settings.jobs, settings.cluster) as executor:
            jobs = _Jobs(settings, course, records, own_user, executor, grade)
            jobs.run(waiting, stop)
        _renew_pages(settings, course, records, stop)
        students = records.students
        matching = match.match(students, people) if settings.roster else None
        unread = by_hand.waiting(course.api, settings.chapter)
        points = replace(course.points(settings.chapter), waiting=unread)
        results.write(settings, students, points, matching, left, unused)
    not_yet = sum(students[submission.student].trouble == NOT_YET for submission in found)
    if stop.is_set():
        raise Stopped(
            f"Stopped. {len(found) - not_yet} of {len(found)} submissions are recorded, in "
            f"{settings.out}; the same command goes on with the rest."
        )
    failed = sum(bool(students[submission.student].trouble) for submission in found)
    print((settings.out / "report.txt").read_text(encoding="utf-8"))
    print(
        f"{len(found)} submissions, {len(waiting)} graded now, {failed} could not be graded; "
        f"{time.monotonic() - began:.0f} s. See {settings.out}"
    )
    return failed


def _collect(settings: Settings) -> tuple[list[Submission], list[str]]:
    with_exercises = [c.name for c in contents.chapters() if c.exercises_path.exists()]
    if settings.chapter not in with_exercises:
        raise CannotStart(f"CHAPTER={settings.chapter}: choose one of {', '.join(with_exercises)}")
    if not settings.submissions.exists():
        raise CannotStart(f"SUBMISSIONS={settings.submissions} is not there")
    if ROOT.is_relative_to(settings.submissions):
        raise CannotStart(
            f"SUBMISSIONS={settings.submissions} holds this book; name another folder"
        )
    try:
        found, left = collect.collect(settings.submissions, settings.chapter, settings.keep)
    except (ValueError, OSError) as error:
        raise CannotStart(str(error)) from None
    if all(submission.trouble for submission in found):
        came = [f"{submission.student}: {submission.trouble}" for submission in found] + left
        raise CannotStart(
            "\n".join([f"SUBMISSIONS={settings.submissions} holds no notebook (.ipynb)", *came])
        )
    return found, left


def _waiting(
    settings: Settings, found: list[Submission], records: record.Records
) -> list[Submission]:
    """Return the submissions that are not recorded as done; enter those that have changed."""
    again = {name.casefold() for name in settings.retry}
    known = {name.casefold() for s in found for name in (s.student, s.name)}
    if unknown := sorted(again - known):
        raise CannotStart(
            f"RETRY={','.join(unknown)}: no submission is called that; the first column of "
            "report.txt names them"
        )
    course = record.digest_of_course(settings).encode()
    waiting = []
    for submission in found:
        digest = record.digest(submission.content, submission.trouble.encode(), course)
        wanted = bool(again & {submission.student.casefold(), submission.name.casefold()})
        if wanted or not records.is_done(submission.student, digest):
            student = Student(submission.name, submission.number, submission.origin, digest)
            student.remarks += submission.remarks
            student.late = submission.late
            student.trouble = NOT_YET
            records.begin(submission.student, student)
            waiting.append(submission)
    records.save()
    return waiting


class _Jobs:
    """The one writer: it hands out the jobs, and records what comes back."""

    def __init__(
        self,
        settings: Settings,
        course: Course,
        records: record.Records,
        own_user: bool,
        executor: Any,
        grade: Callable[[Job], Outcome],
    ) -> None:
        self.settings = settings
        self.course = course
        self.records = records
        self.own_user = own_user
        self.executor = executor
        self.grade = grade
        path = settings.course / "release" / settings.chapter / f"{settings.chapter}.ipynb"
        self.released = nbformat.read(path, as_version=4)
        self.checks = course.checks(settings.chapter)

    def run(self, submissions: list[Submission], stop: threading.Event) -> None:
        """Grade and record submissions until they are done, or somebody stops it."""
        running: dict[Future[Outcome], tuple[Job, int]] = {}
        with progress.bar(len(submissions)) as bar:
            for submission in submissions:
                if stop.is_set():
                    return
                outcome_or_job = self.prepare(submission)
                if isinstance(outcome_or_job, Job):
                    running[self.executor.submit(self.grade, outcome_or_job)] = outcome_or_job, 1
                else:
                    self.record(submission.student, outcome_or_job)
                    bar.update()
            while running and not stop.is_set():
                done, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in done:
                    job, attempt = running.pop(future)
                    try:
                        outcome = future.result()
                    except Exception as error:  # one submission never stops the others
                        if attempt < ATTEMPTS:
                            running[self.executor.submit(self.grade, job)] = job, attempt + 1
                            continue
                        words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
                        outcome = Outcome(f"could not be graded: {words}", passing=True)
                    self.record(job.student, outcome)
                    bar.set_postfix_str(job.student, refresh=False)
                    bar.update()
                    if stop.is_set():
                        return

    def prepare(self, submission: Submission) -> Job | Outcome:
        """Return the job of a submission, or why there is none."""
        settings = self.settings
        if submission.trouble:
            return Outcome(submission.trouble)
        try:
            in_order, remarks = prepare.prepare(submission.content, self.released, settings.chapter)
            place = settings.course / "submitted" / submission.student / settings.chapter
            place.mkdir(parents=True, exist_ok=True)
            nbformat.write(in_order, place / f"{settings.chapter}.ipynb")
            for cell in in_order.cells:
                name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
                cell.source = self.checks.get(name, cell.source)
            notebook = nbformat.writes(in_order)
        except prepare.UnusableSubmission as trouble:
            return Outcome(str(trouble))
        except Exception as error:  # one submission never stops the others
            return Outcome(f"could not be put in order: {type(error).__name__}: {error}")
        self.records.students[submission.student].remarks += remarks
        limits = settings.memory, settings.cell_seconds, settings.seconds
        name, chapter = submission.student, settings.chapter
        return Job(name, chapter, notebook, settings.seed, self.own_user, *limits)

    def record(self, name: str, outcome: Outcome) -> None:
        """Record an outcome: first its points and its page, and then that it is done."""
        student = self.records.students[name]
        student.trouble = outcome.trouble
        student.remarks += outcome.remarks
        student.done = not outcome.passing
        if not outcome.trouble:
            try:
                self.course.enter(self.settings.chapter, name, outcome.notebook)
                student.page = _write_page(self.settings, name, outcome)
            except Exception as error:  # one submission never stops the others
                reason = error.reason if isinstance(error, StepFailed) else str(error)
                student.trouble = f"could not be recorded, and is tried again: {reason}"
                student.done = False
        self.records.save()


def _write_page(settings: Settings, name: str, outcome: Outcome) -> str:
    """Write a page of feedback; return the digest of what it shows."""
    folder = settings.course / "feedback" / name / settings.chapter
    folder.mkdir(parents=True, exist_ok=True)
    record.write_whole(folder / f"{settings.chapter}.html", outcome.page)
    graded = nbformat.reads(outcome.notebook, as_version=4)
    return feedback.digest(*feedback.automatic(graded))


def _renew_pages(
    settings: Settings, course: Course, records: record.Records, stop: threading.Event
) -> None:
    """Write anew the pages that show other points or comments than the gradebook has.

    That is so once somebody has given points by hand, in nbgrader's formgrader.
    """
    chapter = settings.chapter
    for name, shown in course.shown(chapter).items():
        student = records.students.get(name)
        digest = feedback.digest(*shown)
        if student is None or student.trouble or student.page == digest or stop.is_set():
            continue
        path = settings.course / "autograded" / name / chapter / f"{chapter}.ipynb"
        graded = nbformat.read(path, as_version=4)
        page = settings.course / "feedback" / name / chapter / f"{chapter}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        record.write_whole(page, feedback.page(chapter, graded, *shown))
        student.page = digest
    records.save()
