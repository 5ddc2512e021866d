"""Sphinx extension: links may lead to the anchors that a page writes itself, ``<a id="..."></a>``.

MyST checks ``[text](page.md#anchor)`` against headings only, and warns of every other anchor. An
entry of a glossary or of a list of references is no heading, but it is a place to link to; written
as HTML it is one on GitHub and in Jupyter, too. A link to an anchor that is not there is reported
as before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ANCHOR = re.compile(r'<a id="([\w-]+)">')


def tell(app: Sphinx, doctree: nodes.document) -> None:
    """Add the anchors of a page that has been read to those of its headings."""
    known = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for node in doctree.findall(nodes.raw):
        for name in ANCHOR.findall(node.astext()):
            known[name] = (node.line, name, name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("doctree-read", tell)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
