"""A submission is restored: released cells, the student's answers, and the student's own cells."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading.model import LARGEST
from grading.prepare import MENDED, UnusableSubmission, prepare
from tests.grading.notebooks import FIRST as CHAPTER
from tests.grading.notebooks import answered, grade_id, notebook


@pytest.fixture
def released() -> nbformat.NotebookNode:
    return notebook(CHAPTER)


def as_bytes(given: nbformat.NotebookNode) -> bytes:
    return json.dumps(given).encode()


def grade_ids(given: nbformat.NotebookNode) -> list[str]:
    return [grade_id(cell) for cell in given.cells]


class TestPrepare:
    def test_an_untouched_release_is_returned_as_it_is(
        self, released: nbformat.NotebookNode
    ) -> None:
        prepared, remarks = prepare(as_bytes(released), released, CHAPTER)
        assert remarks == []
        assert [c.source for c in prepared.cells] == [c.source for c in released.cells]

    def test_own_cells_stay_where_they_were(self, released: nbformat.NotebookNode) -> None:
        given = nbformat.from_dict(released)
        spot = grade_ids(given).index("answer-1-1")
        given.cells.insert(spot, new_code_cell("helper = 1"))
        prepared, remarks = prepare(as_bytes(given), released, CHAPTER)
        assert remarks == []
        assert prepared.cells[spot].source == "helper = 1"

    def test_cells_out_of_order_come_back_with_what_followed_them(
        self, released: nbformat.NotebookNode
    ) -> None:
        given = nbformat.from_dict(released)
        given.cells.insert(grade_ids(given).index("answer-1-1") + 1, new_code_cell("mine = 1"))
        given.cells.reverse()
        for cell in given.cells:
            if cell.source == "mine = 1":
                given.cells.remove(cell)
                given.cells.insert(grade_ids(given).index("answer-1-1") + 1, cell)
                break
        prepared, remarks = prepare(as_bytes(given), released, CHAPTER)
        assert "cells were out of order and are back in order" in remarks
        ids = [name for name in grade_ids(prepared) if name]
        assert ids == [name for name in grade_ids(released) if name]
        at = grade_ids(prepared).index("answer-1-1")
        assert prepared.cells[at + 1].source == "mine = 1"

    def test_deleted_and_changed_checks_are_back(self, released: nbformat.NotebookNode) -> None:
        given = nbformat.from_dict(released)
        given.cells = [
            c for c, n in zip(given.cells, grade_ids(given), strict=True) if n != "hidden-1-1"
        ]
        for cell, name in zip(given.cells, grade_ids(given), strict=True):
            if name == "visible-1-1":
                cell.source = "pass"
                cell.metadata.nbgrader.points = 1000
        prepared, remarks = prepare(as_bytes(given), released, CHAPTER)
        assert "missing, and put back: hidden-1-1" in remarks
        assert "changed, and put back as released: visible-1-1" in remarks
        wanted = [c for c in released.cells if c.metadata.get("nbgrader")]
        assert [c.metadata for c in prepared.cells if c.metadata.get("nbgrader")] == [
            c.metadata for c in wanted
        ]

    def test_a_copied_cell_keeps_the_first(self, released: nbformat.NotebookNode) -> None:
        given = nbformat.from_dict(released)
        spot = grade_ids(given).index("answer-1-1")
        given.cells.insert(spot + 1, nbformat.from_dict(given.cells[spot]))
        prepared, remarks = prepare(as_bytes(given), released, CHAPTER)
        assert remarks == [f"{MENDED['twice']}: answer-1-1"]
        assert grade_ids(prepared).count("answer-1-1") == 1

    def test_outputs_are_dropped(self, released: nbformat.NotebookNode) -> None:
        given = nbformat.from_dict(released)
        given.cells.append(new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="x")]))
        prepared, _ = prepare(as_bytes(given), released, CHAPTER)
        assert not prepared.cells[-1].outputs

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "empty"),
            (b"  \n", "empty"),
            (b"{", "not a notebook"),
            (b"\xff\xfe\x00", "not a notebook"),
            (b"[1, 2]", "not a notebook"),
            (b'{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "not a notebook"),
            (b'{"nbformat": 99}', "not a notebook"),
            (b"[" * 200_000, "not a notebook"),
            (b" x" * LARGEST, "larger than 10 MB"),
            (as_bytes(nbformat.v4.new_notebook()), "no cells"),
            (as_bytes(nbformat.v4.new_notebook(cells=[new_markdown_cell("hello")])), "no cell of"),
        ],
        ids=lambda value: str(value)[:20],
    )
    def test_not_a_notebook_of_the_chapter(
        self, released: nbformat.NotebookNode, content: bytes, message: str
    ) -> None:
        with pytest.raises(UnusableSubmission, match=message):
            prepare(content, released, CHAPTER)

    def test_another_chapters_notebook_is_called_that(
        self, released: nbformat.NotebookNode
    ) -> None:
        text = json.dumps(released).replace("-1-", "-2-")
        with pytest.raises(UnusableSubmission, match=r"another chapter's notebook \(chapter 2\)"):
            prepare(text.encode(), released, CHAPTER)

    def test_unusual_metadata_is_harmless(self, released: nbformat.NotebookNode) -> None:
        given = nbformat.from_dict(released)
        given.cells.append(new_code_cell("1", metadata={"nbgrader": "strange"}))
        given.cells[0].metadata["nbgrader"] = {"grade_id": ["list"]}
        prepared, _ = prepare(as_bytes(given), released, CHAPTER)
        assert len(prepared.cells) == len(given.cells)

    @pytest.mark.parametrize("where", ["answer-1-1", ""])
    def test_half_a_character_is_replaced(
        self, released: nbformat.NotebookNode, where: str, tmp_path: Path
    ) -> None:
        given = nbformat.from_dict(released)
        given.cells.append(new_code_cell("1"))
        spot = grade_ids(given).index(where) if where else -1
        given.cells[spot].source = "# \ud83d\nx = 1"
        prepared, _ = prepare(as_bytes(given), released, CHAPTER)
        nbformat.write(prepared, tmp_path / "x.ipynb")
        assert "# \ufffd\nx = 1" in [cell.source for cell in prepared.cells]

    @pytest.mark.parametrize("also_gone", [[], ["statement-1-2"], ["statement-1-2", "hidden-1-1"]])
    def test_an_answer_typed_anew_in_an_own_cell_is_the_last_word(
        self, released: nbformat.NotebookNode, also_gone: list[str]
    ) -> None:
        given = nbformat.from_dict(released)
        gone = ["answer-1-2", *also_gone]
        at = grade_ids(given).index("answer-1-2")
        given.cells[at] = new_code_cell("mine = 2")
        given.cells = [c for c in given.cells if grade_id(c) not in gone]
        prepared, remarks = prepare(as_bytes(given), released, CHAPTER)
        sources = [cell.source for cell in prepared.cells]
        ids = grade_ids(prepared)
        assert ids.index("answer-1-2") < sources.index("mine = 2") < ids.index("visible-1-2")
        assert sorted(filter(None, ids)) == sorted(filter(None, grade_ids(released)))
        wanted = [name for name in grade_ids(released) if name in gone]
        assert remarks == [f"{MENDED['missing']}: {', '.join(wanted)}"]

    def test_two_answers_typed_anew_in_one_cell(self, released: nbformat.NotebookNode) -> None:
        given = nbformat.from_dict(released)
        at = grade_ids(given).index("answer-1-2")
        given.cells[at] = new_code_cell("both")
        last = grade_ids(given).index("answer-1-3")
        del given.cells[at + 1 : last + 1]
        prepared, _ = prepare(as_bytes(given), released, CHAPTER)
        ids = grade_ids(prepared)
        both = [cell.source for cell in prepared.cells].index("both")
        assert max(ids.index("answer-1-2"), ids.index("answer-1-3")) < both
        assert both < ids.index("visible-1-2")

    @pytest.mark.parametrize("how", ["ids", "order"])
    @pytest.mark.parametrize("more", ["", "own cells", "a changed statement", "a lost answer"])
    def test_without_nbgraders_marks(
        self, released: nbformat.NotebookNode, how: str, more: str
    ) -> None:
        given = answered(CHAPTER)
        if more == "own cells":
            for name in ("statement-1-2", "answer-1-2", "visible-1-2"):
                given.cells.insert(grade_ids(given).index(name) + 1, new_code_cell(f"x = '{name}'"))
        if more == "a changed statement":
            given.cells[grade_ids(given).index("statement-1-3")].source = "my notes"
        if more == "a lost answer":
            del given.cells[grade_ids(given).index("answer-1-4")]
        marked, _ = prepare(as_bytes(given), released, CHAPTER)
        for cell in given.cells:
            cell.metadata.clear()
            if how == "order":
                del cell["id"]
        if how == "order":
            given.nbformat_minor = 4
        prepared, remarks = prepare(as_bytes(given), released, CHAPTER)
        assert remarks[0] == f"nbgrader's marks are gone; the cells were found by their {how}"
        answers = {
            grade_id(cell): cell.source
            for cell in prepared.cells
            if grade_id(cell).startswith("answer")
        }
        assert answers == {
            grade_id(cell): cell.source
            for cell in marked.cells
            if grade_id(cell).startswith("answer")
        }

    def test_a_written_answer_without_marks_is_found_by_its_order(
        self, released: nbformat.NotebookNode
    ) -> None:
        given = notebook(CHAPTER)
        (written,) = [cell for cell in given.cells if grade_id(cell) == "written-1-8"]
        written.source = "Count, and divide."
        for number, cell in enumerate(given.cells):
            cell.metadata.clear()
            cell.id = f"other-{number}"
        prepared, _ = prepare(json.dumps(given).encode(), released, CHAPTER)
        found = {grade_id(cell): cell.source for cell in prepared.cells}
        assert found["written-1-8"] == "Count, and divide."

    def test_another_chapter_without_marks(self, released: nbformat.NotebookNode) -> None:
        given = notebook("02_log_likelihood")
        for cell in given.cells:
            cell.metadata.clear()
        with pytest.raises(UnusableSubmission, match="no cell of 01_likelihood is in it"):
            prepare(as_bytes(given), released, CHAPTER)

    def test_the_same_submission_makes_the_same_file(self, released: nbformat.NotebookNode) -> None:
        given = nbformat.from_dict(released)
        given.cells.insert(3, new_code_cell("1"))
        given.cells.append(new_markdown_cell("2"))
        one, other = (prepare(as_bytes(given), released, CHAPTER)[0] for _ in range(2))
        assert nbformat.writes(one) == nbformat.writes(other)
        assert len({cell.id for cell in one.cells}) == len(one.cells)

    def test_the_release_is_not_changed(self, released: nbformat.NotebookNode) -> None:
        before = nbformat.writes(released)
        given = nbformat.from_dict(released)
        given.cells = [c for c in given.cells if "1-1" not in grade_id(c)]
        prepared, _ = prepare(as_bytes(given), released, CHAPTER)
        for cell in prepared.cells:
            cell.source = "changed"
        assert nbformat.writes(released) == before
