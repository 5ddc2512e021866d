"""The still picture of the zoomer: the piece of the five balls, and their codeword within it."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import count

from lib.bernoulli import sequence_probability
from lib.explorables.kit import svg
from lib.figures.style import MODEL, MODEL_TEXT, RECORD
from lib.information import information

BALLS = "wbwbb"
DIAL = Fraction(3, 5)
LEFT, RIGHT, THICK = 20, 620, 38
UPPER, LOWER = 54, 142  # the upper edges of the two strips


def piece(balls: str, dial: Fraction) -> tuple[Fraction, Fraction]:
    """Return where the piece of a message begins, and how wide it is.

    Everything that parts from the message with a white ball where it has a black one lies to the
    left of it.
    """
    before = [balls[:i] + "w" for i, ball in enumerate(balls) if ball == "b"]
    low = sum((Fraction(str(sequence_probability(b, dial))) for b in before), Fraction(0))
    return low, Fraction(str(sequence_probability(balls, dial)))


def codeword(low: Fraction, width: Fraction) -> str:
    """Return the first of the shortest codewords whose own piece lies wholly in this one."""
    for length in count():
        start = math.ceil(low * 2**length)
        if start + 1 <= (low + width) * 2**length:
            return f"{start:0{length}b}" if length else ""
    raise AssertionError("unreachable")


def draw() -> str:
    """Return the picture as HTML."""
    low, width = piece(BALLS, DIAL)
    word = codeword(low, width)
    own = Fraction(int(word, 2), 2 ** len(word)), Fraction(1, 2 ** len(word))
    ideal = information(float(width), "bits")
    ends = [f"{float(end):.5f}" for end in (low, low + width)]
    cut = 1 - DIAL  # of the lower strip: white keeps the left part

    def x(share: Fraction) -> float:
        return LEFT + (RIGHT - LEFT) * float(share)

    def strip(start: Fraction, end: Fraction, top: int, thick: int, look: str) -> str:
        return (
            f'<rect x="{x(start):.1f}" y="{top}" width="{x(end) - x(start):.1f}" '
            f'height="{thick}" {look}/>'
        )

    edge = 'stroke="#555" stroke-width="1"'
    body = [svg.ball(c, str(32 + 26 * i), "20", "10", "2") for i, c in enumerate(BALLS)]
    body += [
        f'<text x="162" y="25">at dial {float(DIAL):g} have a piece of width '
        f"{float(width):.5f}</text>",
        strip(Fraction(0), Fraction(1), UPPER, THICK, f'fill="none" {edge}'),
        strip(low, low + width, UPPER, THICK, f'fill="{RECORD}"'),
        f'<path d="M{x(low):.1f} {UPPER + THICK}L{LEFT} {LOWER}" stroke="{RECORD}" '
        f'stroke-dasharray="4 4"/>',
        f'<path d="M{x(low + width):.1f} {UPPER + THICK}L{RIGHT} {LOWER}" stroke="{RECORD}" '
        f'stroke-dasharray="4 4"/>',
        strip(Fraction(0), cut, LOWER, THICK, f'fill="#fff" {edge}'),
        strip(cut, Fraction(1), LOWER, THICK, f'fill="#000" {edge}'),
    ]
    within = [(at - low) / width for at in (own[0], sum(own))]
    body += [
        strip(within[0], within[1], LOWER + THICK + 5, 14, f'fill="{MODEL}" {edge}'),
        f'<text x="{x(sum(within, Fraction(0)) / 2):.1f}" y="{LOWER + THICK + 38}" '
        f'text-anchor="middle" font-weight="bold" fill="{MODEL_TEXT}">{word}</text>',
        f'<text x="{LEFT}" y="{LOWER + THICK + 38}">{ends[0]}</text>',
        f'<text x="{RIGHT}" y="{LOWER + THICK + 38}" text-anchor="end">{ends[1]}</text>',
        f'<text x="{LEFT}" y="{UPPER - 6}">0</text>'
        f'<text x="{RIGHT}" y="{UPPER - 6}" text-anchor="end">1</text>',
    ]
    description = (
        f"A strip from 0 to 1. White, black, white, black, black have the piece of it from "
        f"{ends[0]} to {ends[1]}, {float(width):.5f} wide, shown magnified below. Within it lies "
        f"the piece of the codeword {word}, from {own[0]} to {sum(own)}."
    )
    caption = (
        "Each ball keeps its part of what is left of the strip. The file of these "
        f"{svg.COUNTED[len(BALLS)]} balls has {len(word)} bits; "
        f"−log₂ of the width is {ideal:.4f} bits."
    )
    return svg.figure(232, description, body, caption)
