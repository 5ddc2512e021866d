"""The quiz of a chapter: folds that need no server, one right option, a reason for every option.

A quiz is the section ``## Quiz`` of a chapter: a Markdown cell with the heading and a line of
introduction, then one cell for each question, all tagged ``quiz``. A question is written so::

    **Question 1.** Which of these is 1?

    <details><summary>a) The area.</summary>

    **Not quite.** What belief leads there, and why it is wrong.
    </details>

    <details><summary>b) The sum.</summary>

    **Right.** Why.
    </details>

The blank lines are needed for the fold's text to be rendered as Markdown. A summary is HTML, in
which Markdown and formulas are not rendered: use letters, Unicode, ``<code>``, ``<em>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.guards import Finding, place, read, snippet

TAG = "quiz"
QUESTIONS = 5
LETTERS = "abcd"
EXPLANATION_WORDS = 6
LETTERS_USED = 3  # the right answers of a chapter use at least this many different letters
WORDS = 700

HEADING = re.compile(r"## Quiz\n\n[^\n]+")
QUESTION = re.compile(r"\*\*Question (?P<number>\d+)\.\*\* (?P<text>[^\n]+)")
OPTION = re.compile(
    r"<details><summary>(?P<letter>[a-z])\) (?P<summary>[^\n]+)</summary>\n\n"
    r"\*\*(?P<verdict>Right|Not quite)\.\*\* (?P<why>[^\n]+)\n</details>"
)
FOLD = re.compile(r"</?(?:details|summary)\b", re.I)
NOT_RENDERED = re.compile(r"\$|`|\*\*|\]\(|\\[a-z(]|(?<!\w)[*_]\w")


@dataclass(frozen=True)
class Option:
    """One option: its summary, and the explanation in its fold."""

    letter: str
    summary: str
    right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """A question with its options, in the order in which they are shown."""

    number: int
    text: str
    options: tuple[Option, ...]


def cells(notebook: Any) -> list[tuple[int, Any]]:
    """Return the cells of the section ``## Quiz``, each with its number from 1."""
    found: list[tuple[int, Any]] = []
    inside = False
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown" and cell.source.startswith(("# ", "## ")):
            inside = bool(re.match(r"## Quiz\b", cell.source))
        if inside:
            found.append((number, cell))
    return found


def words(source: str) -> int:
    """Count the words of a Markdown text, without tags and comments."""
    return len(re.sub(r"<!--.*?-->|</?\w+[^<>]*>", " ", source, flags=re.S).split())


def parse(source: str) -> Question:
    """Return the question in a cell.

    Raises
    ------
    ValueError
        If the cell is not written as this module's docstring says; the message says where.
    """
    head, *folds = source.split("\n\n<details>")
    question = QUESTION.fullmatch(head)
    if not question or FOLD.search(head):
        raise ValueError("it does not begin with one line, **Question N.** and the question")
    options = []
    for letter, fold in zip(f"{LETTERS}{'?' * len(folds)}", folds, strict=False):
        option = OPTION.fullmatch(f"<details>{fold}")
        if not option or any(FOLD.search(option[part]) for part in ("summary", "why")):
            raise ValueError(f"option {letter} is not a fold with blank lines and a verdict")
        if option["letter"] != letter:
            raise ValueError(f"option {letter} is called {option['letter']}")
        right = option["verdict"] == "Right"
        options.append(Option(letter, option["summary"], right, option["why"]))
    return Question(int(question["number"]), question["text"], tuple(options))


def _problems(question: Question) -> Iterator[tuple[str, str]]:
    """Yield (problem, how to fix it) for a parsed question."""
    options = question.options
    if len(options) != len(LETTERS):
        yield f"it has {len(options)} options", f"offer {len(LETTERS)}."
    right = sum(option.right for option in options)
    if right != 1:
        yield f"{right} options are right", "let exactly one begin with **Right.**"
    if len({option.summary.casefold() for option in options}) < len(options):
        yield "two options say the same", "let each say something else."
    for option in options:
        if NOT_RENDERED.search(option.summary):
            yield (
                f"the summary of option {option.letter} holds Markdown or a formula",
                "a summary is HTML: write Unicode, <em> or <code>.",
            )
        if words(option.why) < EXPLANATION_WORDS:
            yield (
                f"option {option.letter} is explained in {words(option.why)} words",
                f"say in {EXPLANATION_WORDS} or more which belief leads there, and what is true.",
            )


def check(path: Path) -> list[Finding]:
    """Return the findings of this guard in one chapter."""
    section = cells(read(path))
    if not section:
        return [Finding(path.name, "it has no quiz", "write a section ## Quiz.")]
    found: list[Finding] = []
    questions: list[Question] = []
    for position, (number, cell) in enumerate(section):
        where = place(path, number, cell)
        if cell.cell_type != "markdown" or TAG not in cell.metadata.get("tags", []):
            found.append(Finding(where, "no Markdown cell with the tag quiz", "tag it."))
        elif position == 0:
            if not HEADING.fullmatch(cell.source):
                mend = "write ## Quiz, a blank line and one line; questions have their own cells."
                found.append(Finding(where, "it is not the heading of a quiz", mend))
        else:
            try:
                questions.append(parse(cell.source))
            except ValueError as error:
                mend = "write it as the docstring of course/guards/quizzes.py shows."
                found.append(Finding(where, str(error), mend, snippet(cell.source, 0, 0, 120)))
                continue
            for problem, mend in _problems(questions[-1]):
                found.append(Finding(where, problem, mend, questions[-1].text))
    return found + [Finding(path.name, *pair) for pair in _whole(questions, section)]


def _whole(questions: list[Question], section: list[tuple[int, Any]]) -> Iterator[tuple[str, str]]:
    """Yield (problem, how to fix it) for a quiz as a whole."""
    numbers = [question.number for question in questions]
    if numbers != list(range(1, QUESTIONS + 1)):
        yield f"the questions of the quiz are {numbers}", f"number them 1 to {QUESTIONS}."
    options = [option for question in questions for option in question.options]
    if len({option.why.casefold() for option in options}) < len(options):
        yield "two options have the same explanation", "give each belief its own."
    letters = {option.letter for option in options if option.right}
    if len(letters) < LETTERS_USED:
        yield (
            f"all right answers are at {', '.join(sorted(letters)) or 'no letter'}",
            f"spread them over {LETTERS_USED} letters or more.",
        )
    length = sum(words(cell.source) for _, cell in section)
    if length > WORDS:
        yield f"the quiz has {length} words, more than {WORDS}", "shorten it."
