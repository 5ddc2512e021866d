"""The folders that grading needs: nbgrader's course, and what a graded notebook may import."""

from __future__ import annotations

import shutil
from pathlib import Path

from course import links
from course.contents import ROOT
from grading import selection
from grading.model import EXERCISES, Settings

GENERATED = ("__pycache__", ".ipynb_checkpoints", "grading.json")
IGNORED = shutil.ignore_patterns(*GENERATED)


def files_below(folder: Path, prefix: str) -> dict[str, bytes]:
    """Return the files below a folder, each under its path within an archive."""
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not set(GENERATED) & set(path.parts)
    }


def make_public(folder: Path) -> Path:
    """Make the folder of what a graded notebook may import, readable for everybody.

    Neither the hidden checks nor a seed is in it.
    """
    shutil.copytree(ROOT / "lib", folder / "lib", ignore=IGNORED)
    shutil.copyfile(EXERCISES / "check.py", folder / "check.py")
    (folder / "sections.json").write_text(links.sections_json(), encoding="utf-8")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def make_course(settings: Settings) -> None:
    """Lay out nbgrader's course for one chapter."""
    course = settings.course
    course.mkdir(parents=True, exist_ok=True)
    for name in ("nbgrader_config.py", "check.py"):
        shutil.copyfile(EXERCISES / name, course / name)
    shutil.rmtree(course / "source", ignore_errors=True)
    source = course / "source" / settings.chapter
    shutil.copytree(EXERCISES / "source" / settings.chapter, source)
    if settings.exercises:
        selection.keep(source / f"{settings.chapter}.ipynb", settings.exercises)
