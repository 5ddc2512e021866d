"""What students get: made by `make release` alone, complete, and without a single answer."""

from __future__ import annotations

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

from course import contents
from tests.exercises import EXERCISES, ROOT, notebook, sources

sys.path.insert(0, str(ROOT / "scripts"))
import leaks
import release

CHAPTERS = sorted({this.chapter for this in sources()})


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release.generate(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release.wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def archives(built: Path) -> dict[str, dict[str, bytes]]:
    return {c: release.student_files(c, EXERCISES / "release", built) for c in CHAPTERS}


def tree(folder: Path) -> dict[str, bytes]:
    paths = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


# Mutation tried: "**/*.json" taken out of package-data in pyproject.toml.
def test_the_wheel_holds_all_of_lib_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        names = {n for n in archive.namelist() if ".dist-info/" not in n}
    ours = {f"lib/{name}" for name in tree(ROOT / "lib")}
    assert names == {name for name in ours if not name.endswith(".d.ts")}


class TestRelease:
    def test_it_is_what_make_release_generates(self, generated: Path) -> None:
        committed, made = tree(EXERCISES / "release"), tree(generated)
        assert sorted(committed) == sorted(made)
        different = [name for name in made if committed[name] != made[name]]
        assert not different, f"run `make release`: {different} do not follow from exercises/source"

    def test_the_table_of_sections_is_current(self) -> None:
        stored = (EXERCISES / "sections.json").read_text(encoding="utf-8")
        assert stored == release.sections(), "run `make release`"

    @pytest.mark.parametrize("chapter", CHAPTERS)
    def test_every_answer_is_a_stub_and_every_hidden_cell_is_empty(self, chapter: str) -> None:
        for cell in notebook(chapter, "release").cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if name.startswith("answer"):
                assert "raise NotImplementedError" in cell.source
                assert "SOLUTION" not in cell.source
            if name.startswith("hidden"):
                assert re.fullmatch(
                    r"# The hidden checks of exercise \d\.\d run here .+", cell.source
                )

    def test_all_pages_are_in_the_book_and_none_is_executed(self) -> None:
        assert {f"exercises/release/{c}/{c}" for c in CHAPTERS} <= set(contents.pages())
        config = (ROOT / "_config.yml").read_text(encoding="utf-8")
        assert 'exclude_patterns: ["exercises/release/*/*.ipynb"]' in config


class TestLeaks:
    """Canaries and the lines of the solutions are searched wherever students look."""

    def test_every_secret_file_has_a_canary_of_its_own(self) -> None:
        marks = leaks.canaries()
        assert all(marks.values()), [name for name, found in marks.items() if not found]
        assert len(set().union(*marks.values())) >= len(marks)

    def test_there_are_secrets_to_search_for(self) -> None:
        assert len(leaks.secret_lines()) > 500

    def test_release(self) -> None:
        assert leaks.find_in(EXERCISES / "release") == []

    def test_student_archives(self, archives: dict[str, dict[str, bytes]], tmp_path: Path) -> None:
        for chapter, files in archives.items():
            release.pack(tmp_path / f"{chapter}.zip", files)
        assert leaks.find_in(tmp_path) == []

    def test_lib(self) -> None:
        assert leaks.find_in(ROOT / "lib") == []

    @pytest.mark.skipif(sys.platform == "win32", reason="Binder runs Linux")
    def test_what_binder_shows(self, tmp_path: Path) -> None:
        copy = tmp_path / "repository"
        copy.mkdir()
        shutil.copytree(EXERCISES, copy / "exercises")
        (copy / ".git").mkdir()
        script = ROOT / "binder" / "postBuild"
        assert os.access(script, os.X_OK)
        subprocess.run([script, copy], check=True)
        left = {path.name for path in (copy / "exercises").iterdir()}
        assert {"release", "check.py", "sections.json"} <= left
        assert not left & {"source", "hidden", "wrong", "alternative"}
        assert not (copy / ".git").exists()
        assert leaks.find_in(copy) == []

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.txt", "see canary-hidden-softmax there"),
            ("a.html", "<span>return</span>  <b>secret</b>(theta, <i>'one'</i>, 12345)"),
            ("a.html", "return secret(theta, &#39;one&#39;, 12345)"),
            ("a.js", r"return secret(theta, \"one\", 12345)"),
            (
                "a.ipynb",
                json.dumps({"cells": [{"source": ["return secret(theta,", '"one", 12345)']}]}),
            ),
        ],
    )
    def test_a_leak_is_found(self, name: str, content: str) -> None:
        line = leaks.bare('return secret(theta, "one", 12345)')
        assert leaks.find(name, content.encode(), [line])
        assert not leaks.find(name, b"nothing to see", [line])

    def test_a_leak_in_an_archive_is_found(self, tmp_path: Path) -> None:
        release.pack(tmp_path / "a.zip", {"x/y.md": b"canary-solution-x"})
        assert leaks.find_in(tmp_path, set()) == ["a.zip:x/y.md: canary-solution-x"]


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

    def test_no_link_leads_out_of_it(self, archives: dict[str, dict[str, bytes]]) -> None:
        for chapter, files in archives.items():
            assert b"](.." not in files[f"{chapter}/{chapter}.ipynb"]

    def test_it_is_the_same_bytes_each_time(
        self, archives: dict[str, dict[str, bytes]], tmp_path: Path
    ) -> None:
        files = archives[CHAPTERS[0]]
        for name in ("a.zip", "b.zip"):
            release.pack(tmp_path / name, files)
        assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()

    @pytest.mark.parametrize("chapter", CHAPTERS)
    def test_its_notebook_runs_outside_the_repository(
        self, archives: dict[str, dict[str, bytes]], chapter: str, tmp_path: Path
    ) -> None:
        """The wheel's lib and the archive's check are used; every stub says that it is one."""
        release.pack(tmp_path / "student.zip", archives[chapter])
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
        assert int(done.stdout) == sum(this.chapter == chapter for this in sources())

    @pytest.mark.parametrize("chapter", CHAPTERS)
    def test_the_instructors_archive_is_a_course(self, chapter: str) -> None:
        files = release.instructor_files(chapter)
        for name in ("nbgrader_config.py", "check.py", f"source/{chapter}/{chapter}.ipynb"):
            assert f"{chapter}/{name}" in files
        parts = {name.split("/")[1] for name in files}
        assert {"source", "release", "hidden", "wrong", "alternative"} <= parts


