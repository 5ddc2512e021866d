"""From the Markdown of a quiz to the HTML that a platform shows.

Formulas stay LaTeX, between the marks that the platform knows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

# A link into the book's own folder; it leads nowhere on a platform.
INTO_THE_BOOK = re.compile(r"\[([^\[\]\n]+)\]\((?!https?://)[^()\n]*\)")


def to_html(markdown: str, formula: Callable[[str], str]) -> str:
    r"""Return Markdown as HTML.

    Parameters
    ----------
    markdown : str
        A paragraph or more. Links to pages of the book become their text.
    formula : Callable
        Makes HTML of the LaTeX of an inline formula.

    Raises
    ------
    ValueError
        If there is a displayed formula, for which quizzes have no place.

    Examples
    --------
    >>> to_html("It is $a<b$ or *not*.", lambda latex: f"[{escaped(latex)}]")
    '<p>It is [a&lt;b] or <em>not</em>.</p>'
    """

    def inline(renderer: Any, tokens: Any, index: int, *_: Any) -> str:
        return formula(tokens[index].content)

    def displayed(renderer: Any, tokens: Any, index: int, *_: Any) -> str:
        raise ValueError(f"write $...$ for a formula, not $${tokens[index].content.strip()}$$")

    parser = MarkdownIt("commonmark").use(dollarmath_plugin, allow_labels=False)
    parser.add_render_rule("math_inline", inline)
    parser.add_render_rule("math_block", displayed)
    return str(parser.render(INTO_THE_BOOK.sub(r"\1", markdown))).strip()


def escaped(text: str) -> str:
    """Return a text as HTML shows it, also inside an attribute."""
    return html.escape(text, quote=True)
