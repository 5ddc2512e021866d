"""The look of the book's figures: colours, sizes and common settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib import font_manager
from matplotlib.axes import Axes

# Okabe and Ito (2008): distinct for colour-blind readers. Each has one meaning in all of the book.
WORLD = "#0072B2"  # blue: the world's distribution p, such as the true dial
RECORD = "#6B6B6B"  # grey: what was seen, the record's distribution p-hat, such as the five balls
MODEL = "#E69F00"  # orange: the model's distribution q, a dial that we choose
LOSS = "#000000"  # black: a loss
GRADIENT = "#009E73"  # green: a gradient
DANGER = "#D55E00"  # vermillion: infinity, underflow, what goes wrong
SECOND = "#CC79A7"  # purple: a second thing to compare
MUTED = "#6B6B6B"  # grey: guides and notes

#: Orange is too light to read as text on white (2.2 : 1); words about the model use this (5.6 : 1).
MODEL_TEXT = "#8A5F00"

#: The names above; the book's pages have a second value for each, for their dark theme.
MEANINGS = ("WORLD", "RECORD", "MODEL", "MODEL_TEXT", "GRADIENT", "DANGER", "SECOND")

#: A ball is white or black in every theme, unlike paper and ink. Nobody sees the difference from
#: #FFFFFF and #000000, but the pages can tell.
WHITE_BALL, BLACK_BALL = BALLS = ("#fefefe", "#010101")

FONTS = Path(__file__).with_name("fonts")

RC: dict[Any, Any] = {
    "figure.figsize": (7.2, 3.8),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    # The book's own, in fonts/, then matplotlib's for a sign that it lacks: both are the same on
    # every machine.
    "font.family": ["Course Sans", "DejaVu Sans"],
    "font.size": 13,
    "mathtext.fontset": "custom",
    "mathtext.rm": "Course Sans",
    "mathtext.it": "Course Sans:italic",
    "mathtext.bf": "Course Sans:bold",
    # Named, for matplotlib would look for a typeface called "cursive", and say that there is none.
    **{f"mathtext.{style}": "Course Sans" for style in ("cal", "sf", "tt", "bfit")},
    "mathtext.fallback": "stixsans",
    "axes.titlesize": 14,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=[WORLD, MODEL, GRADIENT, DANGER, SECOND, "#56B4E9", LOSS]),
    "lines.linewidth": 2.0,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "why-cross-entropy",  # otherwise every saved SVG has new random ids
}


def use_house_style() -> None:
    """Give this session's figures the look of the book.

    Sets matplotlib's defaults and, inside Jupyter, the format of inline figures: SVG without a
    date, so that running a chapter again gives the same bytes.
    """
    for font in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(font)
    mpl.rcParams.update(RC)
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        # bbox_inches: constrained layout already fits everything; "tight" would draw a second time.
        set_matplotlib_formats("svg", metadata={"Date": None}, bbox_inches=None)


def halo(ax: Axes, x: float, y: float, text: str, **kwargs: Any) -> None:
    """Write ``text`` at ``(x, y)`` on a white background, so that it is legible over lines."""
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}
    ax.annotate(text, (x, y), bbox=box, **kwargs)
