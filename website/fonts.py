"""The book's typeface, beside its style sheet."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = "vendor/fonts"  # where book.css looks, below _static


def copy_fonts(app: Sphinx, exception: Exception | None) -> None:
    """Copy the fonts and their licence to where the style sheet looks for them."""
    if exception is None and app.builder.format == "html":
        source = Path(__file__).resolve().parent / FOLDER
        shutil.copytree(source, Path(app.outdir) / "_static" / FOLDER, dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", copy_fonts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
