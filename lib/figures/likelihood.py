"""Figures of chapter 1: a covered dial, and the likelihood of its settings."""

from __future__ import annotations

from itertools import accumulate, product
from math import comb
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc, FancyBboxPatch, Rectangle
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray
from scipy.stats import binom

from lib.bernoulli import counts, mle, parse, sequence_probability
from lib.figures.style import BALLS, LOSS, MODEL, MODEL_TEXT, MUTED, RECORD, WORLD, halo


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


def covered_dial(seq: str) -> tuple[Figure, Axes]:
    """Draw the machine: a riveted plate over its dial, and the balls in its tray."""
    balls = parse(seq)
    fig, ax = plt.subplots(figsize=(6, 2.5))
    ax.set(xlim=(-0.1, 9.2), ylim=(-0.1, 3.7), aspect="equal")
    ax.axis("off")
    centre = np.array([2.0, 0.75])
    ax.add_patch(Arc((2.0, 0.75), 3.0, 3.0, theta1=0, theta2=180, color=LOSS, lw=2))
    for setting in np.linspace(0, 1, 6):
        angle = np.pi * (1 - setting)
        tip = np.array([np.cos(angle), np.sin(angle)])
        inner, outer, number = (centre + radius * tip for radius in (1.5, 1.62, 1.95))
        ax.plot(*zip(inner, outer, strict=True), color=LOSS, lw=1.5)
        ax.text(number[0], number[1], f"{setting:.1f}", ha="center", va="center", size=12)
    plate = FancyBboxPatch(
        (1.05, 0.75), 1.9, 1.15, boxstyle="round,pad=0.08", fc="#E4E4E4", ec=RECORD, lw=1.5
    )
    ax.add_patch(plate)
    for x, y in product((1.15, 2.85), (0.85, 1.8)):
        ax.plot(x, y, "o", ms=6, mfc="#BDBDBD", mec=RECORD)
    ax.text(2.0, 1.32, "?", ha="center", va="center", size=26, color=WORLD, weight="bold")
    ax.text(2.0, 0.15, "θ = probability of black", ha="center", va="center", size=12)
    ax.annotate("", (5.1, 1.3), (4.3, 1.3), arrowprops={"arrowstyle": "->", "lw": 1.5})
    places = 5.65 + 0.75 * np.arange(len(balls))
    for place, ball in zip(places, balls, strict=True):
        ax.plot(place, 1.3, "o", ms=21, mfc=BALLS[ball], mec=LOSS, mew=1.8)
    ax.plot(
        [places[0] - 0.45, places[0] - 0.45, places[-1] + 0.45, places[-1] + 0.45],
        [1.3, 0.85, 0.85, 1.3],
        color=RECORD,
        lw=2,
    )
    ax.text(places.mean(), 0.15, "the five balls", ha="center", va="center", size=12)
    return fig, ax


def probability_tree(seq: str, theta: float) -> tuple[Figure, Axes]:
    """Draw every possible path of the draws, with the observed one highlighted."""
    balls = parse(seq)
    fig, ax = plt.subplots(figsize=(6, 4.2))
    ax.axis("off")
    ax.set(xlim=(-0.3, len(balls) + 1.05), ylim=(-0.04, 1.04))
    height: dict[tuple[int, ...], float] = {(): 0.5}
    for depth in range(1, len(balls) + 1):
        for path in product((1, 0), repeat=depth):
            height[path] = height[path[:-1]] + (0.5 if path[-1] else -0.5) / 2**depth
            ends = (depth - 1, depth), (height[path[:-1]], height[path])
            on_path = path == tuple(balls[:depth])
            style: dict[str, Any] = (
                {"color": MODEL, "lw": 3, "zorder": 3}
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
                    size=12,
                    color=MODEL_TEXT,
                    zorder=4,
                )
            ax.plot(
                depth,
                height[path],
                "o",
                ms=13 if on_path else 5 if depth < len(balls) else 3,
                mfc=BALLS[path[-1]],
                mec=LOSS if on_path else "#9A9A9A",
                mew=1.5 if on_path else 0.7,
                zorder=5 if on_path else 2,
            )
    probability = sequence_probability(seq, theta)
    ax.text(
        len(balls) + 0.15,
        height[tuple(balls)],
        f"{probability:.5f}",
        va="center",
        size=12,
        color=MODEL_TEXT,
    )
    ax.text(0.0, 0.74, "up: black", ha="center", size=12, color=MUTED)
    ax.text(0.0, 0.23, "down: white", ha="center", size=12, color=MUTED)
    return fig, ax


def splits(seq: str, players: dict[str, float]) -> tuple[Figure, Axes]:
    """Draw, for each player, a strip of length 1 divided among all sequences as long as `seq`.

    The pieces come in the order of the tree's ends, from white to black; those of `seq` and of the
    sequence of black balls only carry their length.
    """
    observed = tuple(int(ball) for ball in parse(seq))
    paths = list(product((0, 1), repeat=len(observed)))
    fig, ax = plt.subplots(figsize=(6, 4.0))
    for row, (name, theta) in enumerate(players.items()):
        lengths = [float(sequence_probability(path, theta)) for path in paths]
        starts = list(accumulate(lengths, initial=0.0))
        for path, start, length in zip(paths, starts, lengths, strict=False):
            ours = path == observed
            ax.add_patch(
                Rectangle(
                    (start, -row - 0.2),
                    length,
                    0.4,
                    fc=MODEL if ours else "#F1F1F1",
                    ec="#8C8C8C",
                    lw=0.6,
                    zorder=3 if ours else 2,
                )
            )
        at = paths.index(observed)
        middle = starts[at] + lengths[at] / 2
        ax.plot([middle, middle], [-row - 0.2, -row - 0.27], color=MODEL_TEXT, lw=1.2)
        ax.text(
            max(middle, 0.06),  # not beyond the left edge
            -row - 0.3,
            f"{lengths[at]:.5f}",
            ha="center",
            va="top",
            color=MODEL_TEXT,
            weight="bold",
            size=12,
        )
        ax.text(0, -row + 0.25, f"{name}, θ = {theta:g}", color=LOSS, size=12)
        ax.text(1, -row + 0.25, f"last: {lengths[-1]:.5f}", ha="right", color=MUTED, size=12)
    last = -len(players) + 1
    ax.set(xlim=(-0.01, 1.01), ylim=(last - 0.55, 0.45), yticks=[])
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    ax.spines["left"].set_visible(False)
    return fig, ax


