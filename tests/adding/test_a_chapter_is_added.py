"""The measure of the repository: a chapter with everything in it is added by adding files.

In a copy, the next chapter's files and one line of ``_toc.yml`` are written. Then the commands that
an author runs are run, and the tests that hold the book together pass: no other file was edited.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course import contents
from course.contents import ROOT
from tests.adding import new_chapter

NUMBER = len(contents.chapters()) + 1
NAME = f"{NUMBER:02d}_coins"
# What the commands below write, and nobody edits.
GENERATED = {
    *("README.md", "chapters/index.md", "chapters/instructors.md"),
    "exercises/wrong/README.md",
}
NOT_COPIED = {".git", ".venv", "_build", "build", "grades", "node_modules", "__pycache__"}


def checksums(folder: Path) -> dict[str, str]:
    """Return a checksum of every file, by path; caches are left out."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
        and not NOT_COPIED & set(path.relative_to(folder).parts)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


class Copy:
    """A copy of the repository in which commands run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *command: str) -> str:
        """Run Python in the copy, whose packages are found before the installed ones."""
        path = os.pathsep.join([str(self.folder), str(self.folder / "exercises")])
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}"
        return done.stdout

    def test(self, *arguments: str) -> str:
        """Run some of the copy's tests."""
        return self.run("-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", *arguments)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Return a copy with the new chapter, after the author's commands."""
    folder = tmp_path_factory.mktemp("adding") / "book"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED, ".*_cache"))
    for modules in ("node_modules", "tests/browser/node_modules"):
        if (ROOT / modules).exists():
            (folder / modules).symlink_to(ROOT / modules)
    before = checksums(folder)

    written = new_chapter.files(NUMBER)
    for name, text in written.items():
        path = folder / name
        assert not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    toc = folder / "_toc.yml"
    toc.write_text(
        new_chapter.table_of_contents(toc.read_text(encoding="utf-8"), NUMBER), encoding="utf-8"
    )

    book = Copy(folder)
    book.run("-m", "lib.explorables")
    book.run("-m", "course.execute", f"chapters/{NAME}.ipynb")
    book.run("-m", "course.tables")
    book.run("-m", "grading.release")
    book.test("tests/figures", "-k", "coins", "--mpl-generate-path=tests/figures/baseline")

    after = checksums(folder)
    changed = {name for name, checksum in before.items() if after.get(name) != checksum}
    assert changed <= GENERATED | {"_toc.yml"}
    made = after.keys() - before.keys() - written.keys()
    assert made == {
        f"exercises/release/{NAME}/{NAME}.ipynb",
        "lib/explorables/coin/still.html",
        "tests/figures/baseline/coins.heads_and_tails.png",
    }
    return book


@pytest.mark.slow
def test_the_book_lists_it(copy: Copy) -> None:
    pages = contents.pages(copy.folder)
    assert {f"chapters/{NAME}", f"exercises/release/{NAME}/{NAME}"} <= set(pages)
    for page in ("README.md", "chapters/index.md"):
        assert f"{NAME}.ipynb" in (copy.folder / page).read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_guards_read_it(copy: Copy) -> None:
    """And the pages that tell of it; the others are as they were."""
    pages = (f"chapters/{NAME}.ipynb", *sorted(GENERATED - {"exercises/wrong/README.md"}))
    said = copy.run("-m", "course.guards", *pages)
    assert all(f"{Path(page).name}: good" in said for page in pages)


@pytest.mark.slow
def test_the_guards_hold_it_to_its_facts(copy: Copy) -> None:
    """Its golden number must be printed, and its terms linked: they are not when it is spoilt."""
    path = copy.folder / "chapters" / f"{NAME}.ipynb"
    good = path.read_text(encoding="utf-8")
    spoilt = good
    for old, new in (
        ("1.0986 nats", "1.0987 nats"),
        ("as a die", "a likelihood, as a die"),
        (f"*Figure {NUMBER}.1.*", f"*Figure {NUMBER}.2.*"),
    ):
        assert old in spoilt
        spoilt = spoilt.replace(old, new)
    try:
        path.write_text(spoilt, encoding="utf-8")
        with pytest.raises(AssertionError) as failure:
            copy.run("-m", "course.guards", str(path))
    finally:
        path.write_text(good, encoding="utf-8")
    for said in (
        "golden number coins.three_sides",
        "glossary.md#likelihood",
        f"in order: Figure {NUMBER}.1",
    ):
        assert said in str(failure.value)


@pytest.mark.slow
def test_the_tests_that_read_facts_pass_with_it(copy: Copy) -> None:
    """Guards, tables, figures, explorables, answers, release: whatever counts or lists.

    Of a test that runs for each chapter, exercise, figure or explorable, only the new one's.
    """
    rooms = ("guards", "figures", "exercises")
    explorables = ("every_explorable", "coin")
    course = ("contents", "tables", "sentences", "instructors_page")
    copy.test(
        *("-p", "tests.adding.only_new"),
        *(f"tests/{room}" for room in rooms),
        *(f"tests/course/test_{name}.py" for name in course),
        *(f"tests/explorables/test_{name}.py" for name in explorables),
        *("tests/grading/test_release.py", "tests/grading/test_leaks.py"),
        f"chapters/{NAME}.ipynb",
    )


@pytest.mark.slow
def test_students_get_it_and_it_is_graded(copy: Copy) -> None:
    archives = {path.name for path in (copy.folder / "build" / "exercises").iterdir()}
    assert {f"{NAME}-students.zip", f"{NAME}-instructors.zip"} <= archives
    for student, folder in (("right", "source"), ("blank", "release")):
        place = copy.folder / "submissions" / student
        place.mkdir(parents=True)
        notebook = copy.folder / "exercises" / folder / NAME / f"{NAME}.ipynb"
        shutil.copy(notebook, place)
    copy.run("-m", "grading", NAME, "submissions", "--out", "out")
    rows = (copy.folder / "out" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()
    head = rows[0].split(",")
    total = {row.split(",")[0]: row.split(",")[head.index("total")] for row in rows[1:]}
    assert (total["right"], total["blank"]) == ("2", "0")
