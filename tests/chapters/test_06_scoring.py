"""Chapter 6's statements, as inequalities that do not depend on the last digits.

What five starts say is asserted of the stored runs; one of them is repeated. About ten seconds.
"""

from __future__ import annotations

import json
import math
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize
from scipy.special import softmax

from course.guards import CHAPTERS, read
from lib.information import entropy, kl_divergence
from lib.mnist import Split, hold_out, load
from lib.scoring import fit_temperature, recalibrate, reliability_table, two_bills
from lib.training import LOSSES, History, mlp, stored_runs, train
from scripts import what_losses_say

SEEDS = range(5)
Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def split() -> Split:
    torch.set_num_threads(1)
    return load()


def rows(name: str, epoch: int = 20) -> list[dict[str, Any]]:
    """Return the five rows of one way to train, after so many epochs."""
    return [row for row in stored_runs("what_losses_say")[name] if row["epoch"] == epoch]


def column(name: str, key: str, epoch: int = 20) -> Floats:
    return np.array([row[key] for row in rows(name, epoch)])


@cache
def chapter(*ids: str) -> dict[str, Any]:
    """Return the names that these cells of the chapter define, run after its imports."""
    names: dict[str, Any] = {}
    exec("from scipy.optimize import isotonic_regression\nimport numpy as np, sympy as sp", names)
    exec("from scipy.optimize import brentq\nfrom scipy.special import softmax", names)
    exec("import torch\nfrom torch.nn import functional as F", names)
    exec("from lib.information import entropy, kl_divergence", names)
    cells = {cell.id: cell.source for cell in read(CHAPTERS[6]).cells}
    for name in ids:
        exec(cells[name], names)
    return names


# ------------------------------------------------------------------ the stored runs


def test_the_runs_have_the_settings_of_their_script() -> None:
    stored = json.loads(what_losses_say.TARGET.read_text(encoding="utf-8"))
    assert stored["settings"] == what_losses_say.SETTINGS
    assert list(stored["runs"]) == list(what_losses_say.WAYS)
    for name, way in what_losses_say.WAYS.items():
        found = [(row["seed"], row["epoch"]) for row in stored["runs"][name]]
        assert found == [(seed, epoch) for seed in SEEDS for epoch in way.epochs]


def test_a_run_can_be_repeated(split: Split) -> None:
    # The chapter trains the first of the five; this is another.
    name, seed = "label smoothing 0.1", 3
    [row] = [row for row in rows(name) if row["seed"] == seed]
    assert what_losses_say.run(split, name, seed) == [row]


def test_the_file_is_written_as_its_script_writes() -> None:
    text = what_losses_say.TARGET.read_text(encoding="utf-8")
    assert what_losses_say.written(json.loads(text)["runs"]) == text


def test_four_labels_in_ten_lie_and_name_another_digit(split: Split) -> None:
    truth = np.concatenate([split.y_train, split.y_test])
    told = what_losses_say.told(truth)
    lies = told != truth
    assert lies.mean() == pytest.approx(0.4, abs=0.015)
    moved = (told - truth)[lies] % 10
    counts = np.bincount(moved, minlength=10)
    assert counts[0] == 0
    assert counts[1:].min() > 0.8 * lies.sum() / 9
    noisy = hold_out(what_losses_say.told_split(split), 1000)
    np.testing.assert_array_equal(noisy.y_test[1000:], split.y_test)  # judged by the truth


# ------------------------------------------------------------------ what five starts agree on


def test_the_linear_rule_makes_a_network_shout() -> None:
    gap = column("linear", "confidence") - column("linear", "accuracy")
    honest = column("cross-entropy", "confidence") - column("cross-entropy", "accuracy")
    assert gap.min() >= 0.03
    assert honest.max() <= 0.02
    assert column("linear", "wrong above 0.99").min() >= 20
    assert column("cross-entropy", "wrong above 0.99").max() <= 12


def test_over_training_costs_calibration_and_gains_refinement() -> None:
    def cost(key: str, epoch: int) -> Floats:
        return column("cross-entropy", key, epoch)

    assert (cost("calibration", 60) >= 3 * cost("calibration", 20)).all()
    assert (cost("refinement", 60) < cost("refinement", 20)).all()
    assert (cost("refinement, ten bins", 60) > cost("refinement, ten bins", 20)).all()
    # What the confidence saves against the share of right answers alone, which changes as well.
    right = [cost("accuracy", epoch) for epoch in (20, 60)]
    alone = [entropy(np.stack([v, 1 - v], axis=1)) for v in right]
    saved = [a - cost("refinement", e) for a, e in zip(alone, (20, 60), strict=True)]
    assert list(saved[1] > saved[0]) == [False, True, True, True, True]
    assert alone[0][0] - alone[1][0] > cost("refinement", 20)[0] - cost("refinement", 60)[0]
    T = cost("T", 60)
    assert ((T > 2) & (T < 2.7)).all()
    assert (cost("loss at T", 60) < cost("loss at T", 20)).all()


