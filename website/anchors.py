"""Sphinx extension: links may lead to the anchors that a page writes itself, ``<a id="..."></a>``.

MyST checks ``[text](page.md#anchor)`` against headings only, and warns of every other anchor. An
entry of a glossary or of a list of references is not a heading, but it is a place to link to;
written as HTML it works on GitHub and in Jupyter as well. A link to a missing anchor is still
reported.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ANCHOR = re.compile(r'<a id="([\w-]+)">')


def register_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """Add the anchors of a page that has been read to those of its headings."""
    known = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for node in doctree.findall(nodes.raw):
        for name in ANCHOR.findall(node.astext()):
            known[name] = (node.line, name, name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("doctree-read", register_anchors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
