"""Figures of chapter 6: what a rule makes a forecaster say, and what a record says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from scipy.optimize import brentq

from lib.figures.style import (
    BLACK_BALL,
    DANGER,
    LOSS,
    MODEL,
    MODEL_TEXT,
    MUTED,
    RECORD,
    SECOND,
    WORLD,
    halo,
)

Floats = NDArray[np.float64]
#: What a rule charges for a report, a distribution, after an outcome.
Score = Callable[[Floats, int], Any]
#: The belief behind a report, both probabilities of rain; it rises.
Belief = Callable[[Any], Any]


def tangents(
    rules: Mapping[str, tuple[Score, float, str]], chance: float
) -> tuple[Figure, NDArray[Any]]:
    """Draw what each report costs on average, for every chance of rain, and the cheapest cost.

    Parameters
    ----------
    rules : mapping of name to (score, report, unit)
        ``score(q, y)`` is the cost of the report ``q = (dry, rain)`` after the outcome y; `report`
        is the probability of rain whose line is drawn in colour.
    chance : float
        The chance of rain at which the gap between that line and the cheapest report is marked.
    """
    fig, axes = plt.subplots(len(rules), 1, figsize=(6.2, 2.7 * len(rules)), sharex=True)
    p, reports = np.linspace(0, 1, 401), np.linspace(0, 1, 501)
    for ax, (name, (score, report, unit)) in zip(axes, rules.items(), strict=True):

        def line(q: float, p: Floats = p, score: Score = score) -> Floats:
            with np.errstate(divide="ignore", invalid="ignore"):
                dry, rain = (score(np.array([1 - q, q]), y) for y in (0, 1))
                # An outcome without a chance costs nothing, even if it was called impossible.
                return np.where(p < 1, (1 - p) * dry, 0.0) + np.where(p > 0, p * rain, 0.0)

        cheapest = np.min([line(q) for q in reports], axis=0)
        for q in np.arange(1, 10) / 10:
            ax.plot(p, line(q), color=MUTED, lw=0.6, alpha=0.6)
        ax.plot(p, cheapest, color=LOSS)
        ax.plot(p, line(report), color=MODEL)
        at, low = (float(np.interp(chance, p, each)) for each in (line(report), cheapest))
        ax.plot([chance] * 2, [low, at], color=DANGER, lw=2.5)
        ax.plot(chance, low, "o", color=LOSS, ms=5)
        gap = f"{at - low:.4f}".rstrip("0") + f" {unit}"
        top = 1.9 * float(cheapest.max())
        halo(ax, chance + 0.02, (at + low) / 2, gap.strip(), color=DANGER, va="center")
        halo(ax, 0.02, 0.91 * top, f"always says {report:g}", color=MODEL_TEXT, va="center")
        ax.set(xlim=(0, 1), ylim=(0, top), ylabel=f"cost ({unit})" if unit else "cost")
        ax.set_title(name)
    axes[-1].set(xlabel="chance of rain, p")
    return fig, axes


def honesty(
    focal: Belief, smoothing: Belief, weight: Belief, believed: float = 0.6
) -> tuple[Figure, Axes]:
    """Draw what each rule makes somebody say, for every belief.

    Parameters
    ----------
    focal, smoothing, weight : callable
        The belief behind a report under each of the three dishonest rules.
    believed : float
        The belief at which the reports are marked and written in the margin; above 1/2.
    """
    fig, ax = plt.subplots(figsize=(6.6, 6.6))
    for corner in (0.0, 0.5):
        ax.add_patch(Rectangle((corner, corner), 0.5, 0.5, color=RECORD, alpha=0.16, lw=0))
    q = np.linspace(0, 1, 1001)[1:-1]
    ax.plot([0, 1], [0, 1], color=WORLD, lw=4)
    ax.plot([0, 0.5, 0.5, 1], [0, 0, 1, 1], color=LOSS)
    ax.plot(weight(q), q, color=MODEL)
    ax.plot(focal(q), q, color=SECOND)
    inside = (smoothing(q) >= 0) & (smoothing(q) <= 1)
    ax.plot(smoothing(q)[inside], q[inside], color=SECOND, ls="--")

    said = {
        "linear": (1.0, LOSS),
        "weight": (_report(weight, believed), MODEL),
        "honest": (believed, WORLD),
        "smoothing": (_report(smoothing, believed), SECOND),
        "focal": (_report(focal, believed), SECOND),
    }
    ax.axvline(believed, color=MUTED, lw=1, ls=":")
    for name, (report, colour) in said.items():
        ax.plot(believed, report, "o", color=colour, ms=7, mec="white", zorder=5)
        # The three lowest are closer together than two lines of text.
        lift = {"honest": 0.024, "smoothing": -0.012, "focal": -0.01}.get(name, 0.0)
        ink = MODEL_TEXT if colour == MODEL else colour
        text = f"{report:.4f}".rstrip("0").rstrip(".")
        ax.text(1.02, report + lift, f"{name} {text}", color=ink, va="center", clip_on=False)

    ax.text(0.025, 0.96, "linear: 0 or 1", color=LOSS)
    ax.text(0.44, 0.825, f"weight {_odds(weight):g}", color=MODEL_TEXT, ha="right")
    ax.text(0.985, 0.575, "focal, γ = 2", color=SECOND, ha="right")
    ax.text(0.985, 0.512, "accuracy: the grey", color=MUTED, ha="right")
    notes: tuple[tuple[str, str, tuple[float, float], tuple[float, float]], ...] = (
        ("honest: log,\nBrier, spherical", WORLD, (0.4, 0.4), (0.54, 0.35)),
        (
            "smoothing 0.1:\nnever 0, never 1",
            SECOND,
            (0.14, _report(smoothing, 0.14)),
            (0.54, 0.14),
        ),
    )
    for text, ink, point, place in notes:
        arrow = {"arrowstyle": "-", "color": ink, "lw": 1}
        ax.annotate(text, point, place, color=ink, va="center", arrowprops=arrow)
    wet = _report(weight, 0.05)
    text, arrow = (
        f"5 % said\nas {100 * wet:.0f} %",
        {"arrowstyle": "-", "color": MODEL_TEXT, "lw": 1},
    )
    ax.annotate(text, (0.05, wet), (0.025, 0.6), color=MODEL_TEXT, arrowprops=arrow)
    ax.plot(0.05, wet, "s", color=MODEL, ms=8, mec="black", zorder=5)
    ax.set(xlim=(0, 1), ylim=(-0.01, 1.01), aspect="equal")
    ax.set(xlabel="what Ben believes, p", ylabel="what the rule makes him say, q")
    ax.set_title("What each rule makes you say")
    return fig, ax


def _report(belief: Belief, p: float) -> float:
    """Return the report to which a belief leads."""
    return float(brentq(lambda q: belief(q) - p, 1e-9, 1 - 1e-9, xtol=1e-14))


def _odds(belief: Belief) -> float:
    """Return by how much a weight multiplies the odds: those of the report for an even belief."""
    report = _report(belief, 0.5)
    return round(report / (1 - report), 9)


def two_bills(bills: Mapping[str, tuple[float, float]]) -> tuple[Figure, Axes]:
    """Draw calibration and refinement of each forecaster as one bar.

    Parameters
    ----------
    bills : mapping of name to (calibration, refinement)
        Nats per evening; the bars from top to bottom.
    """
    fig, ax = plt.subplots(figsize=(6.4, 0.85 * len(bills) + 1.5))
    for row, (name, (calibration, refinement)) in enumerate(bills.items()):
        ax.barh(row, refinement, color=RECORD, height=0.5)
        ax.barh(row, calibration, left=refinement, color=MODEL, height=0.5)
        ax.text(0, row - 0.33, name, va="bottom")
        total = calibration + refinement
        ax.text(total + 0.01, row, f"{total:.4f}", va="center", weight="bold")
        for width, left, ink in ((refinement, 0.0, "white"), (calibration, refinement, BLACK_BALL)):
            if width > 0.1:
                middle = left + width / 2
                ax.text(middle, row, f"{width:.4f}", color=ink, ha="center", va="center")
    last = len(bills) - 0.55
    ax.text(0, last, "refinement", color=RECORD, va="center", weight="bold")
    ax.text(0.25, last, "calibration", color=MODEL_TEXT, va="center", weight="bold")
    ax.set(ylim=(last + 0.25, -0.75), yticks=[], xlim=(0, 0.8), xlabel="nats per evening")
    ax.spines["left"].set_visible(False)
    ax.set_title("Two bills")
    return fig, ax


def reliability(
    panels: Mapping[str, Sequence[Floats]], few: int = 10
) -> tuple[Figure, NDArray[Any]]:
    """Draw how far the share of right answers is from what was said, bin by bin.

    Parameters
    ----------
    panels : mapping of title to (n, said, p_hat, low, high)
        For each bin the number of answers, their mean confidence, the share of right ones, and the
        ends of an interval for ``p_hat - said``.
    few : int
        A bin with fewer answers is drawn hollow and without its interval, which would only say
        that there are few.
    """
    fig, axes = plt.subplots(len(panels), 1, figsize=(6.4, 3.5 * len(panels)), sharex=True)
    for ax, (title, (n, said, p_hat, low, high)) in zip(axes, panels.items(), strict=True):
        ax.axhline(0, color=WORLD, lw=2)
        gap = p_hat - said
        many = n >= few
        bars = np.stack([gap - low, high - gap])[:, many]
        ax.errorbar(said[many], gap[many], bars, fmt="o", color=RECORD, capsize=4, ms=6)
        ax.plot(said[~many], gap[~many], "o", mec=RECORD, mfc="white", ms=6)
        for x, each in zip(said, n, strict=True):
            ax.text(x, 0.29, f"{each:.0f}", ha="center", color=MUTED, size=11)
        ax.text(0.08, 0.29, "answers", color=MUTED, size=11)
        ax.text(0.08, 0.015, "as it says", color=WORLD, va="bottom")
        ax.text(0.08, -0.3, "too sure", color=DANGER)
        ax.set(xlim=(0.07, 1.04), ylim=(-0.45, 0.35), ylabel="share right − confidence")
        ax.set_title(title)
    axes[-1].set(xlabel="confidence")
    return fig, axes


def temperature_curve(
    loss: Callable[[float], float], root: float, inflection: float, start: float
) -> tuple[Figure, Axes]:
    """Draw the mean loss over the temperature, where its curvature changes, and a start.

    Parameters
    ----------
    loss : callable
        Nats per image at a temperature above 0.
    root, inflection, start : float
        The temperature with the smallest loss; the one beyond which the curve bends down; the one
        at which a search begins.
    """
    T = np.linspace(0.25, 4, 226)
    curve = np.array([loss(t) for t in T])
    fig, ax = plt.subplots(figsize=(6.4, 4.0))
    inside = inflection >= T
    ax.plot(T[inside], curve[inside], color=LOSS)
    ax.plot(T[~inside], curve[~inside], color=DANGER)
    ax.axvline(inflection, color=DANGER, lw=1, ls=":")
    ax.text(inflection + 0.06, 0.1, f"bends down\nfrom {inflection:.3f} on", color=DANGER)
    marks: tuple[tuple[float, str, str, tuple[float, float], str], ...] = (
        (root, f"best: {root:.3f}", LOSS, (root, loss(root) - 0.09), "center"),
        (start, f"the search\nstarts at {start:g}", MODEL_TEXT, (start - 0.35, 0.9), "right"),
    )
    for x, text, ink, place, side in marks:
        arrow = {"arrowstyle": "-", "color": ink, "lw": 1}
        ax.annotate(text, (x, loss(x)), place, color=ink, ha=side, va="center", arrowprops=arrow)
        ax.plot(x, loss(x), "o", color=ink, ms=6, mec="white", zorder=5)
    ax.set(xlim=(0, 4), ylim=(0, 1.65), xlabel="temperature T", ylabel="nats per held-out image")
    ax.set_title("Right of the bend, downhill methods may run away")
    return fig, ax


def learning_lies(train_loss: Floats, know_all: float) -> tuple[Figure, Axes]:
    """Draw the training loss on labels that lie, beside what one who knows everything would pay.

    Parameters
    ----------
    train_loss : ndarray, shape (E,)
        Nats per image, in each epoch.
    know_all : float
        What is paid on the same labels by one who knows each digit and how often labels lie.
    """
    fig, ax = plt.subplots(figsize=(6.4, 4.0))
    epochs = np.arange(1, len(train_loss) + 1)
    below = train_loss < know_all
    ax.fill_between(
        epochs, train_loss, know_all, where=below, color=DANGER, alpha=0.14, lw=0, interpolate=True
    )
    ax.plot(epochs, train_loss, "o-", color=LOSS, ms=4)
    ax.axhline(know_all, color=WORLD, lw=2)
    name = f"knows every digit and the lies: {know_all:.4f}"
    ax.text(epochs[-1], know_all + 0.012, name, color=WORLD, ha="right")
    if below.any():
        first = int(epochs[below][0])
        note = f"from epoch {first} on\nit learns lies by heart"
        ax.text(epochs[-1], float(train_loss[-1]) - 0.02, note, color=DANGER, ha="right", va="top")
    ax.set(xlabel="epoch", ylabel="nats per training image", xticks=[1, *epochs[4::5]])
    bottom = float(train_loss.min()) - 0.25
    ax.set(xlim=(0, epochs[-1] + 0.5), ylim=(bottom, float(train_loss.max()) + 0.1))
    ax.set_title("The training loss passes the best honest price")
    return fig, ax
