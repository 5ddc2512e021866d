"""Write what the instructor reads: tables for the platforms, the report, pages of feedback."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

from grading.match import CANVAS, MOODLE, Matching, columns
from grading.model import Settings, Student
from grading.nbgrader_course import Points

WIDEST = 40  # characters of the report's first column; a longer name is written whole all the same


def write(
    settings: Settings,
    students: Mapping[str, Student],
    points: Points,
    matching: Matching | None,
    left: list[str],
    unused: list[str],
) -> None:
    """Write the tables, the report and the pages of feedback.

    Parameters
    ----------
    settings : Settings
        Where to, of which chapter.
    students : mapping of str to Student
        By their names for files.
    points : Points
        Per exercise.
    matching : Matching or None
        Whose submission each one is; None without a roster. With one, the platforms' tables hold
        only its people.
    left : list of str
        A line for each file that was not graded.
    unused : list of str
        The roster's columns that were not read.
    """
    numbers = list(points.possible)
    nothing = dict.fromkeys(numbers, 0.0)
    possible = _row(points.possible)
    table = {
        name: _row(nothing if known.trouble else points.earned.get(name, nothing))
        for name, known in sorted(students.items())
    }
    # For a platform, nothing is known of those who could not be graded: their cells stay empty,
    # and what was entered by hand stays there.
    known_points = {
        name: row if name in points.earned and not students[name].trouble else [""] * len(row)
        for name, row in table.items()
    }
    waiting = {name: to_do for name, to_do in points.waiting.items() if not students[name].trouble}
    rows = matching.rows if matching else {}
    people = {
        name: columns(students[name], rows.get(name))
        for name in table
        if matching is None or name in rows
    }
    remarks = {
        name: "; ".join(filter(None, [known.trouble, _to_do(waiting.get(name)), *known.remarks]))
        for name, known in students.items()
    }
    write_csv(
        settings.out / "grades.csv",
        ["student", *numbers, "total", "remarks"],
        [["(points possible)", *possible, ""]]
        + [[students[name].name, *row, remarks[name]] for name, row in table.items()],
    )
    titles = [f"{settings.chapter} {column}" for column in (*numbers, "total")]
    write_csv(
        settings.out / "canvas.csv",
        [*CANVAS, *titles],
        [["    Points Possible", "", "", "", "", *possible]]
        + [[*(person[c] for c in CANVAS), *known_points[name]] for name, person in people.items()],
    )
    write_csv(
        settings.out / "moodle.csv",
        [*MOODLE, *titles, f"{settings.chapter} feedback"],
        [
            [*(person[c] for c in MOODLE), *known_points[name], remarks[name]]
            for name, person in people.items()
        ],
    )
    pages = settings.out / "feedback"
    pages.mkdir(exist_ok=True)
    for name in table:
        page = settings.course / "feedback" / name / settings.chapter / f"{settings.chapter}.html"
        if page.exists():
            shutil.copyfile(page, pages / f"{name}.html")
    width = min(max(map(len, table)), WIDEST)
    lines = [
        f"{name:<{width}}  {row[-1] or '-':>4} of {possible[-1]}  {remarks[name]}".rstrip()
        for name, row in known_points.items()
    ]
    if waiting:
        answers = sum(map(len, waiting.values()))
        lines += [
            "",
            f"To be graded by hand: {answers} written answers of {len(waiting)} students, which "
            "count 0 until then. Start `nbgrader formgrader` in the folder course, and run `make "
            "grade` again after that.",
        ]
    if left:
        lines += ["", "Not graded:", *left]
    if matching and matching.unclear:
        lines += ["", "Not matched with the roster, and not in the platforms' tables:"]
        lines += matching.unclear
    if matching and matching.absent:
        lines += ["", "On the roster, without a submission:", *matching.absent]
    if unused:
        lines += ["", f"Columns of the roster that were not read: {', '.join(unused)}"]
    (settings.out / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _to_do(numbers: list[str] | None) -> str:
    return f"to be graded by hand: {', '.join(numbers)}" if numbers else ""


def _row(points: Mapping[str, float]) -> list[str]:
    return [f"{number:g}" for number in (*points.values(), sum(points.values()))]


def write_csv(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write a table as spreadsheets and platforms read it; no cell may begin a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow(
                [f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in row]
            )
