"""The PDF of the whole book: every page of the table of contents, outline and links that work."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import Destination

from tests.browser.conftest import HTML, missing
from tests.browser.test_site import toc_pages
from website.browser import chromium

# All in one worker, so that the PDF is made only once.
pytestmark = pytest.mark.xdist_group("pdf")


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> PdfReader:
    if chromium() is None:
        missing("no Chromium here: install it, or set CHROMIUM to its path")
    if not (HTML / "index.html").is_file():
        missing(f"there is no book in {HTML}: run make book first")
    # In its own process, because Playwright runs only once in each.
    target: Path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    command = [sys.executable, "-m", "website.pdf", "--html", HTML, target]
    subprocess.run(command, check=True)
    return PdfReader(target)


def top(pdf: PdfReader) -> list[Destination]:
    return [entry for entry in pdf.outline if not isinstance(entry, list)]


class TestPdf:
    """What a reader of the PDF needs."""

    def test_its_outline_is_the_table_of_contents(self, pdf: PdfReader) -> None:
        titles = [entry.title for entry in top(pdf)]
        assert len(titles) == 1 + len(toc_pages())
        assert titles[0] == "Contents"
        assert titles[2].startswith("1 · Likelihood")
        starts = [pdf.get_destination_page_number(entry) for entry in top(pdf)]
        assert starts == sorted(starts)
        assert len(set(starts)) == len(starts)

    def test_it_is_as_long_as_a_book(self, pdf: PdfReader) -> None:
        assert 100 < len(pdf.pages) < 400

    def test_each_entry_leads_to_its_heading_and_each_page_has_its_number(
        self, pdf: PdfReader
    ) -> None:
        for entry in top(pdf):
            number = pdf.get_destination_page_number(entry)
            words = pdf.pages[number].extract_text().split()
            assert entry.title.split()[0] in words
            assert str(number + 1) in words

    def test_every_internal_link_leads_somewhere(self, pdf: PdfReader) -> None:
        names = set(pdf.named_destinations)
        inner = 0
        for page in pdf.pages:
            for annotation in page.get("/Annots") or []:
                target = annotation.get_object().get("/Dest")
                if isinstance(target, str):
                    inner += 1
                    assert target.removeprefix("/") in names or target in names, target
                action = annotation.get_object().get("/A")
                if action is not None and "/URI" in action.get_object():
                    assert not re.match(r"file:|http://127\.", action.get_object()["/URI"])
        assert inner > 50
