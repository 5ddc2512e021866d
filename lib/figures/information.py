"""Figures of chapter 3: what short answers use up, and one curve with two names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from lib.bernoulli import counts, log_likelihood, parse
from lib.figures.likelihood import draw_balls
from lib.figures.style import DANGER, LOSS, MODEL, MODEL_TEXT, MUTED, RECORD, WORLD
from lib.information import cross_entropy, entropy

_BAR = 0.5  # height of a strip, where the next strip is 1 below


def _strip(ax: Axes, y: float, lengths: NDArray[np.float64], names: str, color: str) -> float:
    """Draw pieces of these lengths side by side at height `y`; return where the last one ends.

    What sticks out beyond 1 is drawn in the colour of danger.
    """
    left = 0.0
    for length, name in zip(lengths, names, strict=True):
        shade = color if left + length <= 1 + 1e-12 else DANGER
        for look in ({"fc": shade, "alpha": 0.25, "lw": 0}, {"fill": False, "ec": shade}):
            # Unclipped, because the end of the axis would cut the last edge in half.
            style: dict[str, Any] = {"lw": 1.5, "clip_on": False, **look}
            ax.add_patch(Rectangle((left, y), float(length), _BAR, **style))
        ax.text(left + length / 2, y + _BAR / 2 - 0.02, name, ha="center", va="center", size=14)
        left += float(length)
    return left


def strips(cards: Sequence[int], trees: Sequence[Sequence[int]], names: str) -> tuple[Figure, Axes]:
    """Draw a deck as a strip of length 1, and below it the strip of answers that each tree uses.

    Parameters
    ----------
    cards : sequence of int
        How many cards of each suit the deck has.
    trees : sequence of sequences of int
        For each tree, how many questions it takes for each suit: n of them use up 1/2^n.
    names : str
        One letter for each suit.
    """
    deck = np.asarray(cards, dtype=np.float64) / sum(cards)
    fig, ax = plt.subplots(figsize=(5.2, 0.8 + 0.75 * (1 + len(trees))))
    _strip(ax, 0, deck, names, WORLD)
    numbers = ", ".join(map(str, cards))
    ax.text(0, _BAR + 0.06, f"the deck: {numbers} cards", color=WORLD, va="bottom")
    for row, questions in enumerate(trees, start=1):
        lengths = 0.5 ** np.asarray(questions, dtype=np.float64)
        end = _strip(ax, -row, lengths, names, MODEL)
        fits = "cut like the deck" if np.array_equal(lengths, deck) else "fits"
        numbers = ", ".join(map(str, questions))
        ax.text(
            0,
            -row + _BAR + 0.06,
            f"{numbers} questions: " + (fits if end <= 1 else f"would need {end:g}"),
            color=MODEL_TEXT if end <= 1 else DANGER,
            va="bottom",
        )
    ax.axvline(1, color=LOSS, lw=1.2)
    ax.set(xlim=(0, 1.14), ylim=(-len(trees) - 0.12, 0.92), yticks=[])
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "1/4", "1/2", "3/4", "1"])
    ax.set_xlabel("share of the cards, and of all yes/no answers")
    ax.spines["left"].set_visible(False)
    return fig, ax


def same_curve(seq: str, beliefs: tuple[float, float]) -> tuple[Figure, Axes]:
    """Draw the mean NLL of the balls, which is their cross-entropy, over its floor.

    Parameters
    ----------
    seq : str
        Balls as :func:`lib.bernoulli.parse` reads them.
    beliefs : tuple of two floats
        Believed probabilities of black to be marked: one below their share in the record, whose
        avoidable part is named, and one above it.
    """
    n = len(parse(seq))
    p_hat = counts(seq) / n
    best, floor = float(p_hat[1]), float(entropy(p_hat))
    q = np.linspace(0.002, 0.998, 499)
    J = -log_likelihood(seq, q) / n
    fig, ax = plt.subplots(figsize=(5.2, 4.2))
    ax.fill_between(q, floor, J, color=MODEL, alpha=0.18, lw=0)
    ax.fill_between([0, 1], 0, floor, color=RECORD, alpha=0.15, lw=0)
    ax.plot(q, J, color=LOSS, lw=2.4)
    ax.axhline(floor, color=RECORD, lw=1.5)
    low, high = (float(cross_entropy(p_hat, [1 - b, b])) for b in beliefs)
    notes = [
        (best, floor, f"best: {floor:.4f}", (0.66, 0.33)),
        (
            beliefs[0],
            low,
            f"believes {beliefs[0]:g}: {low:.4f},\n{low - floor:.4f} more",
            (0.2, 1.13),
        ),
        (beliefs[1], high, f"believes {beliefs[1]:g}:\n{high:.4f}", (0.63, 1.18)),
    ]
    for x, height, note, where in notes:
        line = {"arrowstyle": "-", "color": MUTED}
        ax.plot(x, height, "o", color=MODEL, mec=LOSS, ms=9, zorder=5)
        ax.annotate(note, (x, height), where, color=MODEL_TEXT, arrowprops=line)
    ax.text(0.02, 0.05, "floor of the record: its entropy", color=RECORD)
    for x, side in ((0.095, "left"), (0.955, "right")):
        ax.text(x, 1.58, "↑ ∞", color=DANGER, weight="bold", size=13, ha=side)
    draw_balls(ax, seq, x=0.34, y=0.93, step=0.08, size=15)
    ax.set(xlim=(0, 1), ylim=(0, 1.75), xlabel="q, believed probability of black")
    ax.set(ylabel="nats per ball", yticks=[0, 0.5, 1, 1.5], xticks=np.linspace(0, 1, 6))
    return fig, ax
