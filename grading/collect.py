"""Find one notebook per student in what a learning platform exports; no file goes unmentioned.

Nothing in a submission is executed here.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import os
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grading.model import LARGEST, Submission

MOST_FILES = 20_000  # files in an archive
MOST_NESTED = 3  # archives within archives
LARGEST_NESTED = 10 * LARGEST  # bytes of an archive within an archive, and of its notebooks
LONGEST_NAME = 100  # bytes of a student's name for files; a file's name may have 255, with suffixes
MOST_NAMED = 8  # files that one line of the report names

# What the platforms call their exports. A file or, where an archive was handed in, its folder.
# Canvas, one flat folder: doejane_LATE_4711_98765_01_likelihood-1.ipynb
CANVAS = re.compile(
    r"(?P<student>[^_]+)_(?P<late>LATE_)?(?P<number>\d+)_(?P<upload>\d+)_(?P<name>.+)"
)
# Moodle, a folder a student: Jane Doe_4711_assignsubmission_file_
# or without folders: Jane Doe_4711_assignsubmission_file_work.ipynb
MOODLE = re.compile(r"(?P<student>.+)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_.*)?")
# Browsers and mail programs add an ending of their own to what Jupyter calls .ipynb.
NOTEBOOK = re.compile(r"\.ipynb(?:\.txt|\.json)?$", re.I)

ASK = "ask for the notebook (Jupyter: File, Download)"
CLOSED = "an archive that is not opened here; unpack it in its place, and grade again"
KINDS = {
    ".html": f"a page and not a notebook; {ASK}",
    ".htm": f"a page and not a notebook; {ASK}",
    ".pdf": f"a printed page and not a notebook; {ASK}",
    ".docx": f"a text document and not a notebook; {ASK}",
    ".doc": f"a text document and not a notebook; {ASK}",
    ".odt": f"a text document and not a notebook; {ASK}",
    ".py": f"a script and not a notebook; {ASK}",
    **dict.fromkeys([".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz"], CLOSED),
}
OTHER = f"not a notebook; {ASK}"
LINK = "a link, which is not followed; put the file itself in its place, and grade again"
EMPTY = f"an empty folder; {ASK}"
DAMAGED = f"damaged, or locked with a password; {ASK}"
UNREADABLE = "closed to you; mend its permissions, and grade again"
TOO_DEEP = "too deep within archives; unpack it in its place, and grade again"
TOO_LARGE = "a very large archive; unpack it in its place, and grade again"
TOO_MANY = f"an archive of more than {MOST_FILES} files; unpack it in its place, and grade again"
# There may be a notebook in it after all, so that these go before other files in a list.
MAY_HOLD_ONE = {CLOSED, LINK, DAMAGED, UNREADABLE, TOO_DEEP, TOO_LARGE, TOO_MANY}
UNPACKING = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(OSError, EOFError, RuntimeError, NotImplementedError, ValueError),
)
CLUTTER = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".git", ".venv"}
CLUTTER_FILES = {".ds_store", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Found:
    """A file of an export.

    Attributes
    ----------
    place : PurePosixPath
        Where in the export; archives count as folders.
    content : bytes
        Of a notebook; cut off, one byte longer than `LARGEST`, where it is too large.
    trouble : str
        What it is instead of a notebook, and what to do; empty for a notebook.
    """

    place: PurePosixPath
    content: bytes = b""
    trouble: str = ""


def files(path: Path) -> Iterator[Found]:
    """Yield every file of a folder or of a zip archive, archives within it included.

    Raises
    ------
    ValueError
        If the path is neither.
    """
    if path.is_dir():
        yield from _in_folder(path)
    elif zipfile.is_zipfile(path):
        yield from _zipped(path, PurePosixPath(), 0)  # the platform's own: as large as it is
    else:
        raise ValueError(f"SUBMISSIONS={path} is neither a folder nor a zip archive")


def _in_folder(path: Path) -> Iterator[Found]:
    for file in sorted(path.rglob("*")):
        place = _place(file.relative_to(path).as_posix())
        if _is_clutter(place):
            continue
        try:
            if file.is_symlink():
                yield Found(place, trouble=LINK)
            elif file.is_dir():
                if not os.listdir(file):
                    yield Found(place / "(empty)", trouble=EMPTY)
            elif not file.is_file():
                yield Found(place, trouble=OTHER)
            elif file.suffix.lower() == ".zip":
                yield from _handed_in(file, place, 1)
            elif NOTEBOOK.search(file.name):
                with file.open("rb") as opened:
                    yield Found(place, opened.read(LARGEST + 1))
            else:
                yield Found(place, trouble=_kind(place))
        except OSError:
            yield Found(place, trouble=UNREADABLE)


def _handed_in(path: Path | io.BytesIO, place: PurePosixPath, depth: int) -> Iterator[Found]:
    """Yield the files of one student's archive, as far as they do not fill the memory."""
    size = 0
    for count, found in enumerate(_zipped(path, place, depth)):
        size += len(found.content)
        if count == MOST_FILES:
            yield Found(place, trouble=TOO_MANY)
            return
        if size > LARGEST_NESTED:
            yield Found(place, trouble=TOO_LARGE)
            return
        yield found


