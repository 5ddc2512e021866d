"""The release is exactly what `make release` generates, complete and without answers."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from course import contents, links
from course.contents import ROOT, Chapter
from grading import release, selection
from grading.archives import instructor_files, pack, student_files
from grading.model import EXERCISES
from tests.grading.notebooks import CHAPTERS, FIRST, notebook


def tree(folder: Path) -> dict[str, bytes]:
    paths = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


class TestRelease:
    def test_it_is_what_make_release_generates(self, generated: Path, tmp_path: Path) -> None:
        # In somebody's own copy `make release SOLUTIONS=private` leaves a paragraph out, and
        # EXERCISES=... exercises.
        public = any("Reading alone" in notebook(chapter).cells[0].source for chapter in CHAPTERS)
        chosen = {chapter: selection.released(chapter) for chapter in CHAPTERS}
        if any(chosen.values()) or not public:
            part = {name: numbers for name, numbers in chosen.items() if numbers}
            generated = release.generate(tmp_path, private=not public)
            if part:
                (tmp_path / "part").mkdir()
                made = release.generate(tmp_path / "part", private=not public, chosen=part)
                shutil.copytree(made, generated, dirs_exist_ok=True)
        # The checks and the table of sections beside each notebook are not committed.
        beside = {"check.py", "sections.json"}
        committed, made = (
            {name: text for name, text in tree(folder).items() if Path(name).name not in beside}
            for folder in (EXERCISES / "release", generated)
        )
        assert sorted(committed) == sorted(made)
        different = [name for name in made if committed[name] != made[name]]
        assert not different, f"run `make release`: {different} do not follow from exercises/source"

    @pytest.mark.parametrize("chapter", CHAPTERS)
    def test_every_answer_is_a_stub_and_every_hidden_cell_is_empty(self, chapter: str) -> None:
        for cell in notebook(chapter).cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if name.startswith("answer"):
                assert "raise NotImplementedError" in cell.source
                assert "SOLUTION" not in cell.source
            if name.startswith("written"):
                number = name.removeprefix("written-").replace("-", ".")
                head, stub = cell.source.split("\n\n")
                assert head == f"**Your answer to {number}**"
                assert stub.startswith("*Write your answer here")
                assert "SOLUTION" not in cell.source
            if name.startswith("hidden"):
                assert re.fullmatch(
                    r"# The hidden checks of exercise \d\.\d run here .+", cell.source
                )

    def test_all_pages_are_in_the_book_and_none_is_executed(self) -> None:
        assert {f"exercises/release/{c}/{c}" for c in CHAPTERS} <= set(contents.pages())
        config = (ROOT / "_config.yml").read_text(encoding="utf-8")
        assert 'exclude_patterns: ["exercises/release/*/*.ipynb"]' in config

    @pytest.mark.skipif(sys.platform == "win32", reason="Binder runs Linux")
    def test_its_notebooks_run_in_place(self) -> None:
        """`make lab` and Binder put the folder exercises on the path; check is not beside them."""
        chapter = CHAPTERS[0]
        start = ROOT / "binder" / "start"
        place = [
            "sh",
            str(start),
            sys.executable,
            "-c",
            "import os; print(os.environ['PYTHONPATH'])",
        ]
        path = subprocess.run(place, cwd=ROOT, capture_output=True, text=True, check=True)
        assert path.stdout.strip() == str(EXERCISES)
        assert 'PYTHONPATH="$(CURDIR)/exercises"' in (ROOT / "Makefile").read_text(encoding="utf-8")
        code = [cell.source for cell in notebook(chapter).cells if cell.cell_type == "code"]
        program = (
            f"{code[0]}\n"
            "try:\n    expect(1, 2, 'f()', idea='think', section='1.2')\n"
            "except AssertionError as mistake:\n    print(mistake)\n"
        )
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program],
            cwd=EXERCISES / "release" / chapter,
            env={**os.environ, "PYTHONPATH": path.stdout.strip()},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert "section 1.2, " in done.stdout


class TestPrivateSolutions:
    """`make release SOLUTIONS=private`: nothing that students get says where the solutions are."""

    @pytest.mark.slow
    def test_nothing_says_where_they_are(
        self, archives: dict[str, dict[str, bytes]], tmp_path: Path
    ) -> None:
        released = release.generate(tmp_path, private=True)
        for chapter in CHAPTERS:
            (wheel,) = [name for name in archives[chapter] if name.endswith(".whl")]
            built = tmp_path / Path(wheel).name
            built.write_bytes(archives[chapter][wheel])
            files = student_files(chapter, released, built)
            assert self.told(files) == []
        # The search finds what a public release says.
        assert f"{FIRST}/{FIRST}.ipynb" in self.told(archives[FIRST])

    def told(self, files: dict[str, bytes]) -> list[str]:
        found = []
        for name, content in files.items():
            texts = [content]
            if name.endswith(".whl"):
                with zipfile.ZipFile(io.BytesIO(content)) as built:
                    texts = [built.read(item) for item in built.namelist()]
            if any(re.search(rb"exercises/source|\bsource/|olutions stand", t) for t in texts):
                found.append(name)
        return found

    def test_a_notebook_that_tells_it_elsewhere_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "x.ipynb"
        told = "# Exercises\n\nSolutions are in x.\n\n**Reading alone?** They are in x."
        for text in ("# Exercises", told):
            given = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
            nbformat.write(given, path)
            with pytest.raises(ValueError, match="Reading alone"):
                release.keep_quiet(path)

    def test_another_word_than_private_or_public_is_refused(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit):
            release.main(["--solutions", "hidden"])
        assert "invalid choice: 'hidden'" in capsys.readouterr().err


class TestStudentArchive:
    def test_it_holds_what_is_needed(self, archives: dict[str, dict[str, bytes]]) -> None:
        for chapter, files in archives.items():
            names = {Path(name).name for name in files}
            assert {f"{chapter}.ipynb", "check.py", "sections.json", "START.md"} <= names
            assert [name for name in names if name.endswith(".whl")]
            pins = files[f"{chapter}/requirements.txt"].decode().splitlines()
            assert [pin for pin in pins if pin.startswith("numpy==")]
            assert [pin for pin in pins if pin.startswith("torch==")]
            assert not [pin for pin in pins if pin.startswith(("nbgrader", "pytest"))]

    def test_its_wheel_holds_lib_alone(self, archives: dict[str, dict[str, bytes]]) -> None:
        """`pip install -e .` puts course, grading and website on the path; students get lib."""
        files = archives[CHAPTERS[0]]
        (name,) = [name for name in files if name.endswith(".whl")]
        with zipfile.ZipFile(io.BytesIO(files[name])) as built:
            packages = {item.split("/")[0] for item in built.namelist()}
        assert {package for package in packages if not package.endswith(".dist-info")} == {"lib"}

    def test_no_link_leads_out_of_it(self, archives: dict[str, dict[str, bytes]]) -> None:
        for chapter, files in archives.items():
            assert b"](.." not in files[f"{chapter}/{chapter}.ipynb"]

    def test_it_is_the_same_bytes_each_time(
        self, archives: dict[str, dict[str, bytes]], tmp_path: Path
    ) -> None:
        files = archives[CHAPTERS[0]]
        for name in ("a.zip", "b.zip"):
            pack(tmp_path / name, files)
        assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()

    @pytest.mark.parametrize("chapter", CHAPTERS)
    def test_its_notebook_runs_outside_the_repository(
        self, archives: dict[str, dict[str, bytes]], chapter: str, tmp_path: Path
    ) -> None:
        """The wheel's lib and the archive's check are used; every stub says that it is one."""
        pack(tmp_path / "student.zip", archives[chapter])
        with zipfile.ZipFile(tmp_path / "student.zip") as archive:
            archive.extractall(tmp_path)
        folder = tmp_path / chapter
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp_path / "site")
        cells = nbformat.read(folder / f"{chapter}.ipynb", as_version=4).cells
        code = [cell.source for cell in cells if cell.cell_type == "code"]
        program = (
            "import json, lib, check\n"
            f"assert lib.__file__.startswith({str(tmp_path / 'site')!r}), lib.__file__\n"
            f"assert check.__file__.startswith({str(folder)!r}), check.__file__\n"
            f"space, blank = {{}}, 0\n"
            f"for source in json.loads({json.dumps(json.dumps(code))}):\n"
            "    try:\n        exec(source, space)\n"
            "    except NotImplementedError:\n        blank += 1\n"
            "print(blank)\n"
        )
        (folder / "run.py").write_text(program, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-W", "error", "run.py"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) == len(Chapter(chapter).exercises)

    def test_it_says_how_to_begin_on_every_system(
        self, archives: dict[str, dict[str, bytes]]
    ) -> None:
        for chapter, files in archives.items():
            start = files[f"{chapter}/START.md"].decode()
            (wheel,) = [Path(name).name for name in files if name.endswith(".whl")]
            for words in (f"%pip install --quiet ./{wheel}", r"..\.venv\Scripts\python", "Colab"):
                assert words in start
            # One environment, beside the folders of the chapters, serves them all.
            assert "venv ../.venv" in start
        requirements = {files[f"{chapter}/requirements.txt"] for chapter, files in archives.items()}
        assert len(requirements) == 1

    @pytest.mark.parametrize("address", ["", "https://books.example.org/ce"])
    def test_links_lead_to_the_book_or_it_says_how_to_open_it(
        self,
        archives: dict[str, dict[str, bytes]],
        generated: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        address: str,
    ) -> None:
        monkeypatch.setattr(links, "decided", lambda root: "")
        monkeypatch.setenv("BOOK", address)
        built = tmp_path / "lib.whl"
        built.write_bytes(b"")
        files = student_files(FIRST, generated, built)
        opening = json.loads(files[f"{FIRST}/{FIRST}.ipynb"])["cells"][0]["source"]
        start = files[f"{FIRST}/START.md"].decode()
        table = json.loads(files[f"{FIRST}/sections.json"])
        if address:
            assert f"[chapter 1]({address}/chapters/{FIRST}.html)" in "".join(opening)
            assert f"is at <{address}/>" in start
            assert table["book"] == f"{address}/"
        else:
            assert "on chapter 1." in "".join(opening)
            assert "`make book` builds it" in start
            assert table["book"] == ""

    @pytest.mark.parametrize("chapter", CHAPTERS)
    def test_the_instructors_archive_is_a_course(self, generated: Path, chapter: str) -> None:
        files = instructor_files(chapter, generated)
        for name in (
            "nbgrader_config.py",
            "check.py",
            "sections.json",
            f"source/{chapter}/{chapter}.ipynb",
        ):
            assert f"{chapter}/{name}" in files
        parts = {name.split("/")[1] for name in files}
        assert {"source", "release", "hidden", "wrong", "alternative"} <= parts
