"""Sphinx extension: finish the written pages, in one pass over each.

Each page is parsed once, given what it needs and no more, and written again.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EntitySubstitution
from bs4.formatter import HTMLFormatter
from sphinx.util import logging

from website import assets, images, moved, search, spoken, theme, typography

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

LOGGER = logging.getLogger(__name__)


class Formatter(HTMLFormatter):
    """Writes attributes in the order in which they came; Beautiful Soup would sort them."""

    def attributes(self, tag: Tag) -> Iterable[tuple[str, Any]]:
        """Return the attributes of an element."""
        return tag.attrs.items()


FORMATTER = Formatter(entity_substitution=EntitySubstitution.substitute_xml)


def finish_page(page: BeautifulSoup, path: Path) -> None:
    """Change what stands on a page; its style sheet and script come later."""
    theme.mend(page, path.name)
    typography.keep_punctuation(page)
    article = page.find("article", class_="bd-article")
    if article is not None:
        spoken.name_cells(article)
        spoken.group_questions(article)
        spoken.speak_powers(article)
        typography.keep_together(article)
        typography.break_names(article)
        typography.colour_balls(article)
    images.draw_in_place(page, path.parent)
    if article is not None:
        images.caption_figures(article)
    images.add_sizes(page, path.parent)


def finish(out: Path, root: Path) -> None:
    """Finish every page of a built book.

    Parameters
    ----------
    out : Path
        The folder with the pages.
    root : Path
        The folder with their sources.

    Raises
    ------
    PageError
        If a page or a file is not what this was written for.
    """
    static = out / "_static"
    images.shrink_figures(out / "_images")
    paths = [p for p in sorted(out.rglob("*.html")) if static not in p.parents]
    paths.remove(out / "index.html")
    pages = {p: BeautifulSoup(p.read_text(encoding="utf-8"), "html.parser") for p in paths}
    found: list[search.Place] = []
    for path, page in pages.items():
        name = path.relative_to(out).with_suffix("").as_posix()
        # Before the names in it are broken and the balls wrapped.
        found += search.places(page, name)
        finish_page(page, path)
        moved.restore(page, name, moved.anchors(), root)
    search.write(found, static)
    script = assets.script(static)
    words = assets.words_of([*map(str, pages.values()), script])
    sheet = assets.style_sheet(static, words)
    bundles = assets.save(static, ".css", sheet), assets.save(static, ".js", script)
    options = (static / "documentation_options.js").read_text(encoding="utf-8")
    options = re.sub(r"\s+", " ", options)
    for path, page in pages.items():
        name = path.relative_to(out).with_suffix("").as_posix()
        own = f"{assets.READ_FONTS} {options} DOCUMENTATION_OPTIONS.pagename = {json.dumps(name)};"
        assets.link(page, "../" * name.count("/"), bundles, own)
        path.write_text(page.decode(formatter=FORMATTER), encoding="utf-8")
    # What no page asks for any more.
    unused = [f for pattern in assets.LEFT_OUT for f in static.glob(pattern)]
    for path in [*static.rglob("*.map"), *unused, out / "searchindex.js"]:
        path.unlink()


def on_build_finished(app: Sphinx, exception: Exception | None) -> None:
    """Finish the pages; a warning stops ``make book``."""
    if exception is None and app.builder.format == "html":
        try:
            finish(Path(app.outdir), Path(app.srcdir))
        except theme.PageError as error:
            LOGGER.warning("the pages are not finished: %s", error)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", on_build_finished, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
