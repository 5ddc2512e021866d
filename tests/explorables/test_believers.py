"""The two believers: their mathematics agrees with lib, and properties of every state."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from course.golden import oracles
from lib.explorables import STATE
from lib.explorables.believers import still as believers
from lib.information import cross_entropy, entropy, information, kl_divergence
from tests.explorables.javascript import call

START = {key: entry.start for key, entry in STATE["believers"].items()}
WORLD, BELIEF = ([Fraction(str(v)) for v in START[key]] for key in "pq")


def uniform(seed: int, n: int) -> NDArray[np.float64]:
    """Return the first numbers of mulberry32 in NumPy's arithmetic, which wraps at 32 bits."""
    with np.errstate(over="ignore"):
        state = np.uint32(seed) + np.arange(1, n + 1, dtype=np.uint32) * np.uint32(0x6D2B79F5)
        t = (state ^ (state >> np.uint32(15))) * (state | np.uint32(1))
        t ^= t + (t ^ (t >> np.uint32(7))) * (t | np.uint32(61))
        return np.asarray((t ^ (t >> np.uint32(14))) / 2.0**32)


#: Numbers in the still picture that no cell prints: the mean of 500 draws, by the oracle.
STILL_NUMBERS = [
    sum(
        oracles.log(1 / q) * int(count)
        for q, count in zip(
            BELIEF,
            np.bincount((uniform(int(START["seed"]), 500) >= float(WORLD[0])).astype(int)),
            strict=True,
        )
    )
    / (500 * oracles.log(2))
]
RNG = np.random.default_rng(3)
Distribution = list[float]


def random_distribution(classes: int) -> Distribution:
    """Return thousandths that sum to 1, as after dragging, often with zeros."""
    shares = RNG.dirichlet(np.full(classes, RNG.choice([0.05, 0.5, 3.0])))
    edges = np.rint(1000 * np.concatenate([[0], np.cumsum(shares)])).astype(int)
    return [int(n) / 1000 for n in np.diff(edges)]


def pairs() -> list[tuple[Distribution, Distribution]]:
    chosen: list[tuple[Distribution, Distribution]] = [
        ([0.4, 0.6], [0.5, 0.5]),
        ([0, 1, 0], [0.3, 0.5, 0.2]),
        ([0.5, 0.25, 0.125, 0.125], [0.125, 0.5, 0.25, 0.125]),
        ([0.5, 0.5, 0], [1, 0, 0]),
        ([0.2, 0.3, 0.5], [0.2, 0.3, 0.5]),
    ]
    while len(chosen) < 1000:
        p, q = (random_distribution(k) for k in [int(RNG.integers(2, 5))] * 2)
        if len(chosen) % 10 == 0:  # equal except for a thousandth
            i, j = int(np.argmax(p)), int(np.argmin(p))
            q = [*p]
            q[i], q[j] = round(p[i] - 0.001, 3), round(p[j] + 0.001, 3)
        chosen.append((p, q))
    return chosen


PAIRS = pairs()
SWAPPED = [(q, p) for p, q in PAIRS]


def values(name: str, of: list[tuple[Distribution, Distribution]]) -> list[float]:
    return [float(v) for v in call("believers", [[f"math.{name}", p, q] for p, q in of])]


def entropies() -> list[float]:
    return [float(v) for v in call("believers", [["math.entropy", p] for p, _ in PAIRS])]


def state(p: Distribution, q: Distribution, bits: bool = False, **more: object) -> dict:
    return {**START, "p": p, "q": q, "bits": bits, "names": "A_B_C", **more}


class TestAgreesWithLib:
    def test_information(self) -> None:
        probabilities = [0.0, 1.0, *(k / 1000 for k in range(1, 1000))]
        got = call("believers", [["math.information", v] for v in probabilities])
        assert got == pytest.approx(information(probabilities), rel=1e-12, abs=0)

    def test_entropy(self) -> None:
        assert entropies() == pytest.approx([entropy(p) for p, _ in PAIRS], rel=1e-12, abs=0)

    def test_cross_entropy(self) -> None:
        want = [cross_entropy(p, q) for p, q in PAIRS]
        assert values("crossEntropy", PAIRS) == pytest.approx(want, rel=1e-12, abs=0)

    def test_kl(self) -> None:
        want = [kl_divergence(p, q) for p, q in PAIRS]
        assert values("kl", PAIRS) == pytest.approx(want, rel=1e-12, abs=1e-15)
        assert any(0 < v < 1e-4 for v in want)
        assert any(v == math.inf for v in want)


