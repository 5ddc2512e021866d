"""Sphinx extension: a black ball stays black in the dark theme.

The text shows the balls as letters, ○ and ●. On a dark page letters are light, and the black ball
would be the lighter of the two. Each gets a class, and ``_static/book.css`` its colour.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# What keeps its letters: programs, code, MathML for listeners; a tag; text.
PARTS = re.compile(
    r"<(script|style|template|svg|iframe|pre|code|math)\b.*?</\1>|<!--.*?-->|<[^>]*>|(?P<text>[^<]+)",
    re.S,
)
COLOURS = {"○": "white", "●": "black"}


def coloured(page: str) -> str:
    """Return a page whose balls say which colour they have.

    >>> coloured('<article class="bd-article"><p>○<code>●</code></p></article>')
    '<article class="bd-article"><p><span class="ball white">○</span><code>●</code></p></article>'
    """

    def part(match: re.Match[str]) -> str:
        text = match["text"]
        if not text:
            return match[0]
        return re.sub("[○●]", lambda m: f'<span class="ball {COLOURS[m[0]]}">{m[0]}</span>', text)

    head, start, rest = page.partition('<article class="bd-article"')
    article, end, foot = rest.rpartition("</article>")
    return head + start + PARTS.sub(part, article) + end + foot


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Colour the balls of every page that shows some."""
    if exception is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        page = path.read_text(encoding="utf-8")
        if "_static" not in path.parts and coloured(page) != page:
            path.write_text(coloured(page), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", finish, priority=950)  # after _ext/book.py
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
