"""Figures on a built page: drawn in the page's own colours, with captions that are captions."""

from __future__ import annotations

import re
from math import ceil
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from lib.figures import style
from website.typography import new_tag

#: The figures of cells, and those that are a paragraph.
DRAWINGS = 'div.cell_output img[src$=".svg"], article p > img[src$=".svg"]:only-child'
#: Letters on a phone are at least so many CSS pixels high.
LEGIBLE = 9
CAPTION = re.compile(r"Figure\s(\d+\.\d+|[A-Z]\.\d+)\.")
STYLED = re.compile(r"width: (\d+)px; height: (\d+)px;?")
#: The names of the colours that have a meaning, in ``book.css``: ``--figure-world`` and so on.
NAMED = {
    code.lower(): name.lower().replace("_", "-")
    for name, code in vars(style).items()
    if name in style.MEANINGS
}


def shrink_svg(text: str) -> str:
    """Return matplotlib's SVG without comments, metadata and digits that nobody can see.

    A hundredth of a point is a fortieth of what a sharp eye sees. Compressed, the book's figures
    become 8 % lighter by it.
    """
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\b(?:d|points|[xy][12]?|c[xy])="[^"]*"', _round, text)
    return text if "<text" in text else re.sub(r">\s+<", "><", text)


def _round(attribute: re.Match[str]) -> str:
    def number(digits: re.Match[str]) -> str:
        return f"{float(digits[0]):.2f}".rstrip("0").rstrip(".")

    return re.sub(r"\s+", " ", re.sub(r"-?\d+\.\d{3,}", number, attribute[0]))


def svg_size(text: str) -> tuple[int, int] | None:
    """Return the width and height of an SVG in CSS pixels, from its root element."""
    root = re.search(r"<svg\b[^>]*>", text)
    sizes = re.findall(r'\b(?:width|height)="([\d.]+)(pt|px)?"', root[0] if root else "")
    if len(sizes) != 2:
        return None
    width, height = (round(float(n) * (4 / 3 if unit == "pt" else 1)) for n, unit in sizes)
    return width, height


def smallest_letters(text: str) -> float | None:
    """Return the size of the smallest letters of matplotlib's SVG in CSS pixels, at its own width.

    Each text is a group of outlines, which are drawn for a font of 100 points and then scaled.
    Exponents within a formula are smaller by a scale of their own, which does not count.
    """
    scales = re.findall(r"\) scale\((\d*\.\d+) -", text)
    return min(map(float, scales)) * 100 * 4 / 3 if scales else None


def shrink_figures(folder: Path) -> None:
    """Shrink each SVG of a folder."""
    for path in folder.glob("*.svg"):
        path.write_text(shrink_svg(path.read_text(encoding="utf-8")), encoding="utf-8")


def themed(text: str) -> str:
    """Return a drawing whose neutral and named colours are those of the page.

    A grey lies as far between the page's ground and its ink as it lies between white and black.
    The colours of ``lib.figures.style`` have names there, and two values in ``book.css``. Anything
    else, such as the balls, keeps its colour in every theme.
    """

    def variable(colour: re.Match[str]) -> str:
        code = colour[0].lower()
        if code in NAMED:
            return f"var(--figure-{NAMED[code]})"
        red, green, blue = (int(code[i : i + 2], 16) for i in (1, 3, 5))
        if not red == green == blue or code in style.BALLS:
            return colour[0]
        share = round(100 * (1 - red / 255), 1)
        if share in (0, 100):
            return f"var(--figure-{'ink' if share else 'ground'})"
        return f"color-mix(in srgb, var(--figure-ink) {share:g}%, var(--figure-ground))"

    return re.sub(r"#[0-9A-Fa-f]{6}\b", variable, text)


def inline(text: str, name: str, words: str) -> Tag:
    """Return a drawing to stand in a page.

    Parameters
    ----------
    text : str
        The SVG.
    name : str
        Goes before every id, for two drawings of matplotlib's use the same ones.
    words : str
        The description, for those who listen.
    """
    text = re.sub(r"<\?xml.*?\?>|<!DOCTYPE[^>]*>", "", text, flags=re.DOTALL)
    # matplotlib's one style rule is for every element of its document: here, of the page.
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'\sxmlns(:xlink)?="[^"]*"', "", text).replace("xlink:href=", "href=")
    text = re.sub(r'(href="|url\()#', rf"\1#{name}-", text)
    drawing = BeautifulSoup(themed(shrink_svg(text)), "html.parser").svg
    if drawing is None:
        raise ValueError(f"{name} is not an SVG")
    size = svg_size(text)
    if size:
        drawing["width"], drawing["height"] = map(str, size)
    # matplotlib leaves out what it takes for the start: black fill, and the rule above.
    rules = "fill: var(--figure-ink); stroke-linejoin: round; stroke-linecap: butt"
    letters = smallest_letters(text)
    if size and letters:
        rules += f"; min-width: {ceil(size[0] * min(1, LEGIBLE / letters))}px"
    drawing["style"] = rules
    drawing["role"], drawing["aria-label"] = "img", words
    return drawing


def draw_in_place(page: BeautifulSoup, folder: Path) -> None:
    """Put the book's drawings into the page, where they take part in its theme.

    Each stands in a box of its own: where the page is too narrow for its letters, the box scrolls.
    """
    for number, image in enumerate(page.select(DRAWINGS)):
        path = folder / str(image["src"])
        paragraph = image.find_parent("p")
        if path.is_file() and not (paragraph and paragraph.get_text(strip=True)):
            text = path.read_text(encoding="utf-8")
            drawing = inline(text, f"f{number}", str(image.get("alt", "")))
            (paragraph or image).replace_with(drawing)  # no box may stand in a paragraph
            drawing.wrap(new_tag("div", {"class": "drawing"}))


def caption_figures(article: Tag) -> None:
    """Make the paragraph "Figure 1.2. ..." behind a cell the caption of the cell's figure."""
    for paragraph in article.find_all("p"):
        start = paragraph.find("em")
        number = CAPTION.fullmatch(start.get_text()) if start and start is paragraph.next else None
        cell = paragraph.find_previous_sibling()
        if number is None or cell is None or "cell" not in cell.get_attribute_list("class"):
            continue
        drawing = next(
            iter(cell.select("div.cell_output img, div.cell_output svg[role=img]")), None
        )
        if drawing is not None:
            output = drawing.find_parent("div", class_=("output", "drawing")) or drawing
            name = f"figure-{number[1].replace('.', '-')}"
            output.wrap(new_tag("figure", {"id": name})).append(paragraph)
            paragraph.name = "figcaption"


def add_sizes(page: BeautifulSoup, folder: Path) -> None:
    """Give pictures their width and height, so that nothing moves when they load.

    Only the first of a page may be above the fold; the others wait until they are near.
    """
    # What stands in the page itself, such as the still of an explorable, is there already.
    for place, image in enumerate(page.select('article img:not([src^="data:"])')):
        if place:
            image["loading"] = "lazy"
        given = STYLED.fullmatch(str(image.get("style", "")).strip())
        if given:
            image["width"], image["height"] = given.groups()
        path = folder / str(image["src"])
        if image.has_attr("width") or image.has_attr("height") or path.suffix != ".svg":
            continue
        size = svg_size(path.read_text(encoding="utf-8")) if path.is_file() else None
        if size:
            image["width"], image["height"] = map(str, size)