def _zipped(path: Path | io.BytesIO, place: PurePosixPath, depth: int) -> Iterator[Found]:
    prefix = place.with_suffix("") if place.name else place
    try:
        archive = zipfile.ZipFile(path)
    except UNPACKING:
        yield Found(place if place.name else PurePosixPath("(archive)"), trouble=DAMAGED)
        return
    with archive:
        items = archive.infolist()
        if not items:
            yield Found(prefix / "(empty)", trouble=EMPTY)
        filled = {str(p) for item in items for p in PurePosixPath(item.filename).parents}
        for item in items:
            inside = prefix / _place(item.filename.replace("\\", "/"))
            if _is_clutter(inside):
                continue
            if item.is_dir():
                if str(PurePosixPath(item.filename)) not in filled:
                    yield Found(inside / "(empty)", trouble=EMPTY)
                continue
            if (item.external_attr >> 16) & 0o170000 == 0o120000:  # written by Unix
                yield Found(inside, trouble=LINK)
                continue
            is_archive = inside.suffix.lower() == ".zip"
            if not is_archive and not NOTEBOOK.search(inside.name):
                yield Found(inside, trouble=_kind(inside))
                continue
            most = LARGEST_NESTED if is_archive else LARGEST
            try:
                with archive.open(item) as opened:
                    content = opened.read(most + 1)
            except UNPACKING:
                yield Found(inside, trouble=DAMAGED)
                continue
            if not is_archive:
                yield Found(inside, content)
            elif depth >= MOST_NESTED:
                yield Found(inside, trouble=TOO_DEEP)
            elif len(content) > LARGEST_NESTED:
                yield Found(inside, trouble=TOO_LARGE)
            else:
                yield from _handed_in(io.BytesIO(content), inside, depth + 1)


def _place(name: str) -> PurePosixPath:
    """Return a place below the export, of characters that a report can hold."""
    readable = name.encode("utf-8", "replace").decode("utf-8")
    parts = unicodedata.normalize("NFC", readable).replace("\0", "").split("/")
    return PurePosixPath(*(part for part in parts if part not in ("", ".", "..")))


def _is_clutter(place: PurePosixPath) -> bool:
    return (
        bool(CLUTTER & set(place.parts))
        or place.name.startswith("._")
        or place.name.casefold() in CLUTTER_FILES
    )


def _kind(place: PurePosixPath) -> str:
    return KINDS.get(place.suffix.lower(), OTHER)


def identify(place: PurePosixPath, chapter: str) -> tuple[str, str, int]:
    """Return student, platform's number, and which upload it is, from a place in an export."""
    for part in place.parts:
        if found := MOODLE.fullmatch(part):
            return found["student"], found["number"], 0
    if found := CANVAS.fullmatch(next(iter(place.parts), "")):
        return found["student"], found["number"], int(found["upload"])
    folders = [part for part in place.parts[:-1] if part not in (chapter, "submitted")]
    if folders:  # a folder a student, nbgrader's own submitted/<student>/<chapter> included
        return folders[0], "", 0
    stem = NOTEBOOK.sub("", place.name)
    stem = re.sub(rf"[\s_-]*{re.escape(chapter)}[\s_-]*", "", stem, flags=re.I)
    return stem, "", 0


