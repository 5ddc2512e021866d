"""Put a submission in order before it is graded: the released cells, and the student's answers.

Nothing in a submission is executed here, and an unreadable submission affects only its student.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

import nbformat

from grading.model import LARGEST

# What an instructor is told about cells that had to be mended.
MENDED = {
    "changed": "changed, and put back as released",
    "twice": "there twice, so that the copy counts as the student's own cell",
    "missing": "missing, and put back",
}


class UnusableSubmission(ValueError):
    """A submission that cannot be graded; the message says why, for the instructor's report."""


def prepare(content: bytes, released: nbformat.NotebookNode, chapter: str) -> tuple[Any, list[str]]:
    """Put a submission into the order of the release, with every cell of the release in it.

    The student's answers and own cells are kept; an own cell stays behind the cell that it
    followed. Checks and statements are those of the release, whatever the student did to them. An
    answer's cell that is missing stands, as released, before the own cells in its place, so that
    what was typed anew in one of them counts.

    Where a program has dropped all of nbgrader's marks, cells are known by the ids of the release,
    or else by what stands in them and between them.

    Returns
    -------
    notebook : NotebookNode
        The notebook to be graded.
    remarks : list of str
        What had to be mended.

    Raises
    ------
    UnusableSubmission
        If there is no notebook of this chapter in it.
    """
    given = _read(content)
    wanted = {_id(cell): cell for cell in released.cells if _id(cell)}
    mended: dict[str, list[str]] = {"changed": [], "twice": [], "missing": []}
    remarks = []
    if not any(_id(cell) for cell in given.cells):
        how = _mark_by_cell_ids(given.cells, released.cells) or _mark_by_order(
            given.cells, released.cells
        )
        remarks += [f"nbgrader's marks are gone; the cells were found by their {how}"]
    known = [_id(cell) for cell in given.cells if _id(cell) in wanted]
    if not any("-" in own_id for own_id in known):  # the cell "setup" is in every chapter
        raise UnusableSubmission(_not_this_chapter(given, chapter))

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
    stubs: dict[str, list[Any]] = {own_id: [] for own_id in groups}
    place = ""
    for own_id in wanted:
        if own_id in groups:
            place = own_id
            continue
        mended["missing"].append(own_id)
        if wanted[own_id].metadata.nbgrader.solution:
            stubs[place].append(nbformat.from_dict(wanted[own_id]))
            groups[own_id] = []
        else:
            groups[own_id] = [nbformat.from_dict(wanted[own_id])]
    for own_id, put_back in stubs.items():
        head = 1 if own_id else 0  # the released cell, before the student's own
        groups[own_id][head:head] = put_back
    remarks += [f"{MENDED[what]}: {', '.join(cells)}" for what, cells in mended.items() if cells]
    order = [own_id for own_id in groups if own_id in known]
    if order != sorted(order, key=list(wanted).index):
        remarks.append("cells were out of order and are back in order")
    cells = groups[""] + [cell for own_id in wanted for cell in groups[own_id]]
    # The same submission, the same file: new cells would have ids drawn at random.
    for count, cell in enumerate((cell for cell in cells if not _id(cell)), start=1):
        cell.id = f"own-{count}"
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=released.metadata)
    nbformat.validate(notebook)
    return notebook, remarks


def _read(content: bytes) -> Any:
    if not content.strip():
        raise UnusableSubmission("the file is empty")
    if len(content) > LARGEST:
        raise UnusableSubmission(f"the file is larger than {LARGEST // 2**20} MB")
    try:
        # Such as two cells with one id: own cells get new ones below.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(content.decode("utf-8-sig"), as_version=4)
        # A file may be JSON without being a notebook.
        cells = [(cell.cell_type, _text(cell), dict(cell.metadata)) for cell in notebook.cells]
    except RecursionError:
        raise UnusableSubmission("this is not a notebook: nested too deeply") from None
    except Exception as error:
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise UnusableSubmission(f"this is not a notebook: {reason}") from None
    if not cells:
        raise UnusableSubmission("the notebook has no cells")
    return notebook


def _id(cell: Any) -> str:
    mark = cell.metadata.get("nbgrader", {})
    return str(mark.get("grade_id", "")) if isinstance(mark, dict) else ""


def _mark_by_cell_ids(given: list[Any], released: list[Any]) -> str:
    """Mark the cells that have the id of a released one; return how they were found, if any."""
    marks = {cell.id: cell.metadata.nbgrader for cell in released if _id(cell)}
    for cell in given:
        if mark := marks.pop(cell.get("id", ""), None):
            cell.metadata.nbgrader = mark
    return "ids" if any("-" in _id(cell) for cell in given) else ""


def _mark_by_order(given: list[Any], released: list[Any]) -> str:
    """Mark the cells that stand in the released order; return how they were found."""
    at = 0
    places = []  # of each released cell that is there unchanged
    for position, wanted in enumerate(released):
        text = wanted.source.strip()
        same = [i for i in range(at, len(given)) if _text(given[i]).strip() == text]
        if same and text:
            at = same[0] + 1
            places.append((position, same[0]))
            if _id(wanted):
                given[same[0]].metadata.nbgrader = wanted.metadata.nbgrader
    # An answer is the first cell of its kind between the unchanged cells around it; of code, one
    # that defines what it should.
    ends = [*places, (len(released), len(given))]
    for (here, after), (there, before) in zip(places, ends[1:], strict=True):
        open_cells = given[after + 1 : before]
        for wanted in released[here + 1 : there]:
            if not (_id(wanted) and wanted.metadata.nbgrader.solution):
                continue
            defined = re.match(r"\s*(?:def|class) \w+\b", wanted.source)
            alike = [cell for cell in open_cells if cell.cell_type == wanted.cell_type]
            fitting = [cell for cell in alike if defined and defined[0] in _text(cell)]
            if chosen := (fitting or alike)[:1]:
                chosen[0].metadata.nbgrader = wanted.metadata.nbgrader
                open_cells.remove(chosen[0])
    return "order"


def _mended(cell: Any, wanted: Any, changed: list[str]) -> Any:
    """Return the cell of the release, with the student's text where it is an answer."""
    mended = nbformat.from_dict(wanted)
    if wanted.metadata.nbgrader.solution:
        mended.source = _text(cell)
    elif _text(cell).strip() != wanted.source.strip():
        changed.append(_id(wanted))
    return mended


def _own(cell: Any) -> Any:
    """Return a student's own cell without outputs, marks and attachments."""
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return make.get(str(cell.cell_type), nbformat.v4.new_raw_cell)(_text(cell))


def _text(cell: Any) -> str:
    """Return what stands in a cell, as a file can hold it: JSON can write half a character."""
    return re.sub("[\ud800-\udfff]", "\ufffd", str(cell.source))


def _not_this_chapter(notebook: Any, chapter: str) -> str:
    others = {match[1] for cell in notebook.cells if (match := re.search(r"-(\d)-\d", _id(cell)))}
    if others:
        return f"this is another chapter's notebook (chapter {', '.join(sorted(others))})"
    return f"no cell of {chapter} is in it; was it made from the released notebook?"
