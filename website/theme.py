"""Mends of the theme's markup in a built page, and its icons.

Each mend looks for the theme's own markup. Where a page does not have it, the build stops, so that
a newer theme cannot silently undo one. What would be worth mending upstream is marked "Upstream:".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bs4 import BeautifulSoup, Tag

ICONS = Path(__file__).resolve().parent / "vendor" / "icons"
ALIASES = {"pencil-alt": "pencil"}
STYLES = {"fas", "fab", "far", "fa", "fa-solid", "fa-brands", "fa-regular"}  # no part of a name
THEME = """<script data-cfasync="false">(() => {
      let mode = "auto";
      try {
        mode = localStorage.getItem("mode") || mode;
      } catch {}
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      document.documentElement.dataset.mode = mode;
      document.documentElement.dataset.theme = mode === "auto" ? (dark ? "dark" : "light") : mode;
    })();</script>"""


class PageError(Exception):
    """A built page is not what the code that finishes it was written for."""


class Mend(NamedTuple):
    """What to look for on a page, and what each element found becomes.

    ``change``: the HTML in its place, or attributes to set (None: to remove). ``everywhere``: every
    page must have it.
    """

    selector: str
    change: str | Mapping[str, str | None]
    everywhere: bool = True


MENDS: Mapping[str, Mend] = {
    # Upstream: pydata-sphinx-theme names its search buttons "Search" while they read "Search
    # Ctrl + K" (axe: label-content-name-mismatch). The visible text is the name.
    "search button": Mend(
        'button.search-button-field[title="Search"][aria-label="Search"]',
        {"title": None, "aria-label": None},
    ),
    # Upstream: sphinx-book-theme puts the place of an advertisement into every sidebar, outside
    # any landmark (axe: region).
    "advertisement": Mend('div.sidebar-primary-item:has(> [id^="ethical-ad"])', ""),
    # Upstream: sphinx-book-theme has its own header, but pydata-sphinx-theme's is still there. On a
    # wide window it shows, with a second search button; on a phone it is hidden, and because
    # its buttons come first, the visible buttons for the table of contents do nothing. Its script
    # asks how high it is.
    "header": Mend("header#pst-header", '<div id="pst-header" class="bd-header" hidden></div>'),
    # Upstream: the title of the book lies outside any landmark of the page (axe: region).
    "sidebar": Mend(
        "div#pst-primary-sidebar", {"role": "region", "aria-label": "Table of contents"}
    ),
    # Upstream: Markdown's empty corner of a table becomes an empty heading (axe:
    # empty-table-header).
    "corner of a table": Mend("th.head:has(> p:only-child:empty)", "<td></td>", everywhere=False),
    # Upstream: three <meta name="viewport">, the same thing each time.
    "viewport": Mend('meta[name="viewport"] ~ meta[name="viewport"]', ""),
    # Upstream: pydata-sphinx-theme decides only after the page has been read whether "auto" means
    # dark, so a dark reader sees a white flash; and where storing is forbidden it stops there.
    "theme": Mend('script:-soup-contains("dataset.theme =")', THEME),
    # Colab opens a notebook alone; the exercises need the file of checks beside them.
    "Colab": Mend('li:has(> a[href^="https://colab"][href*="/exercises/"])', "", everywhere=False),
    # Only the theme's own search service reads these.
    "docsearch": Mend('meta[name^="docsearch:"]', ""),
}


def mend(page: BeautifulSoup, name: str, mends: Mapping[str, Mend] = MENDS) -> None:
    """Mend the theme's markup in a page, and draw its icons.

    Raises
    ------
    PageError
        If a mend finds nothing on a page that must have it, or there is no such icon.
    """
    for what, (selector, change, everywhere) in mends.items():
        found = page.select(selector)
        if everywhere and not found:
            raise PageError(
                f"the mend '{what}' finds no {selector} in {name}; see website/theme.py"
            )
        for element in found:
            if isinstance(change, str):
                element.replace_with(*BeautifulSoup(change, "html.parser").contents)
            else:
                attributes = {**element.attrs, **change}
                element.attrs = {k: v for k, v in attributes.items() if v is not None}
    # Upstream: myst-nb writes paragraphs into the summary of a folded cell, where HTML allows none,
    # and a name that is not the visible one.
    for title in page.select("details.hide > summary > p.admonition-title"):
        title.name = "span"
        if title.parent is not None:
            title.parent.attrs.pop("aria-label", None)
    for element in page.find_all(class_=re.compile("^fa-")):
        if element.name not in ("i", "span") or element.contents:
            raise PageError(f"an icon is written in an unknown way in {name}: {element}")
        element.replace_with(draw_icon(element))


def draw_icon(element: Tag) -> Tag:
    """Return an icon as inline SVG. Its button has a name: a screen reader can pass over it."""
    classes = element.get_attribute_list("class")
    names = [c for c in classes if c.startswith("fa-") and c not in {*STYLES, "fa-lg"}]
    if len(names) != 1:
        raise PageError(f"one icon expected: {element}")
    attributes = {k: v for k, v in element.attrs.items() if k not in ("class", "title")}
    kept = " ".join(c for c in classes if c not in STYLES)
    return icon(names[0].removeprefix("fa-"), f"icon {kept}", attributes)


def icon(name: str, classes: str = "icon", attributes: Mapping[str, Any] | None = None) -> Tag:
    """Return an icon of the theme's as SVG."""
    box, path = _drawing(ALIASES.get(name, name))
    svg = Tag(name="svg", attrs={"class": classes, "viewBox": box, **(attributes or {})})
    svg["aria-hidden"] = "true"
    svg.append(Tag(name="path", attrs={"d": path}))
    return svg


@cache
def _drawing(name: str) -> tuple[str, str]:
    file = ICONS / f"{name}.svg"
    if not file.is_file():
        raise PageError(f"no icon {name}: name it in website/update_vendor.py and run that")
    drawing = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    return str(drawing.svg["viewbox"]), str(drawing.path["d"])  # type: ignore[index]