def two_readings(n: int, theta_row: float, k_column: int) -> tuple[Figure, tuple[Axes, ...]]:
    """Draw one table: its rows are probabilities, its columns likelihoods."""
    theta = np.linspace(0, 1, 101)
    ks = np.arange(n + 1)
    table = binom.pmf(ks, n, theta[:, None])
    fig, axes = plt.subplot_mosaic(
        [["table", "column"], ["row", "words"]],
        figsize=(6, 6.4),
        height_ratios=[1.9, 1],
        width_ratios=[1.9, 1],
    )
    ax, row, column, words = (axes[name] for name in ("table", "row", "column", "words"))
    ax.imshow(
        table,
        origin="lower",
        aspect="auto",
        extent=(-0.5, n + 0.5, 0, 1),
        cmap="Oranges",
        vmax=0.75,
        interpolation="nearest",
    )
    ax.axhline(theta_row, color=MODEL_TEXT, lw=3)
    ax.axvline(k_column, color=RECORD, lw=3)
    ax.set(xlabel="number of black balls k", ylabel="dial setting θ", xticks=ks)
    ax.spines[["top", "right"]].set_visible(True)
    slice_row = binom.pmf(ks, n, theta_row)
    row.bar(ks, slice_row, color=MODEL, width=0.7)
    row.set(xlabel="k", ylabel="probability", xticks=ks, xlim=(-0.5, n + 0.5), yticks=[0, 0.2, 0.4])
    row.set_ylim(0, 0.52)
    row.text(
        k_column, slice_row[k_column] + 0.015, f"{slice_row[k_column]:.4f}", ha="center", size=12
    )
    row.text(
        0.01,
        0.98,
        f"across, θ = {theta_row:g}:\na probability,\nsum {slice_row.sum():.0f}",
        transform=row.transAxes,
        va="top",
        color=MODEL_TEXT,
    )
    slice_column = binom.pmf(k_column, n, theta)
    column.plot(slice_column, theta, color=RECORD)
    column.fill_betweenx(theta, slice_column, color=RECORD, alpha=0.15, lw=0)
    column.set(xlabel=f"at k = {k_column}", ylim=(0, 1), xlim=(0, 0.4), xticks=[0, 0.2, 0.4])
    column.set_yticklabels([])
    column.text(0.11, 0.565, f"area 1/{n + 1}", va="center", color=LOSS)
    words.axis("off")
    orders, one = comb(n, k_column), slice_row[k_column] / comb(n, k_column)
    words.text(
        0,
        1,
        f"down, k = {k_column}:\na likelihood,\narea 1/{n + 1}\n\n"
        f"{slice_row[k_column]:.4f} =\n{orders} orders × {one:.5f}",
        va="top",
        color=LOSS,
        transform=words.transAxes,
    )
    return fig, (ax, row, column)


def climbing_to_the_end(seq: str) -> tuple[Figure, Axes]:
    """Draw the likelihood given balls of one colour: it is highest at an end of the scale."""
    theta = np.linspace(0, 1, 201)
    n, black = len(parse(seq)), int(counts(seq)[1])
    top = int(mle(black, n))  # 0 or 1
    fig, ax = plt.subplots(figsize=(6, 3.4))
    ax.plot(theta, sequence_probability(seq, theta), color=RECORD, lw=2.5)
    ax.plot(top, 1, "o", color=MODEL, mec=MODEL_TEXT, ms=10, clip_on=False, zorder=5)
    note = f"highest at the very end,\nwhere the slope is {n if top else -n}, not 0".replace(
        "-", "−"
    )
    side = "right" if top else "left"
    ax.text(0.9 if top else 0.1, 0.9, note, color=MODEL_TEXT, ha=side, va="center", size=12)
    ax.set(xlabel="dial setting θ", ylabel="likelihood L(θ)", xlim=(0, 1), ylim=(0, 1.05))
    draw_balls(ax, seq, x=0.06 if top else 0.62, y=0.5, step=0.08, size=16)
    return fig, ax


def sampling_histogram(estimates: NDArray[np.float64], n: int, theta: float) -> tuple[Figure, Axes]:
    """Draw how often each estimate came out of `n` balls, and the world's dial that made them."""
    values = np.arange(n + 1) / n
    shares = np.bincount(np.rint(estimates * n).astype(int), minlength=n + 1) / len(estimates)
    fig, ax = plt.subplots(figsize=(6, 3.8))
    ax.bar(values, shares, width=0.11, color=MODEL)
    for value, share in zip(values, shares, strict=True):
        ax.text(value, share + 0.008, f"{share:.1%}", ha="center", size=12)
    ax.axvline(theta, ymax=0.86, color=WORLD, lw=2.5)
    ax.text(theta, 0.365, f"the world's dial, {theta:g}", color=WORLD, ha="center", size=12)
    ax.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
    ax.set(xlabel="estimate from five balls", ylabel="share of the people", xticks=values)
    ax.set(ylim=(0, 0.4), yticks=[0, 0.1, 0.2, 0.3])
    return fig, ax
