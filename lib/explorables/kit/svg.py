"""What the still pictures are drawn with: a frame, paths, balls, and numbers as the book has them.

Coordinates are pixels, written with one decimal, so that a picture is the same on every processor.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from itertools import pairwise

#: In words, for those who listen: "Three black balls".
COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

Point = tuple[float, float]


def fixed(x: float, decimals: int) -> str:
    """Return a number with a real minus, and none before a zero."""
    text = f"{x:.{decimals}f}"
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", "−")


def signed(x: float, decimals: int) -> str:
    """Return a number with its sign, a plus included."""
    text = fixed(x, decimals)
    return text if text.startswith("−") or float(text) == 0 else f"+{text}"


def short(x: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{x:.1f}".removesuffix(".0")


def path(points: Iterable[Point]) -> str:
    """Return the points joined by straight lines, for the attribute ``d``."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def cut(points: Iterable[Point], low: float, high: float) -> list[Point]:
    """Return the points between two heights, and where their lines cross these.

    Parameters
    ----------
    points : iterable of (float, float)
        Joined by straight lines.
    low, high : float
        Heights.

    Returns
    -------
    list of (float, float)
        What of the lines lies between, from the first point to the last.
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
        The picture in words, for those who do not see it; its numbers are formatted, not typed.
    body : iterable of str
        SVG elements.
    caption : str
        The message, which stands below.
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
