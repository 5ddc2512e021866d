"""What a class found hard: for each exercise the share that is right, and what went wrong by name.

It is for whoever teaches: which section to go through once more, and which check to look at.
"""

from __future__ import annotations

import base64
import io
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course.contents import Chapter, Task
from grading.nbgrader_course import Points

MOST_NAMED = 3  # misconceptions of an exercise
BAR = "#0b4fa3"
# What a hidden check says; see ``hidden.reason``.
NAMED = re.compile(r"Your answer: (.+?)(?: \(\w+ raised\))?\. ")
BLANK = "not answered yet"
OTHERS = ((re.compile(r"not answered yet"), BLANK), (re.compile(r"takes too long"), "too long"))


@dataclass(frozen=True)
class Item:
    """An exercise, as a class did it.

    Attributes
    ----------
    number, title : str
        Such as ``1.1`` and what it is called.
    minutes : int
        How long it takes, as its statement says; 0 if it does not.
    possible : float
        The points for all of it.
    counted : int
        How many students' points are final: those who were graded, without those whose answer
        nobody has read.
    right : int
        How many of them have all points.
    mean : float
        Their mean points; 0 if there is nobody.
    named : tuple of tuple of str and int
        What the checks at grading said, the most frequent first, and of how many students.
    """

    number: str
    title: str
    minutes: int
    possible: float
    counted: int
    right: int
    mean: float
    named: tuple[tuple[str, int], ...]

    @property
    def share(self) -> str:
        """The share that is right, in percent; a dash if there is nobody."""
        return f"{100 * self.right / self.counted:.0f} %" if self.counted else "–"

    @property
    def points(self) -> str:
        """The mean points of the possible ones."""
        return f"{self.mean:.1f} of {self.possible:g}" if self.counted else "–"

    @property
    def most_named(self) -> str:
        """The most frequent misconceptions in words."""
        return "; ".join(f"{name} ({count})" for name, count in self.named[:MOST_NAMED])


def misconceptions(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Return what the hidden check of each exercise that did not pass has found, by its name.

    Parameters
    ----------
    notebook : mapping
        A graded notebook.
    """
    found = {}
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        kind, _, number = name.partition("-")
        for output in cell.get("outputs", []):
            if kind == "hidden" and output["output_type"] == "error":
                found[number.replace("-", ".")] = name_of(output["ename"], output["evalue"])
    return found


def name_of(error: str, words: str) -> str:
    r"""Return the name of the misconception in a hidden check's message, or else the error's name.

    Examples
    --------
    >>> name_of("Mistake", "Your answer: forgets a\nfactor. One factor a ball.\nsection 1.2")
    'forgets a factor'
    >>> name_of("NameError", "name 'mle' is not defined")
    'NameError'
    """
    line = " ".join(words.split())
    if found := NAMED.match(f"{line} "):
        return found[1]
    for pattern, name in OTHERS:
        if pattern.match(line):
            return name
    return line[:80] if error == "Mistake" else error


def analyse(
    chapter: str,
    points: Points,
    graded: Collection[str],
    notebooks: Mapping[str, Mapping[str, Any]],
) -> list[Item]:
    """Return how the class did each exercise.

    Parameters
    ----------
    chapter : str
        Such as ``01_likelihood``.
    points : Points
        Of the class, with what waits for a reader.
    graded : collection of str
        The students who could be graded.
    notebooks : mapping of str to mapping
        Their graded notebooks, as far as there are any.
    """
    known = Chapter(chapter)
    tasks: dict[str, Task] = {t.number: t for t in (*known.exercises, *known.written)}
    said = {name: misconceptions(notebooks[name]) for name in graded if name in notebooks}
    items = []
    for number, possible in points.possible.items():
        final = [n for n in sorted(graded) if number not in points.waiting.get(n, [])]
        scores = [points.earned[name][number] for name in final]
        # By number and then by name, so that the same class has the same page.
        named = Counter(sorted(found[number] for found in said.values() if number in found))
        task = tasks.get(number)
        items.append(
            Item(
                number,
                task.title if task else "",
                task.minutes if task else 0,
                possible,
                len(scores),
                sum(score >= possible for score in scores),
                sum(scores) / len(scores) if scores else 0.0,
                tuple(named.most_common()),
            )
        )
    return items


def lines(items: list[Item]) -> list[str]:
    """Return the analysis for the report; nothing if nobody was graded."""
    if not any(item.counted for item in items):
        return []
    width = max(len(item.number) for item in items)
    return [
        "Exercises: all points, mean points, and what the checks at grading found most often"
    ] + [
        f"{item.number:<{width}}  {item.share:>5}  {item.points}  {item.most_named}".rstrip()
        for item in items
    ]


def page(chapter: str, items: list[Item], totals: list[float]) -> str:
    """Return the analysis as a page with pictures, which stands alone.

    Parameters
    ----------
    chapter : str
        It becomes the title.
    items : list of Item
        The exercises.
    totals : list of float
        The points of each student whose points are all final.
    """
    known = Chapter(chapter)
    return _template().render(
        title=f"Exercises {known.number} · {known.title}",
        items=items,
        totals=len(totals),
        shares=_picture(_shares(items)) if any(item.counted for item in items) else "",
        spread=_picture(_spread(totals, sum(i.possible for i in items))) if totals else "",
        mean=f"{sum(totals) / len(totals):.1f}" if totals else "",
        possible=f"{sum(item.possible for item in items):g}",
    )


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("analysis.html.j2")


def _shares(items: list[Item]) -> Figure:
    figure = Figure(figsize=(7, 0.6 + 0.32 * len(items)), layout="constrained")
    axes = figure.subplots()
    shares = [100 * item.right / item.counted if item.counted else 0.0 for item in items]
    bars = axes.barh([item.number for item in items], shares, color=BAR)
    axes.bar_label(bars, [item.share for item in items], padding=3)
    axes.set(xlim=(0, 110), xlabel="students with all points, in percent", ylabel="exercise")
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _spread(totals: list[float], possible: float) -> Figure:
    figure = Figure(figsize=(7, 2.6), layout="constrained")
    axes = figure.subplots()
    axes.hist(totals, bins=10, range=(0, possible), color=BAR, edgecolor="white")
    axes.set(xlim=(0, possible), xlabel="points", ylabel="students")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _picture(figure: Figure) -> str:
    """Return a figure as SVG, the same each time, for the address of a picture."""
    written = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "analysis", "svg.fonttype": "path"}):
        figure.savefig(written, format="svg", metadata={"Date": None})
    return base64.b64encode(written.getvalue()).decode()
