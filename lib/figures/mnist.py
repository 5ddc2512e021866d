"""Figures of chapter 5: digits, the ladder of losses, and which images cause the loss."""

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

from lib.figures.style import DANGER, LOSS, MODEL, MODEL_TEXT, MUTED, SECOND, TRUTH
from lib.losses import nll_from_logits

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

# "none" stores the pixels in the SVG unchanged; anything else would resample them.
_PIXELS: dict[str, Any] = {"cmap": "Greys", "vmin": 0, "vmax": 255, "interpolation": "none"}


def digit_grid(
    images: NDArray[np.uint8], labels: Labels, *, columns: int = 15, marked: int
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
    fig, ax = plt.subplots(figsize=(7.2, 4.9))
    ax.imshow(mosaic, **_PIXELS)
    row = int(labels[marked])
    column = int(np.flatnonzero(chosen[row] == marked)[0])
    frame: dict[str, Any] = {"fill": False, "edgecolor": TRUTH, "linewidth": 2.5, "clip_on": False}
    ax.add_patch(Rectangle((column * size, row * size), size - 1, size - 1, **frame))
    ax.set_yticks(np.arange(10) * size + size / 2, [str(digit) for digit in range(10)])
    ax.set(xticks=[], ylabel="label")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title("Ten colours of ball, as people draw them")
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
    """Figure 5.1: losses on a thermometer in nats, with the equivalent number of equal choices.

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
    fig, ax = plt.subplots(figsize=(7.2, 5.6))
    ax.set(xlim=(0, 10), ylim=(bottom - 1.15, top + 0.75))
    ax.axis("off")
    tube: dict[str, Any] = {"facecolor": "white", "edgecolor": LOSS, "linewidth": 1.5}
    shape = "round,pad=0,rounding_size=0.18"
    ax.add_patch(FancyBboxPatch((1.6, bottom - 0.4), 0.42, top - bottom + 0.55, shape, **tube))
    ax.plot(1.81, bottom - 0.55, "o", ms=24, color=LOSS)
    filled = _height(rungs[-1][1])
    ax.add_patch(Rectangle((1.7, bottom - 0.5), 0.22, filled - bottom + 0.5, color=LOSS))
    for tick in (2, 1, 0.3, 0.1, 0.03, 0.01, 0.003):
        ax.plot([1.45, 1.6], [_height(tick)] * 2, color=LOSS, lw=1)
        ax.text(1.35, _height(tick), f"{tick:g}", ha="right", va="center", size=9)
    texts = _spread([_height(nats) for _, nats in rungs], gap=0.48)
    for (name, nats), place in zip(rungs, texts, strict=True):
        height = _height(nats)
        ax.plot([1.6, 2.02], [height] * 2, color=TRUTH, lw=3)
        ax.plot([2.05, 2.55, 2.75], [height, place, place], color=MUTED, lw=1)
        ax.text(2.85, place, f"{nats:.4f}", va="center", color=LOSS, weight="bold")
        ax.text(4.0, place, name, va="center")
        ax.text(9.9, place, _choices(nats), va="center", ha="right", color=MODEL_TEXT)
    ax.text(2.85, bottom - 0.55, "0", va="center", color=LOSS, weight="bold")
    ax.text(4.0, bottom - 0.55, "certain, and right (never quite)", va="center", color=MUTED)
    ax.text(9.9, bottom - 0.55, "1", va="center", ha="right", color=MODEL_TEXT)
    head = top + 0.5
    ax.text(2.85, head, "nats per image", va="center", weight="bold", size=9.5)
    effective = "effective number of choices"
    ax.text(9.9, head, effective, va="center", ha="right", size=9.5, color=MODEL_TEXT)
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
    fig, ax = plt.subplots(figsize=(7.2, 2.9))
    guess, mean = math.log(classes), float(losses.mean())
    width = 0.0008  # of a dot in nats; each dot goes to the lowest row where it touches no other
    last: list[float] = []
    for loss in np.sort(losses):
        row = next((i for i, x in enumerate(last) if loss - x > width), len(last))
        last[row : row + 1] = [float(loss)]
        ax.plot(loss, row + 1, "o", ms=10, color=LOSS, alpha=0.75, mew=0)
    top = len(last) + 2.2
    ax.axvline(guess, color=DANGER, lw=2, zorder=0)
    ax.text(guess - 0.0005, top - 0.7, f"ln {classes} = {guess:.4f}", color=DANGER, ha="right")
    ax.axvline(mean, color=MUTED, lw=1.5, ls=":", zorder=0)
    ax.text(mean + 0.0005, top - 0.7, f"their mean, {mean:.4f}", color=MUTED)
    ax.set(ylim=(0.3, top), yticks=[], xlabel="test loss before any training (nats per image)")
    ax.spines["left"].set_visible(False)
    ax.set_title(f"{len(losses)} untrained networks all start within a hair of ln {classes}")
    return fig, ax


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
    fig, ax = plt.subplots(figsize=(7.2, 2.5))
    ax.axvspan(printed - half, printed + half, color=DANGER, alpha=0.25, lw=0)
    ax.text(printed, 1.62, f"printed:\n{printed:.4f} ± {half:.5f}", color=DANGER, ha="center")
    for k, (low, high) in intervals.items():
        ax.plot([low, high], [1, 1], color=LOSS, lw=7, solid_capstyle="butt")
        note = f"class {k} allows\n{low:.5f} to {high:.5f}"
        ax.text((low + high) / 2, 1.28, note, ha="center", size=10)
    low = min(low for low, _ in intervals.values())
    gap = (printed + half + low) / 2
    ax.annotate(
        "",
        (printed + half, 0.72),
        (low, 0.72),
        arrowprops={"arrowstyle": "<->", "color": DANGER, "shrinkA": 0, "shrinkB": 0},
    )
    ax.text(gap, 0.38, "no overlap", color=DANGER, ha="center", size=9.5)
    ax.set(ylim=(0.2, 2.5), yticks=[], xlabel="loss (nats)")
    ax.spines["left"].set_visible(False)
    ax.ticklabel_format(useOffset=False)
    ax.set_title("The nearest class cannot have had the printed loss either")
    return fig, ax


def live_loss(losses: Floats, per_epoch: int, guides: Mapping[str, float]) -> tuple[Figure, Axes]:
    """Draw the loss at every step of training.

    Parameters
    ----------
    losses : ndarray, shape (steps,)
        Mean loss of each batch just before its step, nats per image.
    per_epoch : int
        Steps per epoch.
    guides : mapping of name to nats
        Losses to draw as horizontal lines.
    """
    fig, ax = plt.subplots(figsize=(7.2, 3.9))
    steps = np.arange(len(losses))
    for name, nats in guides.items():
        ax.axhline(nats, color=TRUTH, lw=1.5, ls="--")
        ax.text(len(losses), nats + 0.03, name, color=TRUTH, ha="right", va="bottom", size=9.5)
    ax.plot(steps, losses, color="#B0B0B0", lw=0.9)
    window = 25
    smooth = np.convolve(losses, np.ones(window) / window, mode="valid")
    ax.plot(steps[window - 1 :], smooth, color=LOSS)
    middle = len(losses) // 3
    ax.text(middle, smooth[middle] + 0.45, f"black: mean of the last {window} steps", size=9.5)
    ax.text(middle, smooth[middle] + 0.29, "grey: one batch", size=9.5, color=MUTED)
    for epoch in range(1, len(losses) // per_epoch):
        ax.axvline(epoch * per_epoch, color="#E0E0E0", lw=1, zorder=0)
    ax.set(xlim=(0, len(losses)), ylim=(0, 2.6), ylabel="loss (nats per image)")
    ax.set_xlabel(f"step ({per_epoch} steps are an epoch)")
    ax.set_title("Written by hand, and it learns")
    return fig, ax


def before_after(
    rows: Sequence[tuple[str, NDArray[np.uint8] | None, Floats, Floats]], y: int
) -> tuple[Figure, NDArray[Any]]:
    """Draw predicted distributions before and after training, one row per image.

    Parameters
    ----------
    rows : sequence of (name, image, logits before, logits after)
        The image may be None.
    y : int
        The true class of all of them.
    """
    fig, axes = plt.subplots(
        len(rows), 3, figsize=(7.2, 2.1 * len(rows) + 0.5), width_ratios=[0.75, 2, 2]
    )
    for (name, image, *logits), (picture, *panels) in zip(rows, axes, strict=True):
        picture.axis("off")
        if image is None:
            picture.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
            picture.text(0.5, 0.5, "picture\nnot printed", ha="center", va="center", color=MUTED)
        else:
            picture.imshow(image, **_PIXELS)
        picture.set_title(name, size=10, weight="normal", loc="center")
        for ax, z in zip(panels, logits, strict=True):
            q = softmax(z)
            ax.bar(range(10), q, color=[TRUTH if k == y else MODEL for k in range(10)])
            ax.set(ylim=(0, 1.12), yticks=[0, 0.5, 1], xticks=range(10))
            ax.tick_params(labelsize=9)
            loss = nll_from_logits(z, y)
            note = f"q$_{y}$ = {q[y]:.4f}\nloss {loss:.4f} nats"
            if loss < 0.0001:  # "0.0000" would look like zero
                note = f"q$_{y}$ > 0.9999\nloss < 0.0001 nats"
            ax.text(0.03, 0.97, note, va="top", transform=ax.transAxes, size=9.5)
    axes[0, 1].set_title("before training", size=10.5)
    axes[0, 2].set_title("after", size=10.5)
    fig.suptitle("The same question, before and after", x=0.01, ha="left", weight="bold", size=12)
    return fig, axes


def lorenz(losses: Mapping[str, Floats], wrong: NDArray[np.bool_]) -> tuple[Figure, Axes]:
    """Figure 5.2: the share of the total loss caused by the most expensive images.

    Parameters
    ----------
    losses : mapping of name to ndarray, shape (N,)
        Losses of the same N images at several times; the last is the one with callouts.
    wrong : ndarray of bool, shape (N,)
        Which images are predicted wrong at the last time.
    """
    fig, ax = plt.subplots(figsize=(7.2, 4.3))
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
    ax.text(0.66, 0.63, "if all cost the same", color=MUTED, size=9.5, va="top")
    ax.set(xlim=(0, 1), ylim=(0, 1.02))
    ax.set(xlabel="share of the test images, most expensive first", ylabel="share of the loss")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    ax.set_title("A handful of images bears most of the loss")
    return fig, ax


def _one_in(nats: float) -> str:
    """Return the probability exp(-nats) in words: 1 in 16 million."""
    odds = math.exp(nats)
    if odds < 1e6:
        return f"1 in {float(f'{odds:.3g}'):,.0f}".replace(",", " ")
    return f"1 in {odds / 1e6:.3g} million" if odds < 1e9 else f"1 in {odds / 1e9:.3g} billion"


def gallery(
    images: NDArray[np.uint8], labels: Labels, z: Floats, *, share: float, columns: int = 4
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
    fig, axes = plt.subplots(rows, columns, figsize=(7.2, 2.75 * rows + 0.3))
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
            (name, TRUTH, {"weight": "bold", "size": 11}),
            (f"read as {said}, {sure}", MODEL_TEXT, {"size": 9.5}),
            (f"gave {y}: {_one_in(loss)}", MUTED, {"size": 9.5}),
            (f"{loss:.2f} nats", LOSS, {"size": 10}),
        )
        for i, (text, colour, style) in enumerate(lines):
            place = images.shape[1] * (1.01 + 0.105 * i)
            ax.text(images.shape[2] / 2, place, text, color=colour, ha="center", va="top", **style)
    title = f"{len(images)} images that cost {100 * share:.0f} % of the whole test loss"
    fig.suptitle(title, x=0.01, ha="left", weight="bold", size=12)
    return fig, axes


def keep_training(
    epochs: Labels,
    loss: Floats,
    scaled: Floats,
    accuracy: Floats,
    largest: Floats,
    *,
    stop: int,
) -> tuple[Figure, tuple[Axes, Axes, Axes]]:
    """Figure 5.3: the test loss rises again while the accuracy stands still.

    Parameters
    ----------
    epochs : ndarray of int, shape (C,)
        Checkpoints.
    loss, scaled : ndarray, shape (C,)
        Test cross-entropy before and after temperature scaling, nats per image.
    accuracy : ndarray, shape (C,)
        Test accuracy.
    largest : ndarray, shape (C,)
        Largest absolute test logit.
    stop : int
        The checkpoint to mark: the epoch chosen by the held-out images.
    """
    fig, (top, ax) = plt.subplots(2, 1, figsize=(7.2, 5.4), sharex=True, height_ratios=[1, 2.6])
    top.plot(epochs, accuracy, "o-", color=TRUTH, ms=4)
    top.text(
        epochs[-1], accuracy[-1] - 0.018, "test accuracy: little change", color=TRUTH, ha="right"
    )
    top.set(ylim=(0.885, 0.975), ylabel="accuracy")
    mark = int(np.flatnonzero(epochs == stop)[0])
    ax.plot(epochs, loss, "o-", color=LOSS, ms=4)
    ax.plot(epochs, scaled, "o--", color=LOSS, ms=4, lw=1.5, mfc="white")
    ax.plot(stop, loss[mark], "o", color=DANGER, ms=9, zorder=5)
    arrow = {"arrowstyle": "->", "color": DANGER}
    ax.annotate(
        f"the held-out images\nchoose epoch {stop}:\n{loss[mark]:.4f} nats",
        (stop, loss[mark]),
        (stop - 18, loss[mark] - 0.06),
        color=DANGER,
        arrowprops=arrow,
    )
    end = epochs[-1]
    ax.text(end, loss[-1] + 0.008, f"test loss {loss[-1]:.4f}", ha="right", va="bottom")
    note = f"the same network, cooled by its temperature: {scaled[-1]:.4f}"
    ax.text(end, scaled[-1] - 0.008, note, ha="right", va="top")
    ax.set(xlim=(0, end + 1), ylim=(0.12, 0.42), xlabel="epoch")
    ax.set_ylabel("test cross-entropy (nats per image)")
    right = ax.twinx()
    right.plot(epochs, largest, color=SECOND, lw=1.5)
    right.set(ylim=(0, 75), ylabel="largest |logit|")
    right.yaxis.label.set_color(SECOND)
    right.tick_params(axis="y", colors=SECOND)
    right.spines["right"].set_visible(True)
    right.text(end - 14, largest[-1] - 1, "largest |logit|: rising", color=SECOND, ha="center")
    top.set_title("The accuracy levels off; the confidence does not")
    return fig, (top, ax, right)


def compare_losses(runs: Mapping[str, Sequence[Mapping[str, float]]]) -> tuple[Figure, Any]:
    """Draw errors, cross-entropy and calibration error of every training loss.

    Parameters
    ----------
    runs : mapping of name to runs
        Each run has "accuracy", "cross-entropy" and "ece". Bars are means over the runs, whiskers
        one standard deviation.
    """
    fig, axes = plt.subplots(1, 3, figsize=(7.2, 3.7), sharey=True)
    names = list(runs)

    def values(key: str) -> Floats:
        return np.array([[run[key] for run in rows] for rows in runs.values()])

    columns = (
        ("wrong answers (%)", 100 * (1 - values("accuracy")), ".2f"),
        ("cross-entropy (nats)", values("cross-entropy"), ".3f"),
        ("calibration error", values("ece"), ".3f"),
    )
    places = np.arange(len(names))[::-1]
    for ax, (label, found, form) in zip(axes, columns, strict=True):
        mean, spread = found.mean(axis=1), found.std(axis=1, ddof=1)
        colours = [TRUTH if i == mean.argmin() else "#BDBDBD" for i in range(len(names))]
        whisker = {"elinewidth": 1.4, "capsize": 3}
        ax.barh(places, mean, xerr=spread, color=colours, height=0.68, error_kw=whisker)
        for place, m, s in zip(places, mean, spread, strict=True):
            best = {"weight": "bold", "color": TRUTH} if m == mean.min() else {}
            ax.text(m + s + 0.04 * mean.max(), place, f"{m:{form}}", va="center", size=9, **best)
        ax.set(xlim=(0, 1.42 * (mean + spread).max()))
        ax.set_xlabel(label, size=10)
    axes[0].set_yticks(places, names)
    axes[0].tick_params(axis="y", length=0)
    fig.suptitle(
        "No loss is best at everything (blue: the lowest mean)", x=0.01, ha="left", weight="bold"
    )
    return fig, axes


def bad_start(
    accuracy: Mapping[str, Floats], loss: Mapping[str, Floats]
) -> tuple[Figure, tuple[Axes, Axes]]:
    """Draw how each loss recovers, or does not, from a confident wrong start.

    Parameters
    ----------
    accuracy, loss : mapping of name to ndarray, shape (epochs + 1,)
        Test accuracy and test cross-entropy (nats per image) for each training loss, starting
        before training; the runs may differ in length.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.6))
    shades = (LOSS, DANGER, SECOND)
    for name, colour in zip(accuracy, shades, strict=True):
        left.plot(accuracy[name], "o-", color=colour, ms=4)
        right.plot(loss[name], "o-", color=colour, ms=4)
    places = ((0.6, 0.97, "left"), (0.2, 0.15, "left"), (7.6, 0.4, "right"))
    for name, colour, (x, y, side) in zip(accuracy, shades, places, strict=True):
        left.text(x, y, name, color=colour, size=9.5, ha=side)
    left.set(xlabel="epoch", ylabel="test accuracy", ylim=(0, 1.05))
    right.set(xlabel="epoch", ylabel="test cross-entropy (nats)", ylim=(0, None))
    fig.suptitle("Sure and wrong: one loss walks off, one sits", x=0.01, ha="left", weight="bold")
    return fig, (left, right)
