"""Draw the two pictures of the first page, and the one that is shown with a shared address.

They go into ``chapters/images/cover.svg``, ``chapters/images/seven.png`` and
``website/static/social.png``.
"""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib.image import imsave

from lib.figures import use_house_style
from lib.figures.cover import cover
from lib.mnist import load

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "chapters" / "images" / "cover.svg"
SEVEN = ROOT / "chapters" / "images" / "seven.png"
SOCIAL = ROOT / "website" / "static" / "social.png"


def svg() -> bytes:
    """Return the picture: the same bytes on every run."""
    use_house_style()
    fig, _ = cover("wbwbb", 0.5)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def social() -> bytes:
    """Return the picture with the book's name above it: 1200 by 630, as social networks crop it."""
    use_house_style()
    fig, ax = cover("wbwbb", 0.5)
    fig.set_layout_engine("none")
    fig.set_size_inches(8.4, 4.41)
    fig.text(0.5, 0.93, "Why Cross-Entropy?", size=24, weight="bold", ha="center", va="center")
    ax.set_position((0.09, 0.16, 0.87, 0.67))
    buffer = io.BytesIO()
    with mpl.rc_context({"savefig.bbox": "standard"}):
        fig.savefig(buffer, format="png", dpi=1200 / 8.4)
    return buffer.getvalue()


def seven(scale: int = 4) -> bytes:
    """Return the first 7 of the test set, black on white, each of its pixels as a square."""
    split = load()
    image = split.X_test[split.y_test == 7][0]
    buffer = io.BytesIO()
    large = np.kron(255 - image, np.ones((scale, scale), dtype=np.uint8))
    # None leaves the entry out, which the annotation does not know.
    nobody: dict[str, str] = {"Software": None}  # type: ignore[dict-item]
    imsave(buffer, large, format="png", cmap="gray", vmin=0, vmax=255, metadata=nobody)
    return buffer.getvalue()


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(svg())
    SEVEN.write_bytes(seven())
    SOCIAL.write_bytes(social())
