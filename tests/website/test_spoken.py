"""What a screen reader is told: groups of the quiz and of cells, powers of ten."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, Tag

from website import spoken


def article(html: str) -> Tag:
    found = BeautifulSoup(f"<article>{html}</article>", "html.parser").article
    assert found is not None
    return found


def test_code_and_output_have_names() -> None:
    page = article(
        '<div class="cell"><div class="cell_input"></div><div class="cell_output"></div></div>'
    )
    spoken.name_cells(page)
    groups = [(g["class"], g["aria-label"]) for g in page.select('[role="group"]')]
    assert groups == [(["cell_input"], "Code"), (["cell_output"], "Output")]


def test_a_question_is_a_group_with_its_options() -> None:
    option = "<details><summary>a) x</summary><p><strong>Right.</strong></p></details>"
    page = article(
        f'<section id="quiz"><h2>Quiz</h2><p>Choose.</p>'
        f"<p><strong>Question 1.</strong> Why?</p>\n{option}\n{option}\n"
        f"<p><strong>Question 2.</strong> How?</p>\n{option}</section>"
    )
    spoken.group_questions(page)
    first, second = page.select(".question")
    assert first["aria-labelledby"] == first.p["id"] == "question-1"
    assert len(first.find_all("details")) == 2
    assert len(second.find_all("details")) == 1
    assert [box.find_all(recursive=False)[-1]["role"] for box in (first, second)] == ["status"] * 2
    assert page.select_one("section > p").get_text() == "Choose."


@pytest.mark.parametrize(
    ("text", "spoken_as"),
    [
        ("about 10⁻⁸ nats", "10 to the power of minus 8"),
        ("10⁻¹⁴⁶", "10 to the power of minus 146"),
        ("2⁵ ends", "2 to the power of 5"),
        ("x²", "x to the power of 2"),
    ],
)
def test_a_power_is_read_as_one(text: str, spoken_as: str) -> None:
    page = article(f"<p>{text}</p>")
    spoken.speak_powers(page)
    assert page.get_text() == text
    assert page.select_one('[role="img"]')["aria-label"] == spoken_as


def test_code_and_words_are_left_alone() -> None:
    html = "<p>H₂, nothing raised</p><code>10⁻⁸</code>"
    page = article(html)
    before = str(page)
    spoken.speak_powers(page)
    assert str(page) == before
