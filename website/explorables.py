"""Sphinx extension: the directive ``explorable``, for a page that is not a notebook.

It shows the same as the call ``explorable("dial", theta=0.5)`` in a cell::

    ```{explorable} dial
    :theta: 0.5
    ```
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from lib.explorables import STATE, explorable

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def parse_option(text: str) -> Any:
    """Return an option as a number, a truth value or a list where it is one, else as text."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


class ExplorableDirective(SphinxDirective):
    """The directive ``explorable``."""

    required_arguments = 1
    option_spec = {key: parse_option for state in STATE.values() for key in state}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the explorable as HTML; other formats leave it out."""
        try:
            shown = explorable(self.arguments[0], **self.options)
        except ValueError as error:
            raise self.error(str(error)) from error
        return [nodes.raw("", shown.html, format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("explorable", ExplorableDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
