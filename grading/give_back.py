"""Pack the pages of feedback as the platforms take them back: under the names that they gave.

Moodle and Canvas know by the name of a file, or of its folder, whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from grading import archives
from grading.collect import CANVAS, MOODLE
from grading.model import Student

MOODLES_PART = re.compile(r".+_\d+_assignsubmission_[a-z]+_?")


def moodle_place(origin: str, number: str, chapter: str) -> str:
    """Return where a page stands in a zip for Moodle; empty if Moodle did not name the origin.

    Parameters
    ----------
    origin : str
        Where in the export the submission was found.
    number : str
        The platform's number of the student.
    chapter : str
        The page is called so.

    Examples
    --------
    >>> moodle_place("Jane Doe_4711_assignsubmission_file_/work.ipynb", "4711", "01_likelihood")
    'Jane Doe_4711_assignsubmission_file_/01_likelihood.html'
    >>> moodle_place("Jane Doe_4711_assignsubmission_file_work.ipynb", "4711", "01_likelihood")
    'Jane Doe_4711_assignsubmission_file_01_likelihood.html'
    """
    for part in PurePosixPath(origin).parts:
        found = MOODLE.fullmatch(part)
        head = MOODLES_PART.match(part)
        if found and head and found["number"] == number:
            has_folders = head[0] == part
            return f"{head[0]}{'/' if has_folders else ''}{chapter}.html"
    return ""


def canvas_place(origin: str, number: str, chapter: str) -> str:
    """Return what a page is called in a zip for Canvas; empty if Canvas did not name the origin.

    Canvas reads the student's number and that of the upload; see `moodle_place`.

    Examples
    --------
    >>> canvas_place("doejane_LATE_4711_98765_work-1.ipynb", "4711", "01_likelihood")
    'doejane_LATE_4711_98765_01_likelihood.html'
    """
    for part in PurePosixPath(origin).parts:
        found = CANVAS.fullmatch(part)
        if found and found["number"] == number:
            return f"{part[: found.start('name')]}{chapter}.html"
    return ""


def pack_pages(
    out: Path, pages: Mapping[str, Path], students: Mapping[str, Student], chapter: str
) -> None:
    """Write ``feedback-moodle.zip`` and ``feedback-canvas.zip``, each if it would hold a page.

    Parameters
    ----------
    out : Path
        The folder of the results.
    pages : mapping of str to Path
        By the students' names for files.
    students : mapping of str to Student
        By the same names.
    chapter : str
        Such as ``01_likelihood``.
    """
    for platform, place_of in (("moodle", moodle_place), ("canvas", canvas_place)):
        files = {}
        for name, page in pages.items():
            known = students[name]
            if place := place_of(known.origin, known.number, chapter):
                files[place] = page.read_bytes()
        archive = out / f"feedback-{platform}.zip"
        if files:
            archives.pack(archive, files)
        else:
            archive.unlink(missing_ok=True)
