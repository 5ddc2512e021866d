"""Every exercise states its objectives and points, and its notebook can be released."""

from __future__ import annotations

import re

import pytest

from course import contents
from course.contents import Chapter, Exercise, Written
from course.guards import prose_lint
from tests.exercises.answers import EXERCISES, exercises, notebook

each = pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.number)
CHAPTERS = [chapter for chapter in contents.chapters() if chapter.exercises]
each_written = pytest.mark.parametrize(
    "task", [task for c in CHAPTERS for task in c.written], ids=lambda task: task.number
)
each_chapter = pytest.mark.parametrize("chapter", [chapter.name for chapter in CHAPTERS])


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

    def test_a_check_that_passes_says_so(self, exercise: Exercise) -> None:
        *_, last = exercise.source("visible").splitlines()
        assert last == f'passed("{exercise.number}")'

    def test_it_has_an_example_and_a_folded_hint(self, exercise: Exercise) -> None:
        text = exercise.source("statement")
        assert "**Example" in text
        assert re.search(r"<details><summary>Hint</summary>\n\n.+\n\n</details>", text, re.S)


class TestWritten:
    """Two a chapter, which somebody reads and grades."""

    @each_chapter
    def test_they_follow_the_others(self, chapter: str) -> None:
        (this,) = (c for c in contents.chapters() if c.name == chapter)
        last = len(this.exercises)
        wanted = [f"{this.number}.{last + n}" for n in range(1, len(this.written) + 1)]
        assert [task.number for task in this.written] == wanted

    @each_written
    def test_its_cells_are_graded_by_hand_in_nbgraders_way(self, task: Written) -> None:
        question, written = (task.cells[kind] for kind in ("question", "written"))
        assert [cell["cell_type"] for cell in (question, written)] == ["markdown"] * 2
        marks = question["metadata"]["nbgrader"], written["metadata"]["nbgrader"]
        roles = [(mark["grade"], mark["solution"], mark["locked"]) for mark in marks]
        assert roles == [(False, False, True), (True, True, False)]
        assert marks[1]["points"] == task.points

    @each_written
    def test_the_rubric_gives_all_points(self, task: Written) -> None:
        assert sum(points for points, _ in task.rubric) == task.points
        assert len(task.rubric) >= 3
        # A vertical bar would end the cell of the table within a formula.
        assert all("|" not in what for _, what in task.rubric)

    @each_written
    def test_the_model_answer_keeps_to_the_question(self, task: Written) -> None:
        answer, _, notes = task.model_answer.partition("\n\n**For the grader.** ")
        assert notes
        if limit := re.search(r"at most (\d+) words", task.statement):
            assert len(re.sub(r"\$[^$]+\$", "x", answer).split()) <= int(limit[1])

    @each_written
    def test_its_objectives_are_the_chapters(self, task: Written) -> None:
        (chapter,) = (c for c in contents.chapters() if c.name == task.chapter)
        assert task.title
        assert task.minutes
        assert set(task.objectives) <= set(range(1, len(chapter.objectives) + 1))

    @pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
    def test_every_objective_is_practised(self, chapter: Chapter) -> None:
        tasks = (*chapter.exercises, *chapter.written)
        practised = {number for task in tasks for number in task.objectives}
        assert practised == set(range(1, len(chapter.objectives) + 1))


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
