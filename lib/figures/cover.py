"""The picture on the first page: the course in one curve."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lib.bernoulli import counts, sequence_probability
from lib.figures.likelihood import draw_balls
from lib.figures.style import DANGER, LOSS, MODEL_TEXT, MUTED, RECORD
from lib.information import cross_entropy, entropy


def cover(seq: str, belief: float) -> tuple[Figure, Axes]:
    """Draw the cross-entropy of the balls for every belief, its floor, and the gap of one belief.

    Parameters
    ----------
    seq : str
        Balls as :func:`lib.bernoulli.parse` reads them.
    belief : float
        The believed probability of black whose avoidable part is shown.
    """
    n = counts(seq).sum()
    p = counts(seq) / n
    q = np.linspace(0.002, 0.998, 499)
    loss = cross_entropy(p, np.column_stack([1 - q, q]))
    floor, here = entropy(p), cross_entropy(p, [1 - belief, belief])
    likelihood = sequence_probability(seq, float(p[1]))
    fig, ax = plt.subplots(figsize=(6.4, 4.4))
    ax.fill_between(q, floor, loss, where=loss >= floor, color=MODEL_TEXT, alpha=0.13, lw=0)
    ax.fill_between([0, 1], 0, floor, color=RECORD, alpha=0.13, lw=0)
    ax.plot(q, loss, color=LOSS)
    ax.axhline(floor, color=RECORD, lw=1.5)
    ax.plot(p[1], floor, "o", color=RECORD, ms=8, zorder=5)
    ax.plot(belief, here, "o", color=MODEL_TEXT, ms=7, zorder=5)
    ax.text(
        0.99,
        floor / 2,
        f"entropy {floor:.4f} nats: no dial\ndoes better on these five balls",
        color=RECORD,
        ha="right",
        va="center",
    )
    arrow = {"arrowstyle": "->", "color": MUTED}
    ax.annotate(
        f"a fair-coin believer pays {here:.4f} nats,\nof which {here - floor:.4f} could be saved",
        (belief, here),
        (0.235, 1.12),
        color=MODEL_TEXT,
        arrowprops=arrow,
    )
    ax.annotate(
        f"the best belief, q = {p[1]:g}:\n−log {likelihood:.5f} / {n} = {floor:.4f} nats",
        (p[1], floor),
        (0.03, 0.22),
        color=RECORD,
        arrowprops=arrow,
    )
    for x, align in ((0.085, "left"), (0.965, "right")):
        ax.text(x, 1.6, "↑ ∞", color=DANGER, ha=align, va="center", weight="bold", size=13)
    ax.set(xlabel="believed probability of black, q", ylabel="cross-entropy, nats per ball")
    ax.set(xlim=(0, 1), ylim=(0, 1.75), xticks=np.linspace(0, 1, 6), yticks=[0, 0.5, 1, 1.5])
    draw_balls(ax, seq, x=0.3, y=0.9, step=0.085, size=20)
    return fig, ax
