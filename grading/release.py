"""Make what students open from what instructors write: exercises/source -> exercises/release.

nbgrader clears the solutions and the hidden tests, in a copy, so that neither a gradebook nor a
half-made release is left behind. Two archives a chapter are packed in ``build/exercises``; see
``archives``.

Usage: python -m grading.release
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from course import contents, links
from course.contents import ROOT, Chapter
from grading import archives
from grading.folders import IGNORED
from grading.nbgrader_course import Course


def chapters(root: Path = ROOT) -> tuple[Chapter, ...]:
    """Return the chapters that have exercises, in order."""
    return tuple(this for this in contents.chapters(root) if this.exercises_path.exists())


def generate(folder: Path, root: Path = ROOT) -> Path:
    """Have nbgrader generate the release of every chapter in a folder; return the releases."""
    for name in ("nbgrader_config.py", "check.py"):
        shutil.copyfile(root / "exercises" / name, folder / name)
    shutil.copytree(root / "exercises" / "source", folder / "source", ignore=IGNORED)
    (folder / "sections.json").write_text(links.sections_json(root), encoding="utf-8")
    course = Course(folder)
    for chapter in chapters(root):
        course.generate(chapter.name)
    return folder / "release"


def main() -> int:
    """Write the notebooks of exercises/release, then the archives."""
    target = ROOT / "exercises" / "release"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        released = generate(folder)
        shutil.rmtree(target, ignore_errors=True)
        # The checks and the table of sections that lie beside each notebook are for the archives;
        # in the repository `make lab` puts them on the path.
        shutil.copytree(
            released, target, ignore=shutil.ignore_patterns("check.py", "sections.json")
        )
        print(f"exercises/release: {len(chapters())} chapters")
        archives.pack_all([c.name for c in chapters()], released, archives.wheel(folder))
        print(f"{archives.FOLDER.relative_to(ROOT)}: two archives a chapter")
    return 0


if __name__ == "__main__":
    sys.exit(main())
