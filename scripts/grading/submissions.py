"""Find one notebook per student in what a learning platform exports, and put it in order.

Nothing in a submission is executed here, and a submission that cannot be read concerns nobody
but its student.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat

LARGEST = 10 * 2**20  # bytes of one notebook; the released ones have about 50 kB
MOST = 20_000  # files in an archive

# What an instructor is told about cells that had to be mended.
MENDED = {
    "changed": "changed, and put back as released",
    "twice": "there twice, so that the copy counts as the student's own cell",
    "missing": "missing, and put back",
}

# What the platforms call their exports.
# Canvas, one flat folder: doejane_LATE_4711_98765_01_likelihood-1.ipynb
CANVAS = re.compile(
    r"(?P<student>[^_]+)_(?:LATE_)?(?P<number>\d+)_(?P<upload>\d+)_(?P<name>.+)\.ipynb"
)
# Moodle, a folder a student: Jane Doe_4711_assignsubmission_file_
MOODLE = re.compile(r"(?P<student>.+)_(?P<number>\d+)_assignsubmission_\w+")


@dataclass
class Submission:
    """One student's notebook.

    Attributes
    ----------
    student : str
        Name for files and for nbgrader: letters, digits, ``.``, ``_`` and ``-``.
    name : str
        The student as the platform names them.
    number : str
        The platform's number of the student; empty if the export does not tell.
    origin : str
        Where in the export it was found.
    content : bytes
        The file.
    remarks : list of str
        What the instructor should know.
    """

    student: str
    name: str
    number: str
    origin: str
    content: bytes
    remarks: list[str] = field(default_factory=list)


class Unusable(ValueError):
    """A submission that cannot be graded; the message says why, for the instructor's report."""


def files(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield every notebook of a folder or of a zip archive, archives within it included.

    A file that is too large is yielded cut off, one byte longer than `LARGEST`.
    """
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            place = PurePosixPath(file.relative_to(path).as_posix())
            if file.is_symlink() or not file.is_file() or _is_litter(place):
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
        for item in archive.infolist()[:MOST]:
            inside = prefix / item.filename.lstrip("/")
            if item.is_dir() or _is_litter(inside) or inside.suffix.lower() != ".ipynb":
                continue
            try:
                with archive.open(item) as opened:
                    yield inside, opened.read(LARGEST + 1)
            except (OSError, RuntimeError, zipfile.BadZipFile):  # damaged, or with a password
                yield inside, b""


def _is_litter(place: PurePosixPath) -> bool:
    return any(part in ("__MACOSX", ".ipynb_checkpoints") for part in place.parts) or (
        place.name.startswith("._")
    )


def who(place: PurePosixPath, chapter: str) -> tuple[str, str, int]:
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
        One line for each notebook that belongs to nobody, and why.
    """
    candidates: dict[tuple[str, str], list[tuple[int, PurePosixPath, bytes]]] = {}
    unmatched = []
    for place, content in files(path):
        name, number, upload = who(place, chapter)
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


def prepare(content: bytes, release: nbformat.NotebookNode, chapter: str) -> tuple[Any, list[str]]:
    """Put a submission into the order of the release, with every cell of the release in it.

    The student's answers and own cells are kept; a cell of one's own stays behind the cell that
    it followed. Checks and statements are those of the release, whatever the student did to them.

    Returns
    -------
    notebook : NotebookNode
        The notebook to be graded.
    remarks : list of str
        What had to be mended.

    Raises
    ------
    Unusable
        If there is no notebook of this chapter in it.
    """
    given = _read(content)
    wanted = {_id(cell): cell for cell in release.cells if _id(cell)}
    mended: dict[str, list[str]] = {"changed": [], "twice": [], "missing": []}
    known = [_id(cell) for cell in given.cells if _id(cell) in wanted]
    if not any("-" in own_id for own_id in known):  # the cell "setup" is in every chapter
        raise Unusable(_stranger(given, chapter))

    groups: dict[str, list[Any]] = {"": []}
    current = ""
    for cell in given.cells:
        own_id = _id(cell)
        if own_id in wanted and own_id not in groups:
            current = own_id
            groups[current] = [_mended(cell, wanted[own_id], mended["changed"])]
            continue
        if own_id in wanted:
            mended["twice"].append(own_id)
        groups[current].append(_own(cell))
    for missing in (own_id for own_id in wanted if own_id not in groups):
        mended["missing"].append(missing)
        groups[missing] = [wanted[missing]]
    remarks = [f"{MENDED[what]}: {', '.join(cells)}" for what, cells in mended.items() if cells]
    if [own_id for own_id in groups if own_id in set(known)] != [
        own_id for own_id in wanted if own_id in set(known)
    ]:
        remarks.append("cells were out of order and are back in order")
    cells = groups[""] + [cell for own_id in wanted for cell in groups[own_id]]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=release.metadata)
    ids: set[str] = set()
    for index, cell in enumerate(notebook.cells):
        if cell.id in ids:
            cell.id = f"own-{index}"
        ids.add(cell.id)
    nbformat.validate(notebook)
    return notebook, remarks


def _read(content: bytes) -> Any:
    if not content.strip():
        raise Unusable("the file is empty, or could not be unpacked")
    if len(content) > LARGEST:
        raise Unusable(f"the file is larger than {LARGEST // 2**20} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as two cells with one id, mended below
            notebook = nbformat.reads(content.decode("utf-8-sig"), as_version=4)
        # A file may be JSON without being a notebook.
        cells = [(cell.cell_type, str(cell.source), dict(cell.metadata)) for cell in notebook.cells]
    except RecursionError:
        raise Unusable("this is no notebook: nested too deeply") from None
    except Exception as error:
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise Unusable(f"this is no notebook: {reason}") from None
    if not cells:
        raise Unusable("the notebook has no cells")
    return notebook


def _id(cell: Any) -> str:
    mark = cell.metadata.get("nbgrader", {})
    return str(mark.get("grade_id", "")) if isinstance(mark, dict) else ""


def _mended(cell: Any, wanted: Any, changed: list[str]) -> Any:
    """Return the cell of the release, with the student's text where it is an answer."""
    mended = nbformat.from_dict(wanted)
    if wanted.metadata.nbgrader.solution:
        mended.source = str(cell.source)
    elif str(cell.source).strip() != wanted.source.strip():
        changed.append(_id(wanted))
    return mended


def _own(cell: Any) -> Any:
    """Return a student's own cell without outputs, marks and attachments."""
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return make.get(str(cell.cell_type), nbformat.v4.new_raw_cell)(str(cell.source))


def _stranger(notebook: Any, chapter: str) -> str:
    others = {match[1] for cell in notebook.cells if (match := re.search(r"-(\d)-\d", _id(cell)))}
    if others:
        return f"this is another chapter's notebook (chapter {', '.join(sorted(others))})"
    return f"no cell of {chapter} is in it; was it made from the released notebook?"
