"""Write what the instructor reads: tables for the platforms, the report, pages of feedback."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

from grading.match import CANVAS, MOODLE
from grading.model import Settings, Student
from grading.nbgrader_course import Points


def write(
    settings: Settings,
    students: Mapping[str, Student],
    people: Mapping[str, Mapping[str, str]],
    points: Points,
    unmatched: list[str],
) -> None:
    """Write the tables, the report and the pages of feedback.

    Parameters
    ----------
    settings : Settings
        Where to, of which chapter.
    students : mapping of str to Student
        By their names for files.
    people : mapping of str to mapping
        The columns by which the platforms know each of them.
    points : Points
        Per exercise.
    unmatched : list of str
        A line for each notebook that names no student.
    """
    numbers = list(points.possible)
    nothing = dict.fromkeys(numbers, 0.0)
    possible = _row(points.possible)
    table = {
        name: _row(nothing if known.trouble else points.earned.get(name, nothing))
        for name, known in sorted(students.items())
    }
    remarks = {
        name: "; ".join(filter(None, [known.trouble, *known.remarks]))
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
        + [[*(people[name][c] for c in CANVAS), *row] for name, row in table.items()],
    )
    write_csv(
        settings.out / "moodle.csv",
        [*MOODLE, *titles, f"{settings.chapter} feedback"],
        [[*(people[name][c] for c in MOODLE), *row, remarks[name]] for name, row in table.items()],
    )
    pages = settings.out / "feedback"
    pages.mkdir(exist_ok=True)
    for name in table:
        page = settings.course / "feedback" / name / settings.chapter / f"{settings.chapter}.html"
        if page.exists():
            shutil.copyfile(page, pages / f"{name}.html")
    width = max(map(len, table))
    lines = [
        f"{name:<{width}}  {row[-1]:>4} of {possible[-1]}  {remarks[name]}".rstrip()
        for name, row in table.items()
    ]
    if unmatched:
        lines += ["", "Not matched:", *unmatched]
    absent = [name for name in table if not people[name]["matched"]]
    if settings.roster and absent:
        lines += ["", "Not on the roster: " + ", ".join(absent)]
    (settings.out / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


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
