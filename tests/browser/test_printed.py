"""The pages show what the cells printed."""

from __future__ import annotations

import html
import re

import nbformat
import pytest

from course import contents
from tests.browser.conftest import HTML, PAGES, ROOT

NOTEBOOKS = [name for name in PAGES if (ROOT / name).with_suffix(".ipynb").is_file()]
STREAM = re.compile(r'<div class="output (?:stream|stderr)\b[^>]*>.*?<pre>(.*?)</pre>', re.S)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_printed_line_is_a_line_of_the_page(name: str) -> None:
    """A line stays one line even if the kernel sent it in pieces."""
    notebook = nbformat.read((ROOT / name).with_suffix(".ipynb"), as_version=4)
    printed, free = [], []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                printed.append(output.text.rstrip())
                # Times differ in every run.
                free.append("nbval-ignore-output" in cell.metadata.get("tags", []))
    page = (HTML / name).read_text(encoding="utf-8")
    shown = [
        html.unescape(re.sub(r"<[^>]*>", "", found[1])).rstrip() for found in STREAM.finditer(page)
    ]
    assert len(shown) == len(printed)
    for stored, seen, any_numbers in zip(printed, shown, free, strict=True):
        if any_numbers:
            assert seen.count("\n") == stored.count("\n")
        else:
            assert seen == stored


def test_all_notebooks_of_the_book_are_among_them() -> None:
    wanted = sorted(f"chapters/{notebook.name}.html" for notebook in contents.notebooks())
    assert [name for name in NOTEBOOKS if name.startswith("chapters/")] == wanted
