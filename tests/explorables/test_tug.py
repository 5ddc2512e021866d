"""The tug of war: its mathematics agrees with lib, and properties of every state."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
import sympy as sp

from lib.bernoulli import counts, likelihood_expr, log_likelihood, mle
from tests.explorables.javascript import call

RNG = np.random.default_rng(2)
BALLS = [
    "wbwbb",
    "bbbbb",
    "w",
    *("".join(RNG.choice(["w", "b"], size=RNG.integers(1, 11))) for _ in range(997)),
]
THETAS = [0.6, 1.0, 0.02, *(float(t) for t in RNG.integers(0, 101, size=997) / 100)]
RATES = [0.1, 0.1, 0.1, *(float(r) for r in RNG.integers(1, 61, size=997) / 100)]
STATES = list(zip(BALLS, THETAS, RATES, strict=True))
START: dict[str, Any] = {"rate": 0.1, "scale": "dial", "flag": [], "tried": []}
#: Numbers in the still picture that no cell prints with its decimals: at 0.01, a black ball's pull
#: and the net pull.
STILL_NUMBERS = [Fraction(100), 3 / Fraction(1, 100) - 2 / Fraction(99, 100)]

SCALES = ["dial", "log-odds"]
FRAMES = {"dial": 20, "log-odds": 3}
INSIDE = [(b, t) for b, t, _ in STATES if 0 < t < 1]


@cache
def _score(black: int, n: int) -> Callable[[Any], Any]:
    """Return the derivative of lib's log-likelihood, by sympy."""
    theta = sp.Symbol("theta", nonnegative=True)
    expr = likelihood_expr(black, n, theta)
    score: Callable[[Any], Any] = sp.lambdify(theta, sp.cancel(sp.diff(expr, theta) / expr), "math")
    return score


def exact_score(balls: str, theta: float) -> float:
    return float(_score(balls.count("b"), len(balls))(Fraction(theta)))


def spread(balls: str, theta: float) -> float:
    """Return the size of the pulls before they cancel, which bounds the rounding of their sum."""
    white, black = (int(n) for n in counts(balls))
    return black / theta + white / (1 - theta)


class TestAgreesWithLib:
    def test_counts(self) -> None:
        want = [[int(n) for n in counts(b)[::-1]] for b in BALLS]
        assert call("tug", [["math.counts", b] for b in BALLS]) == want

    def test_loss(self) -> None:
        got = call("tug", [["math.loss", b, t] for b, t, _ in STATES])
        want = [-log_likelihood(b, t) / len(b) for b, t, _ in STATES]
        assert got == pytest.approx(want, rel=1e-12, abs=1e-300)

    def test_net_pull(self) -> None:
        got = call("tug", [["math.net", b, t] for b, t in INSIDE])
        for (b, t), net in zip(INSIDE, got, strict=True):
            assert net == pytest.approx(exact_score(b, t), rel=1e-12, abs=1e-14 * spread(b, t))

    def test_slope_is_the_derivative_of_the_mean_nll(self) -> None:
        got = call("tug", [["math.slope", b, t] for b, t in INSIDE])
        for (b, t), slope in zip(INSIDE, got, strict=True):
            want = -exact_score(b, t) / len(b)
            assert slope == pytest.approx(want, rel=1e-12, abs=1e-14 * spread(b, t))

    def test_balance(self) -> None:
        want = [float(mle(b.count("b"), len(b))) for b in BALLS]
        assert call("tug", [["math.balance", b] for b in BALLS]) == want

    def test_step(self) -> None:
        inside = [(b, t, r) for b, t, r in STATES if 0 < t < 1]
        got = call("tug", [["math.next", b, t, r] for b, t, r in inside])
        for (b, t, r), after in zip(inside, got, strict=True):
            want = t + r * exact_score(b, t) / len(b)
            assert after == pytest.approx(want, rel=1e-12, abs=1e-14 * spread(b, t))