class TestInvariants:
    def test_cross_entropy_is_the_floor_plus_the_fixable_part(self) -> None:
        parts = zip(entropies(), values("kl", PAIRS), strict=True)
        both = [h + more for h, more in parts]
        assert values("crossEntropy", PAIRS) == pytest.approx(both, rel=1e-12, abs=1e-12)

    def test_nobody_gets_below_the_floor(self) -> None:
        assert min(values("kl", PAIRS)) == 0
        assert all(
            (v == 0) == (p == q) for v, (p, q) in zip(values("kl", PAIRS), PAIRS, strict=True)
        )

    def test_two_equal_believers_pay_exactly_nothing(self) -> None:
        near = []
        for p, _ in PAIRS:  # equal to rounding, as after a detour
            sums = np.asarray(p) * 3 / 3
            near.append((p, [float(v) for v in sums]))
        assert all(0 <= v < 1e-15 for v in values("kl", near))

    def test_one_hot_has_no_entropy(self) -> None:
        hot = [[float(i == k) for i in range(n)] for n in (2, 3, 4) for k in range(n)]
        got = call("believers", [["math.entropy", p] for p in hot])
        assert got == [0] * len(hot)
        assert all(math.copysign(1, v) > 0 for v in got)
        beliefs = [random_distribution(len(p)) for p in hot]
        loss = values("crossEntropy", list(zip(hot, beliefs, strict=True)))
        want = [information(q[p.index(1)]) for p, q in zip(hot, beliefs, strict=True)]
        assert loss == pytest.approx(want, rel=1e-12, abs=0)

    def test_a_zero_costs_nothing_or_infinitely_much(self) -> None:
        infinite = [any(a > 0 == b for a, b in zip(p, q, strict=True)) for p, q in PAIRS]
        assert [v == math.inf for v in values("crossEntropy", PAIRS)] == infinite
        assert [v == math.inf for v in values("kl", PAIRS)] == infinite
        assert True in infinite
        assert False in infinite

    def test_the_code_lengths_of_chapter_3(self) -> None:
        bob, alice = PAIRS[2]
        got = values("crossEntropy", [(alice, bob), (bob, alice), (bob, bob)])
        assert [v / math.log(2) for v in got] == pytest.approx(
            [2.25, 2.375, 1.75], rel=1e-12, abs=0
        )


class TestMoves:
    def moves(self) -> list[tuple[Distribution, int, float]]:
        cases = [
            (p, int(RNG.integers(len(p))), int(RNG.integers(101)) / 100)
            for pair in PAIRS
            for p in pair
        ]
        return [*cases, ([0, 1, 0], 1, 0.0), ([0, 1, 0], 1, 0.5), ([0.5, 0.5], 0, 1.0)]

    def test_stay_on_the_simplex_in_thousandths(self) -> None:
        cases = self.moves()
        got = call("believers", [["math.move", *case] for case in cases])
        for (_, k, to), after in zip(cases, got, strict=True):
            assert after[k] == to
            assert min(after) >= 0
            assert sum(round(1000 * v) for v in after) == 1000
            assert all(v == round(v, 3) for v in after)

    def test_the_others_keep_their_ratio(self) -> None:
        cases = self.moves()
        got = call("believers", [["math.move", *case] for case in cases])
        for (before, k, to), after in zip(cases, got, strict=True):
            rest = 1 - before[k]
            for i in set(range(len(before))) - {k}:
                share = before[i] / rest if rest > 1e-9 else 1 / (len(before) - 1)
                assert after[i] == pytest.approx((1 - to) * share, abs=0.001 + 1e-9)

    def test_arriving(self) -> None:
        goal = [0.333, 0.333, 0.334]
        near, far, off = [0.34, 0.33, 0.33], [0.36, 0.32, 0.32], [0.33, 0.34, 0.33]
        moves = [(far, near), (goal, near), (near, near), (near, far), (near, off)]
        got = call("believers", [["math.arrive", a, b, goal] for a, b in moves])
        assert got == [goal, near, near, far, off]


