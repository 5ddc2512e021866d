"""The book's typeface: light, and it has the letters that the book writes."""

from __future__ import annotations

import json

from fontTools.ttLib import TTFont

from course.contents import ROOT
from website.update_vendor import FIGURE_FONTS, FONTS

LIGHT = 80_000  # bytes that a first visit may load for letters
#: Signs that stand alone, for which a fallback font will do: difficulty, a bar, a dash, an arrow,
#: a suit of cards (figures draw the last from matplotlib's own font).
ELSEWHERE = set("★▮╍⟹▬♠♣♥♦")


def written() -> set[str]:
    """Return every character of the chapters, the pages beside them and the exercises."""
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("chapters/*.md")]
    for path in [*ROOT.glob("chapters/*.ipynb"), *ROOT.glob("exercises/source/*/*.ipynb")]:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts += ["".join(cell["source"]) for cell in cells]
    return {character for text in texts for character in text if character.isprintable()}


def test_the_fonts_of_the_pages_are_light() -> None:
    assert sum(path.stat().st_size for path in FONTS.glob("*.woff2")) <= LIGHT


def test_the_typeface_has_every_letter_of_the_book() -> None:
    letters = {chr(code) for code in TTFont(FIGURE_FONTS / "CourseSans-Regular.ttf").getBestCmap()}
    assert written() - letters - ELSEWHERE == set()
