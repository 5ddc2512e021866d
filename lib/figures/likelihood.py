"""Figures of chapter 1: balls, a dial, and its likelihood."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import binom

from lib.bernoulli import counts, mle, parse, sequence_probability
from lib.figures.style import BALLS, DANGER, LOSS, MODEL_TEXT, MUTED, TRUTH, halo


def draw_balls(ax: Axes, seq: str, *, x: float, y: float, step: float, size: float) -> None:
    """Draw balls from left to right in axes coordinates, `step` apart, `size` points wide."""
    for i, ball in enumerate(parse(seq)):
        ax.plot(
            x + i * step,
            y,
            "o",
            ms=size,
            mfc=BALLS[ball],
            mec=LOSS,
            mew=1.5,
            transform=ax.transAxes,
            clip_on=False,
        )


def balls_and_dial(seq: str) -> tuple[Figure, Axes]:
    """Draw the machine: its balls, and the dial whose setting is unknown."""
    fig, ax = plt.subplots(figsize=(7.2, 2.1))
    ax.set(xlim=(0, 10), ylim=(0, 2.6), aspect="equal")
    ax.axis("off")
    ax.add_patch(Arc((1.7, 0.75), 2.6, 2.6, theta1=0, theta2=180, color=LOSS, lw=2))
    for setting in np.linspace(0, 1, 6):
        angle = np.pi * (1 - setting)
        tip = np.array([np.cos(angle), np.sin(angle)])
        inner, outer, number = ((1.7, 0.75) + radius * tip for radius in (1.2, 1.3, 1.58))
        ax.plot(*zip(inner, outer, strict=True), color=LOSS, lw=1.5)
        ax.text(number[0], number[1], f"{setting:.1f}", ha="center", va="center", size=9)
    ax.text(1.7, 1.2, "?", ha="center", va="center", size=26, color=MODEL_TEXT, weight="bold")
    ax.text(1.7, 0.35, "θ = probability of black", ha="center", va="center", size=10)
    ax.annotate("", (4.7, 1.2), (3.6, 1.2), arrowprops={"arrowstyle": "->", "lw": 1.5})
    for i, ball in enumerate(parse(seq)):
        ax.plot(5.3 + i, 1.2, "o", ms=30, mfc=BALLS[ball], mec="black", mew=1.8)
        ax.text(5.3 + i, 0.35, "black" if ball else "white", ha="center", va="center", size=10)
    ax.set_title("Five balls are known; the dial that made them is not")
    return fig, ax


def probability_tree(seq: str, theta: float) -> tuple[Figure, Axes]:
    """Draw every possible path of the draws, with the observed one highlighted."""
    balls = parse(seq)
    fig, ax = plt.subplots(figsize=(7.2, 4.0))
    ax.axis("off")
    ax.set(xlim=(-0.3, len(balls) + 1.05), ylim=(-0.04, 1.04))
    height: dict[tuple[int, ...], float] = {(): 0.5}
    for depth in range(1, len(balls) + 1):
        for path in product((1, 0), repeat=depth):
            height[path] = height[path[:-1]] + (0.5 if path[-1] else -0.5) / 2**depth
            ends = (depth - 1, depth), (height[path[:-1]], height[path])
            on_path = path == tuple(balls[:depth])
            style: dict[str, Any] = (
                {"color": TRUTH, "lw": 2.5, "zorder": 3}
                if on_path
                else {"color": "#C8C8C8", "lw": 0.8, "zorder": 1}
            )
            ax.plot(*ends, **style)
            if on_path:
                factor = theta if path[-1] else 1 - theta
                halo(
                    ax,
                    depth - 0.5,
                    float(np.mean(ends[1])),
                    f"{factor:.1f}",
                    ha="center",
                    va="center",
                    size=10,
                    color=TRUTH,
                    zorder=4,
                )
            ax.plot(
                depth,
                height[path],
                "o",
                ms=12 if on_path else 5 if depth < len(balls) else 3,
                mfc="black" if path[-1] else "white",
                mec="black" if on_path else "#9A9A9A",
                mew=1.5 if on_path else 0.7,
                zorder=5 if on_path else 2,
            )
    probability = sequence_probability(seq, theta)
    ax.text(len(balls) + 0.15, height[tuple(balls)], f"{probability:.5f}", va="center", color=TRUTH)
    ax.text(0.0, 0.72, "up: black", ha="center", size=10, color=MUTED)
    ax.text(0.0, 0.25, "down: white", ha="center", size=10, color=MUTED)
    ax.set_title(f"One path of {2 ** len(balls)}: multiply along the branches")
    return fig, ax


def all_sequences(seq: str, theta: float) -> tuple[Figure, Axes]:
    """Draw the probability of every sequence as long as `seq`, grouped by number of black balls."""
    observed = tuple(parse(seq))
    n = len(observed)
    paths = sorted(product((0, 1), repeat=n), key=lambda path: (sum(path), path[::-1]))
    heights = [sequence_probability(path, theta) for path in paths]
    # Gaps between groups show the sizes 1, 5, 10, 10, 5, 1 and leave room for labels.
    places = np.arange(len(paths)) + 1.6 * np.array([sum(path) for path in paths])
    fig, ax = plt.subplots()
    colours = [TRUTH if path == observed else "#BDBDBD" for path in paths]
    ax.bar(places, heights, color=colours, width=0.85)
    group_ticks = []
    for k in range(n + 1):
        group = [i for i, path in enumerate(paths) if sum(path) == k]
        group_ticks.append(places[group].mean())
        note = f"{len(group)} ×\n{heights[group[0]]:.5f}"
        ax.text(group_ticks[-1], heights[group[0]] + 0.001, note, ha="center", size=9)
    here = places[paths.index(observed)]
    ax.annotate(
        "our five balls",
        (here, sequence_probability(seq, theta)),
        (here, 0.058),
        color=TRUTH,
        ha="center",
        arrowprops={"arrowstyle": "->", "color": TRUTH},
    )
    ax.set_xticks(group_ticks, [f"{k} black" for k in range(n + 1)])
    ax.set(ylabel="probability of the sequence", ylim=(0, 0.088), xlim=(-3, places[-1] + 3))
    ax.set_title(f"All {len(paths)} sequences at θ = {theta:g}: together exactly 1")
    return fig, ax


def relative_likelihood_interval(seq: str, share: float) -> tuple[float, float]:
    """Return the two settings where the likelihood is `share` of its maximum."""
    top = float(mle(int(counts(seq)[1]), len(parse(seq))))
    level = share * sequence_probability(seq, top)
    ends = [brentq(lambda t: sequence_probability(seq, t) - level, top, end) for end in (0.0, 1.0)]
    return ends[0], ends[1]


def likelihood_curve(seq: str) -> tuple[Figure, Axes]:
    """Figure 1.1: the likelihood of every dial setting, with its peak, its ends and its area."""
    theta = np.linspace(0, 1, 501)
    likelihood = sequence_probability(seq, theta)
    k, n = int(counts(seq)[1]), len(parse(seq))
    top = float(mle(k, n))
    peak, half = sequence_probability(seq, top), sequence_probability(seq, 0.5)
    fig, ax = plt.subplots(figsize=(7.2, 4.6))
    ax.fill_between(theta, likelihood, color=TRUTH, alpha=0.12, lw=0)
    ax.plot(theta, likelihood, color=LOSS)
    ax.plot(top, peak, "o", color=TRUTH, ms=8, zorder=5)
    exact = sequence_probability(seq, Fraction(k, n))
    ax.text(
        top + 0.015, peak + 0.0007, f"peak at θ = {mle(k, n)}:\n{exact} = {peak:.5f}", color=TRUTH
    )
    ax.plot(0.5, half, "o", color=MODEL_TEXT, ms=7, zorder=5)
    ax.text(
        0.47,
        half + 0.001,
        f"θ = 0.5: {half:.5f},\nonly {1 - half / peak:.0%} less",
        ha="right",
        va="center",
        color=MODEL_TEXT,
    )
    ax.text(0.56, 0.012, "area = 1/60,\nnot 1", ha="center", color=TRUTH)
    arrow = {"arrowstyle": "->", "color": MUTED}
    ax.annotate("θ = 0: no black\ncould appear", (0, 0), (0.015, 0.0075), size=9, arrowprops=arrow)
    ax.annotate(
        "θ = 1: no white\ncould appear",
        (1, 0),
        (0.985, 0.0222),
        size=9,
        ha="right",
        arrowprops=arrow,
    )
    low, high = relative_likelihood_interval(seq, 1 / 8)
    ax.plot(
        [low, low, high, high], [peak / 8 - 0.0008, *[peak / 8] * 2, peak / 8 - 0.0008], color=MUTED
    )
    halo(
        ax,
        (low + high) / 2,
        peak / 8,
        f"at least 1/8 of the peak: {low:.3f} to {high:.3f}",
        ha="center",
        va="center",
        size=9,
    )
    ax.set(xlabel="dial setting θ", ylabel="likelihood L(θ)", xlim=(0, 1), ylim=(0, 0.0415))
    ax.set_xticks(np.linspace(0, 1, 6))
    right = ax.secondary_yaxis(
        "right", functions=(lambda v: np.divide(v, peak), lambda v: np.multiply(v, peak))
    )
    right.set(ylabel="relative to the peak", yticks=[0, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1])
    right.set_yticklabels(["0", "1/8", "1/4", "1/2", "3/4", "1"])
    right.spines["right"].set_visible(True)
    draw_balls(ax, seq, x=0.04, y=0.93, step=0.05, size=15)
    ax.set_title("The likelihood peaks at 3/5, and not sharply")
    return fig, ax


def two_readings(n: int, theta_row: float, k_column: int) -> tuple[Figure, tuple[Axes, ...]]:
    """Figure 1.2: one table; its rows are probabilities, its columns likelihoods."""
    theta = np.linspace(0, 1, 101)
    ks = np.arange(n + 1)
    table = binom.pmf(ks, n, theta[:, None])
    fig, axes = plt.subplot_mosaic(
        [["column", "."], ["table", "row"]],
        figsize=(7.2, 6.0),
        height_ratios=[1, 2.3],
        width_ratios=[1.9, 1],
    )
    ax, row, column = axes["table"], axes["row"], axes["column"]
    ax.imshow(
        table,
        origin="lower",
        aspect="auto",
        extent=(-0.5, n + 0.5, 0, 1),
        cmap="Greys",
        vmax=0.75,
        interpolation="nearest",
    )
    ax.axhline(theta_row, color=MODEL_TEXT, lw=2.5)
    ax.axvline(k_column, color=TRUTH, lw=2.5)
    ax.set(xlabel="number of black balls k", ylabel="dial setting θ", xticks=ks)
    ax.spines[["top", "right"]].set_visible(True)
    slice_row = binom.pmf(ks, n, theta_row)
    row.bar(ks, slice_row, color=MODEL_TEXT, width=0.7)
    row.set(xlabel="k", xticks=ks, ylim=(0, 0.62), yticks=[0, 0.2, 0.4])
    row.text(
        0.02,
        0.99,
        f"read across, θ = {theta_row:g}:\na probability.\nSum = {slice_row.sum():.0f}",
        transform=row.transAxes,
        va="top",
        color=MODEL_TEXT,
    )
    orders, one = comb(n, k_column), slice_row[k_column] / comb(n, k_column)
    note = f"{orders} orders\n× {one:.5f}\n= {slice_row[k_column]:.4f}"
    row.text(k_column, slice_row[k_column] + 0.01, note, ha="center", size=9)
    slice_column = binom.pmf(k_column, n, theta)
    column.plot(theta, slice_column, color=TRUTH)
    column.fill_between(theta, slice_column, color=TRUTH, alpha=0.12, lw=0)
    column.set(xlabel="θ", xlim=(0, 1), ylim=(0, 0.42), yticks=[0, 0.2, 0.4])
    column.text(
        0.02,
        0.97,
        f"read down, k = {k_column}:\na likelihood.\nArea = 1/{n + 1}",
        transform=column.transAxes,
        va="top",
        color=TRUTH,
    )
    fig.suptitle("One table, two readings", x=0.01, ha="left", weight="bold", size=12)
    return fig, (ax, row, column)


def top_of_the_curve(seq: str) -> tuple[Figure, Axes]:
    """Zoom in on the peak: slope zero, and lower on both sides."""
    top = float(mle(int(counts(seq)[1]), len(parse(seq))))
    theta = np.linspace(top - 0.1, top + 0.1, 201)
    peak = sequence_probability(seq, top)
    fig, ax = plt.subplots(figsize=(7.2, 3.2))
    ax.plot(theta, sequence_probability(seq, theta), color=LOSS)
    ax.plot([top - 0.045, top + 0.045], [peak, peak], color=DANGER, lw=2)
    ax.plot(top, peak, "o", color=TRUTH, ms=8, zorder=5)
    ax.text(top + 0.05, peak, "slope 0", color=DANGER, va="center")
    ax.text(top, peak - 0.0006, f"L({top:g}) = {peak:.5f}", color=TRUTH, ha="center", va="top")
    ax.set(xlabel="dial setting θ", ylabel="likelihood L(θ)", xlim=(top - 0.1, top + 0.1))
    ax.set_title("At 3/5 the slope is zero and the curve bends down")
    return fig, ax


def family_of_likelihoods(n: int) -> tuple[Figure, Axes]:
    """Draw the relative likelihood for every number of black balls out of `n`."""
    theta = np.linspace(0, 1, 401)
    fig, ax = plt.subplots()
    shades = plt.get_cmap("cividis")(np.linspace(0.05, 0.85, n + 1))
    for k, shade in enumerate(shades):
        seq = "b" * k + "w" * (n - k)
        top = float(mle(k, n))
        ax.plot(
            theta, sequence_probability(seq, theta) / sequence_probability(seq, top), color=shade
        )
        ax.plot(top, 1, "o", color=shade, ms=8, clip_on=False, zorder=5)
        ax.text(top, 1.05, f"k = {k}\n{mle(k, n)}", ha="center", color="black", size=10)
    ax.set(xlabel="dial setting θ", ylabel="likelihood, relative to its peak", xlim=(-0.03, 1.03))
    ax.spines["left"].set_bounds(0, 1)
    ax.set(ylim=(0, 1.22), yticks=[0, 0.5, 1])
    ax.set_title(f"Whatever k is, the peak stands at k/{n}")
    return fig, ax


def sampling_histogram(estimates: NDArray[np.float64], n: int, theta: float) -> tuple[Figure, Axes]:
    """Draw how often each estimate came out, beside its binomial probability."""
    values = np.arange(n + 1) / n
    shares = [float(np.isclose(estimates, value).mean()) for value in values]
    exact = binom.pmf(np.arange(n + 1), n, theta)
    fig, ax = plt.subplots()
    ax.bar(values, shares, width=0.11, color=TRUTH, alpha=0.85)
    ax.plot(values, exact, "_", ms=34, mew=2.5, color=LOSS)
    ax.text(values[0] - 0.05, 0.33, "blue: drawn by the machine\nblack: exact", size=10)
    for value, share in zip(values, shares, strict=True):
        ax.text(value, share + 0.012, f"{share:.1%}", ha="center", size=10)
    ax.annotate(
        "the true dial",
        (theta, 0.372),
        (theta, 0.405),
        color=MUTED,
        size=9,
        ha="center",
        arrowprops={"arrowstyle": "->", "color": MUTED},
    )
    ax.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
    ax.set(xlabel="estimate from five balls", ylabel="share of data sets", xticks=values)
    ax.set(ylim=(0, 0.43))
    ax.set_title("Five balls allow only six estimates, spread wide")
    return fig, ax


def climbing_to_the_end(seq: str) -> tuple[Figure, Axes]:
    """Draw the likelihood given black balls only: it rises up to the end of the scale."""
    theta = np.linspace(0, 1, 201)
    n = len(parse(seq))
    fig, ax = plt.subplots(figsize=(7.2, 3.2))
    ax.plot(theta, sequence_probability(seq, theta), color=LOSS)
    ax.plot(1, 1, "o", color=DANGER, ms=9, clip_on=False, zorder=5)
    note = f"maximum at the very end,\nwhere the slope is {n}, not 0"
    ax.text(0.96, 1, note, color=DANGER, ha="right", va="center")
    ax.set(xlabel="dial setting θ", ylabel="likelihood L(θ)", xlim=(0, 1), ylim=(0, 1.05))
    draw_balls(ax, seq, x=0.04, y=0.9, step=0.05, size=15)
    ax.set_title("Only black balls: no slope of zero, and yet a maximum")
    return fig, ax
