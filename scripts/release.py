"""Make what students open from what instructors write: exercises/source -> exercises/release.

nbgrader clears the solutions and the hidden tests; this script stages a course for it, so that
neither a gradebook nor a half-made release is left behind. It also makes, in ``build/exercises``,
two archives a chapter:

    <chapter>-students.zip      the released notebook, its checks, a wheel of lib, how to start
    <chapter>-instructors.zip   the source, the hidden checks, wrong and alternative answers

Usage: python scripts/release.py            (everything)
       python scripts/release.py --no-zips
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

from docutils.nodes import make_id
from packaging.requirements import Requirement

sys.path.insert(0, str(Path(__file__).resolve().parent))
import repository
from grading.course import Course

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = ROOT / "exercises"
ZIPS = ROOT / "build" / "exercises"
COURSE = ("nbgrader_config.py", "check.py", "sections.json", "source", "hidden")
CACHES = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "keys.txt")


def chapters(exercises: Path = EXERCISES) -> list[str]:
    """Return the names of the chapters that have exercises, in order."""
    return sorted(path.name for path in (exercises / "source").iterdir() if path.is_dir())


def sections(root: Path = ROOT) -> str:
    """Return the text of ``sections.json``: each numbered section's title, page and anchor."""
    table = {}
    for path in sorted((root / "chapters").glob("[0-9]*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] != "markdown":
                continue
            for number, title in re.findall(r"(?m)^## (\d+\.\d+) (.+)$", "".join(cell["source"])):
                table[number] = [title, path.stem, make_id(f"{number} {title}")]
    book = repository.book(repository.decided(root))
    text = json.dumps({"book": book, "sections": table}, ensure_ascii=False, indent=1)
    return text + "\n"


def generate(folder: Path, exercises: Path = EXERCISES) -> Path:
    """Stage a course in ``folder``, let nbgrader generate every chapter, return its release."""
    for name in COURSE:
        origin = exercises / name
        if origin.is_dir():
            shutil.copytree(origin, folder / name, ignore=CACHES)
        else:
            shutil.copyfile(origin, folder / name)
    (folder / "sections.json").write_text(sections(), encoding="utf-8")

    course = Course(folder, f"sqlite:///{folder / 'gradebook.db'}")
    for chapter in chapters(exercises):
        course.generate(chapter)
    return folder / "release"


def wheel(folder: Path, root: Path = ROOT) -> Path:
    """Build the wheel of lib, from a copy: setuptools would pick up what lies in ``build``."""
    copy = folder / "project"
    copy.mkdir()
    shutil.copytree(root / "lib", copy / "lib", ignore=CACHES)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(root / name, copy / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(copy)]
    subprocess.run([*command, *options], check=True)
    (built,) = folder.glob("*.whl")
    return built


def requirements(wheel_name: str, root: Path = ROOT) -> str:
    """Return a student's requirements: what lib needs, as it is pinned, JupyterLab, the wheel."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {Requirement(text).name.lower() for text in project["dependencies"]} | {"jupyterlab"}
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if re.split("[=<>!~ ]", line, maxsplit=1)[0].lower() in needed]
    return "\n".join([*pins, f"./{wheel_name}"]) + "\n"


START = """\
# Exercises of {chapter}

You need Python 3.11, 3.12 or 3.13. In this folder:

    python3 -m venv .venv
    .venv/bin/python -m pip install -r requirements.txt
    .venv/bin/jupyter lab {chapter}.ipynb

On Windows say `.venv\\Scripts\\` in place of `.venv/bin/`. On Linux without a graphics card,
install `{torch}` first, as a CPU build, as PyTorch's own installation page describes: the usual
build brings several gigabytes that you do not need.

Write your code where a cell says `raise NotImplementedError`. Run the cell below it: it says what
was expected, what came, and where in the book to look again. Hand in the notebook `{chapter}.ipynb`
and nothing else. Do not rename, move or delete the cells that came with it; you may add your own.
"""


def pack(archive: Path, files: dict[str, bytes]) -> None:
    """Write a zip archive that depends on nothing but its files: no dates, in order of name."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), files[name])


def contents(folder: Path, prefix: str) -> dict[str, bytes]:
    """Return the files below a folder, each under its path within the archive."""
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
    }


def student_files(chapter: str, release: Path, built: Path, root: Path = ROOT) -> dict[str, bytes]:
    """Return what goes into the students' archive of a chapter."""
    files = contents(release / chapter, chapter)
    # Links to the chapters lead out of the archive: to the published book, or nowhere.
    book = repository.book(repository.decided(root))
    name = f"{chapter}/{chapter}.ipynb"
    page = r"\[([^\[\]\n]+)\]\((?:\.\./)+chapters/(\w+)\.ipynb(#[^)]*)?\)"
    target = rf"[\1]({book}chapters/\2.html)" if book else r"\1"
    files[name] = re.sub(page, target, files[name].decode()).encode()
    text = requirements(built.name, root)
    torch = text.split("\n", 1)[0].split(" ")[0]
    files[f"{chapter}/requirements.txt"] = text.encode()
    files[f"{chapter}/START.md"] = START.format(chapter=chapter, torch=torch).encode()
    files[f"{chapter}/{built.name}"] = built.read_bytes()
    return files


def instructor_files(chapter: str, exercises: Path = EXERCISES) -> dict[str, bytes]:
    """Return what goes into the instructors' archive of a chapter: a course for nbgrader."""
    files = {name: (exercises / name).read_bytes() for name in COURSE[:3]}
    files |= contents(exercises / "hidden", "hidden")
    for part in ("source", "wrong", "alternative", "release"):
        files |= contents(exercises / part / chapter, f"{part}/{chapter}")
    return {f"{chapter}/{name}": content for name, content in files.items()}


def main() -> int:
    """Write exercises/sections.json and exercises/release, then the archives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--no-zips", action="store_true", help="only exercises/release")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        release = generate(Path(folder))
        (EXERCISES / "sections.json").write_text(sections(), encoding="utf-8")
        shutil.rmtree(EXERCISES / "release", ignore_errors=True)
        shutil.copytree(release, EXERCISES / "release", ignore=CACHES)
    print(f"exercises/release: {len(chapters())} chapters")
    if not arguments.no_zips:
        with tempfile.TemporaryDirectory() as folder:
            built = wheel(Path(folder))
            for chapter in chapters():
                students = student_files(chapter, EXERCISES / "release", built)
                pack(ZIPS / f"{chapter}-students.zip", students)
                pack(ZIPS / f"{chapter}-instructors.zip", instructor_files(chapter))
        print(f"{ZIPS.relative_to(ROOT)}: two archives a chapter")
    return 0


if __name__ == "__main__":
    sys.exit(main())
