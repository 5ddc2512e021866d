"""Which answers still wait for somebody who reads and grades them."""

from __future__ import annotations

from nbgrader.apps import NbGraderAPI


def waiting(nbgrader: NbGraderAPI, chapter: str) -> dict[str, list[str]]:
    """Return the exercises of each student that are still to be graded by hand.

    nbgrader marks so a written answer without points, and one that was graded by hand and has been
    handed in again since. An answer that is still the stub has its 0 points and waits for nobody.

    Parameters
    ----------
    nbgrader : NbGraderAPI
        Of a course.
    chapter : str
        Such as ``01_likelihood``.

    Returns
    -------
    dict of str to list of str
        By student, in the order of the notebook; students for whom there is nothing to do are not
        in it.
    """
    found: dict[str, list[str]] = {}
    with nbgrader.gradebook as gradebook:
        for submission in gradebook.assignment_submissions(chapter):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    if grade.needs_manual_grade:
                        number = ".".join(grade.name.split("-")[1:])
                        found.setdefault(submission.student_id, []).append(number)
    return {
        student: sorted(numbers, key=lambda number: [int(n) for n in number.split(".")])
        for student, numbers in found.items()
    }
