"""The chapters, sections and exercises of the book, read from their own files.

``_toc.yml`` says which chapters there are and in which order. What else must be known of a chapter
stands in its notebook: the title, the objectives and the time in its first cell, the rest in the
notebook's metadata under ``course``. Exercises are read from ``exercises/source``. Guards,
tests, website and grading take their lists of chapters and exercises from here.

The other notebooks that ``_toc.yml`` names beside the chapters are supplements: the appendices and
the errata. They are executed and have numbered sections, called A.1 or R.1; they have no quiz, no
objectives and no exercises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import yaml
from docutils.nodes import make_id

ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = (".ipynb", ".md")  # of the files that become pages

TITLE = re.compile(r"# (\d+) · ([^:\n]+)(?:: (.+))?\n")
OBJECTIVE = re.compile(r"(?m)^\d\. (.+)[;.]$")
TIME = re.compile(r"\*\*Time\*\*: about (?:(\d+) minutes|(an) hour)")
SECTION = re.compile(r"(?m)^## ((?:\d+|[A-Z])\.\d+) (.+)$")
TASK_HEADER = re.compile(
    r"(?m)^(?P<stars>★{1,4}) · objectives? (?P<objectives>\d(?: and \d|, \d)*) · "
    r"about (?P<minutes>\d+) minutes · (?P<points>\d+) points$"
)
MODEL_ANSWER = re.compile(
    r"\*\*Your answer to \d+\.\d+\*\*\n\n"
    r"<!-- BEGIN SOLUTION[^\n]* -->\n(.+)\n<!-- END SOLUTION -->",
    re.DOTALL,
)


@dataclass(frozen=True)
class Section:
    """A numbered section, such as 1.1 or A.1, with its title and its anchor on the page."""

    number: str
    title: str
    anchor: str


@dataclass(frozen=True)
class Task:
    """What students are asked to do, read from its cells in the source notebook.

    Attributes
    ----------
    chapter, number : str
        Such as ``01_likelihood`` and ``1.3``.
    cells : mapping of str to dict
        The cells as JSON, by the kinds in ``KINDS``, the first of which states the task.
    """

    chapter: str
    number: str
    cells: Mapping[str, Mapping[str, Any]]

    KINDS: ClassVar[tuple[str, ...]]
    HEADING: ClassVar[str]

    def source(self, kind: str) -> str:
        """Return the text of one of its cells."""
        return "".join(self.cells[kind]["source"])

    @property
    def statement(self) -> str:
        """The text of the cell that states it."""
        return self.source(self.KINDS[0])

    @property
    def title(self) -> str:
        """The title of the exercise."""
        heading = f"## {self.HEADING} {self.number} · "
        first, _, _ = self.statement.partition("\n")
        if not first.startswith(heading) or first == heading:
            raise ValueError(
                f"exercise {self.number} of {self.chapter} does not begin with '{heading}Title'"
            )
        return first.removeprefix(heading)

    @property
    def _header(self) -> re.Match[str]:
        found = TASK_HEADER.search(self.statement)
        if not found:
            raise ValueError(
                f"exercise {self.number} of {self.chapter} has no line like "
                "'★★ · objectives 1 and 3 · about 20 minutes · 3 points'"
            )
        return found

    @property
    def stars(self) -> int:
        """The difficulty, 1 to 4."""
        return len(self._header["stars"])

    @property
    def objectives(self) -> tuple[int, ...]:
        """The objectives of the chapter that it practises."""
        return tuple(map(int, re.findall(r"\d", self._header["objectives"])))

    @property
    def minutes(self) -> int:
        """The approximate time that it takes."""
        return int(self._header["minutes"])

    @property
    def points(self) -> int:
        """The points for all of it together."""
        return int(self._header["points"])


class Exercise(Task):
    """An exercise that checks itself: a statement, an answer, visible and hidden checks."""

    KINDS = ("statement", "answer", "visible", "hidden")
    HEADING = "Exercise"

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that students write, in the order in which the hidden checks take them."""
        found = re.search(r"grade\(([^)]*)\)", self.source("hidden"))
        if not found:
            raise ValueError(f"the hidden cell of exercise {self.number} calls no grade(...)")
        return tuple(name.strip() for name in found[1].split(",")[1:])


