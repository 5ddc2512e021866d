"""The numbers in a picture, its description and its caption."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest
from matplotlib.image import imread

from course.contents import ROOT
from course.guards import README, read
from course.guards.golden import GOLDEN
from course.guards.pictures import unknown_numbers, words
from course.guards.prose_numbers import golden_numbers, printed_numbers
from course.guards.tokens import Number, exact
from lib.explorables import STATE
from lib.mnist import load
from scripts import cover
from tests.explorables.places import places

#: Pictures with golden numbers only.
COVERS = {
    "cover.svg": cover.TARGET.read_text(encoding="utf-8"),
    "README.md": README.read_text(encoding="utf-8"),
    "index.md": (ROOT / "chapters" / "index.md").read_text(encoding="utf-8"),
}


def still(name: str) -> str:
    path = ROOT / "lib" / "explorables" / name / "still.html"
    return path.read_text(encoding="utf-8")


def known(name: str) -> list[Number]:
    """Return the numbers allowed in a still picture: its chapters' and its test's oracle's."""
    shown = [place.page for place in places() if place.name == name and place.cell]
    printed = [n for page in shown for n in printed_numbers(read(ROOT / f"{page}.ipynb"))]
    module = import_module(f"tests.explorables.test_{name}")
    own = [exact(Fraction(str(value))) for value in getattr(module, "STILL_NUMBERS", ())]
    return [*golden_numbers(), *printed, *own]


def digits_swapped(text: str) -> Iterator[str]:
    """Yield the text with two adjacent digits of a decimal swapped, in every possible way."""
    for match in re.finditer(r"\d\.\d{3,}", text):
        for i in range(match.start() + 2, match.end() - 1):
            if text[i] != text[i + 1]:
                yield text[:i] + text[i + 1] + text[i] + text[i + 2 :]


@pytest.mark.parametrize("name", STATE)
def test_a_still_quotes_known_numbers(name: str) -> None:
    assert list(words(still(name)))
    assert unknown_numbers(still(name), known(name)) == []


@pytest.mark.parametrize("name", STATE)
def test_a_wrong_number_in_a_still_is_found(name: str) -> None:
    """0.03456 written as 0.03465 in dial's, for example."""
    sources = known(name)
    wrong = [change for text in words(still(name)) for change in digits_swapped(text)]
    found = [bool(unknown_numbers(f"<text>{text}</text>", sources)) for text in wrong]
    assert found
    assert np.mean(found) > 0.9


@pytest.mark.parametrize("name", COVERS)
def test_the_cover_and_its_descriptions_have_golden_numbers_only(name: str) -> None:
    text = " ".join(words(COVERS[name]))
    golden = [golden.number for golden in GOLDEN]
    assert re.search(r"0\.\d{4}", text), "no picture of the cover is found here"
    assert unknown_numbers(f"<text>{text}</text>", golden) == []
    # 0.6730 written as 0.6370, for example.
    wrong = list(digits_swapped(text))
    assert wrong
    assert all(unknown_numbers(f"<text>{change}</text>", golden) for change in wrong)


def test_the_seven_of_the_first_page_is_the_books() -> None:
    stored = imread(cover.SEVEN)[::4, ::4, 0]
    split = load()
    seven = split.X_test[split.y_test == 7][0]
    assert np.abs(stored - (1 - seven / 255)).max() < 1 / 255


# Mutation tried: in lib/figures/cover.py `entropy {floor:.4f}` written as `entropy 0.6370`, which
# changes 156 pixels; the same file drawn on another machine may differ in the shades of a few.
def test_the_social_card_is_what_its_script_draws() -> None:
    stored, drawn = imread(cover.SOCIAL), imread(io.BytesIO(cover.social()), format="png")
    assert stored.shape == drawn.shape
    assert (np.abs(stored - drawn).max(axis=2) > 0.15).sum() < 20
