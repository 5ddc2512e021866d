"""The still picture of the tug of war: the pulls at four settings, and the bowl of the loss."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy as sp

from lib.bernoulli import counts, likelihood_expr, log_likelihood, mle
from lib.explorables.kit import svg
from lib.figures.style import DANGER, GRADIENT, MODEL, RECORD, SECOND

BALLS = "wbwbb"
WILD, RATE = Fraction(1, 100), Fraction(1, 10)  # start and learning rate of a step that overshoots
SETTINGS = (Fraction(3, 10), Fraction(6, 10), Fraction(9, 10))
FRAME = 20  # the largest pull in the frame, in nats per unit of theta
MIDDLE, PULL = 362, 12.7  # x of a pull of 0, and pixels per unit of pull
BOWL = 276  # y of the upper end of the bowl
LEFT, WIDTH, BOTTOM, NAT = 84, 512, BOWL + 182, 91
COLOUR = {"w": SECOND, "b": MODEL}


def pull(balls: str, theta: Fraction) -> Fraction:
    """Return the exact derivative of the log-likelihood, in nats per unit of theta."""
    dial = sp.Symbol("theta", nonnegative=True)
    likelihood = likelihood_expr(balls.count("b"), len(balls), dial)
    value = (sp.diff(likelihood, dial) / likelihood).subs(dial, sp.Rational(str(theta)))
    return Fraction(str(sp.nsimplify(value)))


def loss(theta: float) -> float:
    """Return the mean NLL."""
    return -float(log_likelihood(BALLS, theta)) / len(BALLS)


def arrow(start: float, end: float, y: int, colour: str) -> str:
    """Return a horizontal arrow."""
    back = 1 if end > start else -1
    return (
        f'<path d="M{start:.1f} {y}H{end - 8 * back:.1f}" stroke="{colour}" stroke-width="3.5"/>'
        f'<path d="M{end:.1f} {y}l{-10 * back} -5v10Z" fill="{colour}"/>'
    )


def rope(theta: Fraction, y: int) -> list[str]:
    """Return the pulls of all balls at a setting, with the net pull below.

    An arrow that leaves the frame is cut at its edge, vermillion, with its number.
    """
    body = [f'<text x="4" y="{y + 5}" font-weight="700">θ = {float(theta):g}</text>']
    for colour in "wb":
        here = Fraction(0)
        length = pull(colour, theta)
        size = min(6.5, (PULL * float(abs(length)) + 1) / 4)
        for _ in range(BALLS.count(colour)):
            end = min(max(here + length, Fraction(-FRAME)), Fraction(FRAME))
            cut = end != here + length
            if end == here:
                break
            x0, x1 = (MIDDLE + PULL * float(v) for v in (here, end))
            body += [
                arrow(x0, x1, y, DANGER if cut else COLOUR[colour]),
                svg.ball(colour, f"{(x0 + x1) / 2:.1f}", str(y), f"{size:.1f}", "1.6"),
            ]
            if cut:
                body.append(
                    f'<text x="{x1:.1f}" y="{y - 12}" text-anchor="end" font-weight="700" '
                    f'fill="{DANGER}">each {svg.signed(float(length), 0)} →</text>'
                )
            here = end
    net = pull(BALLS, theta)
    if net == 0:
        body.append(
            f'<circle cx="{MIDDLE}" cy="{y + 22}" r="6" fill="{GRADIENT}"/>'
            f'<text x="{MIDDLE + 14}" y="{y + 27}" font-weight="700">net pull 0: balance</text>'
        )
    else:
        x, anchor = (MIDDLE - 12, "end") if net > 0 else (MIDDLE + 12, "start")
        inside = abs(net) <= FRAME
        colour = GRADIENT if inside else DANGER
        end = min(max(net, Fraction(-FRAME)), Fraction(FRAME))
        words = "" if inside else f' fill="{DANGER}"'
        body += [
            arrow(MIDDLE, MIDDLE + PULL * float(end), y + 22, colour),
            f'<text x="{x}" y="{y + 27}" text-anchor="{anchor}" font-weight="700"{words}>'
            f"net pull {svg.signed(float(net), 2)}</text>",
        ]
    line = f'<path d="M{MIDDLE} {y - 12}V{y + 32}" stroke="currentColor" stroke-width="2"/>'
    return [*body, line]


def ruler(y: int) -> list[str]:
    """Return the axis of the pulls."""
    x0, x1 = (MIDDLE + PULL * v for v in (-FRAME, FRAME))
    body = [f'<path d="M{x0:.1f} {y}H{x1:.1f}" fill="none" stroke="currentColor"/>']
    for v in (-20, -10, 0, 10, 20):
        x = MIDDLE + PULL * v
        body.append(f'<text x="{x:.1f}" y="{y + 16}" text-anchor="middle">{svg.fixed(v, 0)}</text>')
    words = "pull, nats per unit of θ"
    return [*body, f'<text x="{MIDDLE}" y="{y + 34}" text-anchor="middle">{words}</text>']


def draw() -> str:
    """Return the picture as HTML."""
    white, black = (int(n) for n in counts(BALLS))
    best = Fraction(str(mle(black, len(BALLS))))

    def at(theta: float) -> svg.Point:
        return LEFT + WIDTH * theta, BOTTOM - NAT * loss(theta)

    rows = (WILD, *SETTINGS)
    body = [line for i, theta in enumerate(rows) for line in rope(theta, 30 + 46 * i)]
    body += ruler(206)
    outside = f'y="{BOWL}" width="32" height="182" fill="{DANGER}" opacity=".16"/>'
    body += [
        f'<rect x="{LEFT - 32}" {outside}',
        f'<rect x="{LEFT + WIDTH}" {outside}',
        f'<text x="68" y="{BOTTOM - 8}" text-anchor="middle">&lt; 0</text>'
        f'<text x="612" y="{BOTTOM - 8}" text-anchor="middle">&gt; 1</text>',
        f'<path d="M{LEFT} {BOTTOM}H{LEFT + WIDTH}" fill="none" stroke="currentColor"/>',
    ]
    for n in range(3):
        body.append(f'<text x="44" y="{BOTTOM - NAT * n + 5:.1f}" text-anchor="end">{n}</text>')
    for fifths in range(6):
        x = LEFT + WIDTH * fifths / 5
        body.append(
            f'<text x="{x:.1f}" y="{BOTTOM + 18}" text-anchor="middle">{fifths / 5:g}</text>'
        )
    steep = [
        *np.linspace(0.0358, 0.12, 10),
        *np.linspace(0.14, 0.96, 42),
        *np.linspace(0.965, 0.9935, 12),
    ]
    bowl = svg.path(at(float(theta)) for theta in steep)
    body += [
        f'<text x="4" y="{BOWL - 20}">mean NLL J, nats per ball</text>'
        f'<text x="340.0" y="{BOTTOM + 40}" text-anchor="middle">dial setting θ</text>',
        f'<path d="{bowl}" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    ]
    for theta in SETTINGS:
        (x, y), slope = at(float(theta)), -float(pull(BALLS, theta)) / len(BALLS)
        tilt = -slope * NAT / WIDTH
        half = min(0.13 * WIDTH, 75 / math.hypot(1, tilt))
        tangent = svg.path((x + d, y + tilt * d) for d in (-half, half))
        below = 44 if slope > 0 else 30
        words = svg.fixed(slope, 2) if slope else "0"
        body += [
            f'<path d="{tangent}" stroke="{GRADIENT}" stroke-width="2.6"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{MODEL}" stroke="currentColor" '
            'stroke-width="1.5"/>',
            f'<text x="{x:.1f}" y="{y + below:.1f}" text-anchor="middle">slope {words}</text>',
        ]
    x, y = at(float(best))
    body.append(
        f'<path d="M{x:.1f} {BOWL}V{y - 8:.1f}" stroke="{RECORD}" stroke-width="1.5" '
        f'stroke-dasharray="4 4"/><text x="{x:.1f}" y="{BOWL - 6}" text-anchor="middle">'
        f"k/N = {best}: J ≈ {loss(float(best)):.6f} nats</text>"
    )
    low, balance, high = SETTINGS
    if not pull(BALLS, low) > 0 == pull(BALLS, balance) > pull(BALLS, high):
        raise ArithmeticError("the picture says who wins at each of its three settings")
    description = (
        f"{svg.COUNTED[black].capitalize()} black balls pull the dial up, {svg.COUNTED[white]} "
        f"white ones pull it down. At {float(low):g} the black ones win, the net pull is "
        f"{float(pull(BALLS, low)):.2f}; at {float(high):g} the white ones, with "
        f"{-float(pull(BALLS, high)):.2f}; at {float(balance):g} the pulls balance. At "
        f"{float(WILD):g} the arrows leave the frame, which ends at {FRAME}, and are cut: the net "
        f"pull is {float(pull(BALLS, WILD)):.2f}. Below, the "
        f"mean NLL is a bowl over the dial: it falls at {float(low):g}, rises at {float(high):g}, "
        f"and is lowest and flat at {float(best):g}."
    )
    wild = WILD + RATE * pull(BALLS, WILD) / len(BALLS)
    caption = (
        "Every ball pulls at the dial, the harder the less probable it was said to be. At k/N = "
        f"{best} the pulls balance, and the mean NLL is lowest. Left of 0 and right of 1 there is "
        f"no bowl, yet a long step can end there: from θ = {float(WILD):g}, with learning rate "
        f"{float(RATE):g}, it ends at {float(wild):.2f}."
    )
    return svg.figure(BOTTOM + 48, description, body, caption)
