"""Exports of learning platforms: one notebook per student, nothing lost."""

from __future__ import annotations

import io
import sys
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from grading.collect import LONGEST_NAME, MOST_NESTED, collect, identify
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
            ("jane.ipynb.txt", "jane", ""),
            ("Ada Sample_4711_assignsubmission_file_x.ipynb", "Ada Sample", "4711"),
            ("Ada Sample_4711_assignsubmission_onlinetext_/onlinetext.html", "Ada Sample", "4711"),
            ("doejane_4711_98765_hw/01_likelihood.ipynb", "doejane", "4711"),  # from a zip archive
            ("Ann/hw/x.ipynb", "Ann", ""),
            ("Ann/hw_1_2_x.ipynb", "Ann", ""),
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

    @pytest.mark.parametrize(("keep", "graded"), [("latest", 3), ("earliest", 0), ("punctual", 2)])
    def test_which_of_several_is_graded_can_be_chosen(
        self, tmp_path: Path, keep: str, graded: int
    ) -> None:
        names = [
            "doejane_4711_1_01_likelihood.ipynb",
            "doejane_4711_2_01_likelihood-1.ipynb",
            "doejane_4711_9_01_likelihood-2.ipynb",
            "doejane_LATE_4711_10_01_likelihood-3.ipynb",
        ]
        notes = ["doejane_4711_0_notes.ipynb", "doejane_LATE_4711_11_notes.ipynb"]
        (found,), _ = collect(write_files(tmp_path, *names, *notes), CHAPTER, keep)
        assert found.origin == names[graded]
        assert found.late == ("yes" if graded == 3 else "")
        assert all(name in found.remarks[-1] for name in [*names, *notes])

    def test_if_all_are_late_the_latest_is_punctual_enough(self, tmp_path: Path) -> None:
        names = [f"doejane_LATE_4711_{n}_x.ipynb" for n in (8, 9)]
        (found,), _ = collect(write_files(tmp_path, *names), CHAPTER, "punctual")
        assert found.origin == names[1]

    @pytest.mark.parametrize("late", ["x.ipynb", "x.ipynb.txt", "x/01_likelihood.ipynb"])
    def test_what_canvas_calls_late_is_said(self, tmp_path: Path, late: str) -> None:
        write_files(tmp_path, f"doejane_LATE_4711_98765_{late}", "roejim_4712_98766_x.ipynb")
        (jane, jim), _ = collect(tmp_path, CHAPTER)
        assert jane.remarks == ["handed in late, as Canvas says"]
        assert (jane.late, jim.late) == ("yes", "")
        assert not jim.remarks
        # The earlier upload, in time, is not the one that is graded.
        write_files(tmp_path, "roejim_LATE_4712_98767_x-1.ipynb")
        (_, jim), _ = collect(tmp_path, CHAPTER)
        assert jim.remarks[0] == "handed in late, as Canvas says"

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
        assert unmatched == ["j: beside the notebook came j/a.txt, not looked at"]

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


