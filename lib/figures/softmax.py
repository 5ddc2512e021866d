"""Figures of chapter 4: from scores to probabilities to loss, and back along the gradient."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.special import expit, logit, logsumexp, softmax

from lib.bernoulli import counts
from lib.figures.style import (
    DANGER,
    GRADIENT,
    LOSS,
    MODEL,
    MODEL_TEXT,
    MUTED,
    halo,
)
from lib.losses import double_softmax_bounds, nll_from_logits

Path = Sequence[float] | NDArray[np.float64]
P = ParamSpec("P")
T = TypeVar("T")


def _for_phones(draw: Callable[P, T]) -> Callable[P, T]:
    """Let a figure be drawn with letters that are still read where the page is 375 px wide."""

    @wraps(draw)
    def larger(*args: P.args, **kwargs: P.kwargs) -> T:
        with plt.rc_context({"font.size": 12}):
            return draw(*args, **kwargs)

    return larger


@_for_phones
def three_rows(
    z: NDArray[np.float64], y: int, *, title: str = "From scores to shares"
) -> tuple[Figure, NDArray[np.object_]]:
    """Draw scores, their exponentials and their shares, one bar for each class.

    Parameters
    ----------
    z : ndarray, shape (K,)
        Scores.
    y : int
        The labelled class, named below its bar. The largest share is outlined.
    title : str
        Title of the figure.
    """
    K, first = len(z), int(np.argmax(z))
    q = softmax(z)
    fig, axes = plt.subplots(3, 1, figsize=(6.0, 5.8), sharex=True)
    rows = (("scores z", z), ("$e^z$", np.exp(z)), ("shares q", q))
    for ax, (name, heights) in zip(axes, rows, strict=True):
        bars = ax.bar(range(K), heights, width=0.72, color=MODEL)
        bars[first].set(edgecolor=LOSS, linewidth=2)
        ax.axhline(0, color=LOSS, lw=0.8)
        ax.set_ylabel(name)
        low, high = ax.get_ylim()
        ax.set_ylim(low, high + 0.15 * (high - low))
        ax.spines["bottom"].set_visible(False)
        ax.tick_params(axis="x", length=0)
    end = axes[2].get_ylim()[1]
    axes[2].set_ylim(0, 1.25 * end)
    for k in {y, first}:
        above = 0.12 if k == first != y else 0.02  # the two may stand side by side
        axes[2].text(k, q[k] + above * end, f"{q[k]:.4f}", ha="center", va="bottom")
    axes[2].plot([-0.6, K - 0.45], [1 / K, 1 / K], color=MUTED, ls="--", lw=1.2)
    axes[2].text(K - 0.4, 1 / K, f"1/{K}", color=MUTED, va="center")
    below = {first: "\nfirst", y: "\nlabel"} | ({y: "\nlabel, first"} if y == first else {})
    axes[2].set_xticks(range(K), [f"{k}{below.get(k, '')}" for k in range(K)])
    axes[0].set_xlim(-0.6, K + 0.4)
    fig.align_ylabels(axes)
    fig.suptitle(title, x=0.01, ha="left", weight="bold", size=12)
    return fig, axes


@_for_phones
def sigmoid_curve(settings: Sequence[float]) -> tuple[Figure, Axes]:
    """Draw the sigmoid, and some settings of the dial with their log-odds.

    Parameters
    ----------
    settings : sequence of float
        Probabilities between 0 and 1, both excluded.
    """
    t = np.linspace(-6, 6, 241)
    fig, ax = plt.subplots(figsize=(6.0, 4.0))
    ax.plot(t, expit(t), color=MODEL, lw=2.5)
    for q in settings:
        place = float(logit(q))
        ax.plot([-6, place, place], [q, q, 0], color=MUTED, lw=1, ls=":")
        ax.plot(place, q, "o", color=MODEL_TEXT, ms=7, zorder=5)
        note = f"{q:g} ↔ {place:+.2f}".replace("-", "−")
        if place < -3:  # above the flat end of the curve
            ax.text(place, q + 0.05, note, color=MODEL_TEXT, ha="center")
        elif place < 0:
            ax.text(place - 0.25, q + 0.05, note, color=MODEL_TEXT, ha="right")
        else:
            ax.text(place + 0.25, q - 0.05, note, color=MODEL_TEXT, va="top")
    ax.axhline(1, color="#D0D0D0", lw=1, zorder=0)
    ax.set(xlabel="log-odds t: no ends", ylabel="dial q: from 0 to 1", xlim=(-6, 6))
    ax.set(ylim=(0, 1.02), yticks=[0, 0.25, 0.5, 0.75, 1])
    ax.set_title("The sigmoid turns any score into a probability")
    return fig, ax


@_for_phones
def number_line(
    rows: Sequence[tuple[str, NDArray[np.float64], int]],
) -> tuple[Figure, NDArray[np.object_]]:
    """Draw the loss as a distance on a line, from the true score to log-sum-exp.

    Parameters
    ----------
    rows : sequence of (name, scores of shape (K,), labelled class)
        One panel each, with a scale for itself.
    """
    fig, axes = plt.subplots(len(rows), 1, figsize=(6.0, 0.8 + 1.6 * len(rows)), squeeze=False)
    for ax, (name, z, y) in zip(axes[:, 0], rows, strict=True):
        smooth = float(logsumexp(z))
        width = smooth - float(z.min())
        low, high = float(z.min()) - 0.12 * width, smooth + 0.3 * width
        ax.plot([low, high], [0, 0], color=MUTED, lw=1)
        ax.plot(z, np.zeros(len(z)), "|", color=MODEL_TEXT, ms=14, mew=1.5)
        ax.plot(z[y], 0, "o", color=MODEL, mec=MODEL_TEXT, ms=10, zorder=5)
        ax.plot(smooth, 0, "D", color=LOSS, ms=7, zorder=6)
        if smooth - z[y] > 0.1 * width:
            arrow = {"arrowstyle": "<->", "color": LOSS, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", (smooth, 0.5), (z[y], 0.5), arrowprops=arrow)
        ax.text((z[y] + smooth) / 2, 0.7, f"loss {smooth - z[y]:.4f} nats", ha="center")
        apart = 0.012 * width
        ha, shift = ("right", -apart) if z[y] - low > 0.4 * (high - low) else ("left", -5 * apart)
        ax.text(z[y] + shift, -0.5, f"true score {z[y]:.4f}", color=MODEL_TEXT, ha=ha, va="top")
        ax.text(smooth + apart, -0.5, f"lse {smooth:.4f}", ha="left", va="top")
        ax.set(ylim=(-1.3, 1.5), yticks=[], xlim=(low, high))
        ax.set_title(name, weight="normal", size=11, pad=2)
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.tick_params(axis="x", colors=MUTED)
    fig.suptitle("How far the true score lies behind", x=0.01, ha="left", weight="bold", size=12)
    return fig, axes


@_for_phones
def tug_two_scales(seq: str, settings: Sequence[float]) -> tuple[Figure, NDArray[np.object_]]:
    """Draw how hard each ball pulls, head to tail, and the net pull, on two scales.

    On the dial a black ball pulls up with ``1 / q`` and a white one down with ``1 / (1 - q)``; on
    the log-odds they pull with ``1 - q`` and ``q``. An arrow that leaves the frame is cut.

    Parameters
    ----------
    seq : str
        Balls, such as ``"wbwbb"``.
    settings : sequence of float
        Settings of the dial, strictly between 0 and 1: a row for each.
    """
    white, black = (int(n) for n in counts(seq))
    scales = (
        ("On the dial: 1/q and 1/(1 − q)", 21.0, lambda q: 1 / q, lambda q: 1 / (1 - q)),
        ("On the log-odds: 1 − q and q", 3.15, lambda q: 1 - q, lambda q: q),
    )
    fig, axes = plt.subplots(2, 1, figsize=(6.0, 6.6))
    for ax, (name, end, up, down) in zip(axes, scales, strict=True):
        for row, q in enumerate(reversed(settings)):
            for many, pull, face in ((black, up(q), "black"), (white, -down(q), "white")):
                for i in range(many):
                    _pull(ax, i * pull, (i + 1) * pull, row + 0.17, end, MUTED, 1.3)
                    middle = (i + 0.5) * pull
                    if abs(middle) < end:
                        ax.plot(middle, row + 0.17, "o", ms=6.5, mfc=face, mec="black", zorder=5)
            net = black * up(q) - white * down(q)
            colour = DANGER if abs(net) > end else GRADIENT
            if abs(net) > 1e-9:
                _pull(ax, 0, net, row - 0.2, end, colour, 3)
            else:
                ax.plot(0, row - 0.2, "o", color=GRADIENT, ms=8, zorder=5)
            side = -1 if net > -1e-9 else 1
            words = f"net {net:+.2f}".replace("-", "−").replace("+0.00", "0")
            halign = "left" if side < 0 else "right"
            style: dict[str, Any] = {"color": colour, "va": "center", "weight": "bold"}
            ax.text(0.98 * side * end, row - 0.2, words, ha=halign, **style)
        ax.axvline(0, color=LOSS, lw=1)
        ax.set(xlim=(-end, end), ylim=(-0.6, len(settings) - 0.4))
        ax.set_yticks(range(len(settings)), [f"q = {q:g}" for q in reversed(settings)])
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
        ax.set_title(name, weight="normal", size=11, pad=4)
    fig.suptitle("The same balls pull on two scales", x=0.01, ha="left", weight="bold", size=12)
    return fig, axes


def _pull(
    ax: Axes, start: float, stop: float, y: float, end: float, colour: str, width: float
) -> None:
    """Draw an arrow at height ``y``, cut where the frame from ``-end`` to ``end`` ends."""
    low, high = np.clip((start, stop), -end, end)
    if low == high:
        return
    head = {"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": 0, "shrinkB": 0}
    if abs(stop) > end:
        head["arrowstyle"] = "-"
    ax.annotate("", (high, y), (low, y), arrowprops=head)


@_for_phones
def plateau(cross_entropy: Path, squared: Path) -> tuple[Figure, tuple[Axes, Axes]]:
    """Draw where the gradient of squared error behind a sigmoid vanishes, and what it costs.

    Parameters
    ----------
    cross_entropy, squared : sequence of float
        The score at the start and after each step of gradient descent, until it is above 0.
    """
    t = np.linspace(-10, 10, 401)
    wrong = expit(-t)
    fig, (top, bottom) = plt.subplots(2, 1, figsize=(6.0, 6.2))
    top.axvspan(-10, -5, color=DANGER, alpha=0.12, lw=0)
    top.plot(t, wrong, color=LOSS)
    top.plot(t, 2 * expit(t) * wrong**2, color=DANGER)
    top.text(-9.6, 0.95, "cross-entropy", color=LOSS, va="top")
    peak = -math.log(2)
    top.annotate(
        f"squared error:\nat most {8 / 27:.3f}",
        (peak, 8 / 27),
        (2.6, 0.42),
        color=DANGER,
        arrowprops={"arrowstyle": "->", "color": DANGER},
    )
    top.text(-7.5, 0.16, "hardly\nany push", color=DANGER, ha="center")
    top.set(xlabel="score t:  wrong  ←  0  →  right", ylabel="push on t", xlim=(-10, 10))
    top.set(ylim=(0, 1.08))
    for path, colour in ((cross_entropy, LOSS), (squared, DANGER)):
        steps = np.arange(1, len(path))
        bottom.plot(steps, path[1:], color=colour)
        bottom.plot(steps[-1], path[-1], "o", color=colour, ms=7, clip_on=False)
    n, many = len(cross_entropy) - 1, len(squared) - 1
    bottom.axhline(0, color=MUTED, lw=1, ls=":")
    bottom.text(n, 1.2, f"cross-entropy\n{n} steps", color=LOSS, ha="center")
    bottom.text(
        many, 1.2, f"squared error\n{many:,} steps".replace(",", " "), color=DANGER, ha="center"
    )
    bottom.set(xscale="log", xlim=(1, 40_000), ylim=(-10.6, 4.5), yticks=[-10, -5, 0])
    bottom.set_xticks([1, 10, 100, 1000, 10_000], ["1", "10", "100", "1000", "10 000"])
    bottom.set(xlabel="step of gradient descent", ylabel="score t")
    fig.suptitle("Sure and wrong", x=0.01, ha="left", weight="bold", size=12)
    return fig, (top, bottom)


@_for_phones
def floor_line(K: int) -> tuple[Figure, Axes]:
    """Draw the loss against the margin with softmax applied once and twice."""
    margins = np.linspace(-10, 10, 201)
    z = np.zeros((len(margins), K))
    z[:, 0] = np.maximum(margins, 0)
    z[:, 1] = np.maximum(-margins, 0)  # with a negative margin, one wrong class leads
    truth = np.zeros(len(margins), dtype=np.int64)
    once = nll_from_logits(z, truth, reduction="none")
    twice = nll_from_logits(softmax(z, axis=1), truth, reduction="none")
    low, high = double_softmax_bounds(K)
    fig, ax = plt.subplots(figsize=(6.0, 4.2))
    ax.axhspan(0, low, color=DANGER, alpha=0.12, lw=0)
    ax.axhline(low, color=DANGER, lw=1.2, ls="--")
    ax.axhline(high, color=DANGER, lw=1.2, ls="--")
    ax.plot(margins, once, color=LOSS)
    ax.plot(margins, twice, color=DANGER, lw=2.5)
    halo(ax, -9.7, low, f"floor {low:.4f} nats", color=DANGER, va="center")
    halo(ax, 9.7, high, f"ceiling {high:.4f} nats", color=DANGER, va="center", ha="right")
    ax.text(-9.7, low / 2, "out of reach for softmax twice", color=DANGER, va="center")
    ax.text(-5.2, 6.3, "softmax once", color=LOSS)
    ax.text(-9.7, high + 0.25, "softmax twice", color=DANGER)
    ax.set(xlabel="margin of the true class", ylabel="loss (nats)", xlim=(-10, 10), ylim=(0, 10))
    ax.set_title("One softmax, and two")
    return fig, ax
