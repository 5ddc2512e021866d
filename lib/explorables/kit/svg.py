"""Building blocks of the still pictures: frame, paths, balls, and numbers in the book's style.

Coordinates are pixels with one decimal, so that a picture is the same on every processor.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from itertools import pairwise

#: Numbers in words, for screen readers: "Three black balls".
COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

Point = tuple[float, float]


def fixed(x: float, decimals: int) -> str:
    """Return a number with a real minus sign; zero has none."""
    text = f"{x:.{decimals}f}"
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", "−")


def signed(x: float, decimals: int) -> str:
    """Return a number with its sign, plus or minus."""
    text = fixed(x, decimals)
    return text if text.startswith("−") or float(text) == 0 else f"+{text}"


def short(x: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{x:.1f}".removesuffix(".0")


def path(points: Iterable[Point]) -> str:
    """Return the points joined by straight lines as a path ``d``."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def cut(points: Iterable[Point], low: float, high: float) -> list[Point]:
    """Clip a polyline to the heights between `low` and `high`.

    Parameters
    ----------
    points : iterable of (float, float)
        The polyline.
    low, high : float
        Heights.

    Returns
    -------
    list of (float, float)
        The part between them: the points inside, and where the line crosses a height.
    """
    given = list(points)
    found: list[Point] = []
    for (x0, y0), (x1, y1) in pairwise(given):
        crossings = sorted((limit - y0) / (y1 - y0) for limit in (low, high) if y1 != y0)
        steps = [0.0, *(t for t in crossings if 0 < t < 1), 1.0]
        for t in steps:
            point = (x0 + t * (x1 - x0), y0 + t * (y1 - y0))
            inside = low - 1e-9 <= point[1] <= high + 1e-9
            if inside and not (found and math.dist(found[-1], point) < 1e-9):
                found.append(point)
    return found


def ball(colour: str, x: str, y: str, r: str, line: str) -> str:
    """Return a ball: ``colour`` is "b" or "w", ``line`` the width of its edge."""
    fill, stroke = {"b": ("#000", "#8a8a8a"), "w": ("#fff", "#555")}[colour]
    return (
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}" stroke="{stroke}" stroke-width="{line}"/>'
    )


def figure(
    height: int, description: str, body: Iterable[str], caption: str, font: str = "14px"
) -> str:
    """Return a still picture, 640 pixels wide, with its caption.

    Parameters
    ----------
    height : int
        In pixels.
    description : str
        The picture in words, for screen readers; its numbers are computed, not typed.
    body : iterable of str
        SVG elements.
    caption : str
        The message, shown below.
    font : str
        Size of the letters.

    Returns
    -------
    str
        HTML.
    """
    lines = [
        '<figure style="margin:1em 0">',
        f'<svg viewBox="0 0 640 {height}" width="640" height="{height}" role="img" '
        f'aria-label="{escape(description)}" '
        f'style="max-width:100%;height:auto;font:{font} sans-serif" fill="currentColor">',
        *body,
        "</svg>",
        f"<figcaption>{escape(caption)}</figcaption>",
        "</figure>",
    ]
    return "\n".join(lines) + "\n"
