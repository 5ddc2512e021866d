"""What the two believers must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

import math

from lib.explorables.believers.still import walk
from lib.information import cross_entropy, entropy, kl_divergence
from tests.browser.explorables.kit import RADIO, Drags, Keys, Known, Shown, State, fixed


def expected(s: State) -> Shown:
    p, q, unit = s["p"], s["q"], "bits" if s["bits"] else "nats"
    terms = [
        entropy(q, unit),
        cross_entropy(p, q, unit),
        entropy(p, unit),
        kl_divergence(p, q, unit),
    ]
    words = [f"{fixed(value, 4)} {unit}" for value in terms]
    shown: Shown = {
        ".bars text.world": ["| p | " + " | ".join(fixed(v, 3) for v in p)],
        ".bars text.model": ["| q | " + " | ".join(fixed(v, 3) for v in q)],
    }
    n, said = int(s["drawn"]), []
    if n and s["stage"]:
        mean = walk(p, q, int(s["seed"]), n)[-1] * (1 if s["bits"] else math.log(2))
        said = [f"the mean of all {n} is {fixed(mean, 4)} {unit}"]
        shown[".walk svg"] = [f"After {n} it is {fixed(mean, 4)} {unit}"]
    if s["stage"] < 2:
        flag = fixed(s["flag"] / (math.log(2) if s["bits"] else 1), 4)
        return shown | {".say": [*said, f"{'stands' if s['stage'] else 'is'} at {flag} {unit}"]}
    shown[".term b"] = [" | ".join(words)]
    shown[".walk svg"] = [*shown.get(".walk svg", []), f"expects {words[0]}; gets {words[1]}"]
    return shown | {".say": [*said, words[2] if math.isinf(terms[1]) else words[1]]}


#: Numbers of the book that must appear, whatever lib says: preset, selector, text.
KNOWN: Known = [
    ("Ada: 0.5", ".term b", "1.0000 bits | 1.0000 bits | 0.9710 bits | 0.0290 bits"),
    ("Ben: 0.6", ".term b", "0.9710 bits | 0.9710 bits | 0.9710 bits | 0.0000 bits"),
    ("Cleo: 0.9", ".term b", "0.4690 bits | 1.4200 bits | 0.9710 bits | 0.4490 bits"),
    ("never white", ".term b", "0.0000 bits | ∞ bits | 0.9710 bits | ∞ bits"),
    ("Ben’s old tree", ".term b", "1.7500 bits | 2.2500 bits | 1.7500 bits | 0.5000 bits"),
]

#: Buttons to press, by their names, from the start until the answer is shown.
OPENING = ("Plant the flag", "Draw 100", "Show what")
#: The answer: of this nothing is in the document before.
SECRET = (".sum", ".walk .line.model", ".walk .line.loss")

#: A preset, and what each key changes after it.
KEYS: Keys = (
    "Cleo: 0.9",
    [
        (("slider", "belief q, class 1"), "Home", {"q": [0, 1]}),
        (("slider", "belief q, class 1"), "End", {"q": [1, 0]}),
        (("slider", "belief q, class 1"), "ArrowDown", {"q": [0.99, 0.01]}),
        (("slider", "world p, class 2"), "PageUp", {"p": [0.3, 0.7]}),
        (("button", "swap"), "Enter", {"p": [0.99, 0.01], "q": [0.3, 0.7]}),
        (("button", "Draw 100"), "Enter", {"drawn": 100}),
        (("button", "Draw one"), "Space", {"drawn": 101}),
        (("button", "Other draws"), "Enter", {"seed": 6}),
        (RADIO, "ArrowLeft", {"bits": False}),
        (("button", "Put them back"), "Space", {"drawn": 0}),
        (("button", "Draw one"), "Enter", {"drawn": 1}),
        (("button", "Move the flag"), "Enter", {"drawn": 0, "stage": 0}),
        (("slider", "your flag"), "ArrowRight", {"flag": 0.01}),
    ],
)

#: What each drag changes, after the same preset.
DRAGS: Drags = [
    (
        "[aria-label='belief q, class 1'] .knob",
        lambda w, h: (w / 2, h / 2),
        lambda w, h: (w / 2, h / 2 - 0.15 * 164),
        {"q": [0.25, 0.75]},
    ),
]

#: What sets something in motion, from the start.
MOTION = [(("button", "Plant the flag"), "Enter"), (("button", "Draw 100"), "Enter")]
