"""Part of a chapter: what is chosen is released, graded and counted, and nothing else is."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest

from course.contents import Chapter
from grading import release, selection
from grading.archives import instructor_files
from grading.model import EXERCISES, CannotStart
from grading.pipeline import grade_class
from grading.record import digest_of_course
from tests.grading.canned import a_class, canned
from tests.grading.notebooks import CHAPTERS, FIRST, grade_id, notebook, points, settings

CHOSEN = ("1.1", "1.3", "1.8")


def source(chapter: str, folder: Path) -> Path:
    path = folder / f"{chapter}.ipynb"
    shutil.copyfile(EXERCISES / "source" / chapter / path.name, path)
    return path


def opening(path: Path) -> str:
    return str(nbformat.read(path, as_version=4).cells[0].source)


class TestKeep:
    @pytest.mark.parametrize("chapter", CHAPTERS)
    def test_any_one_exercise_stands_alone(self, chapter: str, tmp_path: Path) -> None:
        """Its cells are there, no other's, and its solution passes without another's."""
        this = Chapter(chapter)
        for task in (*this.exercises, *this.written):
            path = source(chapter, tmp_path)
            selection.keep(path, [task.number])
            given = nbformat.read(path, as_version=4)
            nbformat.validate(given)
            mark = task.number.replace(".", "-")
            there = [grade_id(cell) for cell in given.cells]
            assert there == ["", "setup", *(f"{kind}-{mark}" for kind in task.KINDS)]
            assert selection.numbers(given) == [task.number]
            by_name = {grade_id(cell): cell.source for cell in given.cells}
            if f"visible-{mark}" in by_name:
                names = ("setup", f"answer-{mark}", f"visible-{mark}")
                exec("\n".join(by_name[name] for name in names), {})

    @pytest.mark.parametrize("chapter", CHAPTERS)
    def test_the_first_cell_says_which(self, chapter: str, tmp_path: Path) -> None:
        this = Chapter(chapter)
        first, second, *_ = (task.number for task in this.exercises)
        eighth, ninth = (task.number for task in this.written)
        said = {}
        for chosen in ([first], [second, first, eighth], [eighth, ninth]):
            path = source(chapter, tmp_path)
            selection.keep(path, chosen)
            said[len(chosen), chosen[0]] = opening(path)
        one, three, both = said.values()
        link = f"on [chapter {this.number}]"
        assert f"\n\nExercise {first} {link}" in one
        assert "written" not in one.replace("to be written", "")
        assert f"\n\nExercises {first}, {second} and {eighth} {link}" in three
        assert f"Exercise {eighth} is written. Your answer is text" in three
        assert f"Exercises {eighth} and {ninth} are written. Your answer is text" in both
        assert all("**Reading alone?**" in text for text in said.values())
        assert not any(re.search(r"\n{3}|\w+ exercises and", text) for text in said.values())

    def test_a_notebook_that_says_it_otherwise_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "x.ipynb"
        told = "# Exercises\n\nSome exercises on it."
        cells = [nbformat.v4.new_markdown_cell(told)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        with pytest.raises(ValueError, match=r"x\.ipynb: the first cell must begin a paragraph"):
            selection.keep(path, ["1.1"])


class TestParse:
    def test_separators_order_and_chapters(self) -> None:
        for text in ("1.3 1.1 2.2", "1.1, 1.3,2.2", " 1.1;1.3 2.2,1.1 "):
            assert selection.parse(text, release.chapters()) == {
                FIRST: ["1.1", "1.3"],
                CHAPTERS[1]: ["2.2"],
            }

    @pytest.mark.parametrize("text", ["1.99", "1.1 x", "1", "", ",", "1.1-1.3"])
    def test_what_is_no_exercise_is_named(self, text: str) -> None:
        with pytest.raises(ValueError, match="there is no exercise '"):
            selection.parse(text, release.chapters())

    def test_make_release_says_so_before_it_touches_anything(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit):
            release.main(["--exercises", "1.1 99.7"])
        assert "there is no exercise '99.7'" in capsys.readouterr().err


class TestReleased:
    def test_all_of_it_is_no_choice(self) -> None:
        assert [selection.released(chapter) for chapter in (*CHAPTERS, "09_none", "")] == [()] * (
            len(CHAPTERS) + 2
        )

    def test_part_of_it(self, tmp_path: Path) -> None:
        for part in ("source", "release"):
            (tmp_path / part / FIRST).mkdir(parents=True)
            path = source(FIRST, tmp_path / part / FIRST)
        assert selection.released(FIRST, tmp_path) == ()
        selection.keep(path, CHOSEN)
        assert selection.released(FIRST, tmp_path) == CHOSEN
        path.unlink()
        assert selection.released(FIRST, tmp_path) == ()

    def test_another_choice_grades_everybody_again(self, tmp_path: Path) -> None:
        first = settings(FIRST, tmp_path, tmp_path)
        other = settings(FIRST, tmp_path, tmp_path, exercises=CHOSEN)
        assert digest_of_course(first) != digest_of_course(other)


def test_release_and_archive_hold_what_was_chosen(tmp_path: Path) -> None:
    made = release.generate(tmp_path, chosen={FIRST: CHOSEN})
    assert [path.name for path in made.iterdir()] == [FIRST]
    given = json.loads((made / FIRST / f"{FIRST}.ipynb").read_text(encoding="utf-8"))
    assert selection.numbers(given) == list(CHOSEN)
    assert "SOLUTION" not in json.dumps(given)
    whole = {grade_id(cell): cell for cell in notebook(FIRST).cells if grade_id(cell)}
    for cell in nbformat.from_dict(given).cells:
        if grade_id(cell):  # the very cells of a whole release, checksums included
            assert {**cell, "source": "".join(cell.source)} == whole[grade_id(cell)]
    files = instructor_files(FIRST, made)
    for part in ("source", "release"):
        inside = json.loads(files[f"{FIRST}/{part}/{FIRST}/{FIRST}.ipynb"])
        assert selection.numbers(inside) == list(CHOSEN)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="make grade is for Linux and macOS")
def test_points_tables_and_pages_follow(tmp_path: Path) -> None:
    """Whoever has answered all of the chapter is graded in what was assigned."""
    submissions, out = a_class(tmp_path / "class", "ann", "bob"), tmp_path / "out"
    grade_class(settings(FIRST, submissions, out, exercises=CHOSEN), grade=canned)
    this = Chapter(FIRST)
    most = {task.number: task.points for task in (*this.exercises, *this.written)}
    possible = points(out)["(points possible)"]
    assert {k: float(v) for k, v in possible.items() if "." in k} == {n: most[n] for n in CHOSEN}
    assert float(possible["total"]) == sum(most[number] for number in CHOSEN)
    with (out / "canvas-exercises.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file))[5:] == [f"{FIRST} {number}" for number in CHOSEN]
    page = (out / "feedback" / "ann.html").read_text(encoding="utf-8")
    assert re.findall(r'<h2 id="exercise-(\d-\d)"', page) == ["1-1", "1-3", "1-8"]
    # With other exercises than before, the gradebook says no, and the message what to do.
    with pytest.raises(CannotStart, match=r"for other exercises .* into another folder with OUT="):
        grade_class(settings(FIRST, submissions, out), grade=canned)
