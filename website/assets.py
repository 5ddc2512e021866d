"""One style sheet and one script for all pages, instead of some twenty.

Jupyter Book 1 and its theme send every page an icon library of 540 kB (compressed), a live-code
library that asks another host, and scripts that delay the first paint.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

from bs4 import BeautifulSoup

from website.css import used_rules
from website.fonts import FOLDER as FONTS
from website.search import SECTIONS
from website.theme import PageError
from website.typography import new_tag

# In this order.
SHEETS = (
    *("basic.css", "styles/pydata-sphinx-theme.css", "pygments.css"),
    *("styles/sphinx-book-theme.css", "togglebutton.css", "copybutton.css", "mystnb.*.css"),
    *("sphinx-design.min.css", "book.css", "mathjax.css"),
)
# doctools asks for the options, which are written into the page; the theme asks for bootstrap.
# storage.js comes first: the others need it where a browser forbids storing.
SCRIPTS = (
    *("storage.js", "doctools.js", "sphinx_highlight.js", "clipboard.min.js", "copybutton.js"),
    *("togglebutton.js", "scripts/sphinx-book-theme.js", "scripts/bootstrap.js"),
    *("scripts/pydata-sphinx-theme.js", "book.js"),
)
# What pages ask for and do not need: theme.css only imports basic.css, the options are written
# into the page, and there are neither live code, nor tabs, nor an icon library.
LEFT_OUT = (
    *("styles/theme.css", "documentation_options.js", "design-tabs.js", "sphinx-thebe.*"),
    *("scripts/fontawesome.js",),
    *("searchtools.js", "language_data.js", "searchindex.js"),
)
SEARCH = ("minisearch.js", SECTIONS, "search.js")  # on the search page alone
INLINE_LEFT_OUT = re.compile(
    "THEBE_JS_URL|DOCUMENTATION_OPTIONS|togglebuttonSelector|toggleHint|toggleOpen"
)
# sphinx-togglebutton asks for these; Sphinx writes them into each page. As the first statement
# they also keep a "use strict" from holding for all of the scripts.
SETTINGS = (
    'var togglebuttonSelector = ".toggle, .admonition.dropdown", toggleOpenOnPrint = "true", '
    'toggleHintShow = "Click to show", toggleHintHide = "Click to hide";\n'
)


def style_sheet(static: Path, words: set[str]) -> str:
    """Join the style sheets, without the rules that no page can use."""
    parts = []
    for pattern in SHEETS:
        paths = list(static.glob(pattern))
        if len(paths) != 1:
            raise PageError(f"{pattern} is not one file in _static; see website/assets.py")
        text = re.sub(r'@charset "[^"]*";', "", paths[0].read_text(encoding="utf-8"))
        if paths[0].parent != static:
            text = text.replace("url(../", "url(")  # the bundle lies one folder above
        parts.append(used_rules(embedded(text), words))
    return '@charset "utf-8";\n' + "\n".join(parts)


#: Written behind the style sheet: read its fonts before the first words are laid out. Left alone,
#: a browser begins when it has met the words, and moves them.
READ_FONTS = (
    'for (const face of ["", "italic ", "bold "]) document.fonts.load(`${face}1em "Course Sans"`); '
    'document.fonts.load(`1em "Course Code"`);'
)


def embedded(css: str) -> str:
    """Return a style sheet with the book's fonts in it.

    A font that comes after the words moves every line of the page. Compressed, as servers send it,
    the sheet grows by as much as the fonts would weigh alone.
    """

    def data(address: re.Match[str]) -> str:
        font = (Path(__file__).parent / FONTS / address[1]).read_bytes()
        return f'url("data:font/woff2;base64,{base64.b64encode(font).decode()}")'

    return re.sub(rf'url\("{FONTS}/([\w-]+\.woff2)"\)', data, css)


def script(static: Path) -> str:
    """Join the scripts, each unchanged."""
    texts = [(static / name).read_text(encoding="utf-8") for name in SCRIPTS]
    return SETTINGS + "\n;\n".join(re.sub(r"(?m)^//# sourceMappingURL.*$", "", t) for t in texts)


def save(folder: Path, suffix: str, text: str) -> str:
    """Write a bundle under a name that changes with what is in it."""
    for old in folder.glob(f"book-*{suffix}"):
        old.unlink()
    name = f"book-{hashlib.sha256(text.encode()).hexdigest()[:10]}{suffix}"
    (folder / name).write_text(text, encoding="utf-8")
    return name


def words_of(texts: Iterable[str]) -> set[str]:
    """Return every word that could be a class."""
    return {word for text in texts for word in re.findall(r"[\w-]+", text)}


def link(page: BeautifulSoup, root: str, bundles: tuple[str, str], options: str) -> None:
    """Make a page load the two bundles and nothing else; the search page, the search too.

    Parameters
    ----------
    page : BeautifulSoup
        The page as Sphinx wrote it.
    root : str
        The path from its folder to the top, such as ``"../"``.
    bundles : (str, str)
        The names of the style sheet and of the script in ``_static``.
    options : str
        The script that sets Sphinx's options; a few bytes, not worth a request.

    Raises
    ------
    PageError
        If it asks for a file that none of the lists above names.
    """
    for element in page.select('script, link[rel="stylesheet"], link[rel="preload"][as="script"]'):
        address = str(element.get("src") or element.get("href") or "").partition("?")[0]
        file = address.removeprefix(root).removeprefix("_static/")
        if not address:
            if INLINE_LEFT_OUT.search(element.get_text()):
                element.decompose()
            continue
        if not any(fnmatch(file, known) for known in (*SHEETS, *SCRIPTS, *LEFT_OUT)):
            raise PageError(f"{address}: name it in website/assets.py, to bundle or to leave out")
        element.decompose()
    sheet, own_script = (f"{root}_static/{name}" for name in bundles)
    late = [f"{root}_static/{name}" for name in SEARCH if page.find(id="search-results")]
    for tag in (
        new_tag("link", {"rel": "stylesheet", "href": sheet}),
        new_tag("script", string=options),
        *(new_tag("script", {"defer": "", "src": file}) for file in (own_script, *late)),
    ):
        page.head.extend(["    ", tag, "\n"])  # type: ignore[union-attr]
