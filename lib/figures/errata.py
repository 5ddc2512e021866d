"""Figures of the errata: printed numbers beside what their own data give."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lib.figures.style import DANGER, LOSS, MODEL, MODEL_TEXT, MUTED, RECORD
from lib.information import cross_entropy, entropy


def printed_intervals(
    intervals: Mapping[int, tuple[float, float]], printed: float, half: float
) -> tuple[Figure, Axes]:
    """Draw the possible loss of each class, given rounded logits, beside a printed loss.

    Parameters
    ----------
    intervals : mapping of class to (lowest, highest)
        Losses consistent with the printed logits, in nats.
    printed : float
        The loss as printed.
    half : float
        Half a unit of the last printed decimal.
    """
    fig, ax = plt.subplots(figsize=(6.4, 2.6))
    ax.axvspan(printed - half, printed + half, color=DANGER, alpha=0.25, lw=0)
    ax.text(printed, 1.62, f"printed:\n{printed:.4f} ± {half:.5f}", color=DANGER, ha="center")
    for k, (low, high) in intervals.items():
        ax.plot([low, high], [1, 1], color=LOSS, lw=7, solid_capstyle="butt")
        note = f"class {k} allows\n{low:.5f} to {high:.5f}"
        ax.text((low + high) / 2, 1.28, note, ha="center")
    low = min(low for low, _ in intervals.values())
    gap = (printed + half + low) / 2
    ax.annotate(
        "",
        (printed + half, 0.72),
        (low, 0.72),
        arrowprops={"arrowstyle": "<->", "color": DANGER, "shrinkA": 0, "shrinkB": 0},
    )
    ax.text(gap, 0.36, "no overlap", color=DANGER, ha="center")
    ax.set(ylim=(0.2, 2.5), yticks=[], xlabel="loss (nats)")
    ax.locator_params(axis="x", nbins=5)
    ax.spines["left"].set_visible(False)
    ax.ticklabel_format(useOffset=False)
    return fig, ax


def label_and_model(p: ArrayLike, q: ArrayLike) -> tuple[Figure, tuple[Axes, Axes]]:
    """Draw a one-hot label above a model's distribution, marking the one height that counts.

    Parameters
    ----------
    p : array_like, shape (K,)
        The label, 1 at the true class and 0 elsewhere.
    q : array_like, shape (K,)
        The model's probabilities.
    """
    label, model = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    y = int(label.argmax())
    classes = np.arange(len(label))
    fig, (above, below) = plt.subplots(2, 1, figsize=(6.4, 4.4), sharex=True)
    above.bar(classes, label, color=RECORD, width=0.65)
    below.bar(classes, model, color=MODEL, width=0.65, alpha=0.4)
    below.bar(y, model[y], color=MODEL, width=0.65)
    for ax, values, colour in ((above, label, RECORD), (below, model, MODEL_TEXT)):
        for k, value in enumerate(values):
            ax.text(k, value + 0.03, f"{value:g}", ha="center", color=colour)
        ax.set(xticks=classes, ylim=(0, 1.2), yticks=[0, 0.5, 1], ylabel="probability")
    loss = cross_entropy(label, model)
    settings = {"size": 11, "weight": "normal"}
    above.set_title(f"label: entropy {entropy(label):g} nats", color=RECORD, **settings)
    below.set_title(
        f"model: cross-entropy −log {model[y]:g} = {loss:.4f} nats", color=MODEL_TEXT, **settings
    )
    below.set_xlabel("class")
    below.text(y + 0.38, 0.8, "only this bar is read", color=MUTED, va="center")
    return fig, (above, below)
