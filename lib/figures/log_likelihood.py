"""Figures of chapter 2: where products underflow, and their logarithms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from lib.bernoulli import counts, log_likelihood, mle, parse
from lib.figures.style import DANGER, GRADIENT, LOSS, MODEL, MUTED, TRUTH, halo
from lib.information import bits_to_nats, information, nats_to_bits


def cliff(seq: str, theta: float, deaths: Mapping[str, int]) -> tuple[Figure, tuple[Axes, Axes]]:
    """Figure 2.1: the running likelihood of balls repeated again and again, and where it becomes 0.

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
    nats = np.concatenate([[0.0], np.cumsum(np.log(factors))])
    powers = nats / np.log(10)
    floor = -365
    fig, ax = plt.subplots(figsize=(7.2, 4.8))
    ax.plot(drawn, powers, color=TRUTH)
    for dtype, ball in deaths.items():
        smallest = float(np.finfo(dtype).smallest_subnormal)
        ax.axhline(np.log10(smallest), color=MUTED, ls="--", lw=1, zorder=0)
        ax.annotate(
            "",
            (ball, floor),
            (ball, powers[ball]),
            arrowprops={"arrowstyle": "-|>", "color": DANGER, "lw": 2, "shrinkA": 0, "shrinkB": 0},
        )
        ax.plot(ball, powers[ball], "o", color=DANGER, ms=7, zorder=5)
        late = ball > n / 2
        halo(
            ax,
            700 if late else n - 5,
            np.log10(smallest),
            f"smallest {dtype}: {_power_of_ten(smallest)}",
            ha="right",
            va="center",
            size=8.5,
            color=MUTED,
        )
        ax.text(
            ball + (-12 if late else 12),
            -344 if late else -240,
            f"{dtype}: 0 at ball {ball}" if late else f"{dtype}:\n0 at\nball {ball}",
            ha="right" if late else "left",
            va="center",
            color=DANGER,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )
    ax.axhline(floor, color=DANGER, lw=3)
    ax.text(400, floor + 5, "stored as exactly 0", ha="center", va="bottom", color=DANGER)
    ax.text(420, -135, "true value", color=TRUTH, ha="right", va="top")
    ticks = [0, -50, -100, -150, -200, -250, -300]
    ax.set(xlim=(0, n), ylim=(floor, 5), xlabel="number of balls drawn", ylabel="likelihood")
    ax.set_yticks([*ticks, floor], [*("1" if t == 0 else f"$10^{{{t}}}$" for t in ticks), "0"])
    ax.set_title("The product falls off a cliff; its logarithm does not")
    inset = ax.inset_axes((0.63, 0.48, 0.34, 0.29))
    inset.plot(drawn, nats, color=LOSS, lw=1.5)
    inset.set(xlim=(0, n), ylim=(-900, 0), xticks=[0, 600, 1200], yticks=[0, -400, -800])
    inset.set_title("log-likelihood in nats: no cliff", size=9, pad=4, weight="normal")
    inset.tick_params(labelsize=8)
    return fig, (ax, inset)


def three_views(seq: str) -> tuple[Figure, NDArray[Any]]:
    """Draw the likelihood, its logarithm and the mean NLL in three rows: one best dial."""
    n = len(parse(seq))
    top = float(mle(int(counts(seq)[1]), n))
    theta = np.linspace(0.004, 0.996, 497)
    nats, best = log_likelihood(seq, theta), log_likelihood(seq, top)
    fig, axes = plt.subplots(3, 1, figsize=(7.2, 6.6), sharex=True)
    rows: list[tuple[Any, float, str, str]] = [
        (np.exp(nats), np.exp(best), "likelihood\nL(θ)", f"highest: {np.exp(best):.5f}"),
        (nats, best, "log-likelihood\nℓ(θ), nats", f"highest: −{-best:.6f} nats"),
        (-nats / n, -best / n, "mean NLL\nJ(θ), nats", f"lowest: {-best / n:.6f} nats"),
    ]
    limits = [(0, 0.0385), (-11, 0), (0, 2.2)]
    for ax, (curve, value, name, note), limit in zip(axes, rows, limits, strict=True):
        ax.axvline(top, color=TRUTH, ls=":", lw=1.5, zorder=0)
        ax.plot(theta, curve, color=LOSS)
        ax.plot(top, value, "o", color=TRUTH, ms=8, zorder=5)
        span = limit[1] - limit[0]
        offset = -0.14 * span
        halo(ax, top, value + offset, note, ha="center", va="top", color=TRUTH, size=10)
        ax.set(ylabel=name, xlim=(0, 1), ylim=limit)
    axes[2].set_xlabel("dial setting θ")
    axes[2].set_xticks([0, 0.2, 0.4, top, 0.8, 1])
    axes[0].set_title(f"Three heights, one place: the best dial is {top:g} in every row")
    return fig, axes


