"""The PDF of the whole book: outline, numbers and links that are right, answers, full pages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader
from pypdf.generic import Destination

from course.contents import chapters, configuration, pages
from tests.browser.conftest import HTML, missing
from tests.browser.test_site import toc_pages
from website.browser import chromium
from website.pdf import joined, part_quiz

# All in one worker, so that the PDF is made only once.
pytestmark = pytest.mark.xdist_group("pdf")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if chromium() is None:
        missing("no Chromium here: install it, or set CHROMIUM to its path")
    if not (HTML / "index.html").is_file():
        missing(f"there is no book in {HTML}: run make book first")
    # In its own process, because Playwright runs only once in each.
    target: Path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    command = [sys.executable, "-m", "website.pdf", "--html", HTML, target]
    subprocess.run(command, check=True)
    return target


@pytest.fixture(scope="module")
def pdf(path: Path) -> PdfReader:
    return PdfReader(path)


def top(pdf: PdfReader) -> list[Destination]:
    return [entry for entry in pdf.outline if not isinstance(entry, list)]


def starts(pdf: PdfReader) -> list[int]:
    """Return the pages on which the parts of the book begin, the first page being 0."""
    return [pdf.get_destination_page_number(entry) for entry in top(pdf)]


def fullness(path: Path, margin: float = 18 / 297) -> list[float]:
    """Return how far down each page goes: 1 if its last line stands at the foot."""
    found = []
    for page in pypdfium2.PdfDocument(path):
        picture = page.render(scale=0.5, grayscale=True).to_numpy()
        edge = round(margin * picture.shape[0])
        within = picture[edge:-edge].reshape(picture.shape[0] - 2 * edge, -1)
        rows = np.flatnonzero((within < 250).any(axis=1))
        found.append((rows.max() + 1) / len(within) if rows.size else 0.0)
    return found


class TestPdf:
    """What a reader of the PDF needs."""

    def test_its_outline_is_the_table_of_contents(self, pdf: PdfReader) -> None:
        titles = [entry.title for entry in top(pdf)]
        assert len(titles) == 2 + len(toc_pages())
        assert titles[0] == "Contents"
        assert titles[2].startswith("1 · Likelihood")
        assert titles[-1] == "Answers to the quizzes"

    def test_each_part_begins_on_a_page_of_its_own(self, pdf: PdfReader) -> None:
        assert starts(pdf) == sorted(set(starts(pdf)))

    def test_the_contents_name_the_pages(self, pdf: PdfReader) -> None:
        first, after = starts(pdf)[:2]
        text = " ".join(page.extract_text() for page in pdf.pages[first:after])
        text = " ".join(text.split())
        for entry in top(pdf)[1:]:
            number = pdf.get_destination_page_number(entry) + 1
            assert f"{entry.title} {number} " in f"{text} ", entry.title
        sections = re.findall(r"(\d\.\d [^\d].*?) (\d+)(?= )", text)
        assert len(sections) > 40
        for title, number in sections:
            there = " ".join(pdf.pages[int(number) - 1].extract_text().split())
            assert title in there, title

    def test_no_page_is_half_empty(self, pdf: PdfReader, path: Path) -> None:
        """But the cover and the last page of a part."""
        last = {0, len(pdf.pages) - 1, *(start - 1 for start in starts(pdf))}
        full = [share for n, share in enumerate(fullness(path)) if n not in last]
        assert sum(share < 0.5 for share in full) == 0
        assert np.mean(full) > 0.9

    def test_the_answers_stand_at_the_end(self, pdf: PdfReader) -> None:
        begin = starts(pdf)[-1]
        text = [" ".join(page.extract_text().split()) for page in pdf.pages]
        for verdict, count in (("Right.", 5), ("Not quite.", 15)):
            assert verdict not in " ".join(text[:begin])
            assert " ".join(text[begin:]).count(verdict) == count * len(chapters())
        questions = [page for page in text[:begin] if "Question 1." in page]
        assert len(questions) == len(chapters())
        leads = [page for page in text[:begin] if "at the end of the book, from" in page]
        assert len(leads) == len(chapters())
        for page in leads:
            assert f"from page {begin + 1} on" in page

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


def test_every_letter_of_a_figure_is_found() -> None:
    """A drawing refers to its letters, and to what it is cut out by, by their ids."""
    if not (HTML / "index.html").is_file():
        missing(f"there is no book in {HTML}: run make book first")
    text = joined(HTML, pages(), configuration())
    ids = set(re.findall(r'\bid="([^"]+)"', text))
    asked = re.findall(r'<use\b[^>]*?\bhref="#([^"]+)"|url\(#([^)]+)\)', text)
    assert len(asked) > 1000
    assert {letter or shape for letter, shape in asked} - ids == set()


QUIZ = """<div><h2>Quiz</h2><p>Choose an answer, then open it.</p>
<div aria-labelledby="q1" class="question"><p id="q1"><strong>Question 1.</strong> Which?</p>
<details><summary>a) This.</summary><p><strong>Not quite.</strong> It is that.</p></details>
<details><summary>b) That.</summary><p><strong>Right.</strong> See:</p><p>it is.</p></details>
<p class="result"></p></div></div>"""


class TestQuiz:
    """On paper an answer cannot be opened, and must not be seen with its question."""

    def body(self, text: str = QUIZ) -> Tag:
        found = BeautifulSoup(text, "html.parser").div
        assert found is not None
        return found

    def test_questions_stay_and_answers_go(self) -> None:
        body = self.body()
        answers = part_quiz(body)
        assert body.get_text(" ", strip=True).endswith("Question 1. Which? a) This. b) That.")
        assert "then open it" not in body.get_text()
        assert [" ".join(answer.get_text(" ").split()) for answer in answers] == [
            "Question 1 : b) a) Not quite. It is that. b) Right. See: it is."
        ]
        assert answers[0].select_one('a[href="#q1"]') is not None

    def test_a_page_without_a_quiz_stays_as_it_is(self) -> None:
        body = self.body("<div><details><summary>Hint</summary><p>Try.</p></details></div>")
        before = str(body)
        assert part_quiz(body) == []
        assert str(body) == before

    @pytest.mark.parametrize(
        ("text", "wrong"),
        [
            (QUIZ.replace("Right.", "Not quite."), "0 answers are right"),
            (QUIZ.replace("Not quite.", "Right."), "2 answers are right"),
            (QUIZ.replace("b) That", "That"), "does not begin with its letter"),
            (QUIZ.replace("<p>Choose an answer, then open it.</p>", ""), "no sentence before"),
        ],
    )
    def test_a_quiz_of_another_form_is_refused(self, text: str, wrong: str) -> None:
        with pytest.raises(ValueError, match=wrong):
            part_quiz(self.body(text))
