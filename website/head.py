"""Sphinx extension: the policy, the description and the social card in each page's head.

It also writes the page at the top, ``index.html``, which leads on to the book's first page.
(sphinxext-opengraph would cut descriptions within a sentence, leave the book's name out of titles,
and show no picture before the book's address is decided.)
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from docutils import nodes

from course.links import book
from lib.information import entropy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

# Only this site, its own inline scripts and styles, and data that a page itself contains.
# (default-src is not 'none': Firefox prefetches the next page, and would be refused.)
# Nothing is loaded from another host even if its address slips into a page; links still lead out.
POLICY = (
    "default-src 'self'; object-src 'none'; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; "
    "frame-src 'self' data: blob:; media-src 'self' data: blob:; base-uri 'self'"
)
PICTURE = (
    "The cross-entropy of five balls for every belief about black: a valley whose lowest point is "
    f"the entropy, {entropy([3 / 5, 2 / 5]):.4f} nats."
)


def first_words(doctree: nodes.document, limit: int = 200) -> str:
    """Return the beginning of a page's first paragraph without formulas, in whole sentences."""
    for paragraph in doctree.findall(nodes.paragraph):
        if any(paragraph.findall(nodes.math)):
            continue
        text = " ".join(paragraph.astext().split())
        if isinstance(paragraph.parent, (nodes.section, nodes.document)) and len(text) > 40:
            if len(text) <= limit:
                return text
            end = text.rfind(". ", 60, limit)
            return text[: end + 1] if end > 0 else text[: text.rfind(" ", 0, limit - 1)] + "…"
    return ""


def metatags(title: str, description: str, picture: str, address: str) -> str:
    """Return the policy and what is shown where somebody shares a page's address."""
    card = {
        "og:type": "article",
        "og:title": title,
        "og:description": description,
        "og:image": picture,
        "og:image:alt": PICTURE,
        **({"og:url": address} if address else {}),
    }
    return "\n    ".join(
        [
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />',
            f'<meta name="description" content="{html.escape(description)}" />',
            *(f'<meta property="{k}" content="{html.escape(v)}" />' for k, v in card.items()),
            '<meta name="twitter:card" content="summary_large_image" />',
        ]
    )


def add_metatags(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page its policy, its description and its card."""
    if template == "front.html":
        name, doctree = app.config.root_doc, app.env.get_doctree(app.config.root_doc)
    title = re.sub(r"<[^>]*>", "", html.unescape(context.get("title") or ""))
    site = str(app.config.html_title)
    described = first_words(doctree) if doctree else ""
    address = book(str(app.config.html_theme_options.get("repository_url") or ""))
    context["metatags"] = metatags(
        title if site in title else f"{title} · {site}",
        described or f"{title}. A page of the course book {site}",
        f"{address}_static/social.png" if address else context["pathto"]("_static/social.png", 1),
        f"{address}{name}.html" if address else "",
    ) + context.get("metatags", "")


def front_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Add the page at the top."""
    yield "index", {"title": app.config.html_title}, "front.html"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", add_metatags, priority=900)
    app.connect("html-collect-pages", front_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
