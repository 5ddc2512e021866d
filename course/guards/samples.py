"""Small notebooks for the tests of the guards, written to a temporary folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.guards.notebooks import normal_form

ALT = "The likelihood of theta for five balls: it rises from 0 to its top at 0.6 and falls again."


def printed(text: str, name: str = "stdout") -> Any:
    """Return the output of print."""
    return new_output("stream", name=name, text=text)


def shown(**data: str) -> Any:
    """Return a displayed value: ``shown(plain="3/5")`` or ``shown(svg="<svg/>")``."""
    kinds = {"plain": "text/plain", "latex": "text/latex", "html": "text/html"}
    kinds |= {"svg": "image/svg+xml", "png": "image/png"}
    return new_output("display_data", {kinds[kind]: text for kind, text in data.items()})


def code(source: str, *outputs: Any, count: int | None = None, **metadata: Any) -> Any:
    """Return an executed code cell; ``count`` None is filled in by ``save``."""
    return new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)


def figure(alt: str = ALT, svg: str = "<svg></svg>", source: str = "draw()") -> Any:
    """Return a code cell with one picture and its alt text."""
    return code(source, shown(svg=svg), mystnb={"image": {"alt": alt}})


def text(source: str) -> Any:
    """Return a Markdown cell."""
    return new_markdown_cell(source)


def save(folder: Path, *cells: Any, name: str = "sample.ipynb", number: bool = True) -> Path:
    """Write a notebook in normal form. Return its path.

    Cell ids are given in order; execution counts too, unless ``number`` is false.
    """
    count = 0
    for position, cell in enumerate(cells, start=1):
        cell["id"] = f"cell-{position:02d}"
        if cell.cell_type == "code" and number:
            count += 1
            cell["execution_count"] = count
    path = folder / name
    path.write_bytes(normal_form(new_notebook(cells=list(cells))))
    return path
