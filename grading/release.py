"""Make what students open from what instructors write: exercises/source -> exercises/release.

nbgrader clears the solutions and the hidden tests, in a copy, so that neither a gradebook nor a
half-made release is left behind. Two archives a chapter are packed in ``build/exercises``; see
``archives``.

Usage: python -m grading.release [--solutions public|private] [--exercises "1.1 1.3"]
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from course import contents, links
from course.contents import ROOT, Chapter
from grading import archives, selection
from grading.folders import IGNORED
from grading.model import ARCHIVES
from grading.nbgrader_course import Course


def chapters(root: Path = ROOT) -> tuple[Chapter, ...]:
    """Return the chapters that have exercises, in order."""
    return tuple(this for this in contents.chapters(root) if this.exercises_path.exists())


WHERE_SOLUTIONS_ARE = re.compile(r"\n\n\*\*Reading alone\?\*\*[^\n]*")


def generate(
    folder: Path,
    root: Path = ROOT,
    private: bool = False,
    chosen: Mapping[str, Collection[str]] | None = None,
) -> Path:
    """Have nbgrader generate the release of every chapter in a folder; return the releases.

    Parameters
    ----------
    folder : Path
        A course is laid out in it.
    root : Path
        A copy of the repository.
    private : bool
        Leave out what the first cell of each notebook tells a lone reader: where the solutions are.
    chosen : mapping of str to collection of str, optional
        By chapter, the exercises to release, such as ``1.1``; other chapters are left out. Without
        it, all of every chapter.

    Raises
    ------
    ValueError
        If a notebook has no such paragraph to leave out, or says it in words that are not known.
    """
    for name in ("nbgrader_config.py", "check.py"):
        shutil.copyfile(root / "exercises" / name, folder / name)
    shutil.copytree(root / "exercises" / "source", folder / "source", ignore=IGNORED)
    (folder / "sections.json").write_text(links.sections_json(root), encoding="utf-8")
    names = [chapter.name for chapter in chapters(root) if chosen is None or chapter.name in chosen]
    for name in names:
        path = folder / "source" / name / f"{name}.ipynb"
        if private:
            keep_quiet(path)
        if chosen is not None:
            selection.keep(path, chosen[name])
    course = Course(folder)
    for name in names:
        course.generate(name)
    return folder / "release"


def keep_quiet(path: Path) -> None:
    """Take the paragraph on where the solutions are out of a notebook; see `generate`."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    opening = notebook["cells"][0]
    text, found = WHERE_SOLUTIONS_ARE.subn("", "".join(opening["source"]))
    if not found or "olution" in text:
        raise ValueError(
            f"{path.name}: the first cell must say where the solutions are in one paragraph, which "
            "begins with **Reading alone?**, and nowhere else; so it can be left out"
        )
    opening["source"] = text.splitlines(keepends=True)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the notebooks of exercises/release, then the archives."""
    parser = argparse.ArgumentParser(prog="python -m grading.release")
    parser.add_argument(
        "--solutions",
        choices=("public", "private"),
        default="public",
        help="private: the notebooks do not say where the solutions are",
    )
    parser.add_argument(
        "--exercises",
        default="",
        help='such as "1.1 1.3": release these alone; chapters without one stay as they are',
    )
    given = parser.parse_args(arguments)
    chosen = None
    if given.exercises.strip():
        try:
            chosen = selection.parse(given.exercises, chapters())
        except ValueError as error:
            parser.error(str(error))
    names = [c.name for c in chapters() if chosen is None or c.name in chosen]
    target = ROOT / "exercises" / "release"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        released = generate(folder, private=given.solutions == "private", chosen=chosen)
        for old in names if chosen else [""]:
            shutil.rmtree(target / old, ignore_errors=True)
        # The checks and the table of sections that lie beside each notebook are for the archives;
        # in the repository `make lab` puts them on the path.
        shutil.copytree(
            released,
            target,
            ignore=shutil.ignore_patterns("check.py", "sections.json"),
            dirs_exist_ok=True,
        )
        what = ", ".join(n for each in chosen.values() for n in each) if chosen else "all exercises"
        print(f"exercises/release: {len(names)} chapters, {what}")
        archives.pack_all(names, released, archives.wheel(folder))
        print(f"{ARCHIVES.relative_to(ROOT)}: two archives a chapter")
    return 0


if __name__ == "__main__":
    sys.exit(main())
