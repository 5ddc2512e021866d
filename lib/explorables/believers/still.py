"""The still picture of the believers: what Cleo pays per ball, on average, as the balls come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.explorables import STATE
from lib.explorables.kit import svg
from lib.figures.style import LOSS, MODEL, RECORD, WORLD
from lib.information import cross_entropy, entropy, information

LEFT, RIGHT, BOTTOM = 46, 470, 250
TOP = 3.5  # of the axis, in bits
DRAWS = 500


def random(seed: int) -> Iterator[float]:
    """Yield the numbers of Tommy Ettinger's mulberry32, at least 0 and less than 1."""
    mask, state = 0xFFFFFFFF, seed
    while True:
        state = (state + 0x6D2B79F5) & mask
        t = ((state ^ (state >> 15)) * (state | 1)) & mask
        t ^= (t + (t ^ (t >> 7)) * (t | 61)) & mask
        yield ((t ^ (t >> 14)) & mask) / 2**32


def walk(p: list[float], q: list[float], seed: int, n: int) -> NDArray[np.float64]:
    """Return the mean price of the first draw, the first two, ..., the first `n`, in bits."""
    numbers = random(seed)
    drawn = np.searchsorted(np.cumsum(p), [next(numbers) for _ in range(n)], side="right")
    prices = np.asarray(information(q, "bits"))[drawn]
    return np.asarray(np.cumsum(prices) / np.arange(1, n + 1))


def draw() -> str:
    """Return the picture as HTML."""
    start: dict[str, Any] = {key: entry.start for key, entry in STATE["believers"].items()}
    p, q = start["p"], start["q"]
    means = walk(p, q, int(start["seed"]), DRAWS)
    lines = {
        "expects": (entropy(q, "bits"), MODEL, ' stroke-dasharray="6 4"'),
        "gets": (cross_entropy(p, q, "bits"), LOSS, ""),
        "a true belief": (entropy(p, "bits"), WORLD, ' stroke-dasharray="2 3"'),
    }

    def x(n: float) -> float:
        return LEFT + (RIGHT - LEFT) * n / DRAWS

    def y(bits: float) -> float:
        return BOTTOM - (BOTTOM - 40) * bits / TOP

    body = ['<text x="4" y="20">mean price (bits per ball)</text>']
    for bits in range(4):
        body.append(
            f'<text x="38" y="{y(bits) + 5:.1f}" text-anchor="end">{bits}</text>'
            f'<path d="M41 {y(bits):.1f}H{LEFT}" stroke="currentColor"/>'
        )
    for n in range(0, DRAWS + 1, 100):
        body.append(f'<text x="{x(n):.1f}" y="270" text-anchor="middle">{n}</text>')
    body.append(f'<text x="{x(DRAWS / 2):.1f}" y="292" text-anchor="middle">balls drawn</text>')
    body.append(f'<path d="M{LEFT} 40V{BOTTOM}H{RIGHT}" fill="none" stroke="currentColor"/>')
    for name, (value, colour, look) in lines.items():
        body.append(
            f'<path d="M{LEFT} {y(value):.1f}H{RIGHT + 6}" stroke="{colour}" '
            f'stroke-width="2"{look}/>'
            f'<text x="{RIGHT + 12}" y="{y(value) + 5:.1f}">{name}: {value:.4f}</text>'
        )
    kept = [i for i in range(DRAWS) if i < 40 or i % 3 == 2 or i == DRAWS - 1]
    points = [(x(i + 1), y(means[i])) for i in kept]
    body.append(
        f'<path d="{svg.path(points)}" fill="none" stroke="{RECORD}" stroke-width="2.2"/>'
        f'<circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="4.5" fill="{RECORD}"/>'
    )
    expects, gets, best = (f"{value:.4f}" for value, *_ in lines.values())
    end = f"{means[-1]:.4f}"
    if not abs(means[-1] - lines["gets"][0]) < abs(means[-1] - lines["expects"][0]) / 5:
        raise ArithmeticError("the picture says that the mean ends near what the belief gets")
    description = (
        f"The mean price of the balls drawn so far, over {DRAWS} draws from a dial at {p[1]}, for "
        f"someone who believes {q[1]}. It wanders at first and is {end} bits after {DRAWS} balls, "
        f"near the line of what the belief gets, {gets}. What it expects, {expects}, lies far "
        f"below; a true belief gets {best}."
    )
    caption = (
        f"Someone who believes {q[1]} expects to pay {expects} bits per ball. The dial stands at "
        f"{p[1]}, and the average settles at {gets}."
    )
    return svg.figure(300, description, body, caption)
