"""Figures of chapter 2: where products underflow, and their logarithms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from lib.bernoulli import counts, log_likelihood, mle, parse
from lib.figures.style import BALLS, DANGER, GRADIENT, LOSS, MODEL, MODEL_TEXT, MUTED, RECORD, halo
from lib.information import information


def cliff(seq: str, theta: float, deaths: Mapping[str, int]) -> tuple[Figure, Axes]:
    """Figure 2.1: the running product of the shares of repeated balls, and where it becomes 0.

    Parameters
    ----------
    seq : str
        The balls that are repeated.
    theta : float
        The dial.
    deaths : mapping of str to int
        For each floating-point type, by its NumPy name, the ball at which the product becomes 0.
    """
    n = 1200
    factors = np.where(np.resize(parse(seq), n), theta, 1 - theta)
    drawn = np.arange(n + 1)
    powers = np.concatenate([[0.0], np.cumsum(np.log10(factors))])
    floor = -385
    fig, ax = plt.subplots(figsize=(6.2, 4.6))
    ax.plot(drawn, powers, color=MODEL, lw=2.5)
    for dtype, ball in deaths.items():
        late = ball > n / 2
        _arrow(ax, (ball, powers[ball]), (ball, floor), DANGER, 2)
        ax.plot(ball, powers[ball], "o", color=DANGER, ms=7, zorder=5)
        if late:
            spot, side = (ball - 14.0, floor + 34.0), "right"
        else:  # the earlier the cliff, the lower its label, clear of the other arrows
            spot, side = (180.0, -225 - 0.6 * (156 - ball)), "left"
        ax.annotate(
            f"{dtype}: 0 from ball {ball}",
            (ball, spot[1]),
            spot,
            ha=side,
            va="center",
            color=DANGER,
            arrowprops=None if late else {"arrowstyle": "-", "color": DANGER, "lw": 0.8},
        )
    ax.text(500, -135, "the true product", color=MODEL_TEXT, ha="left", va="bottom")
    ax.axhline(floor, color=DANGER, lw=3)
    ax.set(xlim=(0, n), ylim=(floor, 8), xticks=[0, 300, 600, 900, 1200])
    ax.set(xlabel="balls", ylabel="product of Ben’s shares")
    ticks = [0, -100, -200, -300]
    ax.set_yticks([*ticks, floor], [*("1" if t == 0 else f"$10^{{{t}}}$" for t in ticks), "0"])
    return fig, ax


def copies(seq: str, repeats: Sequence[int]) -> tuple[Figure, NDArray[Any]]:
    """Figure 2.2: likelihood and mean NLL of the same balls, copied again and again.

    The curves run to within 1e-5 of the ends, so that the valley leaves the frame on both sides.

    Parameters
    ----------
    seq : str
        The balls that are copied.
    repeats : sequence of int
        Three numbers of copies, in increasing order.
    """
    n = len(parse(seq))
    top = float(mle(int(counts(seq)[1]), n))
    end = np.geomspace(1e-5, 0.02, 60)
    theta = np.concatenate([end, np.linspace(0.02, 0.98, 300)[1:-1], 1 - end[::-1]])
    one, best = -log_likelihood(seq, theta), -log_likelihood(seq, top)
    fig, (likelihood, mean) = plt.subplots(2, 1, figsize=(6.2, 6.0), sharex=True)
    greys, widths = ("#A8A8A8", "#6B6B6B", LOSS), (11, 6, 1.8)
    rising = theta <= top
    for repeat, grey, width, height in zip(repeats, greys, widths, (0.5, 0.7, 0.9), strict=True):
        scaled = np.exp(-repeat * (one - best))
        likelihood.plot(theta, scaled, color=grey)
        flank = float(np.interp(height, scaled[rising], theta[rising]))
        likelihood.annotate(
            f"N = {repeat * n}",
            (flank, height),
            (0.02, height),
            va="center",
            arrowprops={"arrowstyle": "-", "color": grey, "lw": 1},
        )
        mean.plot(theta, one / n, color=grey, lw=width)
    mean.plot(top, best / n, "o", color=RECORD, mec="white", mew=1.5, ms=9, zorder=5)
    sizes = ", ".join(str(repeat * n) for repeat in repeats)
    halo(mean, top, 1.35, f"N = {sizes}", ha="center")
    halo(mean, top, 0.4, f"lowest: {best / n:.4f} nats", ha="center", va="top")
    for x, side in ((0.05, "left"), (0.965, "right")):
        mean.text(x, 2.02, "↑ ∞", color=DANGER, weight="bold", ha=side, size=13)
    likelihood.set(ylabel="likelihood,\nrelative to its top", ylim=(0, 1.08), yticks=[0, 0.5, 1])
    mean.set(ylabel="mean NLL,\nin nats per ball", ylim=(0, 2.2), xlabel="dial setting θ")
    mean.set(xlim=(0, 1), xticks=[0, 0.2, 0.4, top, 0.8, 1], yticks=[0, 0.5, 1, 1.5, 2])
    return fig, np.array([likelihood, mean])


def tug_of_war(seq: str, settings: Sequence[float]) -> tuple[Figure, NDArray[Any]]:
    """Figure 2.3: how hard every ball pulls at each dial setting, and the net pull.

    A black ball pulls to the right with ``1 / theta``, a white one to the left with
    ``1 / (1 - theta)``: the derivatives of their log-probabilities. All rows have the same frame;
    an arrow that leaves it is cut there, drawn in vermillion and numbered.
    """
    balls, limit = parse(seq), 20.0
    fig, axes = plt.subplots(
        len(settings), 1, figsize=(6.2, 1.35 * len(settings) + 0.5), sharex=True, sharey=True
    )
    for ax, theta in zip(axes, settings, strict=True):
        reach = {0: 0.0, 1: 0.0}
        pulls = {0: -1 / (1 - theta), 1: 1 / theta}
        for ball in sorted(balls):
            start, reach[ball] = reach[ball], reach[ball] + pulls[ball]
            if abs(start) >= limit:
                continue  # beyond the frame
            stop = float(np.clip(reach[ball], -limit, limit))
            color = MUTED if math.isclose(stop, reach[ball]) else DANGER
            _arrow(ax, (start, 1.0), (stop, 1.0), color, 1.5)
            middle = (start + stop) / 2
            ax.plot(middle, 1.0, "o", ms=8, mfc=BALLS[ball], mec=LOSS, mew=1.2, zorder=5)
        net = reach[0] + reach[1]
        if abs(net) < 1e-9:
            ax.plot(0, 0.2, "o", color=GRADIENT, ms=9, zorder=5)
            words, color = "balance", GRADIENT
        else:
            stop = float(np.clip(net, -limit, limit))
            color = GRADIENT if stop == net else DANGER
            _arrow(ax, (0, 0.2), (stop, 0.2), color, 4)
            words = f"{net:+.2f}".replace("-", "−")
        ax.text(
            0.8 if net <= 1e-9 else -0.8,
            0.2,
            words,
            color=color,
            va="center",
            weight="bold",
            ha="left" if net <= 1e-9 else "right",
        )
        ax.axvline(0, color=LOSS, lw=1)
        ax.set(ylim=(-0.3, 1.5), yticks=[], xlim=(-limit, limit), xticks=[-20, -10, 0, 10, 20])
        ax.set_ylabel(f"θ = {theta:g}", rotation=0, ha="right", va="center", weight="bold")
        ax.spines["left"].set_visible(False)
    for ax in axes[:-1]:
        ax.spines["bottom"].set_visible(False)
        ax.tick_params(bottom=False)
    axes[-1].set_xlabel("pull on the dial, in nats per unit of θ")
    return fig, axes


def _arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], color: str, width: float
) -> None:
    """Draw an arrow from `start` to `end`."""
    head = f"-|>,head_length={0.25 + 0.05 * width},head_width={0.1 + 0.05 * width}"
    style = {"arrowstyle": head, "color": color, "lw": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=style, annotation_clip=False)


def picked_cells(
    q: ArrayLike,
    labels: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
) -> tuple[Figure, Axes]:
    """Figure 2.4: a table of predicted probabilities and the cell that each label picks, outlined.

    Parameters
    ----------
    q : array_like, shape (N, K)
        One predicted distribution a row.
    labels : array_like of int, shape (N,)
        True classes, counted from 0.
    rows : sequence of str
        What stands before each row: the picture.
    columns : sequence of str
        The names of the classes.
    """
    q, labels = np.asarray(q), np.asarray(labels)
    n, K = q.shape
    wide = 1.5  # of a column, where a row is 1 high
    fig, ax = plt.subplots(figsize=(6.2, 0.6 * n + 0.9))
    ax.axis("off")
    ax.set(xlim=(-1.6, wide * K + 1.9), ylim=(n + 0.05, -1.05))
    for column in range(K):
        x = wide * (column + 0.5)
        ax.text(x, -0.6, columns[column], ha="center", weight="bold", size=11)
        ax.text(x, -0.15, f"column {column}", ha="center", size=10.5, color=MUTED)
    ax.text(wide * K + 0.95, -0.6, "−log of it", ha="center", weight="bold", size=11)
    ax.text(wide * K + 0.95, -0.15, "in nats", ha="center", size=10.5, color=MUTED)
    for row in range(n):
        ax.text(-0.2, row + 0.5, rows[row], ha="right", va="center", size=11)
        for column in range(K):
            picked, left = column == labels[row], wide * column
            share = q[row, column]
            ax.add_patch(Rectangle((left, row), wide, 1, fc=MODEL, alpha=0.75 * share, ec="none"))
            ax.add_patch(Rectangle((left, row), wide, 1, fc="none", ec="#C8C8C8", lw=0.8))
            ax.text(
                left + wide / 2,
                row + 0.5,
                f"{share:.2f}",
                ha="center",
                va="center",
                size=12.5 if picked else 11,
                weight="bold" if picked else "normal",
                color="black" if picked else MUTED,
            )
        box = (wide * labels[row] + 0.04, row + 0.05)
        ax.add_patch(Rectangle(box, wide - 0.08, 0.9, fc="none", ec=LOSS, lw=2.5, zorder=5))
        price = information(q[row, labels[row]])
        ax.text(wide * K + 0.95, row + 0.5, f"{price:.4f}", ha="center", va="center", size=11)
    return fig, ax
