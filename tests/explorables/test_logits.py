"""The logit playground: its mathematics agrees with lib, and properties of every state."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import softmax

from course.golden import oracles
from lib.losses import (
    double_softmax_bounds,
    grad_nll_from_logits,
    grad_squared_error_from_logits,
    nll_from_logits,
    squared_error_from_logits,
)
from lib.mnist import seed_logits
from tests.explorables.javascript import call

RNG = np.random.default_rng(4)
SEED = seed_logits()
CONFIDENT = [0] * 8 + [10, 0]
#: A number in the still picture that no cell prints: what the confident mistake costs.
STILL_NUMBERS = [oracles.nll(" ".join(map(str, CONFIDENT)), 7)]
HEADS = [(False, False), (False, True), (True, False), (True, True)]


def logits(scale: float) -> list[float]:
    drawn = RNG.normal(scale=scale, size=RNG.integers(3, 11))
    return [float(v) for v in np.clip(np.round(drawn, 4), -15, 15)]


def state(z: list[float], i: int) -> dict[str, Any]:
    double, squared = HEADS[i % 4]
    return {
        "z": z,
        "y": int(RNG.integers(len(z))),
        "c": float(RNG.integers(-50, 51)) / 10,
        "T": float(RNG.choice([0.1, 0.5, 1, 1, 2, 10])),
        "double": double,
        "squared": squared,
        "guess": [1, 1000],
        "stage": 2,
    }


STATES = [state(logits(float(RNG.choice([0.05, 1, 5, 20]))), i) for i in range(1000)]
PLAIN = [{**s, "double": False, "squared": False} for s in STATES]


def given(s: dict[str, Any]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = (np.array(s["z"]) + s["c"]) / s["T"]
    return result


def of(s: dict[str, Any]) -> list[Any]:
    return [given(s).tolist(), s["y"], s["double"], s["squared"]]


def jacobian(q: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = np.diag(q) - np.outer(q, q)
    return result


def lib_loss(s: dict[str, Any]) -> float:
    z = softmax(given(s)) if s["double"] else given(s)
    return float((squared_error_from_logits if s["squared"] else nll_from_logits)(z, s["y"]))


def lib_gradient(s: dict[str, Any]) -> NDArray[np.float64]:
    q = softmax(given(s))
    grad = grad_squared_error_from_logits if s["squared"] else grad_nll_from_logits
    after = np.asarray(grad(q if s["double"] else given(s), s["y"]))
    return jacobian(q) @ after if s["double"] else after


class TestAgreesWithLib:
    def test_the_input_of_softmax(self) -> None:
        got = call("logits", [["math.given", s] for s in STATES])
        assert got == [given(s).tolist() for s in STATES]

    def test_softmax(self) -> None:
        got = call("logits", [["math.softmax", given(s).tolist()] for s in STATES])
        for q, s in zip(got, STATES, strict=True):
            assert q == pytest.approx(softmax(given(s)), rel=1e-12, abs=0)

    def test_cross_entropy(self) -> None:
        got = call("logits", [["math.loss", *of(s)] for s in PLAIN])
        assert got == pytest.approx([lib_loss(s) for s in PLAIN], rel=1e-12, abs=0)

    def test_cross_entropy_far_out_keeps_its_digits(self) -> None:
        rows = [RNG.uniform(-350, 350, size=RNG.integers(2, 11)).tolist() for _ in range(500)]
        labels = [int(np.argmax(row)) for row in rows]
        rows += [[0.0, -40.0], [1e4, -1e4], [3.0, 3.0, 3.0], [700.0, 0.0, 700.0]]
        labels += [0, 1, 2, 0]
        got = call("logits", [["math.nll", *each] for each in zip(rows, labels, strict=True)])
        want = [nll_from_logits(*each) for each in zip(rows, labels, strict=True)]
        assert got == pytest.approx(want, rel=1e-12, abs=0)
        assert got[500] == pytest.approx(math.exp(-40), rel=1e-12, abs=0)

    def test_every_loss(self) -> None:
        got = call("logits", [["math.loss", *of(s)] for s in STATES])
        # lib subtracts 1 from a q near 1, which loses digits of a tiny squared error.
        assert got == pytest.approx([lib_loss(s) for s in STATES], rel=1e-12, abs=1e-18)

    def test_a_tiny_squared_error_keeps_its_digits(self) -> None:
        [got] = call("logits", [["math.loss", [40, 0], 0, False, True]])
        assert got == pytest.approx(2 / (1 + math.exp(40)) ** 2, rel=1e-12, abs=0)

    def test_every_gradient(self) -> None:
        got = call("logits", [["math.gradient", *of(s)] for s in STATES])
        for g, s in zip(got, STATES, strict=True):
            assert g == pytest.approx(lib_gradient(s), rel=1e-12, abs=1e-15)

    def test_the_floor(self) -> None:
        got = call("logits", [["math.floor", K] for K in range(3, 11)])
        assert got == pytest.approx(
            [double_softmax_bounds(K)[0] for K in range(3, 11)], rel=1e-12, abs=0
        )

    def test_the_presets_are_the_seeds(self) -> None:
        [presets] = call("logits", [["spec.presets"]])
        states = {preset["text"]: preset["state"] for preset in presets}
        plain = {"c": 0, "T": 1, "y": SEED.label, "stage": 2}
        assert states["untrained"] == {**plain, "z": SEED.before.tolist()}
        assert states["trained"] == {**plain, "z": SEED.after.tolist()}
        assert states["confident, wrong"] == {**plain, "z": CONFIDENT}


class TestInvariants:
    @pytest.mark.parametrize(
        ("z", "double", "loss"),
        [
            (SEED.before, False, 2.2941),
            (SEED.after, False, 0.0052),
            (SEED.after, True, 1.4656),
        ],
    )
    def test_the_seeds(self, z: NDArray[np.float64], double: bool, loss: float) -> None:
        [got] = call("logits", [["math.loss", z.tolist(), 7, double, False]])
        assert round(got, 4) == loss

    def test_a_shift_changes_nothing(self) -> None:
        shifted = call("logits", [["math.all", s] for s in STATES])
        at_rest = call("logits", [["math.all", {**s, "c": 0}] for s in STATES])
        for a, b in zip(shifted, at_rest, strict=True):
            for key in ("q", "seen", "push", "loss", "longest"):
                assert a[key] == pytest.approx(b[key], rel=1e-12, abs=1e-12)

    def test_the_gradient_sums_to_0(self) -> None:
        got = call("logits", [["math.gradient", *of(s)] for s in STATES])
        assert max(abs(math.fsum(g)) for g in got) < 1e-15

    def test_wrong_classes_are_pushed_down_by_q_and_the_true_one_up_by_the_rest(self) -> None:
        for got, s in zip(call("logits", [["math.all", s] for s in PLAIN]), PLAIN, strict=True):
            q, push = np.array(got["q"]), np.array(got["push"])
            truth = np.arange(len(q)) == s["y"]
            assert (push[~truth] == -q[~truth]).all()
            assert push[truth] == pytest.approx(1 - q[truth], rel=1e-12, abs=1e-15)
            assert got["lack"] == push[truth]

    def test_a_double_softmax_has_a_floor(self) -> None:
        states = [{**s, "double": True, "squared": False} for s in STATES]
        got = call("logits", [["math.loss", *of(s)] for s in states])
        for loss, s in zip(got, states, strict=True):
            low, high = double_softmax_bounds(len(s["z"]))
            assert low - 1e-15 <= loss <= high + 1e-15
        ten = [v for v, s in zip(got, states, strict=True) if len(s["z"]) == 10]
        assert min(ten) >= 1.46115

    def test_a_double_softmax_hardly_answers_a_confident_mistake(self) -> None:
        calls = [["math.gradient", [0] * 9 + [10], 7, double, False] for double in (False, True)]
        once, twice = (math.hypot(*g) for g in call("logits", calls))
        assert f"{once:.4g} {twice:.3g}" == "1.414 0.000119"

    def test_squared_error_pushes_a_wrong_class_up(self) -> None:
        [got] = call("logits", [["math.gradient", np.log([0.6, 0.2, 0.2]).tolist(), 2, 0, 1]])
        assert got == pytest.approx([0.432, -0.016, -0.416], rel=1e-12, abs=0)

    def test_following_the_arrows_leads_down(self) -> None:
        states = [s for s in STATES if max(abs(v + s["c"]) for v in s["z"]) < 4]
        followed = call("logits", [["math.follow", s] for s in states])
        after = [{**s, "z": z} for s, z in zip(states, followed, strict=True)]
        was = call("logits", [["math.loss", *of(s)] for s in states])
        now = call("logits", [["math.loss", *of(s)] for s in after])
        assert len(states) > 200
        assert all(a <= b + 1e-15 for a, b in zip(now, was, strict=True))

    def test_six_steps_cross_the_plateau_that_squared_error_does_not_leave(self) -> None:
        # Two classes, margin −10: the logits move in opposite directions, so six steps are enough.
        z = {False: [10.0, 0.0], True: [10.0, 0.0]}
        for _ in range(6):
            for squared in z:
                s = {"z": z[squared], "y": 1, "c": 0, "T": 1, "double": False, "squared": squared}
                [z[squared]] = call("logits", [["math.follow", s]])
        assert z[False][1] > z[False][0]
        assert z[True][1] == pytest.approx(0, abs=0.01)

    def test_the_task(self) -> None:
        start = call("logits", [["spec.start"]])[0]
        assert (start["z"], start["y"], start["stage"]) == (CONFIDENT, 7, 0)
        races = call("logits", [["math.race", CONFIDENT, 7, squared] for squared in (False, True)])
        assert [len(leads) - 1 for leads in races] == [6, 993]
        assert call("logits", [["math.needed", leads] for leads in races]) == [
            "6 steps",
            "993 steps",
        ]

    def test_a_race_is_gradient_descent(self) -> None:
        states = STATES[:60]
        for squared, grad in (
            (False, grad_nll_from_logits),
            (True, grad_squared_error_from_logits),
        ):
            calls = [["math.race", given(s).tolist(), s["y"], squared] for s in states]
            for s, leads in zip(states, call("logits", calls), strict=True):
                u, others = given(s), np.arange(len(s["z"])) != s["y"]
                for lead in leads[:50]:
                    assert lead == pytest.approx(u[s["y"]] - u[others].max(), rel=1e-9, abs=1e-9)
                    u = u - np.asarray(grad(u, s["y"]))
                assert max(leads[:-1], default=-1) <= 0
                assert leads[-1] > 0 or len(leads) == 2001

    def test_a_race_that_is_broken_off_says_so(self) -> None:
        far = call("logits", [["math.race", [15, -15, 0], 1, True]])
        assert call("logits", [["math.needed", far[0]]]) == ["more than 2\u00a0000 steps"]

    def test_numbers_of_steps(self) -> None:
        got = call("logits", [["math.grouped", n] for n in (7, 993, 2000, 20000, 10.4)])
        assert got == ["7", "993", "2\u00a0000", "20\u00a0000", "10"]

    def test_an_equals_sign_stands_before_no_rounded_number(self) -> None:
        got = call("logits", [["math.equal", v] for v in (0, 0.25, 1, 2 / 3, 4.54e-5)])
        want = ["= 0.0000", "= 0.2500", "= 1.0000", "≈ 0.6667", "≈ 4.54 × 10⁻⁵"]
        assert [text.replace("\u00a0", " ") for text in got] == want

    def test_before_the_race_the_sentence_does_not_tell(self) -> None:
        start = call("logits", [["spec.start"]])[0]
        for stage in (0, 1):
            said = call("logits", [["spec.say", {**start, "stage": stage, "guess": [10, 200]}]])[0]
            assert "993" not in said
            assert "6 steps" not in said
            assert ("after 200 with squared error" in said) == (stage == 1)

    def test_the_shift_keeps_the_logits_visible(self) -> None:
        zs, shifts = [s["z"] for s in STATES], RNG.integers(-50, 51, size=len(STATES)) / 10
        calls = [["math.shift", z, float(c)] for z, c in zip(zs, shifts, strict=True)]
        for z, c, got in zip(zs, shifts, call("logits", calls), strict=True):
            assert min(z) + got >= -15 - 1e-9
            assert max(z) + got <= 15 + 1e-9
            assert abs(got) <= abs(c)
            if min(z) + c >= -15 and max(z) + c <= 15:
                assert got == pytest.approx(c, abs=1e-12)

    def test_a_true_class_that_does_not_exist(self) -> None:
        got = call("logits", [["math.truth", {"z": [0, 0, 0], "y": y}] for y in (0, 1.6, 2, 9)])
        assert got == [0, 2, 2, 2]

    def test_every_state_has_a_sentence(self) -> None:
        said = call("logits", [["spec.say", s] for s in STATES])
        assert not [s for s in said if "NaN" in s or "Infinity" in s or "undefined" in s]
        assert any("1.46115\u00a0nats" in s for s in said)
        assert any("only differences matter" in s for s in said)