def test_smoothing_is_modest_and_breaks_its_ceiling() -> None:
    name = "label smoothing 0.1"
    assert column(name, "confidence").max() < 0.86
    assert column(name, "accuracy").min() > 0.95
    above = column(name, "above 0.91")
    assert ((above > 0.3) & (above < 0.55)).all()
    T = column(name, "T")
    assert ((T > 0.4) & (T < 0.65)).all()
    assert column(name, "truth below 0.01").min() > 0  # the formula would make these negative
    others = [column("cross-entropy", "loss at T", epoch) for epoch in (5, 20, 60)]
    others += [column(other, "loss at T") for other in ("linear", "focal, gamma 2")]
    others.append(column("sevens count ten times", "loss at T"))
    assert (column(name, "loss at T") < np.min(others, axis=0)).all()


def test_the_recipe_for_a_temperature_reverses_a_smoothed_network() -> None:
    assert column("label smoothing 0.1", "recipe is negative").min() == 1
    assert column("label smoothing 0.1", "accuracy by the recipe").max() < 0.01


def test_the_inverse_of_focal_loss_calibrates_and_costs() -> None:
    name = "focal, gamma 2"
    assert (column(name, "confidence") < column(name, "accuracy")).all()
    assert (column(name, "ece, undone") < column(name, "ece")).all()
    assert (column(name, "loss, undone") > column(name, "loss")).all()


def test_a_weight_bends_doubt_and_not_certainty() -> None:
    name = "sevens count ten times"
    share = column(name, "share of sevens", 1)
    assert (column(name, "mean of q7", 1) > 1.2 * share).all()
    assert (column(name, "loss, undone", 1) < column(name, "loss", 1)).all()
    assert (abs(column(name, "mean of q7", 20) - share) < 0.005).all()
    assert (column(name, "loss, undone", 20) > column(name, "loss", 20)).all()


def test_when_labels_lie() -> None:
    honest, linear, model = (
        {key: column(f"lies, {name}", key) for key in ("accuracy", "loss", "median confidence")}
        for name in ("cross-entropy", "linear", "liar in the model")
    )
    assert (linear["accuracy"] > model["accuracy"]).all()
    assert (model["accuracy"] > honest["accuracy"]).all()
    assert (model["loss"] < linear["loss"]).all()
    assert (linear["loss"] < honest["loss"]).all()
    assert linear["median confidence"].min() > 0.999
    median = column("lies, cross-entropy", "median confidence", 10)
    assert ((median > 0.45) & (median < 0.65)).all()  # not far from 0.6
    assert column("lies, cross-entropy", "below the know-all").max() <= 10
    falls = [column("lies, cross-entropy", "accuracy", epoch).mean() for epoch in (5, 10, 20)]
    assert falls == sorted(falls, reverse=True)


# ------------------------------------------------------------------ rules, in any world


def two(rain: float) -> Floats:
    return np.array([1 - rain, rain])


SCORES = {
    "log": (lambda q, y: -math.log(q[y]), True),
    "Brier": (lambda q, y: float(((q - np.eye(len(q))[y]) ** 2).sum()), True),
    "spherical": (lambda q, y: -q[y] / math.sqrt(q @ q), True),
    "half of Brier": (lambda q, y: (1 - q[y]) ** 2, False),
    "linear": (lambda q, y: 1 - q[y], False),
}


@pytest.mark.parametrize("name", SCORES)
def test_which_rules_are_honest_about_three_outcomes(name: str) -> None:
    score, honest = SCORES[name]
    p = np.array([0.6, 0.2, 0.2])

    def cost(z: Floats) -> float:
        q = np.exp(z) / np.exp(z).sum()
        return float(sum(p[y] * score(q, y) for y in range(3)))

    found = minimize(cost, np.zeros(3), method="Nelder-Mead", options={"maxiter": 4000})
    q = np.exp(found.x - found.x.max())
    q /= q.sum()
    assert (np.abs(q - p).max() < 1e-3) == honest
    if name == "half of Brier":
        assert q[0] == pytest.approx(5 / 7, abs=1e-3)


