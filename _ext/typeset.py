"""Typeset the book's formulas while it is built, with MathJax in V8.

A page then needs no MathJax, works without JavaScript, and nothing moves while it is read. Each
formula carries itself as MathML too, for screen readers. Where the package mini-racer cannot be
installed, MathJax runs in the reader's browser instead, as it does in any book.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

mini_racer: Any
try:
    from py_mini_racer import mini_racer
except ImportError:  # no wheel for this platform
    mini_racer = None

FONTS = "vendor/mathjax/output/chtml/fonts/woff-v2"
# With what follows and must stay on the line: a comma, the end of a word.
INLINE = re.compile(
    r'(<span class="[^"]*\bmath\b[^"]*"[^>]*>)\\\((.*?)\\\)(</span>)([-,.;:!?)\]”’%]*)', re.S
)
DISPLAY = re.compile(
    r'(<div class="[^"]*\bmath\b[^"]*"[^>]*>(?:(?!</div>).)*?)\\\[(.*?)\\\](\s*</div>)', re.S
)
# The height of a small x of the usual system fonts, which MathJax scales its own fonts to.
EM, EX = 16, 8.4
SCRIPTS = ("mathjax.js", "liteDOM.js")
SETTINGS = """
globalThis.global = globalThis;
globalThis.MathJax = {
  loader: {load: []},
  startup: {typeset: false, ready() {}},
  tex: {packages: %s},
  chtml: {fontURL: %s, adaptiveCSS: true},
};
"""
TYPESET = """
((formulas) => {
  const {startup} = MathJax;
  startup.getComponents();
  startup.makeMethods();
  const options = {em: %s, ex: %s, containerWidth: 80 * %s};
  const done = formulas.map(([tex, display]) =>
    startup.adaptor.outerHTML(MathJax.tex2chtml(tex, {...options, display})));
  return JSON.stringify([done, startup.adaptor.textContent(MathJax.chtmlStylesheet())]);
})(%s)
"""


class Misprint(Exception):
    """A formula that TeX does not understand."""


def typeset(
    formulas: list[tuple[str, bool]], mathjax: Path, packages: dict[str, list[str]]
) -> tuple[list[str], str]:
    """Return each formula as HTML, and the style sheet that all of them need.

    Parameters
    ----------
    formulas : list of (str, bool)
        TeX, and whether it stands on a line of its own.
    mathjax : Path
        The folder with MathJax and with its document model for use without a browser.
    packages : dict of str to list of str
        MathJax's setting of that name.
    """
    settings = SETTINGS % (json.dumps(packages), json.dumps(FONTS))
    with mini_racer() as v8:
        for part in (settings, *((mathjax / n).read_text("utf-8") for n in SCRIPTS)):
            v8.eval(part + ";0")
        done, css = json.loads(v8.eval(TYPESET % (EM, EX, EM, json.dumps(formulas))))
    for (tex, _), page in zip(formulas, done, strict=True):
        if "mjx-merror" in page:
            raise Misprint(f"MathJax cannot typeset {tex}")
    return done, css


def typeset_pages(
    pages: dict[Path, str], mathjax: Path, packages: dict[str, list[str]]
) -> tuple[dict[Path, str], str]:
    """Return the pages with their formulas typeset, and the style sheet for them."""
    if mini_racer is None:
        return pages, ""
    found: dict[tuple[str, bool], None] = {}
    for page in pages.values():
        for pattern in (INLINE, DISPLAY):
            for match in pattern.finditer(page):
                found[html.unescape(match[2]).strip(), pattern is DISPLAY] = None
    done, css = typeset(list(found), mathjax, packages)
    by_formula = dict(zip(found, done, strict=True))

    def set_in(page: str) -> str:
        for pattern in (INLINE, DISPLAY):

            def formula(match: re.Match[str], display: bool = pattern is DISPLAY) -> str:
                done = match[1] + by_formula[html.unescape(match[2]).strip(), display] + match[3]
                if display or not match[4]:
                    return done
                return f'<span class="held">{done}{match[4]}</span>'

            page = pattern.sub(formula, page)
        return page

    return {path: set_in(page) for path, page in pages.items()}, css
