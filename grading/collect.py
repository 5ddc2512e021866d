"""Find one notebook per student in what a learning platform exports.

Nothing in a submission is executed here.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grading.model import LARGEST, Submission

MOST_FILES = 20_000  # files in an archive

# What the platforms call their exports.
# Canvas, one flat folder: doejane_LATE_4711_98765_01_likelihood-1.ipynb
CANVAS = re.compile(
    r"(?P<student>[^_]+)_(?:LATE_)?(?P<number>\d+)_(?P<upload>\d+)_(?P<name>.+)\.ipynb"
)
# Moodle, a folder a student: Jane Doe_4711_assignsubmission_file_
MOODLE = re.compile(r"(?P<student>.+)_(?P<number>\d+)_assignsubmission_\w+")


def files(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield every notebook of a folder or of a zip archive, archives within it included.

    A file that is too large is yielded cut off, one byte longer than `LARGEST`.
    """
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            place = PurePosixPath(file.relative_to(path).as_posix())
            if file.is_symlink() or not file.is_file() or _is_clutter(place):
                continue
            if file.suffix.lower() == ".ipynb":
                with file.open("rb") as opened:
                    yield place, opened.read(LARGEST + 1)
            elif file.suffix.lower() == ".zip":
                yield from _zipped(file, place)
    elif zipfile.is_zipfile(path):
        yield from _zipped(path, PurePosixPath())
    else:
        raise ValueError(f"SUBMISSIONS={path} is neither a folder nor a zip archive")


def _zipped(path: Path, place: PurePosixPath) -> Iterator[tuple[PurePosixPath, bytes]]:
    if not zipfile.is_zipfile(path):
        return
    prefix = place.with_suffix("") if place.name else place
    with zipfile.ZipFile(path) as archive:
        for item in archive.infolist()[:MOST_FILES]:
            inside = prefix / item.filename.lstrip("/")
            if item.is_dir() or _is_clutter(inside) or inside.suffix.lower() != ".ipynb":
                continue
            try:
                with archive.open(item) as opened:
                    yield inside, opened.read(LARGEST + 1)
            except (OSError, RuntimeError, zipfile.BadZipFile):  # damaged, or with a password
                yield inside, b""


def _is_clutter(place: PurePosixPath) -> bool:
    return any(part in ("__MACOSX", ".ipynb_checkpoints") for part in place.parts) or (
        place.name.startswith("._")
    )


def identify(place: PurePosixPath, chapter: str) -> tuple[str, str, int]:
    """Return student, platform's number, and which upload it is, from a place in an export."""
    for part in place.parts[:-1]:
        if found := MOODLE.fullmatch(part):
            return found["student"], found["number"], 0
    if found := CANVAS.fullmatch(place.name):
        return found["student"], found["number"], int(found["upload"])
    folders = [part for part in place.parts[:-1] if part not in (chapter, "submitted")]
    if folders:  # a folder a student, nbgrader's own submitted/<student>/<chapter> included
        return folders[-1], "", 0
    stem = re.sub(rf"[\s_-]*{re.escape(chapter)}[\s_-]*", "", place.stem, flags=re.I)
    return stem, "", 0


def collect(path: Path, chapter: str) -> tuple[list[Submission], list[str]]:
    """Find the submissions of a chapter.

    Returns
    -------
    submissions : list of Submission
        One per student, by name.
    unmatched : list of str
        One line for each notebook that names no student, and why.
    """
    candidates: dict[tuple[str, str], list[tuple[int, PurePosixPath, bytes]]] = {}
    unmatched = []
    for place, content in files(path):
        name, number, upload = identify(place, chapter)
        if not name.strip():
            unmatched.append(f"{place}: neither the file nor its folder names a student")
            continue
        candidates.setdefault((name.strip(), number), []).append((upload, place, content))

    taken: Counter[str] = Counter()
    submissions = []
    for (name, number), found in sorted(candidates.items()):
        slug = re.sub(r"[^\w.-]+", "-", f"{name}-{number}".strip("-")).strip("-.") or "student"
        taken[slug.casefold()] += 1
        if taken[slug.casefold()] > 1:
            slug += f"-{taken[slug.casefold()]}"
        # The notebook with the chapter's own name first, then the latest upload, then the last
        # name: platforms number repeated uploads upwards, 01_likelihood-1, 01_likelihood-2.
        found.sort(key=lambda item: (chapter in item[1].name, item[0], _natural(item[1].stem)))
        _, place, content = found[-1]
        submission = Submission(slug, name, number, str(place), content)
        if len(found) > 1:
            others = ", ".join(str(item[1]) for item in found[:-1])
            submission.remarks.append(f"{len(found)} notebooks; graded {place}, not {others}")
        submissions.append(submission)
    return submissions, unmatched


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdigit() else -1, part) for part in re.split(r"(\d+)", text)]