def copies(seq: str, repeats: Sequence[int]) -> tuple[Figure, NDArray[Any]]:
    """Figure 2.2: likelihood, NLL and mean NLL of the same balls, copied again and again.

    Parameters
    ----------
    seq : str
        The balls that are copied.
    repeats : sequence of int
        Three numbers of copies, in increasing order.
    """
    n = len(parse(seq))
    top = float(mle(int(counts(seq)[1]), n))
    theta = np.linspace(0.01, 0.99, 491)
    one, best = -log_likelihood(seq, theta), -log_likelihood(seq, top)
    fig, (likelihood, total, mean) = plt.subplots(3, 1, figsize=(7.2, 7.8), sharex=True)
    greys, widths = ("#9A9A9A", "#5F5F5F", LOSS), (10, 5.5, 1.6)
    rising = theta <= top
    for repeat, grey, width, height in zip(repeats, greys, widths, (0.6, 0.78, 0.96), strict=True):
        scaled = np.exp(-repeat * (one - best))
        likelihood.plot(theta, scaled, color=grey)
        flank = float(np.interp(height, scaled[rising], theta[rising]))
        power = _power_of_ten(float(np.exp(-repeat * best)))
        likelihood.annotate(
            f"N = {repeat * n}, true height {power}",
            (flank, height),
            (0.02, height),
            size=9.5,
            va="center",
            arrowprops={"arrowstyle": "-", "color": grey, "lw": 0.8},
        )
        total.plot(theta, repeat * one, color=grey)
        note = f"N = {repeat * n}: lowest {repeat * best:.1f} nats"
        total.text(top - 0.02, repeat * best * 0.8, note, ha="right", va="top", size=9.5)
        total.plot(top, repeat * best, "o", color=TRUTH, ms=7, zorder=5)
        mean.plot(theta, repeat * one / (repeat * n), color=grey, lw=width)
    mean.plot(top, best / n, "o", color=TRUTH, ms=7, zorder=5)
    sizes = ", ".join(str(repeat * n) for repeat in repeats)
    mean.text(0.1, 1.6, f"N = {sizes}:\nthree curves, one on top of the other", size=9.5)
    note = f"lowest {best / n:.6f} nats"
    halo(mean, top, best / n - 0.15, note, ha="center", va="top", size=9.5)
    likelihood.set(ylabel="likelihood,\nrelative to its peak", ylim=(0, 1.08), yticks=[0, 0.5, 1])
    total.set(ylabel="NLL in nats\n(log scale)", yscale="log", ylim=(1.5, 3000))
    total.set_yticks([10, 100, 1000], ["10", "100", "1000"])
    mean.set(ylabel="mean NLL\nin nats per ball", ylim=(0, 2.2), xlabel="dial setting θ")
    for ax in (likelihood, total, mean):
        ax.axvline(top, color=TRUTH, ls=":", lw=1.5, zorder=0)
        ax.set(xlim=(0, 1), xticks=[0, 0.2, 0.4, top, 0.8, 1])
    likelihood.set_title("More balls: L sinks, NLL grows, the mean NLL stays")
    return fig, np.array([likelihood, total, mean])


