"""The still picture of the dial: the likelihood of every setting, given the five balls."""

from __future__ import annotations

from fractions import Fraction

from lib.bernoulli import counts, mle, sequence_probability
from lib.explorables.kit import svg
from lib.figures.style import MODEL, RECORD

BALLS = "wbwbb"
HERE = Fraction(1, 2)  # the setting to compare with the peak
SPOKEN = {Fraction(3, 5): "three fifths", Fraction(1, 2): "one half"}
NAMES = {"w": "white", "b": "black"}
FACTORS = {"w": "(1−θ)", "b": "θ"}
LEFT, RIGHT, BOTTOM, HEIGHT = 52, 620, 254, 208
TOP = 0.036  # the likelihood at the upper end of the axis


def draw() -> str:
    """Return the picture as HTML."""
    peak = Fraction(str(mle(int(counts(BALLS)[1]), len(BALLS))))
    best, here = (sequence_probability(BALLS, theta) for theta in (peak, HERE))

    def at(theta: Fraction) -> tuple[float, float]:
        likelihood = float(sequence_probability(BALLS, theta))
        return x(theta), y(likelihood)

    def x(theta: Fraction) -> float:
        return LEFT + (RIGHT - LEFT) * float(theta)

    def y(likelihood: float) -> float:
        return BOTTOM - HEIGHT * likelihood / TOP

    curve = svg.path(at(Fraction(i, 60)) for i in range(61))
    body = [svg.ball(c, str(66 + 34 * i), "24", "12", "2") for i, c in enumerate(BALLS)]
    body += [
        f'<text x="228" y="29">{" · ".join(FACTORS[c] for c in BALLS)}</text>',
        f'<path d="{curve}Z" fill="{RECORD}" opacity=".13"/>',
        f'<path d="{curve}" fill="none" stroke="{RECORD}" stroke-width="2.2"/>',
        f'<path d="M{LEFT} 46V{BOTTOM}H{RIGHT}" fill="none" stroke="currentColor"/>',
    ]
    for fifths in range(6):
        theta = Fraction(fifths, 5)
        body.append(
            f'<text x="{x(theta):.1f}" y="272" text-anchor="middle">{float(theta):g}</text>'
        )
    for likelihood in (0, 0.01, 0.02, 0.03):
        height = y(likelihood) + 5
        body.append(f'<text x="46" y="{height:.1f}" text-anchor="end">{likelihood}</text>')
    body.append('<text x="336.0" y="294" text-anchor="middle">dial setting θ</text>')
    for theta, colour in ((peak, RECORD), (HERE, MODEL)):
        a, b = at(theta)
        body += [
            f'<path d="M{a:.1f} {BOTTOM}.0V{b:.1f}" stroke="{colour}" stroke-width="1.5" '
            'stroke-dasharray="4 4"/>',
            f'<circle cx="{a:.1f}" cy="{b:.1f}" r="6" fill="{colour}"/>',
        ]
        if theta == peak:
            body.append(
                f'<text x="{a + 10:.1f}" y="{b - 6:.1f}" text-anchor="start">'
                f"peak at k/N = {peak}: {float(best):.5f}</text>"
            )
    share = 100 * float(here / best)
    body.append(
        f'<text x="{a - 28:.1f}" y="{b - 8:.1f}" text-anchor="end">'
        f"θ = {float(HERE):g}: {float(here):.5f},</text>"
        f'<text x="{a - 28:.1f}" y="{b + 10:.1f}" text-anchor="end">'
        f"about {share:.1f} % of the peak</text>"
    )
    description = (
        f"{', '.join(NAMES[c] for c in BALLS).capitalize()}: the likelihood of each dial setting "
        f"is a hill. It has its top, {float(best):.5f}, at {SPOKEN[peak]}; at {SPOKEN[HERE]} it is "
        f"{float(here):.5f}, and at both ends {sequence_probability(BALLS, Fraction(0))}."
    )
    caption = (
        "The same balls, another dial setting: the factors change, the balls do not. No setting "
        f"makes these {svg.COUNTED[len(BALLS)]} balls more probable than θ = {peak}."
    )
    return svg.figure(300, description, body, caption)
