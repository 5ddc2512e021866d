"""Every exercise states its objectives and points, and its notebook can be released."""

from __future__ import annotations

import re

import pytest

from course import contents
from course.contents import Exercise
from course.guards import prose_lint
from tests.exercises.answers import EXERCISES, exercises, notebook

each = pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.number)
each_chapter = pytest.mark.parametrize(
    "chapter", [chapter.name for chapter in contents.chapters() if chapter.exercises]
)


def test_they_are_numbered_from_1_in_every_chapter() -> None:
    for chapter in contents.chapters():
        numbers = [exercise.number for exercise in chapter.exercises]
        assert numbers == [f"{chapter.number}.{n}" for n in range(1, len(numbers) + 1)]


def test_every_notebook_belongs_to_a_chapter() -> None:
    """A notebook without a chapter would never be graded."""
    here = {path.stem for path in (EXERCISES / "source").glob("*/*.ipynb")}
    assert here
    assert here == {chapter.name for chapter in contents.chapters() if chapter.exercises}


@each
class TestStatement:
    def test_it_has_all_its_cells_in_order(self, exercise: Exercise) -> None:
        assert list(exercise.cells) == ["statement", "answer", "visible", "hidden"]

    def test_it_says_what_it_earns(self, exercise: Exercise) -> None:
        assert exercise.title
        given = {
            kind: cell["metadata"]["nbgrader"].get("points", 0)
            for kind, cell in exercise.cells.items()
        }
        assert exercise.points == sum(given.values())
        assert exercise.stars == given["hidden"]

    def test_its_objectives_are_the_chapters(self, exercise: Exercise) -> None:
        (chapter,) = (c for c in contents.chapters() if c.name == exercise.chapter)
        assert exercise.objectives
        assert set(exercise.objectives) <= set(range(1, len(chapter.objectives) + 1))

    def test_it_has_an_example_and_a_folded_hint(self, exercise: Exercise) -> None:
        text = exercise.source("statement")
        assert "**Example" in text
        assert re.search(r"<details><summary>Hint</summary>\n\n.+\n\n</details>", text, re.S)


class TestNotebooks:
    @each_chapter
    def test_it_says_where_a_lone_reader_finds_solutions(self, chapter: str) -> None:
        assert "exercises/source" in notebook(chapter).cells[0].source

    @each_chapter
    def test_its_wording_is_the_books(self, chapter: str) -> None:
        found = prose_lint.check(EXERCISES / "source" / chapter / f"{chapter}.ipynb")
        # 3.6 shows a wrong function and asks what is wrong with it.
        assert not [finding for finding in found if "nansum" not in finding.problem]

    @each_chapter
    def test_no_outputs_are_stored(self, chapter: str) -> None:
        for cell in notebook(chapter).cells:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None
