"""The quizzes of the chapters as files that learning platforms import.

``python -m course.quizzes`` (``make quizzes``) writes two files a chapter into ``build/quizzes``:

* ``NN_topic-moodle.xml``  questions in Moodle XML (``moodle``);
* ``NN_topic-canvas.zip``  a quiz in QTI 1.2, as Canvas and others read it (``canvas``).

Everything in them is read from the chapters: the questions, the options in their order and with
their letters (some say "both a) and b)"), and the reason that each option gives.
"""

from __future__ import annotations

from course import links
from course.contents import Chapter
from course.guards import quizzes, read
from course.guards.quizzes import Question

TITLE = "Why Cross-Entropy?"
VERDICTS = {True: "Right.", False: "Not quite."}


def questions(chapter: Chapter) -> tuple[Question, ...]:
    """Return the questions of a chapter's quiz, in order.

    Raises
    ------
    ValueError
        If the chapter has no quiz, or a question is not written as ``course.guards.quizzes`` says.
    """
    cells = quizzes.cells(read(chapter.path))
    if not cells:
        raise ValueError(f"{chapter.path.name} has no section ## Quiz")
    found = []
    for number, cell in cells[1:]:
        try:
            found.append(quizzes.parse(cell.source))
        except ValueError as error:
            raise ValueError(f"{chapter.path.name}, cell {number}: {error}") from None
    return tuple(found)


def name(chapter: Chapter) -> str:
    """Return what a quiz is called, such as ``1 · Likelihood``."""
    return f"{chapter.number} · {chapter.title}"


def introduction(chapter: Chapter) -> str:
    """Return what students read above a quiz, as Markdown."""
    book = links.address(chapter.root)
    where = f"[chapter {chapter.number}]({book}chapters/{chapter.name}.html)"
    return (
        f"Questions on {where if book else f'chapter {chapter.number}'} of *{TITLE}*. "
        "Each answer says why it is right, or which belief leads to it."
    )
