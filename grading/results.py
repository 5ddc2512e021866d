"""Write what the instructor reads: tables for the platforms, the report, pages of feedback."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from grading import analysis, give_back
from grading.match import CANVAS, MOODLE, Matching, columns
from grading.model import GRADES, Settings, Student
from grading.nbgrader_course import Points

# "Submitted for grading - 2 hours 5 mins late - Graded", and the same in German
MOODLES_LATE = re.compile(r"(?:^|- )([^-]+?) (?:late|zu spät)(?= -|$)", re.I)
TOTAL = "total"
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
    waiting = {name: to_do for name, to_do in points.waiting.items() if not students[name].trouble}
    graded = {name for name in table if name in points.earned and not students[name].trouble}
    # A platform shows a number to the student at once, and leaves alone what stands there where a
    # cell is empty. So only numbers that will stay go there: not those of somebody who could not
    # be graded, and neither an answer that nobody has read yet nor a total without it.
    for_platforms = {
        name: [
            "" if name not in graded or (column in _unread(waiting.get(name))) else value
            for column, value in zip((*numbers, TOTAL), row, strict=True)
        ]
        for name, row in table.items()
    }
    rows = matching.rows if matching else {}
    people = {
        name: columns(students[name], rows.get(name))
        for name in table
        if matching is None or name in rows
    }
    times = {name: _time(known, rows.get(name, {})) for name, known in students.items()}
    remarks = {
        name: "; ".join(filter(None, [known.trouble, _to_do(waiting.get(name)), *known.remarks]))
        for name, known in students.items()
    }
    for name, (late, _) in times.items():
        if late and late != students[name].late:
            said = f"handed in {late} late, as Moodle says"
            remarks[name] = "; ".join(filter(None, [remarks[name], said]))
    write_csv(
        settings.out / "grades.csv",
        ["student", *numbers, TOTAL, "late", "submitted", "remarks", "in the report"],
        [["(points possible)", *possible, "", "", "", ""]]
        + [
            # Two students may have one name; in the report and in feedback/ they have two.
            [students[name].name, *row, *times[name], remarks[name], name]
            for name, row in table.items()
        ],
    )
    titles = [f"{settings.chapter} {column}" for column in (*numbers, TOTAL)]
    # Canvas makes an assignment of each column, and adds them all up.
    for file, chosen in (("canvas", slice(-1, None)), ("canvas-exercises", slice(-1))):
        write_csv(
            settings.out / f"{file}.csv",
            [*CANVAS, *titles[chosen]],
            [["    Points Possible", "", "", "", "", *possible[chosen]]]
            + [
                [*(person[c] for c in CANVAS), *for_platforms[name][chosen]]
                for name, person in people.items()
            ],
        )
    write_csv(
        settings.out / "moodle.csv",
        [*MOODLE, *titles, f"{settings.chapter} feedback"],
        [
            [*(person[c] for c in MOODLE), *for_platforms[name], remarks[name]]
            for name, person in people.items()
        ],
    )
    pages = settings.out / "feedback"
    pages.mkdir(exist_ok=True)
    found = {}
    for name in table:
        page = settings.course / "feedback" / name / settings.chapter / f"{settings.chapter}.html"
        if page.exists():
            found[name] = page
            shutil.copyfile(page, pages / f"{name}.html")
    give_back.pack_pages(settings.out, found, students, settings.chapter)
    notebooks = {}
    for name in graded:
        place = settings.course / "autograded" / name / settings.chapter
        if (place / f"{settings.chapter}.ipynb").exists():
            notebooks[name] = json.loads((place / f"{settings.chapter}.ipynb").read_text("utf-8"))
    items = analysis.analyse(settings.chapter, points, graded, notebooks)
    totals = [sum(points.earned[name].values()) for name in sorted(graded - set(waiting))]
    (settings.out / "analysis.html").write_text(
        analysis.page(settings.chapter, items, totals), encoding="utf-8"
    )
    width = min(max(map(len, table)), WIDEST)
    lines = [
        f"{name:<{width}}  {row[-1] if name in graded else '-':>4} of {possible[-1]}  "
        f"{remarks[name]}".rstrip()
        for name, row in table.items()
    ]
    if waiting:
        answers = sum(map(len, waiting.values()))
        lines += [
            "",
            f"To be graded by hand: {answers} written answers of {len(waiting)} students, which "
            "count 0 until then; in the platforms' tables they and the total are blank. Say "
            f"`{_by_hand(settings)}`, and run `make grade` again after that.",
        ]
    if analysed := analysis.lines(items):
        lines += ["", *analysed]
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


def _unread(numbers: list[str] | None) -> list[str]:
    """Return the columns that are not final as long as these exercises wait for their reader."""
    return [*numbers, TOTAL] if numbers else []


def _time(known: Student, row: Mapping[str, str]) -> tuple[str, str]:
    """Return how late it was, as far as the platform says so, and when it came.

    Canvas marks the file's name, without a time. Moodle's grading worksheet says both, in its own
    language.
    """
    by = MOODLES_LATE.search(row.get("Status", ""))
    when = row.get("Submitted", "")
    return by[1].strip() if by else known.late, when if when != "-" else ""


def _by_hand(settings: Settings) -> str:
    """Return the command that opens nbgrader's pages for grading by hand."""
    command = f"make formgrader CHAPTER={settings.chapter}"
    if settings.out != GRADES / settings.chapter:
        command += f" OUT={shlex.quote(str(settings.out))}"
    return command


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
