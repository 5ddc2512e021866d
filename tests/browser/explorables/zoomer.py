"""What the zoomer must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

from fractions import Fraction

from lib.bernoulli import parse, sequence_probability
from lib.coding import codeword, interval
from lib.information import information
from tests.browser.explorables.kit import Drags, Keys, Known, Shown, State, fixed, tiny


def sent(m: str, t: float) -> str:
    """Return the codeword of a message at a dial in hundredths."""
    dial = Fraction(int(t), 100)
    return codeword(*interval(parse(m), (1 - dial, dial)))


def many(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


def expected(s: State) -> Shown:
    m, t, n = s["m"], int(s["t"]), len(s["m"])
    width = Fraction(str(sequence_probability(m, Fraction(t, 100))))
    ideal = information(float(width), "bits")
    word = sent(m, t)
    exact = "=" if (10**5 * width).denominator == 1 else "≈"
    text = fixed(float(width), 5) if width >= Fraction(1, 1000) else tiny(width, 5, 1e-3)
    bits = [f"{fixed(ideal, 4)} bits", many(len(word), "bit"), many(n, "bit")]
    shown: Shown = {
        ".message": [f" {exact} {text}"],
        ".rows .value": [" | ".join(bits if s["shown"] else [bits[0], bits[2]])],
        ".valley svg": [f"{bits[0]} at {fixed(t / 100, 2)}"],
    }
    if s["tried"]:
        each = {dial: len(sent(m, dial)) for dial in sorted(s["tried"])}
        least = min(each.values())
        best = ", ".join(fixed(dial / 100, 2) for dial, b in each.items() if b == least)
        shown[".found"] = [f"so far has {many(least, 'bit')}, at {best}."]
        shown[".valley svg"] += [f"{fixed(d / 100, 2)} {many(b, 'bit')}" for d, b in each.items()]
    if n == 0:
        return shown | {".say": ["the file needs 0 bits"]}
    shown[".say"] = [
        f"{many(n, 'ball')}, the last {'black' if m[-1] == 'b' else 'white'}, at dial "
        f"{fixed(t / 100, 2)}: width {exact} {text}"
    ]
    if not s["shown"]:
        asked = "send it." if s["guess"] else f"fewer bits than {many(n, 'ball')}"
        shown[".say"] += [asked]
        return shown
    off = len(word) - n
    verdict = f"{abs(off)} {'fewer' if off < 0 else 'more'} than" if off else "as many as"
    shown[".say"] += [
        f"The file is {word}, {bits[1]}, {verdict} balls",
        f"{fixed(len(word) - ideal, 4)} bits are lost",
    ]
    shown[".street text.second"] = [word if len(word) <= 14 else word[:12]]
    return shown


#: Numbers of the book that must appear, whatever lib says: preset, selector, text.
KNOWN: Known = [
    ("five balls", ".message", "from 692/3125, width 108/3125 = 0.03456"),
    ("five balls", ".rows .value", "4.8548 bits | 6 bits | 5 bits"),
    ("five balls", ".say", "The file is 001111, 6 bits, 1 more than balls"),
    ("12 at 0.99", ".rows .value", "1 bit | 12 bits"),
]

#: Buttons to press, by their names, from the start until the answer is shown.
OPENING = ("fewer", "Send")
#: The file: of it nothing is in the document before.
SECRET = (".sent", ".word", ".found", "text 001111")

#: A preset, and what each key changes after it.
KEYS: Keys = (
    "five balls",
    [
        (("slider", "dial"), "End", {"t": 99, "shown": False}),
        (("slider", "dial"), "Home", {"t": 1}),
        (("slider", "dial"), "ArrowRight", {"t": 2}),
        (("button", "fewer"), "Enter", {"guess": "fewer"}),
        (("button", "Send"), "Space", {"shown": True, "tried": [2, 60]}),
        (("button", "Undo"), "Enter", {"m": "wbwb", "guess": "", "shown": False, "tried": []}),
        (("button", "+ ○"), "Space", {"m": "wbwbw"}),
        (("button", "+ ●"), "Enter", {"m": "wbwbwb"}),
        (("button", "as many"), "w", {"m": "wbwbwbw"}),
        (("slider", "dial"), "b", {"m": "wbwbwbwb"}),
        (("button", "more"), "Backspace", {"m": "wbwbwbw"}),
        (("checkbox", "send after"), "Space", {"follow": True, "shown": True, "tried": [2]}),
        (("slider", "dial"), "ArrowRight", {"t": 3, "tried": [2, 3]}),
        (("button", "Undo"), "Backspace", {"m": "wbwbwb", "tried": [3]}),
        (("button", "Clear"), "Enter", {"m": "", "tried": [3]}),
        (("button", "Undo"), "Enter", {}),
        (("button", "Clear"), "b", {"m": "b", "tried": [3]}),
    ],
)

#: What each drag changes, after the same preset.
DRAGS: Drags = [
    (
        ".valley svg",
        lambda w, h: (34 + (w - 50) * 20 / 98, 60),
        lambda w, h: (34 + (w - 50) * 54 / 98, 70),
        {"t": 55},
    ),
]

#: A ball zooms in.
MOTION = [(("button", "+ ●"), "Enter")]
