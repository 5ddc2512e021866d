"""The tables and the report, from points and names alone."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from grading.match import Matching, match
from grading.model import Student
from grading.nbgrader_course import Points
from grading.results import write
from tests.grading.notebooks import FIRST, points, settings

STUDENTS = {
    "ann-1": Student("ann", "1"),
    "bob-2": Student("bob", "2", trouble="no notebook came"),
    "cy-3": Student("cy", "3"),
    "di": Student("di"),
}
POINTS = Points(
    {"1.1": 2, "1.2": 3},
    {name: {"1.1": 0, "1.2": score} for name, score in (("ann-1", 3.0), ("bob-2", 1), ("cy-3", 0))},
)
ROSTER = [{"Student": name, "ID": number} for name, number in (("Ann", "1"), ("Bob", "2"))]
ROSTER += [{"Student": "Cy", "ID": "3"}, {"Student": "Eve", "ID": "5"}]


def rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.reader(opened))


@pytest.fixture(params=[True, False], ids=["roster", "no roster"])
def matching(request: pytest.FixtureRequest) -> Matching | None:
    return match(STUDENTS, ROSTER) if request.param else None


def test_platforms_get_no_points_for_what_could_not_be_graded(
    tmp_path: Path, matching: Matching | None
) -> None:
    write(settings(FIRST, tmp_path, tmp_path / "out"), STUDENTS, POINTS, matching, [], [])
    scores = [["0", "3", "3"], ["", "", ""], ["0", "0", "0"], ["", "", ""]]
    expected = scores[:3] if matching else scores
    canvas = rows(tmp_path / "out" / "canvas-exercises.csv")[2:]
    assert [row[5:] for row in canvas] == [row[:2] for row in expected]
    canvas = rows(tmp_path / "out" / "canvas.csv")[2:]
    assert [row[5:] for row in canvas] == [row[2:] for row in expected]
    assert [row[4:7] for row in rows(tmp_path / "out" / "moodle.csv")[1:]] == expected
    assert set(points(tmp_path / "out")) == {"(points possible)", "ann", "bob", "cy", "di"}


def test_canvas_counts_nothing_twice(tmp_path: Path) -> None:
    write(settings(FIRST, tmp_path, tmp_path / "out"), STUDENTS, POINTS, None, [], [])
    header, possible, *_ = rows(tmp_path / "out" / "canvas.csv")
    assert (header[5:], possible[5:]) == ([f"{FIRST} total"], ["5"])
    header, possible, *_ = rows(tmp_path / "out" / "canvas-exercises.csv")
    assert (header[5:], possible[5:]) == ([f"{FIRST} 1.1", f"{FIRST} 1.2"], ["2", "3"])


def test_no_platform_gets_a_number_that_waits_for_a_reader(tmp_path: Path) -> None:
    """An answer that nobody has read is blank there, and so is the total without it."""
    out = tmp_path / "out"
    waiting = replace(POINTS, waiting={"ann-1": ["1.1"]})
    write(settings(FIRST, tmp_path, out), STUDENTS, waiting, None, [], [])
    assert [row[5:] for row in rows(out / "canvas.csv")[2:5]] == [[""], [""], ["0"]]
    assert [row[5:] for row in rows(out / "canvas-exercises.csv")[2:5]] == [
        ["", "3"],
        ["", ""],
        ["0", "0"],
    ]
    assert rows(out / "moodle.csv")[1][4:7] == ["", "3", ""]
    assert points(out)["ann"]["total"] == "3"  # so far, with a remark


@pytest.mark.parametrize(
    ("status", "late"),
    [
        ("Submitted for grading", ""),
        ("Submitted for grading - Graded", ""),
        ("Submitted for grading - 2 hours 5 mins late", "2 hours 5 mins"),
        ("Submitted for grading - 1 day late - Graded", "1 day"),
        ("Zur Bewertung abgegeben - 3 Tage zu spät", "3 Tage"),
        ("No submission", ""),
        ("Latecomer", ""),
        ("", ""),
    ],
)
def test_late_as_moodles_worksheet_says_it(tmp_path: Path, status: str, late: str) -> None:
    when = "Friday, 6 November 2026, 11:58 PM"
    people = [{**ROSTER[0], "Status": status, "Submitted": when}]
    people += [{**ROSTER[2], "Status": "No submission", "Submitted": "-"}]
    found = match(STUDENTS, people)
    write(settings(FIRST, tmp_path, tmp_path / "out"), STUDENTS, POINTS, found, [], [])
    table = points(tmp_path / "out")
    assert (table["ann"]["late"], table["ann"]["submitted"]) == (late, when)
    said = f"handed in {late} late, as Moodle says" if late else ""
    assert table["ann"]["remarks"] == said
    assert said in (tmp_path / "out" / "report.txt").read_text(encoding="utf-8")
    assert (table["cy"]["late"], table["cy"]["submitted"]) == ("", "")


def test_late_as_canvas_marks_it(tmp_path: Path) -> None:
    students = {**STUDENTS, "cy-3": Student("cy", "3", late="yes")}
    write(settings(FIRST, tmp_path, tmp_path / "out"), students, POINTS, None, [], [])
    table = points(tmp_path / "out")
    assert {name: row["late"] for name, row in table.items() if row["late"]} == {"cy": "yes"}


def test_the_report(tmp_path: Path) -> None:
    found = match(STUDENTS, ROSTER)
    write(
        settings(FIRST, tmp_path, tmp_path / "out"), STUDENTS, POINTS, found, ["x.pdf: a"], ["Note"]
    )
    assert (tmp_path / "out" / "report.txt").read_text(encoding="utf-8").splitlines() == [
        "ann-1     3 of 5",
        "bob-2     - of 5  no notebook came",
        "cy-3      0 of 5",
        "di        - of 5",
        "",
        "Exercises: all points, mean points, and what the checks at grading found most often",
        "1.1    0 %  0.0 of 2",
        "1.2   50 %  1.5 of 3",
        "",
        "Not graded:",
        "x.pdf: a",
        "",
        "Not matched with the roster, and not in the platforms' tables:",
        "di: nobody on the roster fits di; enter the points by hand",
        "",
        "On the roster, without a submission:",
        "Eve, 5",
        "",
        "Columns of the roster that were not read: Note",
    ]


def test_two_students_of_one_name_have_two_names_in_the_table(tmp_path: Path) -> None:
    twins = {name: replace(student, name="Maria Garcia") for name, student in STUDENTS.items()}
    write(settings(FIRST, tmp_path, tmp_path / "out"), twins, POINTS, None, [], [])
    table = rows(tmp_path / "out" / "grades.csv")
    assert {row[0] for row in table[2:]} == {"Maria Garcia"}
    assert [row[-1] for row in table[2:]] == list(STUDENTS)


def test_what_waits_for_a_reader_is_in_the_report_and_in_every_table(tmp_path: Path) -> None:
    waiting = replace(POINTS, waiting={"ann-1": ["1.1", "1.2"], "bob-2": ["1.1"], "cy-3": ["1.2"]})
    write(settings(FIRST, tmp_path, tmp_path / "out"), STUDENTS, waiting, None, [], [])
    report = (tmp_path / "out" / "report.txt").read_text(encoding="utf-8")
    assert "ann-1     3 of 5  to be graded by hand: 1.1, 1.2\n" in report
    # Bob's notebook could not be graded at all; that is what there is to say of it.
    assert "bob-2     - of 5  no notebook came\n" in report
    assert "To be graded by hand: 3 written answers of 2 students" in report
    assert f"`make formgrader CHAPTER={FIRST} OUT={tmp_path / 'out'}`" in report
    remarks = {name: row["remarks"] for name, row in points(tmp_path / "out").items()}
    assert remarks["ann"] == "to be graded by hand: 1.1, 1.2"
    assert remarks["bob"] == "no notebook came"
    assert remarks["di"] == ""
    moodle = rows(tmp_path / "out" / "moodle.csv")[1:]
    assert [row[-1] for row in moodle][2] == "to be graded by hand: 1.2"
