"""The tug of war: its mathematics agrees with lib, and properties of every state."""

from __future__ import annotations

import math
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

    def test_arrows_join_head_to_tail_and_stay_in_the_picture(self) -> None:
        drawn = call("tug", [["math.arrows", b, t] for b, t, _ in STATES])
        nets = call("tug", [["math.net", b, t] for b, t, _ in STATES])
        for (b, t, _), arrows, net in zip(STATES, drawn, nets, strict=True):
            ends = {"b": 0.0, "w": 0.0}
            assert len(arrows["each"]) == len(b)
            for i, ball in enumerate(b):
                start, end = arrows["each"][i]
                assert start == ends[ball]
                assert (end - start) * (1 if ball == "b" else -1) >= 0
                ends[ball] = end
            assert -1 - 1e-12 <= ends["w"] <= 0 <= ends["b"] <= 1 + 1e-12
            assert sum(ends.values()) == pytest.approx(arrows["net"], abs=1e-12)
            if abs(net) > 1e-9 and 0 < t < 1:
                assert (arrows["net"] > 0) == (net > 0)

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
        state = {"balls": balls, "theta": theta, "rate": rate}
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
        states = [{"balls": b, "theta": [t], "rate": r} for b, t, r in STATES]
        paths = call("tug", [["math.walk", s, 100] for s in states])
        written = call("tug", [["spec.codecs.theta.write", p] for p in paths])
        assert call("tug", [["spec.codecs.theta.read", w] for w in written]) == paths
        assert max(map(len, paths)) <= 60

    def test_every_state_has_a_sentence(self) -> None:
        states = [{"balls": b, "theta": [t], "rate": r} for b, t, r in STATES]
        ends = [float(e) for e in RNG.normal(0, 5, size=len(STATES))]
        outside = [
            {"balls": b, "theta": [t, e], "rate": r}
            for (b, t, r), e in zip(STATES, ends, strict=True)
        ]
        said = call("tug", [["spec.say", s] for s in states + outside])
        assert not [s for s in said if "NaN" in s or "Infinity" in s or "undefined" in s]
        assert any("∞\u00a0nats" in s for s in said)
        assert any("nobody wins" in s for s in said)
        assert any("nobody pulls back" in s for s in said)
        assert any("no step leads back" in s for s in said)
