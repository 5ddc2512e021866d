"""The zoomer: its whole numbers agree with exact fractions, and properties of every state."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

from course.golden import oracles
from lib import bernoulli, coding
from lib.bernoulli import log_likelihood, sequence_probability
from lib.explorables import STATE
from tests.explorables.javascript import call

START = {key: entry.start for key, entry in STATE["zoomer"].items()}
DIALS = (1, 20, 37, 50, 55, 60, 90, 99)
RNG = np.random.default_rng(7)
#: Every message of up to six balls at eight dials, and longer ones at any dial.
CASES = [
    *(("".join(m), t) for n in range(7) for m in product("wb", repeat=n) for t in DIALS),
    *(
        ("".join(RNG.choice(["w", "b"], size=RNG.integers(7, 13))), int(RNG.integers(1, 100)))
        for _ in range(400)
    ),
    *((m, t) for m in ("b" * 12, "w" * 12, "wb" * 6) for t in (1, 60, 99)),
]


def interval(m: str, t: int) -> tuple[Fraction, Fraction]:
    """Return the ends of a piece: what the messages before it have in all, and with its own.

    All messages of the same length stand side by side, white before black, each as wide as its
    probability.
    """
    black = Fraction(t, 100)

    def width(message: str) -> Fraction:
        return math.prod((black if c == "b" else 1 - black for c in message), start=Fraction(1))

    left = sum((width(m[:i] + "w") for i, c in enumerate(m) if c == "b"), Fraction(0))
    return left, left + width(m)


def shortest(low: Fraction, high: Fraction) -> str:
    """Return the codeword, found by trying all of one length from the left."""
    for n in range(200):
        # No codeword to the left of the piece's own left end can lie within.
        for c in range(math.floor(low * 2**n), math.floor(high * 2**n) + 1):
            if low <= Fraction(c, 2**n) and Fraction(c + 1, 2**n) <= high:
                return format(c, f"0{n}b") if n else ""
    raise AssertionError


FIVE = interval("wbwbb", 60)
#: Numbers in the still picture that no cell prints, by the oracle; the codeword is read as one.
STILL_NUMBERS = [
    *FIVE,
    FIVE[1] - FIVE[0],
    oracles.log(1 / (FIVE[1] - FIVE[0])) / oracles.log(2),
    Fraction(shortest(*FIVE)),
]


def words() -> list[str]:
    return [str(w) for w in call("zoomer", [["math.sent", *case] for case in CASES])]


class TestAgreesWithFractions:
    def test_pieces_and_codewords(self) -> None:
        got = call("zoomer", [["math.written", *case] for case in CASES])
        for (m, t), (low, width, den, word, short) in zip(CASES, got, strict=True):
            left, right = interval(m, t)
            assert int(den) == 100 ** len(m)
            assert Fraction(int(low), int(den)) == left, (m, t)
            assert Fraction(int(low) + int(width), int(den)) == right, (m, t)
            assert word == shortest(left, right), (m, t)
            assert short == str(right - left), (m, t)
        assert len(CASES) > 1400

    def test_the_width_is_the_likelihood(self) -> None:
        got = call("zoomer", [["math.written", *case] for case in CASES])
        for (m, t), (_, width, den, *_) in zip(CASES, got, strict=True):
            assert Fraction(int(width), int(den)) == sequence_probability(m, Fraction(t, 100))

    def test_bits(self) -> None:
        got = call("zoomer", [["math.ideal", *case] for case in CASES])
        want = [-log_likelihood(m, t / 100) / math.log(2) for m, t in CASES]
        assert got == pytest.approx(want, rel=1e-12, abs=0)
        assert all(math.copysign(1, v) > 0 for v in got)

    def test_places_of_codewords(self) -> None:
        got = call("zoomer", [["math.within", *case] for case in CASES])
        for (m, t), (a, b), word in zip(CASES, got, words(), strict=True):
            low, high = interval(m, t)
            own = Fraction(int(word or "0", 2), 2 ** len(word))
            share = (own - low) / (high - low)
            assert a == pytest.approx(float(share), rel=0, abs=2e-6)
            width = Fraction(1, 2 ** len(word)) / (high - low)
            assert b - a == pytest.approx(float(width), rel=0, abs=3e-6)
            assert 0 <= a < b <= 1

    def test_the_chapters_coder_agrees(self) -> None:
        """The still picture takes its numbers from there."""
        for m, t in CASES[::7]:
            dial = Fraction(t, 100)
            low, width = coding.interval(bernoulli.parse(m), (1 - dial, dial))
            assert (low, low + width) == interval(m, t)
            assert coding.codeword(low, width) == shortest(low, low + width)


class TestInvariants:
    def test_without_balls_the_piece_is_the_strip(self) -> None:
        for t in DIALS:
            assert call("zoomer", [["math.written", "", t]]) == [["0", "1", "1", "", "1"]]
            assert call("zoomer", [["math.ideal", "", t]]) == [0]

    def test_at_most_two_bits_are_lost_a_message(self) -> None:
        ideals = call("zoomer", [["math.ideal", *case] for case in CASES])
        for ideal, word in zip(ideals, words(), strict=True):
            least = math.ceil(ideal - 1e-9)
            assert least <= len(word) <= least + 1

    def test_the_best_dial_is_k_over_n(self) -> None:
        bits = call("zoomer", [["math.ideal", "wbwbb", t] for t in range(1, 100)])
        assert int(np.argmin(bits)) + 1 == 60

    @pytest.mark.parametrize("t", DIALS)
    def test_no_codeword_of_a_length_begins_another(self, t: int) -> None:
        for n in (1, 3, 6):
            all_words = sorted(
                call("zoomer", [["math.sent", "".join(m), t] for m in product("wb", repeat=n)])
            )
            assert not [a for a, b in pairwise(all_words) if b.startswith(a)]

    def test_the_five_balls(self) -> None:
        [got] = call("zoomer", [["math.written", "wbwbb", 60]])
        assert Fraction(int(got[1]), int(got[2])) == Fraction(108, 3125)
        assert got[3] == "001111"

    def test_the_task(self) -> None:
        """Two dials need five bits for the five balls, no dial needs fewer, and 0.60 needs six."""
        sent = {t: shortest(*interval("wbwbb", t)) for t in range(1, 100)}
        assert min(map(len, sent.values())) == 5
        assert {t: w for t, w in sent.items() if len(w) == 5} == {50: "01011", 55: "01001"}
        assert len(sent[60]) == 6
        got = call("zoomer", [["math.sent", "wbwbb", t] for t in range(1, 100)])
        assert got == list(sent.values())

    def test_more_or_fewer_bits_than_balls(self) -> None:
        cases = [("wbwbb", 60), ("bbbbb", 60), ("wbwbb", 50), ("b" * 12, 99), ("", 60)]
        got = call("zoomer", [["math.compare", *case] for case in cases])
        assert got == ["more", "fewer", "same", "fewer", "same"]


class TestNumbers:
    def test_widths(self) -> None:
        got = call("zoomer", [["math.width", *case] for case in CASES])
        for (m, t), text in zip(CASES, got, strict=True):
            low, high = interval(m, t)
            sign, number = text.split("\u00a0", 1)
            mantissa, _, power = number.partition("\u00a0×\u00a010")
            tens = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
            shown = Fraction(mantissa) * Fraction(10) ** tens
            last = Fraction(10) ** (tens - len(mantissa.partition(".")[2]))
            assert abs(shown - (high - low)) <= last * Fraction(501, 1000), (m, t)
            assert (sign == "=") == (shown == high - low), (m, t)

    def test_an_equals_sign_is_only_put_where_it_is_exact(self) -> None:
        """For up to twelve balls at every dial: six surprises nearly have four decimals."""
        counts = [(b, w) for b in range(13) for w in range(13 - b) if b + w]
        cases = [("b" * b + "w" * w, t) for b, w in counts for t in range(1, 100)]
        said = call("zoomer", [["spec.say", {**START, "m": m, "t": t}] for m, t in cases])
        widths = call("zoomer", [["math.width", *case] for case in cases])
        for (m, t), sentence, written in zip(cases, said, widths, strict=True):
            width = sequence_probability(m, Fraction(t, 100))
            power_of_two = width.numerator == 1 and width.denominator & (width.denominator - 1) == 0
            assert (" of it =" in sentence) == power_of_two, (m, t)
            digits = str(10**40 * width).rstrip("0")
            three = len(digits) <= 3 and "/" not in digits
            exact = three if width < Fraction(1, 1000) else (10**5 * width).denominator == 1
            assert written.startswith("=") == exact, (m, t)


def states() -> list[dict[str, Any]]:
    """Return states of all kinds, also as only links make them."""
    found = []
    for m, t in CASES[::3]:
        shown = bool(RNG.integers(2))
        off = float(RNG.choice([0, 0.3])) if t < 99 else 0
        found.append({
            **START, "m": m, "t": t + off, "shown": shown, "opened": shown,
            "guess": str(RNG.choice(["", "fewer", "same", "more"])),
        })  # fmt: skip
    return found


class TestStates:
    def test_every_state_has_a_sentence(self) -> None:
        said = call("zoomer", [["spec.say", s] for s in states()])
        assert not [s for s in said if re.search(r"NaN|Infinity|undefined|null|\d-", s)]

    def test_no_sentence_tells_the_file_before_it_is_sent(self) -> None:
        hidden = [s for s in states() if not s["shown"] and s["m"]]
        said = call("zoomer", [["spec.say", s] for s in hidden])
        assert len(hidden) > 100
        for state, sentence in zip(hidden, said, strict=True):
            assert "The file is" not in sentence
            word = shortest(*interval(state["m"], round(state["t"])))
            assert len(word) < 4 or word not in sentence

    def test_a_guess_is_compared(self) -> None:
        sent = [s for s in states() if s["shown"] and s["m"] and s["guess"]]
        said = call("zoomer", [["spec.say", s] for s in sent])
        wrong = 0
        for state, sentence in zip(sent, said, strict=True):
            m = state["m"]
            off = len(shortest(*interval(m, round(state["t"])))) - len(m)
            is_so = state["guess"] == ("fewer" if off < 0 else "more" if off else "same")
            assert ("not so" in sentence) == (not is_so)
            wrong += not is_so
        assert 20 < wrong < len(sent) - 20

    def test_what_a_change_hides_and_keeps(self) -> None:
        before = {**START, "opened": True, "shown": True, "guess": "more", "tried": [60]}
        turned, other, follows = call(
            "zoomer",
            [
                ["math.turn", before, 50],
                ["math.other", before, "wb"],
                ["math.turn", {**before, "follow": True}, 50],
            ],
        )
        assert turned == {"t": 50, "shown": False, "tried": [60]}
        assert other == {"m": "wb", "guess": "", "shown": False, "tried": []}
        assert follows == {"t": 50, "shown": True, "tried": [50, 60]}