def _power_of_ten(value: float) -> str:
    """Write a small number for a label: 7.20 × 10⁻¹⁴⁷."""
    if value >= 1e-3:
        return f"{value:.5f}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return rf"${mantissa}\times10^{{{int(exponent)}}}$"


def tug_of_war(seq: str, settings: Sequence[float]) -> tuple[Figure, NDArray[Any]]:
    """Draw how hard every ball pulls at each dial setting, head to tail, and the net pull.

    A black ball pulls to the right with ``1 / theta``, a white one to the left with
    ``1 / (1 - theta)``: the derivatives of their log-probabilities.
    """
    balls = parse(seq)
    fig, axes = plt.subplots(
        len(settings), 1, figsize=(7.2, 1.75 * len(settings)), sharex=True, sharey=True
    )
    for ax, theta in zip(axes, settings, strict=True):
        reach = {0: 0.0, 1: 0.0}
        pulls = {0: -1 / (1 - theta), 1: 1 / theta}
        for ball in sorted(balls):
            start, reach[ball] = reach[ball], reach[ball] + pulls[ball]
            _arrow(ax, start, reach[ball], 1.0, MUTED, 1.5)
            middle = (start + reach[ball]) / 2
            face = "black" if ball else "white"
            ax.plot(middle, 1.0, "o", ms=7, mfc=face, mec="black", mew=1.2, zorder=5)
        net = reach[0] + reach[1]
        left = f"{counts(seq)[0]} × ({pulls[0]:.2f})".replace("-", "−")
        ax.text(-0.3, 1.5, left, ha="right", va="center", size=9.5)
        ax.text(0.3, 1.5, f"{counts(seq)[1]} × {pulls[1]:.2f}", va="center", size=9.5)
        balanced = abs(net) < 1e-9
        if balanced:
            ax.plot(0, 0.2, "o", color=GRADIENT, ms=9, zorder=5)
        else:
            _arrow(ax, 0, net, 0.2, GRADIENT, 4)
        words = "net pull 0: balance" if balanced else f"net pull {net:+.2f}".replace("-", "−")
        ax.text(
            0.7 if net <= 1e-9 else -0.7,
            0.2,
            words,
            color=GRADIENT,
            va="center",
            weight="bold",
            ha="left" if net <= 1e-9 else "right",
        )
        ax.axvline(0, color=LOSS, lw=1)
        ax.set(ylim=(-0.35, 1.95), yticks=[], xlim=(-21.5, 14))
        ax.set_ylabel(f"θ = {theta:g}", rotation=0, ha="right", va="center", weight="bold")
        ax.spines["left"].set_visible(False)
        ax.tick_params(bottom=False)
    for ax in axes[:-1]:
        ax.spines["bottom"].set_visible(False)
    axes[-1].tick_params(bottom=True)
    axes[-1].set_xlabel(
        "pull on the dial: nats per unit of θ; left turns it down, right turns it up"
    )
    axes[0].set_title(
        f"Every ball pulls; at {float(mle(int(counts(seq)[1]), len(balls))):g} the pulls cancel"
    )
    return fig, axes


def _arrow(ax: Axes, start: float, end: float, y: float, color: str, width: float) -> None:
    """Draw a horizontal arrow from `start` to `end`."""
    head = f"-|>,head_length={0.25 + 0.05 * width},head_width={0.1 + 0.05 * width}"
    style = {"arrowstyle": head, "color": color, "lw": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (end, y), (start, y), arrowprops=style)


