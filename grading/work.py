"""The work on one submission, from the notebook in order to its page of feedback.

Nothing here, nor in what it calls, touches the course or the gradebook, so that it may be done on
any machine. One writer records what comes back (``pipeline``).
"""

from __future__ import annotations

from dataclasses import replace

import nbformat
from nbgrader.preprocessors import LimitOutput

from grading import executors, feedback
from grading.grade_one import grade_one
from grading.model import LARGEST, Job, Outcome


def work(job: Job) -> Outcome:
    """Grade a notebook and write its page."""
    outcome = grade_one(job)
    if outcome.trouble:
        return outcome
    graded = nbformat.reads(outcome.notebook, as_version=4)
    graded, _ = LimitOutput().preprocess(graded, {})
    content = _whole(nbformat.writes(graded))
    if len(content) > LARGEST:
        return Outcome("its outputs were too large to be kept; no points")
    page = _whole(feedback.page(job.chapter, graded, *feedback.automatic(graded)))
    return replace(outcome, notebook=content, page=page)


def _whole(text: str) -> str:
    """Return a text that a file can hold; a program can print half a character."""
    return text.encode("utf-8", "replace").decode("utf-8")


def work_alone(job: Job) -> Outcome:
    """Do the work in a process of its own; see ``executors.alone``.

    Raises
    ------
    executors.Lost
        If that process was killed.
    """
    try:
        return executors.alone(work, job, job.seconds)
    except TimeoutError as error:
        return Outcome(f"{error}; no points", passing=True)
    except executors.Failed as error:  # such as a full disk
        return Outcome(f"could not be graded: {error}", passing=True)