def zipped(**members: bytes) -> bytes:
    """Return an archive; ``__`` in a name stands for a folder, ``_dot_`` for a dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


class TestWhoseFolder:
    @pytest.mark.parametrize(
        ("places", "names"),
        [
            (["Ann/hw/x.ipynb", "Bob/hw/x.ipynb"], ["Ann", "Bob"]),
            (["chapter 1/Ann/hw/x.ipynb", "chapter 1/Bob/x.ipynb"], ["Ann", "Bob"]),
            (["a/b/Ann/x.ipynb", "a/b/Bob/x.ipynb", "a/read me.txt"], ["Ann", "Bob"]),
            (["c/submitted/jane/01_likelihood/01_likelihood.ipynb"], ["jane"]),
            (
                ["c/doejane_4711_98765_x.ipynb", "c/roejim_4712_98766_x.ipynb"],
                ["doejane", "roejim"],
            ),
            (["c/A B_1_assignsubmission_file_x.ipynb"], ["A B"]),
            (["Ann/hw/x.ipynb"], ["Ann"]),
            (["Ann/x.ipynb", "Ann/notes/y.ipynb"], ["Ann"]),
        ],
    )
    def test_folder(self, tmp_path: Path, places: list[str], names: list[str]) -> None:
        found, _ = collect(write_files(tmp_path, *places), CHAPTER)
        assert [submission.name for submission in found] == names

    def test_one_name_in_two_encodings_of_its_marks_is_one_student(self, tmp_path: Path) -> None:
        for form in ("NFC", "NFD"):
            name = unicodedata.normalize(form, "Zoë")  # type: ignore[arg-type]
            write_files(tmp_path, f"{name}/{form}.ipynb")
        (found,), _ = collect(tmp_path, CHAPTER)
        assert found.student == found.name == "Zoë"


class TestNothingIsLost:
    """Every file is graded, or named with what to do."""

    @pytest.mark.parametrize("name", ["x.ipynb", "x.ipynb.txt", "x.ipynb.json", "X.IPYNB"])
    def test_graded(self, tmp_path: Path, name: str) -> None:
        found, left = collect(write_files(tmp_path, f"Ann/{name}", name), CHAPTER)
        assert [(s.name.lower(), s.trouble) for s in found] == [("ann", ""), ("x", "")]
        assert not left

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("x.html", "page and not a notebook; ask for the notebook"),
            ("x.docx", "text document and not a notebook; ask"),
            ("x.pdf", "printed page and not a notebook; ask"),
            ("x.rar", "not opened here; unpack it"),
            ("x.tar.gz", "not opened here; unpack it"),
            ("x.7z", "not opened here; unpack it"),
            ("x", "not a notebook; ask"),
            ("x.zip", "damaged, or locked with a password; ask"),
        ],
    )
    def test_not_a_notebook(self, tmp_path: Path, name: str, message: str) -> None:
        whose = (f"Ann/{name}", f"doejane_4711_98765_{name}", f"J D_1_assignsubmission_file_{name}")
        found, left = collect(write_files(tmp_path, *whose, name), CHAPTER)
        assert [s.name for s in found] == ["Ann", "J D", "doejane"]
        assert all(s.trouble.startswith("no notebook came: ") for s in found)
        assert all(message in s.trouble and s.origin in s.trouble for s in found)
        (line,) = left
        assert line.startswith(f"{name}: ")
        assert message in line

    def test_folders_of_text_and_empty_ones(self, tmp_path: Path) -> None:
        write_files(tmp_path, "Ada S_1_assignsubmission_onlinetext_/onlinetext.html")
        write_files(tmp_path, "Ben T_2_assignsubmission_onlinetext_/onlinetext.html")
        write_files(tmp_path, "Ben T_2_assignsubmission_file_/x.ipynb")
        (tmp_path / "Cy U_3_assignsubmission_file_").mkdir()
        (ada, ben, cy), left = collect(tmp_path, CHAPTER)
        assert "onlinetext.html is a page and not a notebook" in ada.trouble
        assert not ben.trouble
        assert ben.content == b"x"
        assert "an empty folder; ask" in cy.trouble
        assert len(left) == 1
        assert "onlinetext.html" in left[0]

    def test_empty_folders_of_an_archive(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            archive.mkdir("Ann")
            archive.mkdir("Bob")
            archive.writestr("Bob/x.ipynb", b"x")
            archive.writestr("Cy/x.zip", zipped())
        (ann, bob, cy), left = collect(tmp_path / "all.zip", CHAPTER)
        assert "is an empty folder" in ann.trouble
        assert not bob.trouble
        assert "is an empty folder" in cy.trouble
        assert not left

    def test_archives_within_archives(self, tmp_path: Path) -> None:
        deep = zipped(x_dot_ipynb=b"deep")
        for _ in range(MOST_NESTED - 1):
            deep = zipped(hw_dot_zip=deep)
        (tmp_path / "Ann").mkdir()
        (tmp_path / "Ann" / "hw.zip").write_bytes(deep)
        (tmp_path / "Bob").mkdir()
        (tmp_path / "Bob" / "hw.zip").write_bytes(zipped(hw_dot_zip=deep))
        broken = zipped(hw_dot_zip=zipped(a=b"x")[:-30], x_dot_ipynb=b"x")
        (tmp_path / "doejane_4711_98765_hw.zip").write_bytes(broken)
        (ann, bob, jane), left = collect(tmp_path, CHAPTER)
        assert ann.content == b"deep"
        assert "too deep within archives; unpack it" in bob.trouble
        assert (jane.number, jane.content) == ("4711", b"x")
        assert "hw.zip (damaged, or locked with a password; ask for" in left[0]

    @pytest.mark.parametrize(
        ("limit", "value", "message"),
        [("MOST_FILES", 5, "more than"), ("LARGEST_NESTED", 2000, "a very large archive")],
    )
    def test_an_archive_that_would_fill_the_memory(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        limit: str,
        value: int,
        message: str,
    ) -> None:
        monkeypatch.setattr(f"grading.collect.{limit}", value)
        inner = zipped(**{f"{i}_dot_ipynb": bytes(100) for i in range(6)})
        bomb = zipped(**{f"{i}_dot_zip": inner for i in range(9)})
        (tmp_path / "all.zip").write_bytes(zipped(Ann__x_dot_zip=bomb, Bob__x_dot_ipynb=b"x"))
        (ann, bob), left = collect(tmp_path / "all.zip", CHAPTER)
        assert bob.content == b"x"
        assert message in " ".join([ann.trouble, *left])

    def test_odd_names_in_an_archive(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for name in ("..", "/", "c\\Ann\\x.ipynb", "c/Bob/.ipynb", "c/..", "c"):
                archive.writestr(zipfile.ZipInfo(name), b"x")
        found, left = collect(tmp_path / "all.zip", CHAPTER)
        assert [(s.name, s.content) for s in found] == [("Ann", b"x"), ("Bob", b"x")]
        assert all("not a notebook" in line or "an empty folder" in line for line in left)
        only = tmp_path / "only.zip"
        with zipfile.ZipFile(only, "w") as archive:
            archive.writestr("..", b"x")
        assert not collect(only, CHAPTER)[0]

    def test_a_download_that_is_damaged(self, tmp_path: Path) -> None:
        content = bytearray(zipped(Ann__x_dot_ipynb=b"x"))
        content[content.index(b"PK\x01\x02")] ^= 1  # the directory, not the end that announces it
        (tmp_path / "all.zip").write_bytes(content)
        found, left = collect(tmp_path / "all.zip", CHAPTER)
        assert not found
        assert "damaged" in left[0]

    def test_a_damaged_member_of_an_archive(self, tmp_path: Path) -> None:
        content = bytearray(zipped(Ann__x_dot_ipynb=b"notebook", Bob__x_dot_ipynb=b"x"))
        content[content.index(b"notebook")] ^= 1
        (tmp_path / "all.zip").write_bytes(content)
        (ann, bob), _ = collect(tmp_path / "all.zip", CHAPTER)
        assert "damaged, or locked" in ann.trouble
        assert bob.content == b"x"

    def test_links(self, tmp_path: Path) -> None:
        (tmp_path / "secret.ipynb").write_text("secret")
        folder = write_files(tmp_path / "s", "Ann/a.ipynb", "Bob/notes.txt")
        (folder / "Ann" / "b.ipynb").symlink_to(tmp_path / "secret.ipynb")
        (folder / "Bob" / "b.ipynb").symlink_to(tmp_path / "secret.ipynb")
        (folder / "Cy").symlink_to(tmp_path)
        link = zipfile.ZipInfo("x.ipynb")
        link.external_attr = 0o120777 << 16
        with zipfile.ZipFile(folder / "Di.zip", "w") as archive:
            archive.writestr(link, "/etc/passwd")
        (ann, bob, di), left = collect(folder, CHAPTER)
        assert ann.content == b"x"
        assert "b.ipynb is a link, which is not followed" in bob.trouble
        assert "x.ipynb is a link, which is not followed" in di.trouble
        assert sorted(line.partition(":")[0] for line in left) == ["Ann", "Cy"]
        assert all("secret" not in str(s.content) for s in (ann, bob, di))

    def test_many_files_beside_the_notebook_are_one_line(self, tmp_path: Path) -> None:
        write_files(tmp_path, "Ann/x.ipynb", *(f"Ann/data/{i}.csv" for i in range(30)))
        _, (line,) = collect(tmp_path, CHAPTER)
        assert line.endswith("and 22 more, not looked at")


class TestNamesForFiles:
    def test_long_names_leave_room_and_stay_apart(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            archive.writestr("é" * 250 + "a/x.ipynb", b"x")
            archive.writestr("é" * 250 + "b/x.ipynb", b"x")
            archive.writestr("李" * 250 + "/x.ipynb", b"x")
        found, _ = collect(tmp_path / "all.zip", CHAPTER)
        assert len({s.student for s in found}) == 3
        assert all(len(s.student.encode()) <= LONGEST_NAME for s in found)

    def test_a_suffix_does_not_take_anothers_name(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for name in ("a b", "a b-2", "a-b", "a-b-2"):
                archive.writestr(f"{name}/x.ipynb", b"x")
        found, _ = collect(tmp_path / "all.zip", CHAPTER)
        assert len({s.student for s in found}) == 4

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
    def test_names_that_are_not_unicode(self, tmp_path: Path) -> None:
        (tmp_path / "J\udcffrgen").mkdir()
        (tmp_path / "J\udcffrgen" / "x.ipynb").write_bytes(b"x")
        (found,), _ = collect(tmp_path, CHAPTER)
        f"{found.student} {found.name} {found.origin}".encode()