class Written(Task):
    """A written exercise, which somebody reads and grades: a question and its model answer."""

    KINDS = ("question", "written")
    HEADING = "Written exercise"

    @property
    def rubric(self) -> tuple[tuple[int, str], ...]:
        """The table under the question: points, and what they are given for."""
        rows = re.findall(r"(?m)^\| (\d+) \| (.+) \|$", self.statement)
        return tuple((int(points), what) for points, what in rows)

    @property
    def model_answer(self) -> str:
        """The answer that earns all points, with notes for the grader.

        It stands between two marks, in the place of which students get nbgrader's stub. The line
        above stays: by it the cell is known where a program has dropped nbgrader's marks.
        """
        found = MODEL_ANSWER.fullmatch(self.source("written"))
        if not found:
            raise ValueError(
                f"the answer of written exercise {self.number} must be the line **Your answer to "
                f"{self.number}**, a blank line, and the text between <!-- BEGIN SOLUTION --> and "
                "<!-- END SOLUTION -->"
            )
        return found[1]


T = TypeVar("T", bound=Task)


@dataclass(frozen=True)
class Notebook:
    """An executed page of the book, by its name such as ``appendix_a``.

    Attributes
    ----------
    name : str
        The name of its file in ``chapters``, without suffix.
    root : Path
        A copy of the repository.
    """

    name: str
    root: Path = ROOT

    @property
    def topic(self) -> str:
        """What the modules are called that belong to it: for a supplement, its name."""
        return self.name

    @property
    def path(self) -> Path:
        """The notebook."""
        return self.root / "chapters" / f"{self.name}.ipynb"

    @cached_property
    def notebook(self) -> Mapping[str, Any]:
        """The notebook as JSON."""
        return _read(self.path)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Its numbered sections, in order."""
        texts = (
            "".join(cell["source"])
            for cell in self.notebook["cells"]
            if cell["cell_type"] == "markdown"
        )
        return tuple(
            Section(number, title, make_id(f"{number} {title}"))
            for text in texts
            for number, title in SECTION.findall(text)
        )


@dataclass(frozen=True)
class Chapter(Notebook):
    """A chapter, by its name such as ``01_likelihood``, in a copy of the repository."""

    @property
    def number(self) -> int:
        """Its number, the first part of its name."""
        return int(self.name.split("_")[0])

    @property
    def topic(self) -> str:
        """The rest of its name, also used by the modules that belong to the chapter."""
        return self.name.partition("_")[2]

    @property
    def exercises_path(self) -> Path:
        """The source notebook of its exercises, which may not exist."""
        return self.root / "exercises" / "source" / self.name / f"{self.name}.ipynb"

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts in the notebook's metadata."""
        return dict(self.notebook["metadata"].get("course", {}))

    @cached_property
    def opening(self) -> str:
        """The text of its first cell."""
        return "".join(self.notebook["cells"][0]["source"])

    @property
    def title(self) -> str:
        """Its short title, such as ``Likelihood``."""
        found = TITLE.match(self.opening)
        if not found or int(found[1]) != self.number:
            raise ValueError(f"{self.path.name} does not begin with '# {self.number} · Title: ...'")
        return found[2]

    @property
    def objectives(self) -> tuple[str, ...]:
        """What readers can do after the chapter, numbered from 1."""
        return tuple(OBJECTIVE.findall(self.opening))

    @property
    def minutes(self) -> int:
        """The approximate reading time."""
        found = TIME.search(self.opening)
        if not found:
            raise ValueError(f"{self.path.name}: the first cell has no '**Time**: about N minutes'")
        return 60 if found[2] else int(found[1])

    @property
    def explorable_section(self) -> Section | None:
        """The section that shows the chapter's explorable, the last if it has two; or None."""
        number, shown = "", ""
        for cell in self.notebook["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                number = [number, *(found for found, _ in SECTION.findall(source))][-1]
            elif re.search(r"(?m)^explorable\(", source):
                shown = number
        return next((s for s in self.sections if s.number == shown), None)

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """The exercises that check themselves, in order; none if it has no source notebook."""
        return self._tasks(Exercise)

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """The exercises that somebody reads and grades, in order."""
        return self._tasks(Written)

    def _tasks(self, task: type[T]) -> tuple[T, ...]:
        if not self.exercises_path.exists():
            return ()
        found: dict[str, dict[str, Mapping[str, Any]]] = {}
        for cell in _read(self.exercises_path)["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            kind, _, number = name.partition("-")
            if kind in task.KINDS:
                found.setdefault(number.replace("-", "."), {})[kind] = cell
        return tuple(task(self.name, number, cells) for number, cells in found.items())


def chapters(root: Path = ROOT) -> tuple[Chapter, ...]:
    """Return the chapters in the order of ``_toc.yml``.

    Parameters
    ----------
    root : Path
        A copy of the repository.

    Raises
    ------
    ValueError
        If the numbers in the names do not count from 1.
    """
    found = (re.fullmatch(r"chapters/(\d+_\w+)", page) for page in pages(root))
    names = [match[1] for match in found if match]
    numbers = [int(name.split("_")[0]) for name in names]
    if numbers != list(range(1, len(names) + 1)):
        raise ValueError(
            f"_toc.yml names the chapters {', '.join(names)}: number them 1, 2, 3, ... in order"
        )
    return tuple(Chapter(name, root) for name in names)


def pages(root: Path = ROOT) -> tuple[str, ...]:
    """Return every page of the book in the order of ``_toc.yml``, as a path without suffix.

    A ``glob`` means the files that it matches, sorted, as in Sphinx.
    """

    def entries(node: Any) -> Iterator[str]:
        if isinstance(node, list):
            for item in node:
                yield from entries(item)
        elif isinstance(node, dict):
            for key, value in node.items():
                if key in ("root", "file"):
                    yield value
                elif key == "glob":
                    matched = {path.relative_to(root).with_suffix("") for path in root.glob(value)
                               if path.suffix in SUFFIXES}  # fmt: skip
                    yield from sorted(path.as_posix() for path in matched)
                else:
                    yield from entries(value)

    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    return tuple(entries(toc))


def exercises(root: Path = ROOT) -> tuple[Exercise, ...]:
    """Return all exercises of the book, in order."""
    return tuple(exercise for chapter in chapters(root) for exercise in chapter.exercises)


def supplements(root: Path = ROOT) -> tuple[Notebook, ...]:
    """Return the notebooks beside the chapters, in the order of ``_toc.yml``."""
    found = (re.fullmatch(r"chapters/([a-z]\w*)", page) for page in pages(root))
    beside = (Notebook(match[1], root) for match in found if match)
    return tuple(notebook for notebook in beside if notebook.path.exists())


def notebooks(root: Path = ROOT) -> tuple[Notebook, ...]:
    """Return the executed pages: the chapters, then the supplements."""
    return (*chapters(root), *supplements(root))


def sections(root: Path = ROOT) -> dict[str, tuple[Notebook, Section]]:
    """Return every numbered section with its notebook, by number such as ``1.1`` or ``A.1``.

    Raises
    ------
    ValueError
        If two sections have the same number.
    """
    found: dict[str, tuple[Notebook, Section]] = {}
    for notebook in notebooks(root):
        for section in notebook.sections:
            if section.number in found:
                raise ValueError(
                    f"{notebook.path.name} and {found[section.number][0].path.name} have a section "
                    f"{section.number} each: number it differently in one of them"
                )
            found[section.number] = (notebook, section)
    return found


def configuration(root: Path = ROOT) -> dict[str, Any]:
    """Return what ``_config.yml`` says."""
    return dict(yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8")))


def _read(path: Path) -> Mapping[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))
