"""Sphinx extension: what a cell printed on one line stays on one line.

``print("factor:", x)`` writes four pieces, and the kernel sends what it has a few times a second,
so that a piece may come as an output of its own. With ``nb_merge_streams``, myst-nb joins the
pieces with a line break after each (an upstream bug). Here neighbouring pieces are joined as they
are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from myst_nb.core import render, utils

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from sphinx.application import Sphinx


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    r"""Return outputs of which no two neighbours are parts of one stream.

    >>> from nbformat.v4 import new_output
    >>> parts = [new_output("stream", text=text) for text in ("a:", " 1", "\n")]
    >>> [output.text for output in joined(parts)]
    ['a: 1\n']
    """
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        stream = last is not None and output.output_type == last.output_type == "stream"
        if stream and last is not None and output.name == last.name:
            merged[-1] = type(last)(last, text=last.text + output.text)
        else:
            merged.append(output)
    return merged


def coalesced(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Merge the streams as myst-nb does, without its line ends."""
    done: list[NotebookNode] = utils.coalesce_streams(joined(outputs))
    return done


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    if render.coalesce_streams not in (utils.coalesce_streams, coalesced):
        raise RuntimeError("myst-nb merges streams in another way: does it still break lines?")
    render.coalesce_streams = coalesced
    return {"parallel_read_safe": True, "parallel_write_safe": True}
