"""The still picture of the covered page: what a guess claims of all 27 signs."""

from __future__ import annotations

import json
from importlib import resources

from lib.explorables.kit import svg
from lib.figures.style import MODEL
from lib.information import information

GUESS, OTHER, CONFIDENCE = "e", "t", 0.5
LEFT, RIGHT, BOTTOM, HEIGHT = 56, 630, 226, 180


def frequencies() -> dict[str, float]:
    """Return how often each letter occurs in the book, as the explorable has it."""
    file = resources.files("lib.explorables") / "letters" / "data.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    total = sum(data["weights"])
    return {c: w / total for c, w in zip(data["alphabet"], data["weights"], strict=True)}


def claim(guess: str, confidence: float) -> dict[str, float]:
    """Return what a guess gives to each letter: the others share what is left by frequency."""
    share = frequencies()
    rest = (1 - confidence) / (1 - share[guess])
    return {c: confidence if c == guess else rest * f for c, f in share.items()}


def draw() -> str:
    """Return the picture as HTML."""
    given = claim(GUESS, CONFIDENCE)
    wide = (RIGHT - LEFT) / len(given)

    def y(q: float) -> float:
        return BOTTOM - HEIGHT * q / CONFIDENCE

    body = ['<text x="4" y="22">what the guess claims</text>']
    for percent in (0, 25, 50):
        body.append(
            f'<text x="48" y="{y(percent / 100) + 5:.1f}" text-anchor="end">{percent} %</text>'
            f'<path d="M51 {y(percent / 100):.1f}H{LEFT}" stroke="currentColor"/>'
        )
    for k, (letter, q) in enumerate(given.items()):
        x = LEFT + wide * k
        look = "" if letter == GUESS else ' opacity=".5"'
        body.append(
            f'<rect x="{x + 3:.1f}" y="{y(q):.1f}" width="{wide - 6:.1f}" '
            f'height="{BOTTOM - y(q):.1f}" fill="{MODEL}"{look}/>'
            f'<text x="{x + wide / 2:.1f}" y="{BOTTOM + 18}" text-anchor="middle">'
            f"{letter.replace(' ', '_')}</text>"
        )
    body.append(f'<path d="M{LEFT} 40V{BOTTOM}H{RIGHT}" fill="none" stroke="currentColor"/>')
    hit, miss = (information(given[letter], "bits") for letter in (GUESS, OTHER))
    own, other = (LEFT + wide * (list(given).index(c) + 0.5) for c in (GUESS, OTHER))
    body += [
        f'<text x="{own + wide / 2 + 6:.1f}" y="{y(CONFIDENCE) + 14:.1f}">'
        f"{GUESS} comes: {hit:.4f} bits</text>",
        f'<text x="{other:.1f}" y="{y(given[OTHER]) - 10:.1f}" '
        f'text-anchor="middle">{OTHER} comes: {miss:.4f} bits</text>',
    ]
    description = (
        f"Bars for the space and the 26 letters: what somebody claims of the next letter who "
        f"guesses {GUESS} and is {100 * CONFIDENCE:.0f} % sure. The other bars share the rest as "
        f"the letters occur in the book. If {GUESS} comes, the price is {hit:.4f} bits; if "
        f"{OTHER} comes, which had {100 * given[OTHER]:.1f} %, it is {miss:.4f} bits."
    )
    caption = (
        "The next letter is covered. You guess it, say how sure you are, and pay −log₂ of what the "
        "letter got that came."
    )
    return svg.figure(256, description, body, caption)
