"""What the two believers must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

import math

from lib.information import cross_entropy, entropy, kl_divergence
from tests.browser.explorables.kit import RADIO, Drags, Keys, Known, Shown, State, fixed


def expected(s: State) -> Shown:
    p, q, unit = s["p"], s["q"], "bits" if s["bits"] else "nats"
    terms = [
        cross_entropy(p, q, unit),
        entropy(p, unit),
        kl_divergence(p, q, unit),
        kl_divergence(q, p, unit),
    ]
    words = [f"{fixed(value, 4)} {unit}" for value in terms]
    return {
        ".term b": [" | ".join(words)],
        ".bars text.truth": ["| p | " + " | ".join(fixed(v, 3) for v in p)],
        ".bars text.model": ["| q | " + " | ".join(fixed(v, 3) for v in q)],
        ".say": ["∞", words[1]] if math.isinf(terms[2]) else [words[2] if terms[2] else words[1]],
    }


#: Numbers of the book that must appear, whatever lib says: preset, selector, text.
KNOWN: Known = [
    ("five balls", ".term b", "0.6931 nats | 0.6730 nats | 0.0201 nats"),
    ("one-hot", ".term b", "0.6931 nats | 0.0000 nats | 0.6931 nats | ∞ nats"),
    ("Bob in Alice’s code", ".term b", "2.3750 bits | 1.7500 bits"),
    ("colliding zeros", ".term b", "∞ nats | 0.6931 nats | ∞ nats"),
]

#: A preset, and what each key changes after it.
KEYS: Keys = (
    "five balls",
    [
        (("slider", "belief q, class 1"), "Home", {"q": [0, 1]}),
        (("slider", "belief q, class 1"), "End", {"q": [1, 0]}),
        (("slider", "belief q, class 1"), "ArrowDown", {"q": [0.99, 0.01]}),
        (("slider", "truth p, class 2"), "PageUp", {"p": [0.3, 0.7]}),
        (("button", "swap"), "Enter", {"p": [0.99, 0.01], "q": [0.3, 0.7]}),
        (RADIO, "ArrowRight", {"bits": True}),
        (("button", "q = p"), "Space", {"q": [0.99, 0.01]}),
    ],
)

#: What each drag changes, after the same preset.
DRAGS: Drags = [
    (
        "[aria-label='belief q, class 1'] .knob",
        lambda w, h: (w / 2, h / 2),
        lambda w, h: (w / 2, h / 2 + 0.25 * 164),
        {"q": [0.25, 0.75]},
    ),
]
