"""Pages of feedback in the platforms' layouts: each goes back to whom it belongs."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

import pytest

from grading.collect import identify
from grading.give_back import canvas_place, moodle_place, pack_pages
from grading.model import Student
from tests.grading.notebooks import FIRST

MOODLES = [
    "Jane Doe_4711_assignsubmission_file_/work.ipynb",
    "Jane Doe_4711_assignsubmission_file/work.ipynb",  # from Moodle 4.1 on
    "Download/Jane Doe_4711_assignsubmission_file_/hw/work.ipynb",
    "Jane Doe_4711_assignsubmission_file_work.ipynb",
    "Jane Doe_4711_assignsubmission_file_work/inside a zip.ipynb",
]
CANVASES = [
    "doejane_4711_98765_01_likelihood-1.ipynb",
    "doejane_LATE_4711_98765_work.ipynb",
    "submissions/doejane_4711_98765_x.ipynb",
    "doejane_4711_98765_zipped/work.ipynb",
]


def moodles_reading(path: str) -> str:
    """Return the number that Moodle 3 and 4 read from a path: the second of four parts or more."""
    for part in path.split("/"):
        pieces = part.split("_", 4)
        if len(pieces) >= 4 and pieces[1].isdecimal() and pieces[2] == "assignsubmission":
            return pieces[1]
    return ""


def canvas_reading(path: str) -> list[str]:
    """Return the numbers of user and upload that Canvas reads: the first two that are digits."""
    return [piece for piece in path.split("_") if piece.isdecimal()][:2]


@pytest.mark.parametrize("origin", MOODLES)
def test_moodle_finds_whose_it_is(origin: str) -> None:
    place = moodle_place(origin, "4711", FIRST)
    assert moodles_reading(place) == "4711"
    assert place.endswith(f"{FIRST}.html")
    part = next(part for part in origin.split("/") if "assignsubmission" in part)
    assert place.startswith(part.removesuffix("work.ipynb").removesuffix("work"))
    assert canvas_place(origin, "4711", FIRST) == ""


@pytest.mark.parametrize("origin", CANVASES)
def test_canvas_finds_whose_it_is(origin: str) -> None:
    place = canvas_place(origin, "4711", FIRST)
    assert canvas_reading(place) == ["4711", "98765"]
    assert "/" not in place
    assert ("LATE" in place) == ("LATE" in origin)
    assert moodle_place(origin, "4711", FIRST) == ""


@pytest.mark.parametrize("origin", ["Ann/work.ipynb", "ann.ipynb", *MOODLES, *CANVASES])
def test_what_no_platform_named_goes_to_none(origin: str) -> None:
    """Somebody else's number within a student's own folder is no platform's mark."""
    assert moodle_place(origin, "", FIRST) == canvas_place(origin, "", FIRST) == ""
    assert moodle_place(origin, "5", FIRST) == canvas_place(origin, "5", FIRST) == ""


def test_a_page_is_graded_again_as_what_it_is() -> None:
    """The names of both zips are those that `make grade` knows."""
    for origin, place_of in ((MOODLES[0], moodle_place), (CANVASES[1], canvas_place)):
        place = PurePosixPath(place_of(origin, "4711", FIRST))
        assert identify(place, FIRST) == identify(PurePosixPath(origin), FIRST)


def test_the_zips(tmp_path: Path) -> None:
    origins = {"a": CANVASES[0], "b": MOODLES[0], "c": "Ann/work.ipynb", "d": MOODLES[3]}
    numbers = {"a": "4711", "b": "4711", "c": "", "d": "4711"}
    students = {name: Student(name, numbers[name], at) for name, at in origins.items()}
    pages = {}
    for name in "abc":  # d could not be graded
        pages[name] = tmp_path / f"{name}.html"
        pages[name].write_text(f"page of {name}", encoding="utf-8")
    pack_pages(tmp_path, pages, students, FIRST)
    found = {}
    for platform in ("moodle", "canvas"):
        with zipfile.ZipFile(tmp_path / f"feedback-{platform}.zip") as archive:
            found[platform] = {name: archive.read(name).decode() for name in archive.namelist()}
    assert found == {
        "moodle": {f"Jane Doe_4711_assignsubmission_file_/{FIRST}.html": "page of b"},
        "canvas": {f"doejane_4711_98765_{FIRST}.html": "page of a"},
    }
    pack_pages(tmp_path, {"a": pages["a"]}, students, FIRST)
    assert not (tmp_path / "feedback-moodle.zip").exists()  # of a run before
