"""Figures of chapter 5: digits, the ladder of losses, and what a network expects and gets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray
from scipy.special import softmax

from lib.figures.style import DANGER, LOSS, MODEL, MODEL_TEXT, MUTED, RECORD, SECOND
from lib.losses import nll_from_logits

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

# "none" stores the pixels in the SVG unchanged; anything else would resample them.
_PIXELS: dict[str, Any] = {"cmap": "Greys", "vmin": 0, "vmax": 255, "interpolation": "none"}


def digit_grid(
    images: NDArray[np.uint8], labels: Labels, *, columns: int = 12, marked: int
) -> tuple[Figure, Axes]:
    """Draw the first images of each class, one row per class, and frame one image.

    Parameters
    ----------
    images : ndarray, shape (N, 28, 28)
        Bytes; 255 is ink.
    labels : ndarray of int, shape (N,)
        Classes 0..9, each at least `columns` times.
    columns : int
        Images of each class.
    marked : int
        Position of the image to frame; it must be among those drawn.
    """
    chosen = [np.flatnonzero(labels == digit)[:columns] for digit in range(10)]
    size = images.shape[1]
    mosaic = np.block([[images[i] for i in row] for row in chosen])
    fig, ax = plt.subplots(figsize=(6.4, 5.6))
    ax.imshow(mosaic, **_PIXELS)
    row = int(labels[marked])
    column = int(np.flatnonzero(chosen[row] == marked)[0])
    frame: dict[str, Any] = {"fill": False, "edgecolor": SECOND, "linewidth": 3, "clip_on": False}
    ax.add_patch(Rectangle((column * size, row * size), size - 1, size - 1, **frame))
    ax.set_yticks(np.arange(10) * size + size / 2, [str(digit) for digit in range(10)])
    ax.set(xticks=[], ylabel="label")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title("The labels, and how people write them")
    return fig, ax


def _height(nats: float) -> float:
    """Return the height of a loss on the ladder: linear above 1 nat, logarithmic below."""
    return nats if nats >= 1 else 1 + math.log(nats)


def _choices(nats: float) -> str:
    """Return exp(nats) with enough digits to distinguish it from 1 or from an integer."""
    value = math.exp(nats)
    return f"{value:.4g}" if value >= 1.1 else f"{value:.4f}"


def _spread(places: Sequence[float], gap: float) -> list[float]:
    """Return the positions, highest first, moved apart until neighbours are `gap` apart."""
    moved = list(places)
    for _ in range(200):
        for i in range(len(moved) - 1):
            short = gap - (moved[i] - moved[i + 1])
            if short > 0:
                moved[i] += short / 2
                moved[i + 1] -= short / 2
    return moved


def loss_ladder(
    rungs: Sequence[tuple[str, float]], *, lowest: float = 0.003, title: str
) -> tuple[Figure, Axes]:
    """Draw losses on a thermometer in nats, with the equivalent number of equal choices.

    Parameters
    ----------
    rungs : sequence of (name, nats)
        The losses, in any order, each at least `lowest`.
    lowest : float
        Where the scale ends; below it there is only the bulb, at 0 nats.
    title : str
        Title of the figure.
    """
    rungs = sorted(rungs, key=lambda rung: -rung[1])
    bottom, top = _height(lowest), _height(2.5)
    fig, ax = plt.subplots(figsize=(6.4, 5.8))
    ax.set(xlim=(0, 10), ylim=(bottom - 1.15, top + 1.1))
    ax.axis("off")
    tube: dict[str, Any] = {"facecolor": "white", "edgecolor": LOSS, "linewidth": 1.5}
    shape = "round,pad=0,rounding_size=0.18"
    ax.add_patch(FancyBboxPatch((1.6, bottom - 0.4), 0.42, top - bottom + 0.55, shape, **tube))
    ax.plot(1.81, bottom - 0.55, "o", ms=24, color=LOSS)
    filled = _height(rungs[-1][1])
    ax.add_patch(Rectangle((1.7, bottom - 0.5), 0.22, filled - bottom + 0.5, color=LOSS))
    for tick in (2, 1, 0.3, 0.1, 0.03, 0.01, 0.003):
        ax.plot([1.45, 1.6], [_height(tick)] * 2, color=LOSS, lw=1)
        ax.text(1.35, _height(tick), f"{tick:g}", ha="right", va="center")
    texts = _spread([_height(nats) for _, nats in rungs], gap=0.48)
    for (name, nats), place in zip(rungs, texts, strict=True):
        height = _height(nats)
        ax.plot([1.6, 2.02], [height] * 2, color=LOSS, lw=3)
        ax.plot([2.05, 2.55, 2.75], [height, place, place], color=MUTED, lw=1)
        ax.text(2.85, place, f"{nats:.4f}", va="center", color=LOSS, weight="bold")
        ax.text(4.15, place, name, va="center")
        ax.text(9.9, place, _choices(nats), va="center", ha="right", color=MODEL_TEXT)
    ax.text(2.85, bottom - 0.55, "0", va="center", color=LOSS, weight="bold")
    ax.text(4.15, bottom - 0.55, "sure, and right", va="center", color=MUTED)
    ax.text(9.9, bottom - 0.55, "1", va="center", ha="right", color=MODEL_TEXT)
    head = top + 0.85
    ax.text(2.85, head, "nats", va="center", weight="bold")
    ax.text(9.9, head, "equal choices", va="center", ha="right", color=MODEL_TEXT)
    ax.set_title(title)
    return fig, ax


def untrained(losses: Floats, classes: int) -> tuple[Figure, Axes]:
    """Draw one dot for the loss of each untrained network, beside log K.

    Parameters
    ----------
    losses : ndarray, shape (runs,)
        Nats per image.
    classes : int
        Number of classes K.
    """
    fig, ax = plt.subplots(figsize=(6.4, 3.1))
    guess, mean = math.log(classes), float(losses.mean())
    width = 0.0008  # of a dot in nats; each dot goes to the lowest row where it touches no other
    last: list[float] = []
    for loss in np.sort(losses):
        row = next((i for i, x in enumerate(last) if loss - x > width), len(last))
        last[row : row + 1] = [float(loss)]
        ax.plot(loss, row + 1, "o", ms=10, color=LOSS, alpha=0.75, mew=0)
    top = len(last) + 2.2
    ax.axvline(guess, color=MUTED, lw=2, zorder=0)
    ax.text(guess - 0.0005, top - 0.7, f"ln {classes} = {guess:.4f}", color=MUTED, ha="right")
    ax.axvline(mean, color=LOSS, lw=1.5, ls=":", zorder=0)
    ax.text(mean + 0.0005, top - 0.7, f"their mean, {mean:.4f}", color=LOSS)
    ax.set(ylim=(0.3, top), yticks=[], xlabel="nats per image, before any training")
    ax.spines["left"].set_visible(False)
    ax.set_title(f"{len(losses)} untrained networks all start near ln {classes}")
    return fig, ax


def lorenz(losses: Mapping[str, Floats], wrong: NDArray[np.bool_]) -> tuple[Figure, Axes]:
    """Draw the share of the total loss caused by the most expensive images.

    Parameters
    ----------
    losses : mapping of name to ndarray, shape (N,)
        Losses of the same N images at several times; the last is the one with callouts.
    wrong : ndarray of bool, shape (N,)
        Which images are predicted wrong at the last time.
    """
    fig, ax = plt.subplots(figsize=(6.4, 4.6))
    shades = [SECOND] * (len(losses) - 1) + [LOSS]
    for (name, each), colour in zip(losses.items(), shades, strict=True):
        n = len(each)
        share = np.r_[0, np.cumsum(np.sort(each)[::-1])] / each.sum()
        keep = np.r_[0:200, 200 : n + 1 : 20]  # the curve looks smooth with fewer than 2 000 points
        ax.plot(keep / n, share[keep], color=colour)
        at = n // 10
        ax.text(0.105, share[at] - 0.02, name, color=colour, va="top")
    percent = n // 100
    ax.plot(percent / n, share[percent], "o", color=DANGER, ms=9, zorder=5)
    arrow = {"arrowstyle": "->", "color": DANGER}
    note = f"the worst 1 %, {percent} images:\n{100 * share[percent]:.0f} % of the loss"
    ax.annotate(note, (percent / n, share[percent]), (0.44, 0.30), color=DANGER, arrowprops=arrow)
    count = int(wrong.sum())
    of_wrong = float(each[wrong].sum() / each.sum())
    ax.text(
        0.99,
        0.11,
        f"The {count} images that are read wrong\nbear {100 * of_wrong:.0f} % of it.",
        ha="right",
        color=DANGER,
    )
    ax.plot([0, 1], [0, 1], color=MUTED, lw=1, ls=":")
    ax.text(0.66, 0.63, "if all cost the same", color=MUTED, va="top")
    ax.set(xlim=(0, 1), ylim=(0, 1.02))
    ax.set(xlabel="share of the test images, most expensive first", ylabel="share of the loss")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    ax.set_title("Where the bill comes from")
    return fig, ax


def _one_in(nats: float) -> str:
    """Return the probability exp(-nats) in words: 1 in 16 million."""
    odds = math.exp(nats)
    if odds < 1e6:
        return f"1 in {float(f'{odds:.3g}'):,.0f}".replace(",", " ")
    return f"1 in {odds / 1e6:.3g} million" if odds < 1e9 else f"1 in {odds / 1e9:.3g} billion"


def gallery(
    images: NDArray[np.uint8], labels: Labels, z: Floats, *, share: float, columns: int = 3
) -> tuple[Figure, NDArray[Any]]:
    """Draw enlarged images with their label, the prediction and its loss.

    Parameters
    ----------
    images : ndarray, shape (n, 28, 28)
        Bytes, 255 is ink.
    labels : ndarray of int, shape (n,)
        True classes.
    z : ndarray, shape (n, K)
        Logits.
    share : float
        Their part of the total loss.
    columns : int
        Images per row.
    """
    rows = -(-len(images) // columns)
    fig, axes = plt.subplots(rows, columns, figsize=(6.4, 3.0 * rows + 0.3))
    q = softmax(z, axis=1)
    for ax, image, y, each, logits in zip(axes.flat, images, labels, q, z, strict=True):
        ax.imshow(image, **_PIXELS)
        ax.axis("off")
        said = int(each.argmax())
        loss = nll_from_logits(logits, y)
        ax.set_ylim(images.shape[1] * 1.42, -0.5)  # room for four lines below the picture
        name = f"an {y}" if y == 8 else f"a {y}"
        sure = f"{100 * each[said]:.2f} %" if each[said] < 0.9999 else "over 99.99 %"
        lines: tuple[tuple[str, str, dict[str, Any]], ...] = (
            (name, RECORD, {"weight": "bold", "size": 12}),
            (f"read as {said}, {sure}", MODEL_TEXT, {}),
            (f"gave {y}: {_one_in(loss)}", MUTED, {}),
            (f"{loss:.2f} nats", LOSS, {}),
        )
        for i, (text, colour, style) in enumerate(lines):
            place = images.shape[1] * (1.01 + 0.105 * i)
            ax.text(images.shape[2] / 2, place, text, color=colour, ha="center", va="top", **style)
    title = f"{len(images)} images that cost {100 * share:.0f} % of the whole test loss"
    fig.suptitle(title, x=0.01, ha="left", weight="bold", size=12)
    return fig, axes


def expects_gets(
    epochs: Labels, expects: Floats, gets: Floats, at_T: Floats
) -> tuple[Figure, Axes]:
    """Draw what a network expects to pay and what it pays, over the epochs.

    Parameters
    ----------
    epochs : ndarray of int, shape (C,)
        Checkpoints after training has begun.
    expects, gets : ndarray, shape (C,)
        Mean entropy of the predictions and mean loss, nats per test image.
    at_T : ndarray, shape (C,)
        The mean loss after dividing the logits by the temperature that fits held-out images.
    """
    fig, ax = plt.subplots(figsize=(6.4, 4.4))
    gap: dict[str, Any] = {"lw": 0, "interpolate": True}
    ax.fill_between(epochs, expects, gets, where=gets < expects, color=MODEL, alpha=0.2, **gap)
    ax.fill_between(epochs, expects, gets, where=gets > expects, color=DANGER, alpha=0.14, **gap)
    ax.plot(epochs, expects, "o--", color=MODEL, ms=4)
    ax.plot(epochs, at_T, "o:", color=LOSS, ms=4, lw=1.6, mfc="white")
    ax.plot(epochs, gets, "o-", color=LOSS, ms=4)
    end = epochs[-1] + 1.2
    for name, curve, colour in (
        ("gets", gets, LOSS),
        ("gets at T", at_T, LOSS),
        ("expects", expects, MODEL_TEXT),
    ):
        ax.text(end, curve[-1], f"{name}\n{curve[-1]:.4f}", va="center", color=colour)
    ax.text(4.5, 0.42, "too modest", color=MODEL_TEXT)
    ax.text(33, 0.27, "too sure", color=DANGER, ha="center")
    ax.set(xlim=(0, 73), ylim=(0, None), xticks=[1, 10, 20, 30, 40, 50, 60])
    ax.set(xlabel="epoch", ylabel="nats per test image")
    ax.set_title("The estimate and the bill")
    return fig, ax


def compare_losses(runs: Mapping[str, Sequence[Mapping[str, float]]]) -> tuple[Figure, Axes]:
    """Draw wrong answers and cross-entropy of every run, a cloud for each training loss.

    Parameters
    ----------
    runs : mapping of name to runs
        Each run has "accuracy" and "cross-entropy" of the test images. The names are those of
        `lib.training.LOSSES`; its two bugs are vermillion.
    """
    fig, ax = plt.subplots(figsize=(6.4, 4.8))
    looks = {  # of each loss: colour, marker, and where its name goes
        "cross-entropy": (LOSS, "o", (4.6, 0.155), "right"),
        "softmax twice": (DANGER, "s", (6.15, 0.31), "left"),
        "log forgotten": (DANGER, "D", (6.3, 0.53), "left"),
        "squared error of softmax": (SECOND, "v", (5.65, 0.187), "left"),
        "squared error of outputs": (SECOND, "P", (3.9, 1.56), "left"),
        "label smoothing 0.1": (SECOND, "^", (3.5, 0.285), "left"),
        "focal, gamma 2": (SECOND, "X", (4.95, 0.152), "left"),
    }
    for name, rows in runs.items():
        colour, marker, place, side = looks[name]
        wrong = [100 * (1 - row["accuracy"]) for row in rows]
        nats = [row["cross-entropy"] for row in rows]
        ax.plot(wrong, nats, marker, color=colour, ms=7, alpha=0.75, mew=0)
        ax.text(*place, name, color=colour, ha=side, va="center")
    ax.set(yscale="log", xlim=(3.3, 7.6), ylim=(0.13, 2.2))
    ax.set_yticks([0.15, 0.2, 0.3, 0.5, 1, 2], ["0.15", "0.2", "0.3", "0.5", "1", "2"])
    ax.minorticks_off()
    ax.set(xlabel="wrong answers (%)", ylabel="cross-entropy (nats per test image)")
    ax.set_title("No loss is best at both")
    return fig, ax
