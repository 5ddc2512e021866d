"""Figures of chapter 4: from scores to probabilities to loss, and back along the gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.special import expit, logsumexp, softmax

from lib.figures.style import (
    DANGER,
    GRADIENT,
    LOSS,
    MODEL,
    MODEL_TEXT,
    MUTED,
    SECOND,
    TRUTH,
    halo,
)
from lib.losses import double_softmax_bounds, nll_from_logits

Path = Sequence[float] | NDArray[np.float64]


def sigmoid_curve(logit: float) -> tuple[Figure, Axes]:
    """Draw the sigmoid: its centre, the slope there, its symmetry, its tails, and one logit."""
    t = np.linspace(-6, 6, 241)
    fig, ax = plt.subplots(figsize=(7.2, 4.0))
    left = t[t <= -1.2]
    ax.plot(left, np.exp(left), color=MUTED, lw=1.2, ls="--")
    ax.plot(-left, 1 - np.exp(left), color=MUTED, lw=1.2, ls="--")
    ax.plot(t, expit(t), color=MODEL, lw=2.5)
    near = np.array([-1.3, 1.3])
    ax.plot(near, 0.5 + near / 4, color=GRADIENT, lw=1.5)
    ax.plot(0, 0.5, "o", color=GRADIENT, ms=7, zorder=5)
    arrow = {"arrowstyle": "->", "color": MUTED, "shrinkB": 4}
    ax.annotate("centre (0, ½),\nslope ¼", (0, 0.5), (-2.9, 0.62), color=GRADIENT, arrowprops=arrow)
    ax.plot(logit, expit(logit), "o", color=TRUTH, ms=8, zorder=5)
    note = f"five balls: log-odds {logit:.4f}\ngive back {expit(logit):.1f}"
    ax.annotate(note, (logit, expit(logit)), (1.6, 0.5), color=TRUTH, va="center", arrowprops=arrow)
    equal: dict[str, Any] = {"color": SECOND, "va": "center", "size": 9.5}
    for place, low, high in ((-2, 0, expit(-2)), (2, expit(2), 1)):
        ax.plot([place, place], [low, high], color=SECOND, lw=4, solid_capstyle="butt")
    ax.text(-1.85, 0.04, "σ(−2)", ha="left", **equal)
    ax.text(1.85, 0.95, "1 − σ(2)", ha="right", **equal)
    ax.text(-5.9, 0.13, "dashed: the tail $e^{-|t|}$", color=MUTED, size=9.5)
    ax.set(xlabel="score t, any real number", ylabel="probability σ(t)", xlim=(-6, 6))
    ax.set(ylim=(0, 1.02), yticks=[0, 0.25, 0.5, 0.75, 1])
    ax.axhline(1, color="#D0D0D0", lw=1, zorder=0)
    ax.set_title("The sigmoid turns any score into a probability")
    return fig, ax


def landing(losses: Path, floor: float, steps: int = 25) -> tuple[Figure, Axes]:
    """Draw the loss of the smallest network, step by step, above the entropy of its data."""
    shown = np.asarray(losses, dtype=np.float64)[: steps + 1]
    fig, ax = plt.subplots(figsize=(7.2, 3.6))
    ax.axhline(floor, color=TRUTH, lw=2, ls="--")
    ax.plot(np.arange(len(shown)), shown, "o-", color=LOSS, ms=5)
    ax.text(0.5, shown[0], f"start: ln 2 = {shown[0]:.6f} nats, a fair coin", va="center")
    gap = shown[0] - floor
    ax.text(
        steps,
        floor - 0.09 * gap,
        f"the entropy of the five balls, {floor:.6f} nats",
        color=TRUTH,
        ha="right",
        va="top",
    )
    where = 0.64 * steps
    ax.annotate(
        "",
        (where, floor),
        (where, shown[0]),
        arrowprops={"arrowstyle": "<->", "color": DANGER, "shrinkA": 0, "shrinkB": 0},
    )
    note = f"{gap:.6f} nats: the KL divergence,\nall that training can gain"
    ax.text(where - 0.4, floor + gap / 2, note, color=DANGER, va="center", ha="right")
    ax.set(xlabel="step of gradient descent", ylabel="loss (nats per ball)")
    ax.set(xlim=(-0.5, steps + 0.5))
    ax.set(ylim=(floor - 0.25 * gap, shown[0] + 0.12 * gap))
    ax.set_title("One weight, five balls: the loss lands on the entropy floor")
    return fig, ax


def three_rows(
    z: NDArray[np.float64],
    y: int,
    *,
    shift: float | None = None,
    title: str = "Scores become positive, then shares of one",
) -> tuple[Figure, NDArray[np.object_]]:
    """Figure 4.1: logits, their exponentials and the probabilities, one bar for each class.

    Parameters
    ----------
    z : ndarray, shape (K,)
        Logits.
    y : int
        The true class, drawn in blue. The predicted class is outlined.
    shift : float, optional
        If given, dashed outlines show the bars with this number added to every logit.
    title : str
        Title of the figure.
    """
    K, predicted = len(z), int(np.argmax(z))
    q = softmax(z)
    fig, axes = plt.subplots(3, 1, figsize=(7.2, 5.6), sharex=True)
    names = ("logits z", "$e^z$", "probabilities q")
    ghosts = [None] * 3 if shift is None else [z + shift, np.exp(z + shift), softmax(z + shift)]
    for ax, name, heights, ghost in zip(axes, names, (z, np.exp(z), q), ghosts, strict=True):
        for k, height in enumerate(heights):
            face = TRUTH if k == y else MODEL
            outline = {"edgecolor": LOSS, "linewidth": 2.2} if k == predicted else {}
            ax.bar(k, height, width=0.72, color=face, **outline)
        if ghost is not None:
            ax.bar(range(K), ghost, width=0.86, fill=False, edgecolor=MUTED, ls=":", lw=1.2)
        ax.axhline(0, color=LOSS, lw=0.8)
        ax.set_ylabel(name)
        low, high = ax.get_ylim()
        ax.set_ylim(low, high + 0.12 * (high - low))
    side: dict[str, Any] = {"x": K - 0.35, "va": "center"}
    if shift is not None:
        middle = sum(axes[0].get_ylim()) / 2
        axes[0].text(y=middle, s=f"dotted: {shift:+g}\non every logit", color=MUTED, **side)
        middle = sum(axes[1].get_ylim()) / 2
        axes[1].text(y=middle, s=f"every bar\n× {np.exp(shift):.3f}", color=MUTED, **side)
    end = axes[2].get_ylim()[1]
    axes[2].plot([-0.6, K - 0.45], [1 / K, 1 / K], color=MUTED, ls="--", lw=1.2)
    axes[2].text(y=1 / K, s=f"1/{K}", color=MUTED, **side)
    loss = nll_from_logits(z, y)
    axes[2].text(y=0.5 * end, s=f"−ln q$_{{{y}}}$ =\n{loss:.4f} nats", color=LOSS, **side)
    if shift is not None:
        axes[2].text(y=0.1 * end, s="dotted: no change", color=MUTED, **side)
    roles = dict.fromkeys(range(K), "") | {predicted: "\npredicted", y: "\ntrue"}
    if y == predicted:
        roles[y] = "\ntrue and\npredicted"
    axes[2].set_xticks(range(K), [f"{k}{roles[k]}" for k in range(K)], size=9.5)
    axes[2].get_xticklabels()[y].set_color(TRUTH)
    axes[0].set_xlim(-0.6, K + 2)
    fig.align_ylabels(axes)
    for ax in axes:
        ax.spines["bottom"].set_visible(False)
        ax.tick_params(axis="x", length=0)
    fig.suptitle(title, x=0.01, ha="left", weight="bold", size=12)
    return fig, axes


def number_line(
    rows: Sequence[tuple[str, NDArray[np.float64], int]],
) -> tuple[Figure, NDArray[np.object_]]:
    """Draw the loss as a distance on a line, from the true logit to the smooth maximum.

    Parameters
    ----------
    rows : sequence of (name, logits of shape (K,), true class)
        One panel each, with its own scale.
    """
    fig, axes = plt.subplots(len(rows), 1, figsize=(7.2, 1.0 + 1.75 * len(rows)), squeeze=False)
    for ax, (name, z, y) in zip(axes[:, 0], rows, strict=True):
        top, smooth = float(z.max()), float(logsumexp(z))
        bound = top + math.log(len(z))
        width = bound - float(z.min())
        ax.plot([z.min() - 0.2 * width, bound + 0.12 * width], [0, 0], color=MUTED, lw=1)
        ax.plot([top, bound], [0, 0], color=MODEL, lw=7, alpha=0.45, solid_capstyle="butt")
        ax.plot(z, np.zeros(len(z)), "|", color=MUTED, ms=14, mew=1.5)
        ax.plot(z[y], 0, "o", color=TRUTH, ms=9, zorder=5)
        ax.plot(smooth, 0, "D", color=LOSS, ms=7, zorder=6)
        if smooth - z[y] > 0.1 * width:
            arrow = {"arrowstyle": "<->", "color": LOSS, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", (smooth, 0.55), (z[y], 0.55), arrowprops=arrow)
        ax.text(
            (z[y] + smooth) / 2, 0.75, f"loss {smooth - z[y]:.6f} nats", ha="center", va="bottom"
        )
        below: dict[str, Any] = {"va": "top", "size": 9.5}
        apart = 0.012 * width
        ax.text(z[y] - apart, -0.5, f"true logit {z[y]:.4f}", color=TRUTH, ha="right", **below)
        ax.text(smooth + apart, -0.5, f"lse {smooth:.4f}", ha="left", **below)
        ax.text(bound, -1.2, "band: max to max + ln K", color=MODEL_TEXT, ha="right", **below)
        ax.set(ylim=(-2, 1.6), yticks=[])
        ax.set_xlim(float(z.min()) - 0.22 * width, bound + 0.14 * width)
        ax.set_title(name, weight="normal", size=10.5, pad=2)
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.tick_params(axis="x", colors=MUTED)
    fig.suptitle(
        "The loss is how far the truth lies behind the smooth maximum",
        x=0.01,
        ha="left",
        weight="bold",
        size=12,
    )
    return fig, axes


def digits_correct(
    margins: NDArray[np.float64], digits: Mapping[str, NDArray[np.float64]]
) -> tuple[Figure, NDArray[np.object_]]:
    """Draw how many digits of the loss each implementation gets right at each margin.

    Parameters
    ----------
    margins : ndarray, shape (M,)
        Margins: the true logit minus the largest of the others.
    digits : mapping from name to ndarray of shape (M,)
        Correct digits of each implementation, from 0 to 16; one panel each.
    """
    fig, axes = plt.subplots(len(digits), 1, figsize=(7.2, 5.2), sharex=True, sharey=True)
    colours = (DANGER, SECOND, LOSS)
    for ax, (name, values), colour in zip(axes, digits.items(), colours, strict=True):
        ax.fill_between(margins, values, color=colour, alpha=0.25, lw=0)
        ax.plot(margins, values, color=colour, lw=1.3)
        ax.set_title(name, size=10.5, weight="normal", color=colour, pad=4)
        ax.set(ylim=(0, 17), yticks=[0, 8, 16])
        ax.axvline(0, color=MUTED, lw=0.8, ls=":")
    axes[1].set_ylabel("correct digits of the loss")
    axes[-1].set_xlabel("margin: wrong  ←  0  →  right and confident")
    axes[-1].set_xlim(margins[0], margins[-1])
    fig.suptitle(
        "Only one of three formulas keeps its digits", x=0.01, ha="left", weight="bold", size=12
    )
    return fig, axes


def gradient_arrows(z: NDArray[np.float64], y: int) -> tuple[Figure, Axes]:
    """Draw the probabilities as bars, each with the push on its logit."""
    q = softmax(z)
    fig, ax = plt.subplots(figsize=(7.2, 3.9))
    ax.bar(range(len(q)), q, width=0.5, color=[TRUTH if k == y else MODEL for k in range(len(q))])
    for k, share in enumerate(q):
        end = 1.0 if k == y else 0.0
        arrow = {"arrowstyle": "-|>", "color": GRADIENT, "lw": 3, "mutation_scale": 18}
        arrow |= {"shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (k + 0.33, end), (k + 0.33, share), arrowprops=arrow)
        push = f"+{1 - share:.1f}" if k == y else f"−{share:.1f}"
        ax.text(k + 0.38, (share + end) / 2, push, color=GRADIENT, va="center", weight="bold")
        ax.text(k, share + 0.015, f"q = {share:.1f}", ha="center", va="bottom")
    ax.set_xticks(
        range(len(q)), [f"class {k}" + (", the truth" if k == y else "") for k in range(len(q))]
    )
    ax.set(ylabel="probability", ylim=(0, 1.05), yticks=[0, 0.5, 1], xlim=(-0.5, len(q) - 0.2))
    ax.tick_params(axis="x", length=0)
    ax.set_title("The push on each logit is the way from q to p")
    return fig, ax


def plateau(
    cross_entropy: Path, squared: Path, start: float
) -> tuple[Figure, tuple[Axes, Axes, Axes]]:
    """Figure 4.2: where the gradient of squared error after a sigmoid vanishes.

    Parameters
    ----------
    cross_entropy, squared : sequence of float
        The margin after each step of gradient descent, from `start` until it is above 0.
    start : float
        The margin at the start.
    """
    t = np.linspace(-10, 10, 401)
    wrong = expit(-t)
    slope = 2 * expit(t) * wrong**2
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 4.2), width_ratios=[1.15, 1])
    left.plot(t, np.logaddexp(0, -t), color=LOSS)
    left.plot(t, wrong**2, color=DANGER)
    left.text(-6.2, 7.4, "cross-entropy\n(nats)", color=LOSS)
    left.text(-9.6, 1.25, "squared error", color=DANGER)
    left.plot(start, np.logaddexp(0, -start), "o", color=LOSS, ms=9, clip_on=False, zorder=5)
    left.plot(start, float(expit(-start)) ** 2, "o", color=DANGER, ms=9, clip_on=False, zorder=5)
    left.set(xlabel="margin t", ylabel="loss", xlim=(-10, 10), ylim=(0, 10.6))
    left.set_title("Loss", weight="normal", size=10.5)
    inset = left.inset_axes((0.56, 0.47, 0.42, 0.42))
    n = len(cross_entropy)
    inset.plot(range(n + 1), [start, *cross_entropy], "o-", color=LOSS, ms=3, lw=1.2)
    inset.plot(range(n + 1), [start, *squared[:n]], "o-", color=DANGER, ms=3, lw=1.2)
    inset.axhline(0, color=MUTED, lw=0.8, ls=":")
    inset.set(xlim=(0, n + 0.5), xticks=[0, n], ylim=(start - 1, 2), yticks=[start, 0])
    inset.tick_params(labelsize=8.5)
    inset.set_xlabel("step", size=8.5, labelpad=-6)
    inset.text(5.2, -7.6, f"{n} steps", color=LOSS, size=8.5)
    label = f"{len(squared):,} steps".replace(",", " ")
    inset.text(n, -9.7, label, color=DANGER, size=8.5, ha="right", va="bottom")
    inset.set_title("margin, until above 0", size=8.5, weight="normal", pad=3)
    right.axvspan(-10, -5, color=DANGER, alpha=0.12, lw=0)
    right.plot(t, wrong, color=LOSS)
    right.plot(t, slope, color=DANGER)
    peak = -math.log(2)
    right.plot(peak, 8 / 27, "o", color=DANGER, ms=6)
    right.annotate(
        f"squared error:\n2θ(1 − θ)², at most\n8/27 = {8 / 27:.3f}\nat t = −ln 2",
        (peak, 8 / 27),
        (1.7, 0.36),
        size=9.5,
        color=DANGER,
        arrowprops={"arrowstyle": "->", "color": DANGER},
    )
    edge = 2 * float(expit(-5)) * float(expit(5)) ** 2
    note = f"dead\nzone:\npush\nbelow\n{edge:.3f}"
    right.text(-7.5, 0.5, note, color=DANGER, ha="center", va="center", size=8.5)
    right.text(-1.4, 0.93, "cross-entropy: 1 − θ", color=LOSS, size=9.5)
    right.set(xlabel="margin t", ylabel="size of the push on t", xlim=(-10, 10), ylim=(0, 1.06))
    right.set_title("Gradient", weight="normal", size=10.5)
    fig.suptitle(
        "The plateau: where the model is most wrong, squared error feels least",
        x=0.01,
        ha="left",
        weight="bold",
        size=12,
    )
    return fig, (left, right, inset)


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
    fig, ax = plt.subplots(figsize=(7.2, 4.0))
    ax.axhspan(0, low, color=DANGER, alpha=0.12, lw=0)
    ax.axhline(low, color=DANGER, lw=1.2, ls="--")
    ax.axhline(high, color=DANGER, lw=1.2, ls="--")
    ax.plot(margins, once, color=LOSS)
    ax.plot(margins, twice, color=DANGER, lw=2.5)
    halo(ax, -9.7, low, f"floor {low:.5f} nats", color=DANGER, va="center")
    halo(ax, 9.7, high, f"ceiling {high:.5f} nats", color=DANGER, va="center", ha="right")
    ax.text(-9.7, low / 2, "out of reach for softmax twice", color=DANGER, va="center")
    ax.text(-5.2, 6.3, "softmax once", color=LOSS)
    ax.text(4.1, 1.98, "softmax twice", color=DANGER, va="center")
    ax.set(xlabel="margin of the true class", ylabel="loss (nats)", xlim=(-10, 10), ylim=(0, 10))
    ax.set_title(f"Softmax twice: {K} classes, and a band exactly 1 nat wide")
    return fig, ax
