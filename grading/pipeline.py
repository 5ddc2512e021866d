"""Grade a class: call the stages in their order."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import replace

import nbformat

from course import contents
from course.contents import ROOT
from grading import by_hand, collect, folders, match, prepare, record, results, roster
from grading.grade_one import check_fence, grade_one
from grading.model import CannotStart, Job, Outcome, Settings, Student, Submission
from grading.nbgrader_course import Course


def grade_class(
    settings: Settings,
    executor: Executor | None = None,
    grade: Callable[[Job], Outcome] = grade_one,
) -> int:
    """Grade, and write everything.

    Parameters
    ----------
    settings : Settings
        What the instructor chose.
    executor : Executor, optional
        What runs the jobs, shut down at the end; by default ``settings.jobs`` threads, which each
        wait for a process.
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
    """
    began = time.monotonic()
    people, unused = roster.read_roster(settings.roster)
    found, left = _collect(settings)
    receipts = folders.make_receipts(settings.chapter)
    public = folders.make_public(settings.seed, receipts)
    own_user = os.getuid() == 0 and not settings.as_root
    try:
        if refusal := check_fence(public, own_user, settings.memory):
            raise CannotStart(refusal)
        folders.make_course(settings)
        course = Course(settings.course, settings.db)
        course.generate(settings.chapter)
        records = record.Records(settings)
        jobs = [
            Job(name, settings, public, receipts, own_user)
            for name in _prepare(settings, found, records)
        ]
        with executor or ThreadPoolExecutor(settings.jobs) as pool:
            running = {pool.submit(grade, job): job.student for job in jobs}
            for future in as_completed(running):
                student = records.students[running[future]]
                try:
                    outcome = future.result()
                except Exception as error:  # one submission never stops the others
                    outcome = Outcome(f"could not be graded: {type(error).__name__}: {error}")
                student.trouble = outcome.trouble
                student.remarks += outcome.remarks
                records.save()
        records.save()
        if any((settings.course / "autograded").glob(f"*/{settings.chapter}")):
            course.feedback(settings.chapter)
        students = records.students
        matching = match.match(students, people) if settings.roster else None
        waiting = by_hand.waiting(course.api, settings.chapter)
        points = replace(course.points(settings.chapter), waiting=waiting)
        results.write(settings, students, points, matching, left, unused)
    finally:
        shutil.rmtree(public, ignore_errors=True)
    failed = sum(bool(students[submission.student].trouble) for submission in found)
    print((settings.out / "report.txt").read_text(encoding="utf-8"))
    print(
        f"{len(found)} submissions, {len(jobs)} graded now, {failed} could not be graded; "
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
        found, left = collect.collect(settings.submissions, settings.chapter)
    except (ValueError, OSError) as error:
        raise CannotStart(str(error)) from None
    if all(submission.trouble for submission in found):
        came = [f"{submission.student}: {submission.trouble}" for submission in found] + left
        raise CannotStart(
            "\n".join([f"SUBMISSIONS={settings.submissions} holds no notebook (.ipynb)", *came])
        )
    return found, left


def _prepare(settings: Settings, found: list[Submission], records: record.Records) -> list[str]:
    """Write the notebooks that are to be graded where nbgrader looks; return their students."""
    course, notebook = record.digest_of_course(settings).encode(), f"{settings.chapter}.ipynb"
    released = nbformat.read(
        settings.course / "release" / settings.chapter / notebook, as_version=4
    )
    waiting = []
    for submission in found:
        digest = record.digest(submission.content, submission.trouble.encode(), course)
        if records.is_done(submission.student, digest):
            continue
        student = Student(submission.name, submission.number, submission.origin, digest)
        student.remarks += submission.remarks
        records.begin(submission.student, student)
        if submission.trouble:
            student.trouble = submission.trouble
            continue
        place = settings.course / "submitted" / submission.student / settings.chapter
        try:
            in_order, remarks = prepare.prepare(submission.content, released, settings.chapter)
            student.remarks += remarks
            place.mkdir(parents=True)
            nbformat.write(in_order, place / notebook)
        except prepare.UnusableSubmission as trouble:
            student.trouble = str(trouble)
        except Exception as error:  # one submission never stops the others
            student.trouble = f"could not be put in order: {type(error).__name__}: {error}"
        else:
            waiting.append(submission.student)
    return waiting