def test_the_chapters_beliefs_are_those_of_the_reports() -> None:
    names = chapter("06-belief", "06-rules")
    for rule, behind in names["beliefs"].items():
        if rule == "linear":
            continue
        rain, dry = names["rules"][rule]
        fixed = {names["w"]: sp.Rational(19, 4), names["eps"]: sp.Rational(1, 10)}
        costs = [
            sp.lambdify(names["q"], sp.sympify(each).subs(fixed), "numpy") for each in (rain, dry)
        ]
        reports = np.linspace(0, 1, 100_001)[1:-1]
        for q in (0.2, 0.55, 0.8):
            p = float(behind.subs(fixed).subs(names["q"], q))
            assert 0 <= p <= 1
            cost = p * costs[0](reports) + (1 - p) * costs[1](reports)
            assert reports[cost.argmin()] == pytest.approx(q, abs=2e-5)


def test_what_focal_loss_makes_of_a_belief() -> None:
    names = chapter("06-belief", "06-rules")
    behind = sp.lambdify(names["q"], names["beliefs"]["focal"])
    reports = np.linspace(0.01, 0.99, 99)
    beliefs = behind(reports)
    np.testing.assert_allclose(beliefs + beliefs[::-1], 1, rtol=0, atol=1e-12)
    assert (np.diff(beliefs) > 0).all()
    assert (abs(reports - 0.5) <= abs(beliefs - 0.5) + 1e-12).all()  # modest, with two outcomes


def test_a_line_of_the_log_score_touches_its_floor() -> None:
    p = np.linspace(0.01, 0.99, 99)
    floor = entropy(np.stack([1 - p, p], axis=1))
    for q in (0.3, 0.9):
        line = -p * math.log(q) - (1 - p) * math.log(1 - q)
        price = kl_divergence(np.stack([1 - p, p], axis=1), two(q))
        np.testing.assert_allclose(line - floor, price, rtol=0, atol=1e-12)


# ------------------------------------------------------------------ the chapter's own functions


@pytest.mark.parametrize("seed", range(20))
def test_the_chapters_functions_are_libs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    q = rng.integers(1, 20, 60) / 20
    happened = rng.random(60) < q
    names = chapter("06-reliability", "06-two-bills", "06-recalibrated")
    np.testing.assert_allclose(
        names["two_bills"](q, happened), two_bills(q, happened), rtol=1e-12, atol=0
    )
    ours, table = names["reliability"](q, happened), reliability_table(q, happened)
    for a, b in zip(ours, table, strict=True):
        np.testing.assert_allclose(a[ours[0] > 0], b, rtol=1e-14, atol=0)
    np.testing.assert_allclose(
        names["recalibrated"](q, happened), recalibrate(q, happened), rtol=0, atol=1e-15
    )
    paid, calibration, refinement = names["pooled_bills"](q, happened)
    assert calibration >= -1e-15
    assert what_losses_say.pooled_bills(q, happened) == pytest.approx(
        (calibration, refinement), rel=0, abs=1e-12
    )
    assert paid == pytest.approx(sum(two_bills(q, happened)), rel=0, abs=1e-12)


def noisy_scores(seed: int) -> tuple[Floats, NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(200, 4)) * 3
    y = np.where(rng.random(200) < 0.8, z.argmax(axis=1), rng.integers(0, 4, 200))
    return z, y


@pytest.mark.parametrize("seed", range(5))
def test_the_chapters_temperature_is_libs(seed: int) -> None:
    z, y = noisy_scores(seed)
    T = chapter("06-best-temperature")["best_temperature"](z, y)
    assert pytest.approx(fit_temperature(z, y), rel=1e-9, abs=0) == T


def test_the_price_bends_in_the_temperature_and_not_in_its_inverse() -> None:
    z, y = noisy_scores(0)

    def bend(price: Any, x: float) -> float:
        return float(price(x - 1e-3) - 2 * price(x) + price(x + 1e-3))

    def price(beta: float) -> float:
        s = beta * z
        lse = np.log(np.exp(s - s.max(1, keepdims=True)).sum(1)) + s.max(1)
        return float((lse - s[np.arange(len(y)), y]).mean())

    def variance(beta: float) -> float:
        q = softmax(beta * z, axis=1)
        return float(((q * z**2).sum(1) - (q * z).sum(1) ** 2).mean())

    betas = np.geomspace(0.05, 5, 40)
    bends = [bend(price, beta) / 1e-6 for beta in betas]
    np.testing.assert_allclose(bends, [variance(beta) for beta in betas], rtol=1e-3)
    assert min(bends) > 0
    in_T = [bend(lambda T: price(1 / T), 1 / beta) for beta in betas]
    assert min(in_T) < 0 < max(in_T)


