"""The dial: its mathematics agrees with lib, and properties of every state."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import numpy as np
import pytest

from course.golden.oracles import likelihood
from lib.bernoulli import counts, log_likelihood, mle, sequence_probability
from tests.explorables.javascript import call

RNG = np.random.default_rng(1)
BALLS = [
    "",
    "bbb",
    "wbwbb",
    *("".join(RNG.choice(["w", "b"], size=RNG.integers(0, 13))) for _ in range(997)),
]
THETAS = [0.6, 1.0, 0.6, *(float(t) for t in RNG.integers(0, 101, size=997) / 100)]
STATES = list(zip(BALLS, THETAS, strict=True))


#: A number in the still picture that no cell prints: the share of the peak at one half.
STILL_NUMBERS = [likelihood(Fraction(1, 2)) / likelihood()]


def both(balls: str) -> list[int]:
    white, black = counts(balls)
    return [int(black), int(white)]


class TestAgreesWithLib:
    def test_counts(self) -> None:
        assert call("dial", [["math.counts", b] for b in BALLS]) == [both(b) for b in BALLS]

    def test_likelihood(self) -> None:
        got = call("dial", [["math.likelihood", *both(b), t] for b, t in STATES])
        want = [sequence_probability(b, t) for b, t in STATES]
        assert got == pytest.approx(want, rel=1e-12, abs=0)

    def test_log_likelihood(self) -> None:
        got = call("dial", [["math.logLikelihood", *both(b), t] for b, t in STATES])
        want = [log_likelihood(b, t) for b, t in STATES]
        assert got == pytest.approx(want, rel=1e-12, abs=1e-300)

    def test_peak(self) -> None:
        got = call("dial", [["math.peak", *both(b)] for b in BALLS])
        want = [float(mle(both(b)[0], len(b))) if b else None for b in BALLS]
        assert got == want

    def test_five_hundred_balls_do_not_underflow(self) -> None:
        [got] = call("dial", [["math.logLikelihood", 300, 200, 0.6]])
        assert got == pytest.approx(log_likelihood("b" * 300 + "w" * 200, 0.6), rel=1e-12, abs=0)


#: Every state of up to twelve balls, by their counts, and some of many balls.
COUNTED = [
    *((k, n - k) for n in range(1, 13) for k in range(n + 1)),
    *((30, 20), (300, 200), (0, 500), (500, 0), (500, 500), (1, 499)),
]
SETTINGS = [f"{i / 100:.2f}" for i in range(101)]
EVERY = [(k, w, t) for k, w in COUNTED for t in SETTINGS]
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def value(text: str) -> tuple[Fraction, Fraction]:
    """Return the number that a text shows, and one unit of its last digit."""
    mantissa, _, power = text.partition("\u00a0×\u00a010")
    tens = Fraction(10) ** int(power.translate(SUPERSCRIPTS) or 0)
    return Fraction(mantissa) * tens, Fraction(1, 10 ** len(mantissa.partition(".")[2])) * tens


class TestEqualSigns:
    def test_exact_and_rounded_likelihoods_are_distinguished(self) -> None:
        got = call("dial", [["math.shown", k, w, float(t)] for k, w, t in EVERY])
        for (k, w, t), shown in zip(EVERY, got, strict=True):
            exact = Fraction(t) ** k * (1 - Fraction(t)) ** w
            number, last = value(shown["text"])
            assert shown["exact"] == (number == exact), (k, w, t, shown)
            assert abs(number - exact) <= last * Fraction(501, 1000), (k, w, t, shown)
        # 0.8³ 0.2²: exact, and a float is not.
        assert call("dial", [["math.shown", 3, 2, 0.8]]) == [{"text": "0.02048", "exact": True}]

    @pytest.mark.parametrize(
        ("theta", "text", "exact"),
        [(0.1, "0.10", True), (0.12345, "0.12345", True), (1, "1.00", True),
         (0.123456, "0.123456", False), (0.12345678, "0.123457", False),
         (0.1234500001, "0.12345", False)],
    )  # fmt: skip
    def test_a_link_may_hold_more_decimals(self, theta: float, text: str, exact: bool) -> None:
        written, shown = call("dial", [["math.written", theta], ["math.shown", 1, 0, theta]])
        assert written == text
        assert shown["exact"] == exact

    def test_a_logarithm_is_exact_only_where_it_is_0(self) -> None:
        states = [{"balls": b, "theta": t, "tries": [], "open": True} for b, t in STATES]
        said = call("dial", [["spec.say", s] for s in states])
        signs = [re.search(r"log\u00a0L\u00a0([=≈])\u00a0(\S+?)\u00a0nats", s) for s in said]
        for (b, t), found in zip(STATES, signs, strict=True):
            certain = bool(b) and log_likelihood(b, t) == 0
            assert found is None or (found[1] == "=") == certain, (b, t)
        assert {found[1] for found in signs if found} == {"=", "≈"}

    def test_no_share_is_rounded_to_all_or_nothing(self) -> None:
        shares = [0, 1e-9, 0.0004, 0.004, 0.5, 0.994, 0.9951, 0.99996, 1 - 1e-15, 1]
        for decimals in (0, 1, 2):
            texts = call("dial", [["math.percent", share, decimals] for share in shares])
            for share, text in zip(shares, texts, strict=True):
                number = float(text.removesuffix("\u00a0%").lstrip("<>\u00a0"))
                assert (number == 0 and text[0] not in "<>") == (share == 0)
                assert (number == 100 and text[0] not in "<>") == (share == 1)


class TestInvariants:
    def test_the_five_balls(self) -> None:
        [got] = call("dial", [["math.likelihood", 3, 2, 0.6]])
        assert got == pytest.approx(0.03456, rel=1e-12, abs=0)

    def test_the_factors_multiply_to_the_likelihood(self) -> None:
        got = call("dial", [["math.factors", b, t] for b, t in STATES])
        want = call("dial", [["math.likelihood", *both(b), t] for b, t in STATES])
        assert [math.prod(f) for f in got] == pytest.approx(want, rel=1e-12, abs=0)

    def test_no_share_is_above_the_peak(self) -> None:
        shares = call("dial", [["math.relative", *both(b), t] for b, t in STATES])
        assert all(0 <= share <= 1 + 1e-12 for share in shares)
        at_peak = [["math.relative", *both(b), both(b)[0] / len(b)] for b in BALLS if b]
        assert call("dial", at_peak) == [1] * len(at_peak)

    @pytest.mark.parametrize(("black", "white", "peak"), [(3, 0, 1), (0, 4, 0), (300, 200, 0.6)])
    def test_the_curve_is_highest_at_the_peak(self, black: int, white: int, peak: float) -> None:
        [curve] = call("dial", [["math.curve", black, white, 64]])
        assert max(curve, key=lambda point: point[1]) == [peak, 1]
        assert all(math.isfinite(y) for _, y in curve)

    def test_without_balls_the_curve_is_1(self) -> None:
        curve, share = call("dial", [["math.curve", 0, 0, 10], ["math.relative", 0, 0, 0.3]])
        assert {y for _, y in curve} == {share} == {1}

    def test_flipping_twice_changes_nothing(self) -> None:
        once = call("dial", [["math.flip", b, len(b) // 2] for b in BALLS if b])
        twice = call("dial", [["math.flip", b, len(b) // 2] for b in once])
        assert twice == [b for b in BALLS if b]
        assert all(a != b for a, b in zip(once, twice, strict=True))

    def test_one_more_ball_counts_one_more(self) -> None:
        more = call("dial", [["math.add", b, "b"] for b in [*BALLS, "b30w20"]])
        got = call("dial", [["math.counts", m] for m in more])
        assert got == [*([k + 1, w] for k, w in map(both, BALLS)), [31, 20]]

    def test_ten_times_the_balls_keep_the_peak(self) -> None:
        more = call("dial", [["math.tenfold", b] for b in BALLS])
        assert call("dial", [["math.counts", m] for m in more]) == [
            [10 * n for n in both(b)] for b in BALLS
        ]

    def test_every_state_has_a_sentence(self) -> None:
        said = call(
            "dial",
            [["spec.say", {"balls": b, "theta": t, "tries": [], "open": True}] for b, t in STATES],
        )
        assert not [s for s in said if "NaN" in s or "Infinity" in s or "undefined" in s]
        assert any("−∞\u00a0nats" in s or "−∞ nats" in s for s in said)


CLOSED = [
    {"balls": b, "theta": t, "tries": [float(v) for v in RNG.integers(0, 101, size=n) / 100]}
    for (b, t), n in zip(STATES, RNG.integers(0, 6, size=len(STATES)), strict=True)
]


class TestGuessing:
    def test_five_tries_or_the_wish_to_see_open_the_curve(self) -> None:
        states = [{**s, "open": wish} for s in CLOSED for wish in (False, True)]
        got = call("dial", [["spec.open", s] for s in states])
        assert got == [s["open"] or len(s["tries"]) == 5 for s in states]
        assert set(got) == {True, False}

    def test_no_sentence_tells_the_answer_before_it_is_due(self) -> None:
        """Its only numbers are settings of the reader's own and the height of the last one."""
        closed = [{**s, "open": False} for s in CLOSED if len(s["tries"]) < 5]
        said = call("dial", [["spec.say", s] for s in closed])
        for state, sentence in zip(closed, said, strict=True):
            if not state["tries"]:
                assert not re.search(r"\d|peak|best", sentence)
                continue
            *before, last = state["tries"]
            own = "|".join(f"{v:.2f}" for v in before) or "-"
            found = re.fullmatch(
                rf"Try {len(state['tries'])} of 5: at θ\u00a0=\u00a0{last:.2f} the likelihood is "
                rf"(about )?([^ ,]+?)(?:\. Is there a better setting\?|, your best so far\.|"
                rf", (?:less than|as much as) at (?:{own})\.)",
                sentence,
            )
            assert found, sentence
            height = sequence_probability(state["balls"], Fraction(str(last)))
            shown, digit = value(found[2])
            assert abs(shown - height) <= digit * Fraction(501, 1000)
            assert bool(found[1]) == (shown != height)

    def test_a_try_is_compared_with_the_best_before(self) -> None:
        for state in CLOSED:
            tries = state["tries"]
            if not 2 <= len(tries) <= 4:
                continue
            [said] = call("dial", [["spec.say", {**state, "open": False}]])
            heights = [sequence_probability(state["balls"], Fraction(str(v))) for v in tries]
            best = max(heights[:-1])
            words = (
                "your best so far"
                if heights[-1] > best
                else "as much as"
                if heights[-1] == best
                else "less than"
            )
            assert words in said, (state, said)

    def test_the_task_of_the_chapter(self) -> None:
        """Settings that reach 99 % of the best: on the dial 0.57 to 0.63; 0.5687 to 0.6308."""
        [enough] = call("dial", [["math.enough"]])
        best = likelihood()

        def reaches(theta: Fraction) -> bool:
            return likelihood(theta) >= Fraction(99, 100) * best

        assert enough == 0.99
        settings = [Fraction(i, 100) for i in range(101)]
        good = [s for s in settings if reaches(s)]
        assert (good[0], good[-1]) == (Fraction(57, 100), Fraction(63, 100))
        for low, high in ((0.56865, 0.56875), (0.63085, 0.63075)):
            assert not reaches(Fraction(str(low)))
            assert reaches(Fraction(str(high)))
        shares = call("dial", [["math.relative", 3, 2, float(s)] for s in settings])
        assert [s for s, share in zip(settings, shares, strict=True) if share >= enough] == good


class TestTheWayBack:
    def test_from_ten_times_the_balls(self) -> None:
        mixed = [b for b in BALLS if b]
        more = call("dial", [["math.tenfold", b] for b in mixed])
        assert all(call("dial", [["math.isTenfold", m] for m in more]))
        assert (
            call("dial", [["math.tenth", m, b] for m, b in zip(more, mixed, strict=True)]) == mixed
        )
        # Without the order, which a link does not hold.
        back = call("dial", [["math.tenth", m, ""] for m in more])
        assert [sorted(b) for b in back] == [sorted(b) for b in mixed]

    def test_only_what_was_tenfold_has_a_tenth(self) -> None:
        tried = ["wbwbb", "", "b0w0", "b31w20", "b30w0", "b500w500"]
        got = call("dial", [["math.isTenfold", b] for b in tried])
        assert got == [False, False, False, False, True, True]
        assert call("dial", [["math.tenth", "b500w500", "wbwbb"]]) == ["b50w50"]
