"""Exports of learning platforms: one notebook per student, put in order, nothing lost."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path, PurePosixPath

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.exercises import ROOT, notebook

sys.path.insert(0, str(ROOT / "scripts"))
from grading import submissions
from grading.submissions import Unusable, collect, prepare, who

CHAPTER = "01_likelihood"


@pytest.fixture
def released() -> nbformat.NotebookNode:
    return notebook(CHAPTER, "release")


def as_bytes(given: nbformat.NotebookNode) -> bytes:
    return json.dumps(given).encode()


def grade_ids(given: nbformat.NotebookNode) -> list[str]:
    return [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in given.cells]


def lay(folder: Path, *names: str, content: bytes = b"x") -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


class TestWho:
    @pytest.mark.parametrize(
        ("place", "student", "number"),
        [
            ("doejane_4711_98765_01_likelihood.ipynb", "doejane", "4711"),
            ("doejane_LATE_4711_98765_01_likelihood-2.ipynb", "doejane", "4711"),
            ("Jane Doe_4711_assignsubmission_file_/my work.ipynb", "Jane Doe", "4711"),
            ("Zoë O'Neil_4711_assignsubmission_file/a/b.ipynb", "Zoë O'Neil", "4711"),
            ("jane/01_likelihood/01_likelihood.ipynb", "jane", ""),
            ("submitted/jane/01_likelihood/01_likelihood.ipynb", "jane", ""),
            ("jane.ipynb", "jane", ""),
            ("jane_01_likelihood.ipynb", "jane", ""),
            ("01_likelihood - jane.ipynb", "jane", ""),
        ],
    )
    def test_student(self, place: str, student: str, number: str) -> None:
        assert who(PurePosixPath(place), CHAPTER)[:2] == (student, number)

    def test_nobody(self) -> None:
        assert who(PurePosixPath("01_likelihood.ipynb"), CHAPTER)[0] == ""


class TestCollect:
    def test_odd_names_become_names_for_files(self, tmp_path: Path) -> None:
        names = ("Zoë O'Neil/a.ipynb", "..∕..∕evil.ipynb", "李 雷/x.ipynb")
        found, unmatched = collect(lay(tmp_path, *names), CHAPTER)
        assert len(found) == 3
        assert not unmatched
        assert all("/" not in s.student and ".." not in s.student for s in found)
        assert {s.name for s in found} >= {"Zoë O'Neil", "李 雷"}

    def test_names_that_would_share_a_file_are_kept_apart(self, tmp_path: Path) -> None:
        found, _ = collect(
            lay(tmp_path, "Jane D/a.ipynb", "jane-d/a.ipynb", "Jane/D.ipynb"), CHAPTER
        )
        assert len({s.student.casefold() for s in found}) == 3

    def test_of_several_the_latest_is_graded_and_the_report_says_so(self, tmp_path: Path) -> None:
        names = [f"doejane_4711_{n}_01_likelihood-{n}.ipynb" for n in (9, 10, 2)]
        (found,), _ = collect(lay(tmp_path, *names), CHAPTER)
        assert found.origin == names[1]
        assert "3 notebooks; graded" in found.remarks[0]

    def test_the_chapters_own_name_goes_first(self, tmp_path: Path) -> None:
        (found,), _ = collect(lay(tmp_path, "j/01_likelihood.ipynb", "j/zz_notes.ipynb"), CHAPTER)
        assert found.origin == "j/01_likelihood.ipynb"

    def test_what_belongs_to_nobody_is_named(self, tmp_path: Path) -> None:
        found, unmatched = collect(lay(tmp_path, "01_likelihood.ipynb", "jane.ipynb"), CHAPTER)
        assert [s.student for s in found] == ["jane"]
        assert unmatched[0].startswith("01_likelihood.ipynb: ")

    def test_litter_is_overlooked(self, tmp_path: Path) -> None:
        names = ("j/a.ipynb", "__MACOSX/j/._a.ipynb", "j/.ipynb_checkpoints/a.ipynb", "j/a.txt")
        (found,), unmatched = collect(lay(tmp_path, *names), CHAPTER)
        assert found.origin == "j/a.ipynb"
        assert not found.remarks
        assert not unmatched

    def test_archives_and_archives_within(self, tmp_path: Path) -> None:
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("../../../work.ipynb", b"content")
        outer = tmp_path / "export.zip"
        with zipfile.ZipFile(outer, "w") as archive:
            archive.writestr("Jane Doe_12_assignsubmission_file_/x.ipynb", b"x")
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / "jim.zip").write_bytes(inner.getvalue())
        (found,), _ = collect(outer, CHAPTER)
        assert (found.name, found.number, found.content) == ("Jane Doe", "12", b"x")
        (found,), _ = collect(folder, CHAPTER)
        assert found.content == b"content"
        assert "/" not in found.student

    def test_a_bomb_is_cut_off(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("jane/a.ipynb", b" " * (submissions.LARGEST + 10**6))
        (found,), _ = collect(tmp_path, CHAPTER)
        assert len(found.content) == submissions.LARGEST + 1

    def test_a_link_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "secret.txt").write_text("secret")
        folder = lay(tmp_path / "s", "jane/a.ipynb")
        (folder / "jane" / "b.ipynb").symlink_to(tmp_path / "secret.txt")
        (found,), _ = collect(folder, CHAPTER)
        assert found.content == b"x"

    def test_neither_folder_nor_archive(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="neither a folder nor a zip"):
            collect(lay(tmp_path, "a.txt") / "a.txt", CHAPTER)


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
        assert remarks == [f"{submissions.MENDED['twice']}: answer-1-1"]
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
            (b"{", "no notebook"),
            (b"\xff\xfe\x00", "no notebook"),
            (b"[1, 2]", "no notebook"),
            (b'{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "no notebook"),
            (b'{"nbformat": 99}', "no notebook"),
            (b"[" * 200_000, "no notebook"),
            (b" x" * submissions.LARGEST, "larger than 10 MB"),
            (as_bytes(nbformat.v4.new_notebook()), "no cells"),
            (as_bytes(nbformat.v4.new_notebook(cells=[new_markdown_cell("hello")])), "no cell of"),
        ],
        ids=lambda value: str(value)[:20],
    )
    def test_what_is_no_notebook_of_the_chapter(
        self, released: nbformat.NotebookNode, content: bytes, message: str
    ) -> None:
        with pytest.raises(Unusable, match=message):
            prepare(content, released, CHAPTER)

    def test_another_chapters_notebook_is_called_that(
        self, released: nbformat.NotebookNode
    ) -> None:
        text = json.dumps(released).replace("-1-", "-2-")
        with pytest.raises(Unusable, match=r"another chapter's notebook \(chapter 2\)"):
            prepare(text.encode(), released, CHAPTER)

    def test_strange_metadata_does_no_harm(self, released: nbformat.NotebookNode) -> None:
        given = nbformat.from_dict(released)
        given.cells.append(new_code_cell("1", metadata={"nbgrader": "strange"}))
        given.cells[0].metadata["nbgrader"] = {"grade_id": ["list"]}
        prepared, _ = prepare(as_bytes(given), released, CHAPTER)
        assert len(prepared.cells) == len(given.cells)
