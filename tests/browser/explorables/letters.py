"""What the covered page must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

from lib.information import information
from tests.browser.explorables.kit import RADIO, Drags, Keys, Known, Shown, State, fixed


@cache
def data() -> dict[str, Any]:
    """Return the explorable's data; tests/explorables/test_letters.py recomputes it."""
    file = resources.files("lib.explorables") / "letters" / "data.json"
    return dict(json.loads(file.read_text(encoding="utf-8")))


def signs() -> str:
    return str(data()["alphabet"]).replace(" ", "_")


def guesses(s: State) -> list[tuple[str, int]]:
    """Return the letter and the confidence in percent of each guess; "-" and 0 for a pass."""
    return [(i[0], int(i[1:] or 0)) for i in re.findall(r"-|[a-z_]\d\d", s["record"])]


def price(sign: str, percent: Fraction, y: int) -> float:
    """Return what a letter costs, in bits."""
    total = sum(data()["weights"])
    f = [Fraction(w, total) for w in data()["weights"]]
    if sign == "-":
        given = f[y]
    elif sign == signs()[y]:
        given = percent / 100
    else:
        given = (1 - percent / 100) * f[y] / (1 - f[signs().index(sign)])
    return float(information(float(given), "bits"))


def expected(s: State) -> Shown:
    passage = data()["passages"][int(s["passage"]) - 1]
    covered, all_guesses = passage["covered"], guesses(s)
    n = len(all_guesses)
    pairs = list(zip(all_guesses, covered, strict=False))
    bill = [price(sign, Fraction(c), y) for (sign, c), y in pairs]
    hits = sum(sign == signs()[y] for (sign, _), y in pairs)
    tries = sum(sign != "-" for sign, _ in all_guesses)
    mean = sum(bill) / n if n else 0.0
    shown: Shown = {
        ".lead": [passage["lead"]],
        ".tile b": [" | ".join(signs()[y] for y in covered[:n])],
        ".cost": [" | ".join(fixed(v, 1) for v in bill)],
        ".tally": [
            f"{n} of 32 letters: {fixed(sum(bill), 2)} bits, {fixed(mean, 2)} bits a letter"
        ],
    }
    claim = "space" if s["letter"] == "_" else s["letter"]
    claim = f"For letter {n + 1} you claim {claim} at {s['confidence']:g} %."
    if n == 0:
        return shown | {".say": [f"begins “{passage['lead'].strip()}”. {claim}"]}
    if n < 32:
        name = data()["alphabet"][covered[n - 1]].replace(" ", "space")
        said = [f"Letter {n} is {name}.", f"so it cost {fixed(bill[-1], 2)} bits"]
        return shown | {".say": [*said, f"{hits} of {tries} right. {claim}"]}
    shown[".say"] = [f"cost {fixed(mean, 2)} bits a letter, with {hits} of {tries} right."]
    if not s["opened"]:
        shown[".say"] += [f"You say {s['answer']:g} %."]
        return shown

    def at(percent: Fraction) -> float:
        return sum(price(sign, percent, y) for (sign, _), y in pairs) / 32

    rows = [mean]
    if tries:
        best = min(max(Fraction(100 * hits, tries), Fraction(4)), Fraction(99))
        rows.append(at(best))
        answer = fixed(at(Fraction(s["answer"])), 4)
        shown[".say"] += [f"{fixed(at(best), 4)} bits a letter. At {s['answer']:g} %", answer]
        shown[".curve svg"] = [f"It is lowest, {fixed(at(best), 2)} bits, at"]
    else:
        shown[".curve svg"] = ["It is flat"]
    rows += [math.log2(27), *(sum(row) / 32 for row in passage["bits"]), sum(passage["sure"]) / 32]
    shown[".rows .value"] = [" | ".join(f"{fixed(row, 4)} bits" for row in rows)]
    return shown


def _less(s: State, items: int = 1) -> str:
    return re.sub(rf"(-|[a-z_]\d\d){{{items}}}$", "", s["record"])


#: Numbers of the book that must appear, whatever lib says: preset, selector, text.
KNOWN: Known = [
    ("machine, passage 1", ".say", "20 of 32, 62.5 %: 2.6054 bits a letter"),
    ("machine, passage 1", ".say", "At 95 % it would be 3.3179 bits"),
    ("machine, passage 1", ".rows .value", "4.7549 bits | 3.9252 bits | 1.9868 bits"),
]

#: Buttons to press, by their names, from the start until the answer is shown.
OPENING = ("Let the machine", "Answer")
#: What the guesses should have cost, and the machines' bills: not there before.
SECRET = (".curve", ".rows", "text 62.5")

#: A preset, and what each key changes after it.
KEYS: Keys = (
    "machine, passage 2",
    [
        (("slider", "the cheapest"), "End", {"answer": 99}),
        (("slider", "the cheapest"), "6", {"answer": 60}),
        (("button", "Undo"), "Enter", lambda s: {"record": _less(s), "opened": False}),
        (RADIO, "ArrowRight", {"letter": "a"}),
        (RADIO, "n", {"letter": "n"}),
        (("slider", "your confidence"), "Home", {"confidence": 4}),
        (("slider", "your confidence"), "9", {"confidence": 90}),
        (("button", "Pass"), "q", {"letter": "q"}),
        (("button", "Uncover"), "Enter", lambda s: {"record": f"{s['record']}q90", "letter": "_"}),
        (("slider", "the cheapest"), "Backspace", lambda s: {"record": _less(s)}),
        (RADIO, "Backspace", lambda s: {"record": _less(s)}),
        (("button", "Pass"), "Space", lambda s: {"record": f"{s['record']}-"}),
        (RADIO, "t", {"letter": "t"}),
        (RADIO, "Space", {"letter": "_"}),
        (RADIO, "Enter", lambda s: {"record": f"{s['record']}_90"}),
        (("slider", "the cheapest"), "Enter", {"opened": True}),
        (
            ("button", "Next passage"), "Enter",
            {"passage": 3, "record": "", "letter": "_", "opened": False},
        ),
        (RADIO, "-", {"record": "-"}),
        (RADIO, "0", {"confidence": 99}),
    ],
)  # fmt: skip

#: What each drag changes, after the same preset.
DRAGS: Drags = [
    (
        ".curve svg",
        lambda w, h: (34 + (w - 58) * 20 / 95, 100),
        lambda w, h: (34 + (w - 58) * 66 / 95, 110),
        {"answer": 70},
    ),
]

#: The machine uncovers letter after letter.
MOTION = [(("button", "Let the machine"), "Enter")]