class TestStates:
    def test_swapping_swaps_the_divergences(self) -> None:
        [back] = call("believers", [["math.pair", state(*PAIRS[1])]])
        assert back == [*PAIRS[1]]
        there, other_way = values("kl", PAIRS), values("kl", SWAPPED)
        want = [kl_divergence(q, p) for p, q in PAIRS]
        assert other_way == pytest.approx(want, rel=1e-12, abs=1e-15)
        assert sum(a != b for a, b in zip(there, other_way, strict=True)) > 800

    @pytest.mark.parametrize(
        ("p", "q", "want"),
        [
            ([0.5, 0.5], [0.2, 0.3, 0.5], [[0.5, 0.5, 0], [0.2, 0.3, 0.5]]),
            ([0, 0, 0], [1, 1, 1, 1], [[0.25] * 4, [0.25] * 4]),
            ([0.333333] * 3, [0.5, 0.5, 0.5], [[1 / 3] * 3, [1 / 3] * 3]),
        ],
    )
    def test_every_link_gives_distributions(
        self, p: Distribution, q: Distribution, want: list[Distribution]
    ) -> None:
        [got] = call("believers", [["math.pair", state(p, q)]])
        assert np.asarray(got) == pytest.approx(np.asarray(want), rel=1e-15, abs=0)

    def test_every_state_has_a_sentence(self) -> None:
        stages, counts = RNG.integers(0, 3, len(PAIRS)), RNG.uniform(0, 300, len(PAIRS))
        states = [
            state(p, q, bool(i % 2), stage=int(stage), drawn=float(n) * (i % 5 > 0))
            for i, ((p, q), stage, n) in enumerate(zip(PAIRS, stages, counts, strict=True))
        ]
        said = call("believers", [["spec.say", s] for s in states])
        assert not [s for s in said if re.search("NaN|Infinity|undefined", s)]
        infinite = [v == math.inf for v in values("crossEntropy", PAIRS)]
        assert ["∞" in s for s, at in zip(said, states, strict=True) if at["stage"] == 2] == [
            v for v, at in zip(infinite, states, strict=True) if at["stage"] == 2
        ]

    def test_presets_show_the_numbers_of_chapter_3(self) -> None:
        start, presets = call("believers", [["spec.start"], ["spec.presets"]])
        states = [{**start, **preset["state"]} for preset in presets]
        said = call("believers", [["spec.say", s] for s in states])
        fair, true, sure, never, tree = (s.replace("\u00a0", " ") for s in said)
        assert "gets 1.0000 bits, just what it expects, and yet it is not true" in fair
        assert "would save 0.0290 bits" in fair
        assert "gets 0.9710 bits, just what it expects: it is true" in true
        assert "expects 0.4690 bits and gets 1.4200 bits: it is too sure" in sure
        assert "calls white impossible" in never
        assert "expects 1.7500 bits and gets 2.2500 bits" in tree


def walks(n: int, seeds: range, p: Distribution, q: Distribution) -> list[dict]:
    return call("believers", [["math.walk", p, q, seed, n] for seed in seeds])


class TestDraws:
    P: ClassVar[Distribution] = [0.4, 0.6]
    Q: ClassVar[Distribution] = [0.1, 0.9]

    def test_are_the_same_everywhere(self) -> None:
        for seed in (1, 5, 999):
            [got] = walks(300, range(seed, seed + 1), self.P, self.Q)
            black = uniform(seed, 300) >= 0.4
            prices = np.where(black, -math.log(0.9), -math.log(0.1))
            want = np.cumsum(prices) / np.arange(1, 301)
            assert got["means"] == pytest.approx(want, rel=1e-12, abs=0)
            assert got["last"] == black[-1]
            drawn = believers.walk(self.P, self.Q, seed, 300) * math.log(2)
            assert drawn == pytest.approx(want, rel=1e-12, abs=0)

    def test_come_as_often_as_the_world_says(self) -> None:
        p, q = [0.5, 0.25, 0.125, 0.125], [0.25, 0.125, 0.5, 0.125]
        ends = [walk["means"][-1] for walk in walks(5000, range(1, 101), p, q)]
        assert np.mean(ends) == pytest.approx(cross_entropy(p, q), rel=0, abs=0.005)

    def test_what_never_comes_is_never_drawn(self) -> None:
        for p, q in (([0.0, 1.0], [0.0, 1.0]), ([1.0, 0.0, 0.0], [1.0, 0.0, 0.0])):
            assert {walk["means"][-1] for walk in walks(1000, range(1, 21), p, q)} == {0}

    def test_the_mean_is_infinite_from_the_first_impossible_draw_on(self) -> None:
        [got] = walks(100, range(5, 6), self.P, [0.0, 1.0])
        first = int(np.argmax(uniform(5, 100) < 0.4))
        assert got["means"] == [0] * first + [math.inf] * (100 - first)

    def test_after_500_seven_in_ten_are_near_what_the_belief_gets(self) -> None:
        gets = cross_entropy(self.P, self.Q)
        ends = np.array([w["means"][-1] for w in walks(500, range(1, 1000), self.P, self.Q)])
        assert np.mean(abs(ends - gets) < 0.05) == pytest.approx(0.7, rel=0, abs=0.04)
        assert max(abs(ends - gets)) < abs(gets - entropy(self.Q))

    def test_the_task(self) -> None:
        assert f"{cross_entropy(self.P, self.Q, 'bits'):.4f}" == "1.4200"
        beliefs = [[round(1 - k / 100, 2), k / 100] for k in range(101)]
        kept = call("believers", [["math.keeps", self.P, q] for q in beliefs])
        assert [q[1] for q, keeps in zip(beliefs, kept, strict=True) if keeps] == [0.5, 0.6]

    def test_names_at_the_lines_do_not_touch(self) -> None:
        heights = RNG.uniform(20, 220, (200, 3)).tolist()
        for before, after in zip(
            heights, call("believers", [["math.apart", h, 16, 226] for h in heights]), strict=True
        ):
            assert np.argsort(after).tolist() == np.argsort(before).tolist()
            assert np.diff(np.sort(after)).min() >= 16 - 1e-9
            assert max(after) <= 226
