"""Tables and counts in the README and on pages, generated from the chapters.

Two comments on a page mark a block::

    <!-- block: chapters --> ... <!-- end of block -->

Inside a paragraph the first comment must not begin a line: Markdown would read it as HTML.

``python -m course.tables`` (``make tables``) writes the text between them; a test compares it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from os.path import relpath
from pathlib import Path

from course import contents, sentences
from course.contents import ROOT, Chapter

BLOCK = re.compile(r"(<!-- block: ([\w-]+) -->)(.*?)(<!-- end of block -->)", re.S)
WORDS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
# The pages that may hold blocks.
PAGES = ("README.md", "chapters/*.md", "exercises/wrong/*.md")


def in_words(count: int) -> str:
    """Return a small number in words."""
    return WORDS[count] if count < len(WORDS) else str(count)


def between(values: Sequence[int]) -> str:
    """Return the range ``23 to 29``, or the value if all are the same."""
    least, most = min(values), max(values)
    return str(least) if least == most else f"{least} to {most}"


def hours(minutes: int) -> str:
    """Return a number of minutes as ``about four hours``."""
    count = max(1, round(minutes / 60))
    return f"about {in_words(count)} hour{'s' * (count > 1)}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table on lines of its own."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n\n"


def size(chapters: Sequence[Chapter], page: Path) -> str:
    """Return the size of the course, as part of a sentence."""
    exercises = [exercise for chapter in chapters for exercise in chapter.exercises]
    return (
        f"{in_words(len(chapters))} executable chapters, {hours(sum(c.minutes for c in chapters))} "
        f"in all, with a quiz and a picture to play with in each, and {len(exercises)} exercises"
    )


def one_number(chapters: Sequence[Chapter], page: Path) -> str:
    """Return the table that follows the five balls through the chapters."""
    rows = [
        [
            f"[{chapter.number} {chapter.title}]({_link(chapter, page)})",
            row["becomes"],
            row["value"],
        ]
        for chapter in chapters
        for row in chapter.facts.get("thread", [])
    ]
    return table(["Chapter", "The five balls become", "Value"], rows)


def aims(chapters: Sequence[Chapter], page: Path) -> str:
    """Return the list of chapters with time and aim."""
    lines = [
        f"{chapter.number}. [{chapter.title}]({_link(chapter, page)}) ({chapter.minutes} minutes). "
        + chapter.facts["aim"]
        for chapter in chapters
    ]
    return "\n\n" + "\n".join(lines) + "\n\n"


def objectives(chapters: Sequence[Chapter], page: Path) -> str:
    """Return the table of the sections, exercises and questions for each objective."""
    rows = []
    for chapter in chapters:
        for number, row in enumerate(chapter.facts["objectives"], start=1):
            serving = [
                task.number
                for task in (*chapter.exercises, *chapter.written)
                if number in task.objectives
            ]
            questions = ", ".join(map(str, row["quiz"]))
            rows.append(
                [
                    *(str(chapter.number), f"{number}: {row['short']}", row["sections"]),
                    *(_ranges(serving) or "–", questions or "–"),
                ]
            )
    return table(["Chapter", "Objective", "Sections", "Exercises", "Quiz"], rows)


def workload(chapters: Sequence[Chapter], page: Path) -> str:
    """Return the time and points of a chapter's exercises, as part of a sentence."""
    sets = [(*c.exercises, *c.written) for c in chapters if c.exercises]
    minutes = [sum(exercise.minutes for exercise in each) for each in sets]
    points = [sum(exercise.points for exercise in each) for each in sets]
    return (
        f"the exercises of a chapter take a student {hours(sum(minutes) // len(sets))} "
        f"and are worth {between(points)} points"
    )


def explorables(chapters: Sequence[Chapter], page: Path) -> str:
    """Return the explorables with links to their sections, as part of a sentence."""
    links = []
    for chapter in chapters:
        section = chapter.explorable_section
        if section is not None:
            name = chapter.facts["explorable"]
            links.append(f"[{name}]({_link(chapter, page)}#{_markdown_anchor(section)})")
    return ", ".join(links[:-1]) + " and " * (len(links) > 1) + links[-1]


def broken_sentences(chapters: Sequence[Chapter], page: Path) -> str:
    """Return, for each exercise, the sentences of its statement and the answers that break them."""
    parts = []
    for exercise in (exercise for chapter in chapters for exercise in chapter.exercises):
        rows = [
            [
                _in_a_cell(sentence.text),
                "; ".join(sentence.broken_by) or f"({sentence.why_not})",
            ]
            for sentence in sentences.read(exercise, sentences.file_of(exercise, page.parent))
        ]
        title = f"## Exercise {exercise.number} · {exercise.title}"
        parts.append(title + table(["The statement says", "Wrong answers that break it"], rows))
    return "\n\n" + "".join(parts)


BLOCKS: dict[str, Callable[[Sequence[Chapter], Path], str]] = {
    "size": size,
    "one-number": one_number,
    "chapters": aims,
    "objectives": objectives,
    "workload": workload,
    "explorables": explorables,
    "sentences": broken_sentences,
}


def written(text: str, page: Path, root: Path = ROOT) -> str:
    """Return the text of a page with all its blocks up to date.

    Parameters
    ----------
    text : str
        The page.
    page : Path
        The page's path; links are relative to it.
    root : Path
        A copy of the repository.

    Raises
    ------
    ValueError
        If a block has a name that is not in ``BLOCKS``.
    """
    chapters = contents.chapters(root)

    def fill(match: re.Match[str]) -> str:
        if match[2] not in BLOCKS:
            raise ValueError(
                f"{page.name} has a block '{match[2]}'; there are {', '.join(sorted(BLOCKS))}"
            )
        return match[1] + BLOCKS[match[2]](chapters, page) + match[4]

    return BLOCK.sub(fill, text)


def pages(root: Path = ROOT) -> list[Path]:
    """Return the pages that may hold blocks."""
    return sorted(path for pattern in PAGES for path in root.glob(pattern))


def main() -> int:
    """Update all blocks of all pages, and print the pages that changed."""
    for path in pages():
        before = path.read_text(encoding="utf-8")
        after = written(before, path)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(path.relative_to(ROOT))
    return 0


def _in_a_cell(text: str) -> str:
    """Return a text as it may stand in a table: a bar would end the cell, even within code."""
    return text.strip("| ").replace("|", "\\|")


def _link(chapter: Chapter, page: Path) -> str:
    return Path(relpath(chapter.path, page.parent)).as_posix()


def _markdown_anchor(section: contents.Section) -> str:
    """Return a section's anchor as GitHub and MyST make it, with the number first."""
    text = re.sub(r"[^\w\- ]", "", f"{section.number} {section.title}".lower())
    return text.replace(" ", "-")


def _ranges(numbers: Sequence[str]) -> str:
    """Return ``3.1 to 3.7`` for three or more numbers in a row, else a list with commas."""
    runs: list[list[str]] = []
    for number in numbers:
        chapter, _, last = number.partition(".")
        follows = runs and runs[-1][-1] == f"{chapter}.{int(last) - 1}"
        if follows:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


if __name__ == "__main__":
    sys.exit(main())
