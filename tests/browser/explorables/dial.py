"""What the dial must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from lib.bernoulli import log_likelihood, mle, sequence_probability
from tests.browser.explorables.kit import Drags, Keys, Known, Shown, State, fixed, tiny


def _value(text: str) -> Fraction:
    """Return the number that `tiny` has written."""
    mantissa, _, power = text.partition(" × 10")
    digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return Fraction(mantissa) * Fraction(10) ** int(digits or 0)


def expected(s: State) -> Shown:
    counted = re.fullmatch(r"b(\d+)w(\d+)", s["balls"])
    balls = "b" * int(counted[1]) + "w" * int(counted[2]) if counted else s["balls"]
    theta, k, n = s["theta"], balls.count("b"), len(balls)
    factors = [fixed(sequence_probability(ball, theta), 2) for ball in balls]
    shown = {".balls": [] if counted or not n else ["".join(factors)]}
    tries = [sequence_probability(balls, Fraction(str(v))) for v in s["tries"]]
    if not s["open"] and len(tries) < 5:
        left = ["five", "4", "3", "2", "one"][len(tries)] if tries else "5"
        shown[".left"] = [f"{left} tr"]
        shown[".say"] = ["No guess is locked yet"]
        if tries:
            exact = tries[-1]
            height = tiny(exact, 5, 1e-3)
            about = "" if _value(height) == exact else "about "
            shown[".say"] = [
                f"Try {len(tries)} of 5: at θ = {fixed(s['tries'][-1], 2)} the likelihood is "
                f"{about}{height}"
            ]
        return shown
    if tries:
        top = sequence_probability(balls, Fraction(k, n))
        near = sum(v >= Fraction(99, 100) * top for v in tries)
        shown[".verdict"] = [f"{near or 'None'} of {len(tries)} reached 99 %"]
    if n == 0:
        return shown | {".product": ["= 1, the product"], ".say": ["there is no estimate"]}
    log, best = log_likelihood(balls, theta), float(mle(k, n))
    exact = sequence_probability(balls, Fraction(str(theta)))
    value = tiny(exact, 5, 1e-3)
    shown[".product"] = [f"{'=' if _value(value) == exact else '≈'} {value}"]
    if log == -math.inf:
        return shown | {".say": ["the likelihood is 0 and its logarithm −∞ nats"]}
    share = math.exp(log - log_likelihood(balls, best))
    shown[".say"] = [
        f"At θ = {fixed(theta, 2)} ",
        f"{k}/{n}",
        f"log L {'=' if log == 0 else '≈'} {fixed(log, 3)} nats",
    ]
    if 0.001 <= share <= 0.995:
        shown[".say"].append(f" {fixed(100 * share, 1)} % as probable")
    return shown


#: Numbers of the book that must appear, whatever lib says: preset, selector, text.
KNOWN: Known = [
    ("the five balls", ".product", "= 0.03456"),
    ("●●●", ".product", "= 1.00000"),
    ("no balls", ".product", "= 1, the product of no factors"),
]

#: The curve, its peak, the gauge and the product are absent until five guesses are locked.
OPENING = ["Lock my guess"] * 5
SECRET = [
    ".area",
    "path.line.record",
    ".dot.record",
    "rect.gauge",
    ".product",
    "text peak",
    "text of that height",
]

#: A preset, and what each key changes after it.
KEYS: Keys = (
    "the five balls",
    [
        (("slider", "dial setting θ"), "End", {"theta": 1}),
        (("slider", "dial setting θ"), "Home", {"theta": 0}),
        (("slider", "dial setting θ"), "ArrowRight", {"theta": 0.01}),
        (("button", "Ball 1:"), "Enter", {"balls": "bbwbb"}),
        (("button", "+ ○"), "Space", {"balls": "bbwbbw"}),
        (("button", "− last"), "Enter", {"balls": "bbwbb"}),
        (("button", "× 10"), "Space", {"balls": "b40w10"}),
        (("button", "÷ 10"), "Enter", {"balls": "bbwbb"}),
        (("button", "× 10"), "Space", {"balls": "b40w10"}),
        (("slider", "black balls"), "End", {"balls": "b500w10"}),
    ],
)

#: What each drag changes, after the same preset.
DRAGS: Drags = [
    (
        "svg.knob",
        lambda w, h: (w / 2, h / 4),
        lambda w, h: (w / 4, h * 46 / 130),
        {"theta": 0.25},
    ),
    (
        "svg.plot",
        lambda w, h: (46 + 0.3 * (w - 124), 100),
        lambda w, h: (46 + 0.8 * (w - 124), 120),
        {"theta": 0.8},
    ),
]

#: The dot of a guess rises to its height.
MOTION = [(("button", "Lock my guess"), "Enter")]