class TestInvariants:
    def test_the_five_balls(self) -> None:
        best, half, net = call(
            "tug",
            [["math.loss", "wbwbb", 0.6], ["math.loss", "wbwbb", 0.5], ["math.net", "wbwbb", 0.6]],
        )
        assert round(best, 6) == 0.673012
        assert round(half, 6) == 0.693147
        assert net == 0

    def test_the_pulls_of_the_chapter(self) -> None:
        got = call("tug", [["math.net", "wbwbb", t] for t in (0.3, 0.9)])
        assert got == pytest.approx([50 / 7, -50 / 3], rel=1e-12, abs=0)

    def test_the_wild_step_of_the_chapter(self) -> None:
        [got] = call("tug", [["math.next", "wbwbb", 0.01, 0.1]])
        assert f"{got:.2f}" == "5.97"

    def test_no_net_pull_at_k_over_n(self) -> None:
        mixed = [b for b in BALLS if 0 < b.count("b") < len(b)]
        got = call("tug", [["math.net", b, b.count("b") / len(b)] for b in mixed])
        assert max(map(abs, got)) < 1e-12

    def test_the_net_pull_points_to_k_over_n(self) -> None:
        got = call("tug", [["math.net", b, t] for b, t in INSIDE])
        for (b, t), net in zip(INSIDE, got, strict=True):
            if abs(t - b.count("b") / len(b)) > 1e-9:
                assert (net > 0) == (t < b.count("b") / len(b))

    def test_each_ball_pulls_with_one_over_its_probability(self) -> None:
        got = call("tug", [["math.pull", c, t] for _, t in INSIDE for c in "bw"])
        want = [p for _, t in INSIDE for p in (1 / t, -1 / (1 - t))]
        assert got == pytest.approx(want, rel=1e-12, abs=0)

    def test_the_pulls_sum_to_the_net_pull(self) -> None:
        pulls = call("tug", [["math.pull", c, t] for b, t in INSIDE for c in b])
        nets = call("tug", [["math.net", b, t] for b, t in INSIDE])
        for (b, t), net in zip(INSIDE, nets, strict=True):
            mine, pulls = pulls[: len(b)], pulls[len(b) :]
            assert math.fsum(mine) == pytest.approx(net, rel=1e-12, abs=1e-14 * spread(b, t))

    def test_the_impossible_pulls_infinitely(self) -> None:
        got = call(
            "tug",
            [
                ["math.net", "wbwbb", 0],
                ["math.net", "wbwbb", 1],
                ["math.loss", "wbwbb", 0],
                ["math.loss", "wbwbb", 1],
                ["math.net", "ww", 0],
                ["math.loss", "bb", 1],
            ],
        )
        assert got == [math.inf, -math.inf, math.inf, math.inf, -2, 0]

    @pytest.mark.parametrize("scale", SCALES)
    def test_arrows_join_head_to_tail_in_a_frame_that_is_always_the_same(self, scale: str) -> None:
        """Each is as long as its pull, cut where the frame ends, and says so."""
        frame = FRAMES[scale]
        states = [(b, t) for b, t, _ in STATES if 0 < t < 1]
        drawn = call("tug", [["math.arrows", b, t, scale] for b, t in states])
        pulls = call("tug", [["math.pull", c, t, scale] for b, t in states for c in b])
        nets = call("tug", [["math.net", b, t, scale] for b, t in states])
        seen = set()
        for (b, t), arrows, net in zip(states, drawn, nets, strict=True):
            mine, pulls = pulls[: len(b)], pulls[len(b) :]
            ends = {"b": 0.0, "w": 0.0}
            for ball, pull, arrow in zip(b, mine, arrows["each"], strict=True):
                start, ends[ball] = ends[ball], ends[ball] + pull
                assert arrow["from"] == pytest.approx(np.clip(start, -frame, frame), abs=1e-12)
                assert arrow["to"] == pytest.approx(np.clip(ends[ball], -frame, frame), abs=1e-12)
                assert arrow["cut"] == (abs(ends[ball]) > frame * (1 + 1e-9)), (b, t)
                seen.add(arrow["cut"])
            assert arrows["net"]["to"] == pytest.approx(np.clip(net, -frame, frame), abs=1e-12)
            assert arrows["net"]["cut"] == (abs(net) > frame * (1 + 1e-9))
        assert seen == {True, False}

    def test_the_arrows_of_the_figure(self) -> None:
        """At 0.01 the pulls leave the dial's frame; two whites at 0.9 just fill it. None leaves the
        frame of the log-odds, for five balls pull with less than 3."""
        wild, full = call("tug", [["math.arrows", "wbwbb", t] for t in (0.01, 0.9)])
        assert [arrow["cut"] for arrow in wild["each"]] == [False, True, False, True, True]
        assert wild["net"] == {"from": 0, "to": 20, "cut": True}
        assert not any(arrow["cut"] for arrow in [*full["each"], full["net"]])
        assert full["each"][2]["to"] == pytest.approx(-20, abs=1e-12)
        settings = [i / 1000 for i in range(1, 1000)]
        for arrows in call("tug", [["math.arrows", "wbwbb", t, "log-odds"] for t in settings]):
            assert not any(arrow["cut"] for arrow in [*arrows["each"], arrows["net"]])

    def test_an_infinite_pull_is_cut(self) -> None:
        for ball, theta, end in (("b", 0, 20), ("w", 1, -20)):
            [arrows] = call("tug", [["math.arrows", ball, theta]])
            assert arrows["each"] == [{"from": 0, "to": end, "cut": True}]

    def test_the_curve_ends_at_its_height_and_holds_the_lowest_point(self) -> None:
        curves = call("tug", [["math.curve", b, 2.8, 40] for b in BALLS[:100]])
        for b, curve in zip(BALLS[:100], curves, strict=True):
            assert all(0 <= y <= 2.8 + 1e-6 for _, y in curve)
            assert min(curve, key=lambda point: point[1])[0] == b.count("b") / len(b)
            for end in (0, -1):
                x, y = curve[end]
                assert x in (0, 1) or y == pytest.approx(2.8, abs=1e-6)

    def test_flipping_twice_changes_nothing(self) -> None:
        once = call("tug", [["math.flip", b, len(b) // 2] for b in BALLS])
        assert call("tug", [["math.flip", b, len(b) // 2] for b in once]) == BALLS
        assert all(a != b for a, b in zip(once, BALLS, strict=True))


class TestSteps:
    def walk(self, balls: str, theta: list[float], rate: float, steps: int) -> list[float]:
        state = {**START, "balls": balls, "theta": theta, "rate": rate}
        [path] = call("tug", [["math.walk", state, steps]])
        assert isinstance(path, list)
        return path

    def test_small_steps_arrive(self) -> None:
        path = self.walk("wbwbb", [0.3], 0.1, 50)
        losses = call("tug", [["math.loss", "wbwbb", t] for t in path])
        assert path[0] == 0.3
        assert path[-1] == pytest.approx(0.6, abs=1e-4)
        assert losses == sorted(losses, reverse=True)

    def test_a_step_out_of_the_interval_is_the_last(self) -> None:
        assert self.walk("wbwbb", [0.01], 0.1, 10) == [0.01, 5.969596]
        assert len(self.walk("wbwbb", [0.5], 0.6, 10)) == 4
        assert self.walk("bbbbb", [1.0], 0.1, 10) == [1.0, 1.1]

    def test_balance_and_infinity_are_not_left(self) -> None:
        assert self.walk("wbwbb", [0.6], 0.5, 10) == [0.6]
        assert self.walk("wbwbb", [0.0], 0.1, 10) == [0.0]
        assert self.walk("wbwbb", [0.01, 5.97], 0.1, 10) == [0.01, 5.97]

    def test_every_walk_fits_in_a_link(self) -> None:
        states = [{**START, "balls": b, "theta": [t], "rate": r} for b, t, r in STATES]
        paths = call("tug", [["math.walk", s, 100] for s in states])
        written = call("tug", [["spec.codecs.theta.write", p] for p in paths])
        assert call("tug", [["spec.codecs.theta.read", w] for w in written]) == paths
        assert max(map(len, paths)) <= 60

    def test_every_state_has_a_sentence(self) -> None:
        states = [{**START, "balls": b, "theta": [t], "rate": r} for b, t, r in STATES]
        ends = [float(e) for e in RNG.normal(0, 5, size=len(STATES))]
        outside = [
            {**START, "balls": b, "theta": [t, e], "rate": r, "flag": [e / 10][: i % 2]}
            for i, ((b, t, r), e) in enumerate(zip(STATES, ends, strict=True))
        ]
        odds = [{**s, "scale": "log-odds", "flag": [0.5]} for s in states]
        said = call("tug", [["spec.say", s] for s in [*states, *odds, *outside]])
        assert not [s for s in said if "NaN" in s or "Infinity" in s or "undefined" in s]
        assert any("∞\u00a0nats" in s for s in said)
        assert any("nobody wins" in s for s in said)
        assert any("nobody pulls back" in s for s in said)
        assert any("no step leads back" in s for s in said)


class TestScales:
    def test_a_pull_on_the_log_odds_is_the_derivative_there(self) -> None:
        """By sympy: 1 - theta for a black ball, -theta for a white one."""
        z = sp.Symbol("z", real=True)
        theta = 1 / (1 + sp.exp(-z))
        for ball, probability in (("b", theta), ("w", 1 - theta)):
            score = sp.lambdify(z, sp.diff(sp.log(probability), z), "mpmath")
            settings = [t for _, t in INSIDE[:200]]
            got = call("tug", [["math.pull", ball, t, "log-odds"] for t in settings])
            want = [float(score(math.log(t / (1 - t)))) for t in settings]
            assert got == pytest.approx(want, rel=1e-9, abs=0)

    def test_place_and_setting_are_inverse(self) -> None:
        settings = [t for _, t in INSIDE]
        for scale in SCALES:
            places = call("tug", [["math.place", scale, t] for t in settings])
            back = call("tug", [["math.setting", scale, x] for x in places])
            assert back == pytest.approx(settings, rel=1e-12, abs=0)

    def test_a_step_on_the_log_odds_moves_them_by_rate_times_mean_pull(self) -> None:
        inside = [(b, t, r) for b, t, r in STATES if 0 < t < 1]
        got = call("tug", [["math.next", b, t, r, "log-odds"] for b, t, r in inside])
        for (b, t, r), after in zip(inside, got, strict=True):
            z = math.log(t / (1 - t)) + r * (b.count("b") / len(b) - t)
            assert after == pytest.approx(1 / (1 + math.exp(-z)), rel=1e-9, abs=0)

    def test_the_answer_to_the_task(self) -> None:
        """One step at rate 0.1 leaves the dial from below 0.061 and from above 0.961, by the roots
        of the exact step; on the log-odds from nowhere."""
        theta = sp.Symbol("theta")
        step = theta + sp.Rational(1, 10) * (3 / theta - 2 / (1 - theta)) / 5
        roots = [
            float(root)
            for end in (0, 1)
            for root in sp.Poly(sp.numer(sp.together(step - end)), theta).nroots()
            if root.is_real and 0 < root < 1
        ]
        assert [round(root, 3) for root in sorted(roots)] == [0.061, 0.961]
        starts = [i / 1000 for i in range(1, 1000)]
        leaves = {}
        for scale in SCALES:
            after = call("tug", [["math.next", "wbwbb", t, 0.1, scale] for t in starts])
            leaves[scale] = [t for t, a in zip(starts, after, strict=True) if not 0 <= a <= 1]
        low, high = sorted(roots)
        assert leaves == {"dial": [t for t in starts if not low < t < high], "log-odds": []}

    def test_the_tried_starts_are_sorted_by_what_they_did(self) -> None:
        tried = [0.5, 0.06, 0.07, 0.97, 0.06, 0.96]
        state = {**START, "balls": "wbwbb", "theta": [0.5], "tried": tried}
        found, odds = call(
            "tug", [["math.found", s] for s in (state, {**state, "scale": "log-odds"})]
        )
        assert found == {"left": [0.06, 0.97], "stayed": [0.07, 0.5, 0.96]}
        assert odds == {"left": [], "stayed": sorted(set(tried))}

    def test_walks_on_the_log_odds_stay_on_the_scale(self) -> None:
        states = [
            {**START, "balls": b, "theta": [t], "rate": r, "scale": "log-odds"}
            for b, t, r in STATES
        ]
        for path in call("tug", [["math.walk", s, 60] for s in states]):
            assert all(0 <= t <= 1 for t in path)


class TestPrediction:
    def test_no_sentence_tells_where_a_step_will_land(self) -> None:
        """Before the step, its only numbers are those of the present setting and of the flag."""
        starts = [(b, t, r) for b, t, r in STATES if 0 < t < 1]
        after = call("tug", [["math.next", b, t, r] for b, t, r in starts])
        for flag in ([], [0.77]):
            states = [
                {**START, "balls": b, "theta": [t], "rate": r, "flag": flag} for b, t, r in starts
            ]
            said = call("tug", [["spec.say", s] for s in states])
            for (b, t, _), to, sentence in zip(starts, after, said, strict=True):
                assert "land at" not in sentence
                assert "landed" not in sentence
                numbers = set(re.findall(r"\d+\.\d+", sentence))
                [slope] = call("tug", [["math.slope", b, t]])
                own = {
                    f"{t:.2f}",
                    f"{abs(slope):.2f}",
                    "0.77",
                    f"{1 / t:.2f}",
                    f"{1 / (1 - t):.2f}",
                }
                assert f"{abs(to):.2f}" not in numbers - own, sentence