def test_the_chapters_recipe_is_the_scripts() -> None:
    z, y = noisy_scores(1)
    recipe = chapter("06-recipe")["recipe"]
    assert recipe(z, y) == what_losses_say.recipe_temperature(z, y)


def test_the_recipe_creeps_by_slope_alone_and_leaps_once_it_divides(split: Split) -> None:
    """Where the curve bends downwards there is nothing to divide by."""
    watched = hold_out(split, 1000)
    run = train(mlp(seed=0), watched, LOSSES["label smoothing 0.1"], epochs=20)
    scores = torch.from_numpy(run.only(slice(1000)).at(20)).double()
    labels = torch.from_numpy(run.only(slice(1000)).labels)

    def price(T: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(scores / T, labels)

    def curvature(at: float) -> float:
        T = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(price(T), T, create_graph=True)
        return float(torch.autograd.grad(slope, T)[0])

    T = torch.nn.Parameter(torch.tensor([1.5], dtype=torch.float64))
    lbfgs, path = torch.optim.LBFGS([T], lr=0.01, max_iter=50), []

    def closure() -> torch.Tensor:
        path.append(T.item())
        lbfgs.zero_grad()
        loss = price(T)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    lbfgs.step(closure)
    assert T.item() == chapter("06-recipe")["recipe"](scores.numpy(), labels.numpy())
    leap = next(i for i, at in enumerate(path) if at < 0)
    creeping = np.diff(path[:leap])
    assert np.all((creeping < 0) & (creeping > -0.01))
    assert path[leap] - path[leap - 1] < -1
    assert curvature(path[0]) < 0 < curvature(path[leap - 1]) < 0.01


def test_the_linear_rule_pushes_with_the_share_as_a_factor() -> None:
    z = torch.tensor([0.3, -1.2, 2.0], dtype=torch.float64, requires_grad=True)
    q = z.softmax(0)
    for y in range(3):
        (slope,) = torch.autograd.grad(1 - q[y], z, retain_graph=True)
        e_y = torch.eye(3, dtype=torch.float64)[y]
        assert torch.allclose(slope, q[y] * (q - e_y), rtol=1e-12, atol=0)


def test_liars_prices_lie_between_two_bounds() -> None:
    eta, K = what_losses_say.LIES, 10
    z = torch.from_numpy(np.random.default_rng(0).normal(0, 200, size=(50, K)))
    for row in z:
        prices = [what_losses_say.liar_in_the_model(row[None], torch.tensor([y])) for y in range(K)]
        assert -math.log(1 - eta) - 1e-12 <= min(prices)
        assert max(prices) <= -math.log(eta / (K - 1)) + 1e-12


def test_a_focal_report_leads_back_to_its_belief() -> None:
    p = np.array([[0.5, 0.3, 0.2], [0.05, 0.9, 0.05]])

    def slope(q: float) -> float:
        return (1 - q) ** 2 / q - 2 * (1 - q) * math.log(q)

    for belief in p:
        # The report has p_k s(q_k) = c for all k, with the c for which it sums to 1.
        def report(c: float, belief: Floats = belief) -> Floats:
            return np.array(
                [brentq(lambda x, b=b, c=c: b * slope(x) - c, 1e-12, 1 - 1e-15) for b in belief]
            )

        c = brentq(lambda c: report(c).sum() - 1, 1e-3, 10)
        q = report(c)
        np.testing.assert_allclose(
            what_losses_say.belief_behind_focal(q[None])[0], belief, atol=1e-9, rtol=0
        )


def test_a_weight_is_undone_by_dividing_the_odds() -> None:
    # Equal scores give a seven the odds 1 to 9, divided by ten 1 to 90.
    z = np.zeros((4, 10))
    history = History(np.array([1]), z[None], np.array([7, 1, 2, 3]), np.array([1.0]))
    found = what_losses_say._unweighted(history, history, 1)
    assert found["mean of q7"] == pytest.approx(1 / 10, rel=0, abs=1e-12)
    assert found["mean of q7, undone"] == pytest.approx(1 / 91, rel=0, abs=1e-12)
    assert found["share of sevens"] == 0.25


def test_more_bins_mean_more_luck() -> None:
    rng = np.random.default_rng(0)
    q = rng.random(2000)
    errors = []
    for bins in (1, 5, 15, 50, 200):
        found = []
        for _ in range(20):
            n, said, p_hat = reliability_table(q, rng.random(2000) < q, bins)
            found.append((n * np.abs(p_hat - said)).sum() / 2000)
        errors.append(np.mean(found))
    assert all(low < high for low, high in pairwise(errors))