class TestInstructorsPage:
    """The map on the page for instructors agrees with the exercises, chapters and quizzes."""

    ROW = re.compile(r"\| (\d) \| (\d): .+? \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")

    def rows(self) -> list[tuple[str, ...]]:
        text = (ROOT / "chapters" / "instructors.md").read_text(encoding="utf-8")
        return self.ROW.findall(text)

    def spread(self, text: str) -> set[str]:
        """Return what a list such as "3.1 to 3.3, 3.8" names."""
        named = set()
        for part in text.split(", "):
            first, _, last = part.partition(" to ")
            chapter, _, begin = first.partition(".")
            if not begin:
                named.add(first)
                continue
            end = last.partition(".")[2] or begin
            named |= {f"{chapter}.{n}" for n in range(int(begin), int(end) + 1)}
        return named - {"–"}

    def test_every_objective_has_its_row_and_its_exercises(self) -> None:
        wanted: dict[tuple[str, str], set[str]] = {}
        for chapter in CHAPTERS:
            cells = leaks.sources_of(ROOT / "chapters" / f"{chapter}.ipynb")
            (text,) = [cell for cell in cells if "**After this chapter you can**" in cell]
            for objective in re.findall(r"(?m)^(\d)\. ", text):
                wanted[chapter[1], objective] = set()
        for this in sources():
            for objective in re.findall(r"\d", this.header["objectives"]):
                wanted[this.number[0], objective].add(this.number)
        assert {(c, o): self.spread(e) for c, o, _, e, _ in self.rows()} == wanted

    def test_its_sections_exist_and_belong_to_the_chapter(self) -> None:
        there = set(
            json.loads((EXERCISES / "sections.json").read_text(encoding="utf-8"))["sections"]
        )
        for chapter, _, named, _, _ in self.rows():
            assert self.spread(named) <= {number for number in there if number[0] == chapter}

    def test_every_question_of_every_quiz_is_placed(self) -> None:
        placed: dict[str, set[str]] = {}
        for chapter, _, _, _, questions in self.rows():
            placed.setdefault(chapter, set()).update(self.spread(questions))
        assert placed == {str(n): {"1", "2", "3", "4", "5"} for n in range(1, 6)}
