"""What turns the chapters into the site: Sphinx extensions, templates, style, scripts, the PDF.

``_config.yml`` names this package as one extension. Each module beside it does one thing:

- ``anchors``: links may lead to anchors that a page writes itself;
- ``explorables``: the directive that shows an explorable on a page that is not a notebook;
- ``streams``: what a cell printed on one line stays on one line;
- ``math``: the math renderer, MathJax while the book is built;
- ``fonts``: the book's typeface;
- ``head``: the policy, the description and the social card in each page's head;
- ``pages``: what is done to the written pages, with ``theme`` (mends), ``typography``, ``spoken``
  (for screen readers), ``assets`` (one style sheet, one script), ``css`` (its unused rules),
  ``images``, ``search`` and ``moved`` (anchors of earlier editions).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

HERE = Path(__file__).resolve().parent


def add_paths(app: Sphinx, config: Config) -> None:
    """Tell Sphinx where this package keeps its templates, style sheet, script and favicon."""
    config.templates_path = [str(HERE / "templates"), *config.templates_path]
    config.html_static_path = [*config.html_static_path, str(HERE / "static")]
    # Within the page it costs no request. Sphinx takes what has "://" in it for an address, and the
    # picture has one.
    favicon = (HERE / "static" / "favicon.svg").read_text(encoding="utf-8").strip()
    config.html_favicon = "data:image/svg+xml," + quote(favicon.replace('"', "'"), safe="/:='")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", add_paths)
    for name in ("anchors", "explorables", "streams", "math", "fonts", "head", "pages"):
        app.setup_extension(f"website.{name}")
    return {"parallel_read_safe": True, "parallel_write_safe": False}
