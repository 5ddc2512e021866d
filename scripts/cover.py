"""Draw the picture of the first page into ``chapters/images/cover.svg``."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

from lib.figures import use_house_style
from lib.figures.cover import cover

TARGET = Path(__file__).resolve().parent.parent / "chapters" / "images" / "cover.svg"


def svg() -> bytes:
    """Return the picture: the same bytes on every run."""
    use_house_style()
    fig, _ = cover("wbwbb", 0.5)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(svg())
