"""Pack what is handed out: two archives a chapter.

<chapter>-students.zip      the released notebook, its checks, a wheel of lib, how to start
<chapter>-instructors.zip   the source, the hidden checks, wrong and alternative answers
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement

from course import links
from course.contents import ROOT
from grading.folders import IGNORED, files_below
from grading.model import ARCHIVES, EXERCISES

START = """\
# Exercises of {chapter}

You need Python 3.11, 3.12 or 3.13, and about 2 GB of disk, once for all chapters: the environment
lies in `.venv` beside the folders of the chapters, and serves every one of them.

Unpack the archive, open a terminal in this folder, the one with `{chapter}.ipynb` in it, and type

    python3 -m venv ../.venv
    ../.venv/bin/python -m pip install -r requirements.txt
    ../.venv/bin/jupyter lab {chapter}.ipynb

For the next chapter, unpack its archive beside this one; there the third line is enough.

**Windows.** The same in PowerShell:

    py -3.12 -m venv ..\\.venv
    ..\\.venv\\Scripts\\python -m pip install -r requirements.txt
    ..\\.venv\\Scripts\\jupyter lab {chapter}.ipynb

**Linux without a graphics card.** The usual build of torch brings several gigabytes that you do not
need. Before the second line, install `{torch}` as a CPU build, as PyTorch's own installation page
describes.

**Colab, if you cannot install anything.** Open `{chapter}.ipynb` there with File, Upload notebook.
Put `check.py`, `sections.json` and `{wheel}` into the panel Files. In a new
cell at the top run

    %pip install --quiet ./{wheel}

and, if Colab asks for it, restart the session. Files in that panel are gone when the session ends;
the notebook stays. Before you hand it in, delete that cell, and save with File, Download,
Download .ipynb.

## What to do

Write your code where a cell says `raise NotImplementedError`. Run the cell below it. If all is well
it says "Passed"; if not, what was expected, what came, and where in the book to look again. Written
exercises have a cell for text instead, and no check.

Hand in the notebook `{chapter}.ipynb` and nothing else. Do not rename, move or delete the cells
that came with it; you may add your own.

## The book

{book}
"""
PUBLISHED = """\
*Why Cross-Entropy?* is at <{address}>. The links in the notebook and in the messages lead there."""
UNPUBLISHED = """\
The exercises belong to the book *Why Cross-Entropy?*, and messages name its sections, such as
"section 1.2". Whoever teaches your course tells you where it is. In a copy of the book's repository
`make book` builds it, and says which page to open in your browser."""
# In the place of the repository's README, which says where the solutions are.
README = "The package that the chapters and exercises of the book *Why Cross-Entropy?* import.\n"


def wheel(folder: Path, root: Path = ROOT) -> Path:
    """Build the wheel of lib alone, from a copy: setuptools would take what lies in ``build``."""
    copy = folder / "project"
    copy.mkdir()
    shutil.copytree(root / "lib", copy / "lib", ignore=IGNORED)
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copyfile(root / name, copy / name)
    (copy / "README.md").write_text(README, encoding="utf-8")
    # What `pip wheel --no-build-isolation` calls, without pip's own second.
    build = f"from setuptools.build_meta import build_wheel; build_wheel({str(folder)!r})"
    done = subprocess.run([sys.executable, "-c", build], cwd=copy, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The wheel of lib could not be built:\n{done.stdout}{done.stderr}")
    (built,) = folder.glob("*.whl")
    return built


def requirements(wheel_name: str, root: Path = ROOT) -> str:
    """Return a student's requirements: what lib needs, as it is pinned, JupyterLab, the wheel."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {Requirement(text).name.lower() for text in project["dependencies"]} | {"jupyterlab"}
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if re.split("[=<>!~ ]", line, maxsplit=1)[0].lower() in needed]
    return "\n".join([*pins, f"./{wheel_name}"]) + "\n"


def pack(archive: Path, files: dict[str, bytes]) -> None:
    """Write a zip archive that depends on nothing but its files: no dates, in order of name."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), files[name])


def pack_all(chapters: Iterable[str], released: Path, built: Path) -> None:
    """Write both archives of every chapter."""
    for chapter in chapters:
        students = student_files(chapter, released, built)
        pack(ARCHIVES / f"{chapter}-students.zip", students)
        pack(ARCHIVES / f"{chapter}-instructors.zip", instructor_files(chapter, released))


def student_files(chapter: str, released: Path, built: Path, root: Path = ROOT) -> dict[str, bytes]:
    """Return what goes into the students' archive of a chapter.

    Parameters
    ----------
    chapter : str
        Such as ``01_likelihood``.
    released : Path
        The releases that nbgrader generated, with the checks beside each notebook.
    built : Path
        The wheel of lib.
    root : Path
        A copy of the repository.
    """
    files = files_below(released / chapter, chapter)
    # Links to the chapters lead out of the archive: to the published book, or nowhere.
    book = links.address(root)
    name = f"{chapter}/{chapter}.ipynb"
    page = r"\[([^\[\]\n]+)\]\((?:\.\./)+chapters/(\w+)\.ipynb(#[^)]*)?\)"
    target = rf"[\1]({book}chapters/\2.html)" if book else r"\1"
    files[name] = re.sub(page, target, files[name].decode()).encode()
    files[f"{chapter}/sections.json"] = links.sections_json(root).encode()
    text = requirements(built.name, root)
    torch = text.split("\n", 1)[0].split(" ")[0]
    files[f"{chapter}/requirements.txt"] = text.encode()
    where = PUBLISHED.format(address=book) if book else UNPUBLISHED
    start = START.format(chapter=chapter, torch=torch, wheel=built.name, book=where)
    files[f"{chapter}/START.md"] = start.encode()
    files[f"{chapter}/{built.name}"] = built.read_bytes()
    return files


def instructor_files(chapter: str, released: Path, exercises: Path = EXERCISES) -> dict[str, bytes]:
    """Return what goes into the instructors' archive of a chapter: a course for nbgrader."""
    files = {name: (exercises / name).read_bytes() for name in ("nbgrader_config.py", "check.py")}
    files["sections.json"] = links.sections_json(exercises.parent).encode()
    files |= files_below(exercises / "hidden", "hidden")
    # Of the exercises that were released, and no others.
    files |= files_below(released.parent / "source" / chapter, f"source/{chapter}")
    for part in ("wrong", "alternative"):
        files |= files_below(exercises / part / chapter, f"{part}/{chapter}")
    files |= files_below(released / chapter, f"release/{chapter}")
    return {f"{chapter}/{name}": content for name, content in files.items()}
