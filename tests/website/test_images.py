"""What is removed from drawings, and their size."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from website import images

SVG = (
    '<?xml version="1.0"?>\n<svg width="72pt" height="36pt">\n <!-- note -->\n'
    " <metadata>\n  <x/>\n </metadata>\n"
    ' <path d="M 1.23456 -0.001 \nL 10 2.5 \n" transform="scale(0.015625)"/>\n</svg>'
)


def test_invisible_parts_of_a_drawing_are_removed() -> None:
    assert images.shrink_svg(SVG) == (
        '<?xml version="1.0"?><svg width="72pt" height="36pt">'
        '<path d="M 1.23 -0 L 10 2.5 " transform="scale(0.015625)"/></svg>'
    )


def test_the_size_of_a_drawing() -> None:
    assert images.svg_size(SVG) == (96, 48)
    assert images.svg_size('<svg viewBox="0 0 1 1"/>') is None


def test_a_figure_says_its_size_and_can_be_made_larger(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    page = BeautifulSoup('<p><img src="a.svg"/></p>', "html.parser")
    images.add_sizes(page, tmp_path)
    figure, button = page.p.contents
    assert (
        str(figure) == ('<span class="figure"><img height="48" src="a.svg" width="96"/></span>')
        or str(figure) == '<span class="figure"><img src="a.svg" width="96" height="48"/></span>'
    )
    assert button["class"] == "larger" or button["class"] == ["larger"]
    assert button.get_text() == "Larger"


@pytest.mark.parametrize(
    "html",
    [
        '<img src="missing.svg"/>',
        '<img src="a.svg" width="5"/>',
        '<img src="data:image/svg+xml,a.svg"/>',
        '<img src="a.png"/>',
    ],
)
def test_other_images_stay_as_they_are(html: str, tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    page = BeautifulSoup(html, "html.parser")
    images.add_sizes(page, tmp_path)
    assert str(page) == html
