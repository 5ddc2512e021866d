"""Exports of learning platforms: one notebook per student, nothing lost."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from grading.collect import collect, identify
from grading.model import LARGEST
from tests.grading.notebooks import FIRST as CHAPTER


def write_files(folder: Path, *names: str, content: bytes = b"x") -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


class TestIdentify:
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
        assert identify(PurePosixPath(place), CHAPTER)[:2] == (student, number)

    def test_nobody(self) -> None:
        assert identify(PurePosixPath("01_likelihood.ipynb"), CHAPTER)[0] == ""


class TestCollect:
    def test_odd_names_become_file_names(self, tmp_path: Path) -> None:
        names = ("Zoë O'Neil/a.ipynb", "..∕..∕evil.ipynb", "李 雷/x.ipynb")
        found, unmatched = collect(write_files(tmp_path, *names), CHAPTER)
        assert len(found) == 3
        assert not unmatched
        assert all("/" not in s.student and ".." not in s.student for s in found)
        assert {s.name for s in found} >= {"Zoë O'Neil", "李 雷"}

    def test_names_that_would_share_a_file_are_kept_apart(self, tmp_path: Path) -> None:
        found, _ = collect(
            write_files(tmp_path, "Jane D/a.ipynb", "jane-d/a.ipynb", "Jane/D.ipynb"), CHAPTER
        )
        assert len({s.student.casefold() for s in found}) == 3

    def test_the_latest_of_several_is_graded_and_reported(self, tmp_path: Path) -> None:
        names = [f"doejane_4711_{n}_01_likelihood-{n}.ipynb" for n in (9, 10, 2)]
        (found,), _ = collect(write_files(tmp_path, *names), CHAPTER)
        assert found.origin == names[1]
        assert "3 notebooks; graded" in found.remarks[0]

    def test_the_chapters_own_name_goes_first(self, tmp_path: Path) -> None:
        (found,), _ = collect(
            write_files(tmp_path, "j/01_likelihood.ipynb", "j/zz_notes.ipynb"), CHAPTER
        )
        assert found.origin == "j/01_likelihood.ipynb"

    def test_files_without_a_student_are_reported(self, tmp_path: Path) -> None:
        found, unmatched = collect(
            write_files(tmp_path, "01_likelihood.ipynb", "jane.ipynb"), CHAPTER
        )
        assert [s.student for s in found] == ["jane"]
        assert unmatched[0].startswith("01_likelihood.ipynb: ")

    def test_clutter_is_ignored(self, tmp_path: Path) -> None:
        names = ("j/a.ipynb", "__MACOSX/j/._a.ipynb", "j/.ipynb_checkpoints/a.ipynb", "j/a.txt")
        (found,), unmatched = collect(write_files(tmp_path, *names), CHAPTER)
        assert found.origin == "j/a.ipynb"
        assert not found.remarks
        assert not unmatched

    def test_nested_archives(self, tmp_path: Path) -> None:
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
            archive.writestr("jane/a.ipynb", b" " * (LARGEST + 10**6))
        (found,), _ = collect(tmp_path, CHAPTER)
        assert len(found.content) == LARGEST + 1

    def test_a_link_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "secret.txt").write_text("secret")
        folder = write_files(tmp_path / "s", "jane/a.ipynb")
        (folder / "jane" / "b.ipynb").symlink_to(tmp_path / "secret.txt")
        (found,), _ = collect(folder, CHAPTER)
        assert found.content == b"x"

    def test_neither_folder_nor_archive(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="neither a folder nor a zip"):
            collect(write_files(tmp_path, "a.txt") / "a.txt", CHAPTER)
