"""The forecaster: its rules agree with lib and with searches, and properties of every state."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from lib.explorables import STATE
from lib.information import cross_entropy, entropy, kl_divergence
from tests.explorables.javascript import call
from tests.explorables.test_believers import uniform

START = {key: entry.start for key, entry in STATE["forecaster"].items()}
RULES = ("linear", "log", "brier", "spherical", "accuracy", "smoothing", "focal", "weight")
HONEST = ("log", "brier", "spherical")
RNG = np.random.default_rng(6)
#: Numbers in the still picture that no cell prints: what honesty and certainty cost, by hand.
STILL_NUMBERS = [
    Fraction(6, 10) * Fraction(4, 10) + Fraction(4, 10) * Fraction(6, 10),
    Fraction(4, 10),
]


def state(rule: str, **more: Any) -> dict[str, Any]:
    return {**START, "rule": rule, "revealed": True, **more}


def states(n: int = 60) -> list[dict[str, Any]]:
    """Return states of every rule, at ends, at the middle, and between."""
    found = []
    for rule in RULES:
        for _ in range(n):
            p, q = (float(v) for v in RNG.integers(0, 101, 2) / 100)
            found.append(state(
                rule, p=p, q=q, gamma=float(RNG.integers(0, 51)) / 10,
                eps=float(RNG.integers(0, 101)) / 100, w=float(RNG.integers(5, 201)) / 20,
                seed=int(RNG.integers(1, 1000)), evenings=int(RNG.integers(0, 101)),
            ))  # fmt: skip
        found += [state(rule, p=p, q=q) for p in (0, 0.5, 1) for q in (0, 0.5, 1)]
    return found


STATES = states()


def price(s: dict[str, Any], q: float, rain: bool) -> float:
    """Return what an evening costs, from the definitions, with the report (q, 1 - q)."""
    given = np.array([q, 1 - q])
    if not rain:
        given = given[::-1]
    mine, other = given
    with np.errstate(divide="ignore", invalid="ignore"):
        surprise = -np.log(given)
    rule = s["rule"]
    if rule == "linear":
        return float(1 - mine)
    if rule == "brier":
        return float(((given - [1, 0]) ** 2).sum())
    if rule == "spherical":
        return float(1 - mine / np.linalg.norm(given))
    if rule == "accuracy":
        return float(np.heaviside(other - mine, 0.5))
    if rule == "smoothing":
        target = [1 - s["eps"] / 2, s["eps"] / 2]
        return float(sum(t * v for t, v in zip(target, surprise, strict=True) if t > 0))
    if rule == "focal":
        factor = other ** s["gamma"]
        return float(factor * surprise[0]) if factor > 0 else 0.0
    return float(surprise[0] * (s["w"] if rule == "weight" and rain else 1))


def expected(s: dict[str, Any], q: float) -> float:
    wet = s["p"] * price(s, q, True) if s["p"] > 0 else 0.0
    return wet + ((1 - s["p"]) * price(s, q, False) if s["p"] < 1 else 0.0)


class TestAgreesWithTheDefinitions:
    def test_prices(self) -> None:
        for rain in (True, False):
            got = call("forecaster", [["math.evening", s, s["q"], rain] for s in STATES])
            want = [price(s, s["q"], rain) for s in STATES]
            assert got == pytest.approx(want, rel=1e-12, abs=1e-15)

    def test_means(self) -> None:
        got = call("forecaster", [["math.expected", s, s["q"]] for s in STATES])
        assert got == pytest.approx([expected(s, s["q"]) for s in STATES], rel=1e-12, abs=1e-15)

    def test_the_log_rule_costs_cross_entropy_and_lies_cost_kl(self) -> None:
        logs = [s for s in STATES if s["rule"] == "log"]
        pairs = [([s["p"], 1 - s["p"]], [s["q"], 1 - s["q"]]) for s in logs]
        got = call("forecaster", [["math.expected", s, s["q"]] for s in logs])
        assert got == pytest.approx([cross_entropy(p, q) for p, q in pairs], rel=1e-12, abs=0)
        cost = call("forecaster", [["math.cost", s, s["q"]] for s in logs])
        assert cost == pytest.approx([kl_divergence(p, q) for p, q in pairs], rel=1e-12, abs=1e-16)
        honest = call("forecaster", [["math.expected", s, s["p"]] for s in logs])
        assert honest == pytest.approx([entropy(p) for p, _ in pairs], rel=1e-12, abs=0)

    def test_no_report_costs_less_than_the_best(self) -> None:
        grid = np.linspace(0, 1, 101).tolist()
        picks = call("forecaster", [["math.pick", s] for s in STATES])
        for s, pick in zip(STATES, picks, strict=True):
            assert expected(s, pick) <= min(expected(s, q) for q in grid) + 1e-12, s

    def test_the_best_is_what_a_search_finds(self) -> None:
        curved = [s for s in STATES if s["rule"] not in ("linear", "accuracy") and 0 < s["p"] < 1]
        best = call("forecaster", [["math.best", s] for s in curved])
        for s, (low, high) in zip(curved, best, strict=True):
            assert low == high
            found = minimize_scalar(
                lambda q, s=s: expected(s, q), bounds=(0, 1), options={"xatol": 1e-11}
            ).x
            assert low == pytest.approx(found, rel=0, abs=2e-4), s

    def test_costs(self) -> None:
        costs = call("forecaster", [["math.cost", s, s["q"]] for s in STATES])
        picks = call("forecaster", [["math.pick", s] for s in STATES])
        want = [
            expected(s, s["q"]) - expected(s, pick) for s, pick in zip(STATES, picks, strict=True)
        ]
        assert costs == pytest.approx(want, rel=1e-9, abs=1e-11)
        assert min(costs) == 0
        assert max(costs) == math.inf


class TestInvariants:
    def test_honest_rules_are_paid_best_for_the_belief(self) -> None:
        honest = [s for s in STATES if s["rule"] in HONEST]
        assert call("forecaster", [["math.best", s] for s in honest]) == [
            [s["p"]] * 2 for s in honest
        ]

    def test_without_a_bend_a_rule_is_the_log_rule(self) -> None:
        for rule, bend in (
            ("smoothing", {"eps": 0}),
            ("focal", {"gamma": 0}),
            ("weight", {"w": 1}),
        ):
            bent = [{**s, "rule": rule, **bend} for s in STATES if s["rule"] == "log"]
            plain = [{**s, "rule": "log"} for s in bent]
            for what in ("math.expected", "math.cost"):
                a, b = (
                    call("forecaster", [[what, s, s["q"]] for s in each]) for each in (bent, plain)
                )
                assert a == pytest.approx(b, rel=1e-12, abs=1e-12)
            best = call("forecaster", [["math.best", s] for s in bent])
            assert best == [pytest.approx([s["p"]] * 2, rel=1e-15, abs=0) for s in bent]

    def test_smoothing_is_a_line_and_weights_multiply_odds(self) -> None:
        best = call("forecaster", [["math.best", s] for s in STATES])
        for s, (low, high) in zip(STATES, best, strict=True):
            if s["rule"] == "smoothing":
                line = (1 - Fraction(str(s["eps"]))) * Fraction(str(s["p"])) + Fraction(
                    str(s["eps"])
                ) / 2
                assert low == high == pytest.approx(float(line), rel=1e-14, abs=1e-16)
            if s["rule"] == "weight" and 0 < s["p"] < 1:
                odds = s["w"] * s["p"] / (1 - s["p"])
                assert low / (1 - low) == pytest.approx(odds, rel=1e-12, abs=0)

    def test_focal_loss_is_modest(self) -> None:
        beliefs = [i / 20 for i in range(21)]
        for gamma in (0.1, 0.7, 1, 2, 5):
            said = [
                q[0] for q in call(
                    "forecaster",
                    [["math.best", state("focal", gamma=gamma), p] for p in beliefs],
                )
            ]  # fmt: skip
            assert (said[0], said[-1]) == (0, 1)
            assert said[10] == pytest.approx(0.5, rel=0, abs=1e-12)
            assert [a + b for a, b in zip(said, said[::-1], strict=True)] == pytest.approx(
                [1] * 21, rel=0, abs=1e-12
            )
            for p, q in zip(beliefs, said, strict=True):
                assert abs(q - 0.5) <= abs(p - 0.5)
        falling = [
            q[0] for q in call(
                "forecaster", [["math.best", state("focal", gamma=g / 10), 0.9] for g in range(51)]
            )
        ]  # fmt: skip
        assert (np.diff(falling) < 0).all()

    def test_a_belief_is_found_behind_its_report(self) -> None:
        for gamma in (0.5, 1, 1.9, 2, 5):
            for p in (0.05, 0.3, 0.6, 0.9, 0.99):
                [[q, _]] = call("forecaster", [["math.best", state("focal", gamma=gamma), p]])
                [back] = call("forecaster", [["math.focalBelief", q, gamma]])
                assert back == pytest.approx(p, rel=0, abs=1e-9)

    def test_the_focal_reports_of_the_chapter(self) -> None:
        """By a root of the derivative, taken by differences: .6 becomes .5378 and .9 .6942."""

        def derivative(q: float, p: float) -> float:
            h = 1e-6
            s = state("focal", gamma=2.0, p=p)
            return (expected(s, q + h) - expected(s, q - h)) / (2 * h)

        for p, known in ((0.6, 0.5378023784), (0.9, 0.6942128051), (0.99, 0.8463756291)):
            root = brentq(derivative, 0.4, 0.99, args=(p,), xtol=1e-12)
            [[got, _]] = call("forecaster", [["math.best", state("focal", gamma=2), p]])
            assert got == pytest.approx(root, rel=0, abs=1e-7)
            assert got == pytest.approx(known, rel=0, abs=1e-9)

    def test_linear_and_accuracy(self) -> None:
        cases = [(0, 0), (0.49, 0), (0.51, 1), (1, 1)]
        got = call("forecaster", [["math.best", state("linear", p=p)] for p, _ in cases])
        assert got == [[end, end] for _, end in cases]
        got = call("forecaster", [["math.best", state("accuracy", p=p)] for p in (0.2, 0.5, 0.8)])
        assert got == [[0, 0.5], [0, 1], [0.5, 1]]
        flat = call(
            "forecaster", [["math.cost", state("linear", p=0.5), q / 10] for q in range(11)]
        )
        assert flat == [0] * 11

    def test_infinity_where_mathematics_says_so(self) -> None:
        infinite = [["math.cost", state(r, p=0.6), q] for r in ("log", "weight") for q in (0, 1)]
        assert call("forecaster", infinite) == [math.inf] * 4
        fine = [["math.cost", state(r, p=p), p] for r in ("log", "focal", "weight") for p in (0, 1)]
        assert call("forecaster", fine) == [0] * 6

    def test_the_tasks(self) -> None:
        told = {}
        for rule in RULES:
            s = state(rule)
            one, two = call("forecaster", [["math.best", s, 0.51], ["math.best", s, 0.99]])
            told[rule] = one == two
        assert [rule for rule, same in told.items() if same] == ["linear", "accuracy"]
        weights = [i / 20 for i in range(5, 201)]
        said = call("forecaster", [["math.best", state("weight", w=w), 0.1] for w in weights])
        hits = [w for w, q in zip(weights, said, strict=True) if abs(q[0] - 0.25) < 1e-12]
        assert hits == [3]
        assert Fraction(1, 3) / Fraction(1, 9) == 3
        gammas = [i / 10 for i in range(51)]
        said = call("forecaster", [["math.best", state("focal", gamma=g), 0.9] for g in gammas])
        assert [g for g, q in zip(gammas, said, strict=True) if f"{q[0]:.2f}" == "0.70"] == [1.9]


class TestEvenings:
    def test_the_weather_is_the_same_everywhere(self) -> None:
        for seed in (1, 6, 999):
            [got] = call("forecaster", [["math.weather", state("log", p=0.6, seed=seed), 100]])
            assert got == (uniform(seed, 100) < 0.6).tolist()

    def test_wallets_pay_the_prices(self) -> None:
        for s in STATES[::3]:
            n = int(s["evenings"])
            [purse] = call("forecaster", [["math.wallet", s, s["q"], n]])
            rains = uniform(int(s["seed"]), n) < s["p"]
            paid = np.cumsum([price(s, s["q"], bool(rain)) for rain in rains])
            left = [100.0, *(100 - paid)]
            gone = [i for i, v in enumerate(left) if v < -1e-9]
            assert purse["empty"] == (gone[0] if gone else 0)
            assert purse["infinite"] == (bool(gone) and left[gone[0]] == -math.inf)
            for i, (got, want) in enumerate(zip(purse["left"], left, strict=True)):
                over = bool(gone) and i >= gone[0]
                assert got == pytest.approx(0 if over else want, rel=0, abs=1e-9)

    def test_an_infinite_price_empties_the_wallet_and_says_so(self) -> None:
        s = state("log", p=0.6, q=1, evenings=100, seed=6)
        dry = int(np.argmax(uniform(6, 100) >= 0.6)) + 1
        [purse, said] = call("forecaster", [["math.wallet", s, 1, 100], ["spec.say", s]])
        assert purse["infinite"]
        assert purse["left"] == [100] * dry + [0] * (101 - dry)
        assert f"an infinite price emptied your wallet on evening {dry}" in said

    def test_nobody_has_more_than_the_best_on_average(self) -> None:
        """Over many seeds, the best report is left with most."""
        for rule in ("linear", "focal", "weight"):
            s = state(rule, p=0.7, w=4.75)
            [best] = call("forecaster", [["math.pick", s]])
            seeds = range(1, 200)
            honest, dishonest = (
                call("forecaster", [["math.wallet", {**s, "seed": i}, q, 60] for i in seeds])
                for q in (0.7, best)
            )
            more = [b["left"][-1] - a["left"][-1] for a, b in zip(honest, dishonest, strict=True)]
            assert np.mean(more) > 2 * np.std(more) / math.sqrt(len(more)) > 0


class TestStates:
    def test_every_state_has_a_sentence(self) -> None:
        shown = [*STATES, *({**s, "revealed": False} for s in STATES)]
        said = call("forecaster", [["spec.say", s] for s in shown])
        assert not [t for t in said if re.search(r"NaN|Infinity|undefined|null|\d-|-\d", t)]

    def test_before_the_answer_the_sentence_tells_only_two_prices(self) -> None:
        hidden = [{**s, "revealed": False} for s in STATES]
        said = call("forecaster", [["spec.say", s] for s in hidden])
        for sentence in said:
            assert not re.search(r"costs least\.|cheaper|the least|wallet", sentence)
            assert sentence.endswith("Which report costs least on average?")

    def test_presets_show_the_numbers_of_the_chapter(self) -> None:
        start, presets = call("forecaster", [["spec.start"], ["spec.presets"]])
        said = call("forecaster", [["spec.say", {**start, **p["state"]}] for p in presets])
        linear, log, brier, focal, never = (s.replace("\u00a0", " ") for s in said)
        assert "1.00 costs least. You say 0.60 and pay 0.4800 on average, 0.0800 more" in linear
        assert "You say 0.90 and pay 0.9843 nats on average, 0.3112 nats more" in log
        assert "You say 0.90 and pay 0.6600 on average, 0.1800 more" in brier
        assert "your belief is 0.90, and 0.6942 costs least" in focal
        assert "an infinite price emptied your wallet" in never