def picked_cells(q: ArrayLike, labels: ArrayLike) -> tuple[Figure, Axes]:
    """Draw a table of predicted probabilities and outline the cell that each label picks.

    Parameters
    ----------
    q : array_like, shape (N, K)
        One predicted distribution a row.
    labels : array_like of int, shape (N,)
        True classes, counted from 0; the picture's headings count from 1 as well.
    """
    q, labels = np.asarray(q), np.asarray(labels)
    n, K = q.shape
    fig, ax = plt.subplots(figsize=(7.2, 0.72 * n + 1.15))
    ax.axis("off")
    ax.set(xlim=(-1.7, K + 1.6), ylim=(n + 0.05, -0.8))
    for column in range(K):
        ax.text(column + 0.5, -0.42, f"class {column + 1}", ha="center", weight="bold", size=10)
        ax.text(column + 0.5, -0.12, f"(code: {column})", ha="center", size=8.5, color=MUTED)
    ax.text(K + 0.95, -0.42, "−log of it", ha="center", weight="bold", size=10)
    ax.text(K + 0.95, -0.12, "(nats)", ha="center", size=8.5, color=MUTED)
    for row in range(n):
        ax.text(
            -0.15,
            row + 0.5,
            f"picture {row + 1},\nlabel {labels[row] + 1}",
            ha="right",
            va="center",
            size=10,
        )
        for column in range(K):
            picked = column == labels[row]
            ax.add_patch(
                Rectangle((column, row), 1, 1, fc=MODEL, alpha=0.75 * q[row, column], ec="none")
            )
            ax.add_patch(Rectangle((column, row), 1, 1, fc="none", ec="#C8C8C8", lw=0.8))
            ax.text(
                column + 0.5,
                row + 0.5,
                f"{q[row, column]:.1f}",
                ha="center",
                va="center",
                size=12 if picked else 10.5,
                weight="bold" if picked else "normal",
                color="black" if picked else MUTED,
            )
        box = (labels[row] + 0.04, row + 0.04)
        ax.add_patch(Rectangle(box, 0.92, 0.92, fc="none", ec=TRUTH, lw=3, zorder=5))
        price = information(q[row, labels[row]])
        ax.text(K + 0.95, row + 0.5, f"{price:.4f}", ha="center", va="center", size=11)
    ax.set_title("Each label picks one cell of its row; the rest is not read")
    return fig, ax


def price_of_probability(
    marks: Sequence[tuple[float, str]],
) -> tuple[Figure, Axes]:
    """Figure 2.3: ``-log q`` with marked points, and two losses that never exceed it.

    Parameters
    ----------
    marks : sequence of (float, str)
        Probabilities to mark on the curve, each with a short description.
    """
    q = np.geomspace(0.01, 1, 400)
    fig, ax = plt.subplots(figsize=(7.2, 5.0))
    ax.plot(q, information(q), color=LOSS)
    line = np.linspace(0, 1, 101)
    ax.plot(line, 1 - line, color=MUTED, ls="--", lw=1.6)
    ax.plot(line, (1 - line) ** 2, color=MUTED, ls=(0, (1.5, 1.5)), lw=1.6)
    ax.text(0.3, 0.74, "1 − q", color=MUTED, ha="left", va="bottom")
    ax.text(0.3, 0.3, "(1 − q)²", color=MUTED, ha="right", va="top")
    for probability, words in marks:
        price = information(probability)
        ax.plot(probability, price, "o", color=TRUTH, ms=8, zorder=5, clip_on=False)
        near_one = probability > 0.9
        ax.annotate(
            f"q = {probability:g}: {price:.4f} nats\n{words}",
            (probability, price),
            (0.985, 1.3) if near_one else (probability + 0.03, price + 0.05),
            ha="right" if near_one else "left",
            va="bottom",
            size=9.5,
            color=TRUTH,
            arrowprops={"arrowstyle": "-", "color": TRUTH, "lw": 0.8} if near_one else None,
        )
    ax.annotate(
        "q → 0: ∞",
        (0.012, 4.4),
        (0.07, 4.05),
        color=DANGER,
        arrowprops={"arrowstyle": "->", "color": DANGER, "lw": 1.5},
    )
    ax.set(xlim=(0, 1), ylim=(0, 4.5), xticks=np.linspace(0, 1, 6), yticks=range(5))
    ax.set(xlabel="probability q given to what then happened", ylabel="price −log q, in nats")
    right = ax.secondary_yaxis("right", functions=(nats_to_bits, bits_to_nats))
    right.set(ylabel="in bits", yticks=range(7))
    right.spines["right"].set_visible(True)
    ax.set_title("The price of a probability: nothing at 1, no limit towards 0")
    return fig, ax
