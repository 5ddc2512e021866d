"""What is removed from drawings, and their size."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from lib.figures import style
from website import images

ROOT = Path(__file__).resolve().parents[2]

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


def test_a_picture_says_its_size_and_waits_below_the_first(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    html = '<article><img src="a.svg"/><img src="a.svg"/></article>'
    page = BeautifulSoup(html, "html.parser")
    images.add_sizes(page, tmp_path)
    first, second = page.select("img")
    assert (first["width"], first["height"]) == ("96", "48")
    assert not first.has_attr("loading")
    assert second["loading"] == "lazy"


def test_greys_lie_between_ground_and_ink_and_balls_keep_their_colour() -> None:
    text = "#ffffff #000000 #cccccc #0072B2 #123456 " + " ".join(style.BALLS)
    mix = "color-mix(in srgb, var(--figure-ink) 20%, var(--figure-ground))"
    assert images.themed(text) == (
        f"var(--figure-ground) var(--figure-ink) {mix} var(--figure-world) #123456 #fefefe #010101"
    )


def test_every_colour_with_a_meaning_has_a_value_in_both_themes() -> None:
    sheet = (ROOT / "website" / "static" / "book.css").read_text(encoding="utf-8")
    light, dark = re.findall(r"\{([^}]*--figure-ground[^}]*)\}", sheet)[:2]
    for code, name in images.NAMED.items():
        assert f"--figure-{name}: {code};" in light
    # Orange is as bright on a dark ground as on a light one.
    assert {name for name in images.NAMED.values() if f"--figure-{name}:" not in dark} == {"model"}


DRAWN = """<?xml version="1.0"?><!DOCTYPE svg>
<svg xmlns:xlink="x" width="72pt" height="36pt"><defs><style>*{stroke-linecap: butt}</style></defs>
<defs><path id="m1" d="M 0 0"/><clipPath id="p"><rect/></clipPath></defs>
<g clip-path="url(#p)"><use xlink:href="#m1" style="fill: #000000"/></g></svg>"""


def test_two_drawings_on_a_page_do_not_disturb_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(DRAWN, encoding="utf-8")
    output = '<div class="cell_output"><img alt="A hill." src="a.svg"/></div>'
    page = BeautifulSoup(output * 2, "html.parser")
    images.draw_in_place(page, tmp_path)
    first, second = page.select("svg")
    assert first["role"] == "img"
    assert first["aria-label"] == "A hill."
    assert (first["width"], first["height"]) == ("96", "48")
    assert first.find("style") is None
    assert not [name for name in first.attrs if name.startswith("xmlns")]
    assert [tag["id"] for tag in first.find_all(id=True)] == ["f0-m1", "f0-p"]
    assert first.use["href"] == "#f0-m1"
    assert second.g["clip-path"] == "url(#f1-p)"


def test_a_drawing_that_is_a_paragraph_stands_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(DRAWN, encoding="utf-8")
    page = BeautifulSoup('<article><p><img alt="A" src="a.svg"/></p></article>', "html.parser")
    images.draw_in_place(page, tmp_path)
    assert page.select_one("article > div.drawing > svg") is not None
    assert page.p is None
    among_words = '<article><p>See <img alt="A" src="a.svg"/></p></article>'
    page = BeautifulSoup(among_words, "html.parser")
    images.draw_in_place(page, tmp_path)
    assert str(page) == among_words


@pytest.mark.parametrize(
    ("points", "width"),
    [((13, 8), 81), ((13,), 50), ((6,), 96), ((), None)],
)
def test_a_drawing_stays_as_wide_as_its_smallest_letters_need(
    points: tuple[int, ...], width: int | None, tmp_path: Path
) -> None:
    """At 81 of its 96 pixels, letters of 8 points are 9 pixels high; larger than drawn is none."""
    texts = "".join(
        f'<g transform="translate(3 4) scale({size / 100} -{size / 100})"><use/></g>'
        for size in points
    )
    (tmp_path / "a.svg").write_text(f'<svg width="72pt" height="36pt">{texts}</svg>', "utf-8")
    page = BeautifulSoup('<div class="cell_output"><img alt="A" src="a.svg"/></div>', "html.parser")
    images.draw_in_place(page, tmp_path)
    drawing = page.select_one("div.cell_output > div.drawing > svg")
    found = re.search(r"min-width: (\d+)px", drawing["style"])
    assert (int(found[1]) if found else None) == width


@pytest.mark.parametrize("drawing", ['<svg role="img"></svg>', '<div class="output"><img/></div>'])
def test_the_paragraph_behind_a_figure_is_its_caption(drawing: str) -> None:
    cell = f'<div class="cell"><div class="cell_output">{drawing}</div></div>'
    page = BeautifulSoup(
        f"<article>{cell}<p><em>Figure\N{NO-BREAK SPACE}1.2.</em> A hill.</p>"
        "<p>More, <em>Figure 1.2.</em></p>"
        "</article>",
        "html.parser",
    )
    images.caption_figures(page.article)
    figure = page.select_one("div.cell_output > figure#figure-1-2")
    assert [tag.name for tag in figure.find_all(recursive=False)] == [
        BeautifulSoup(drawing, "html.parser").contents[0].name,
        "figcaption",
    ]
    assert figure.figcaption.get_text() == "Figure\N{NO-BREAK SPACE}1.2. A hill."
    assert page.article.find_all("p", recursive=False)[0].get_text() == "More, Figure 1.2."


@pytest.mark.parametrize(
    "html",
    [
        '<img src="missing.svg"/>',
        '<img src="a.svg" width="5"/>',
        '<img src="data:image/svg+xml,a.svg"/>',
        '<img src="b.png"/>',
    ],
)
def test_other_images_stay_as_they_are(html: str, tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    page = BeautifulSoup(html, "html.parser")
    images.add_sizes(page, tmp_path)
    assert str(page) == html