def collect(path: Path, chapter: str, keep: str = "latest") -> tuple[list[Submission], list[str]]:
    """Find the submissions of a chapter.

    Parameters
    ----------
    path : Path
        The folder or the archive.
    chapter : str
        Such as ``01_likelihood``.
    keep : str
        Which of a student's several notebooks is graded, one of `grading.model.KEEP`.

    Returns
    -------
    submissions : list of Submission
        One per student, by name. Those without a notebook have a ``trouble``.
    left : list of str
        One line for each other file that names no student, and for what each student handed in
        beside the notebook.
    """
    everything = list(files(path))
    notebooks_at = [found.place for found in everything if not found.trouble]
    wrapper = _wrapper(notebooks_at or [found.place for found in everything])
    students: dict[tuple[str, str], list[tuple[int, Found]]] = {}
    left = []
    for found in everything:
        is_inside = found.place.is_relative_to(wrapper)
        place = found.place.relative_to(wrapper) if is_inside else found.place
        name, number, upload = identify(place, chapter)
        beside = len(place.parts) == 1 or wrapper.is_relative_to(found.place.parent)
        if found.trouble and not number and beside:
            left.append(f"{found.place}: {found.trouble}")
        elif not name.strip():
            left.append(f"{found.place}: neither the file nor its folder names a student")
        else:
            students.setdefault((name.strip(), number), []).append((upload, found))

    taken: set[str] = set()
    submissions = []
    for (name, number), handed_in in sorted(students.items(), key=lambda item: item[0]):
        slug = _slug(f"{name}-{number}".strip("-"), taken)
        notebooks = [(upload, found) for upload, found in handed_in if not found.trouble]
        others = [found for _, found in handed_in if found.trouble]
        if not notebooks:
            trouble = "no notebook came: " + _list([f"{f.place} is {f.trouble}" for f in others])
            submissions.append(
                Submission(slug, name, number, str(others[0].place), b"", trouble=trouble)
            )
            continue
        chosen, others_too = _choose(notebooks, chapter, number, keep)
        submission = Submission(slug, name, number, str(chosen.place), chosen.content)
        if _is_late(chosen, number):
            submission.remarks.append("handed in late, as Canvas says")
            submission.late = "yes"
        if others_too:
            rest = ", ".join(str(found.place) for found in others_too)
            submission.remarks.append(
                f"{len(notebooks)} notebooks; graded {chosen.place}, not {rest}"
            )
        submissions.append(submission)
        if others:
            unopened = [f"{f.place} ({f.trouble})" for f in others if f.trouble in MAY_HOLD_ONE]
            plain = [str(f.place) for f in others if f.trouble not in MAY_HOLD_ONE]
            named = _list(unopened + plain)
            left.append(f"{slug}: beside the notebook came {named}, not looked at")
    return submissions, left


def _choose(
    notebooks: list[tuple[int, Found]], chapter: str, number: str, keep: str
) -> tuple[Found, list[Found]]:
    """Return a student's notebook that is graded, and the others from the earliest on."""
    # Platforms number repeated uploads upwards, 01_likelihood-1, 01_likelihood-2.
    in_order = [
        found
        for _, found in sorted(notebooks, key=lambda item: (item[0], _natural(item[1].place.stem)))
    ]
    # One with the chapter's own name goes before notes and drafts, whatever was asked for.
    candidates = [found for found in in_order if chapter in found.place.name] or in_order
    if keep == "punctual":
        candidates = [found for found in candidates if not _is_late(found, number)] or candidates
    chosen = candidates[0 if keep == "earliest" else -1]
    return chosen, [found for found in in_order if found is not chosen]


def _is_late(found: Found, number: str) -> bool:
    """Return whether Canvas has marked a file as late, in its name."""
    marks = [CANVAS.fullmatch(part) for part in found.place.parts] if number else []
    return any(bool(mark and mark["late"] and mark["number"] == number) for mark in marks)


def _wrapper(places: list[PurePosixPath]) -> PurePosixPath:
    """Return the folder around the students' folders, such as the name of the whole download."""
    folders = [place.parent.as_posix() for place in places]
    common = PurePosixPath(os.path.commonpath(folders)) if folders else PurePosixPath()
    if "submitted" in common.parts:  # nbgrader's own
        return PurePosixPath(*common.parts[: common.parts.index("submitted") + 1])
    inside = [place.relative_to(common).parts for place in places]
    named = any(parts and CANVAS.fullmatch(parts[0]) for parts in inside)
    several = all(len(parts) > 1 for parts in inside) and len({parts[0] for parts in inside}) > 1
    return common if named or several else PurePosixPath()


def _slug(text: str, taken: set[str]) -> str:
    """Return a student's name for files, which nobody else has."""
    slug = re.sub(r"[^\w.-]+", "-", text).strip("-.") or "student"
    if len(slug.encode()) > LONGEST_NAME:
        mark = hashlib.sha256(slug.encode()).hexdigest()[:8]
        slug = slug.encode()[: LONGEST_NAME - 9].decode("utf-8", "ignore") + "-" + mark
    name, count = slug, 1
    while name.casefold() in taken:
        count += 1
        name = f"{slug}-{count}"
    taken.add(name.casefold())
    return name


def _list(items: list[str]) -> str:
    more = [f"and {len(items) - MOST_NAMED} more"] if len(items) > MOST_NAMED else []
    return ", ".join(items[:MOST_NAMED] + more)


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdigit() else -1, part) for part in re.split(r"(\d+)", text)]
