"""Chapter 5's statements about training, as inequalities that do not depend on the last digits.

The runs are fresh; those that several tests use are made once. About half a minute on one core.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course.guards import CHAPTERS, read
from lib.information import entropy
from lib.losses import double_softmax_bounds, nll_from_logits
from lib.mnist import Split, hold_out, load
from lib.scoring import fit_temperature
from lib.training import LOSSES, History, mlp, pixels, stored_runs, train
from scripts import compare_losses, six_seeds

HELD_OUT = 1_000  # the last of the training images, to fit the temperature


@pytest.fixture(scope="module")
def split() -> Split:
    torch.set_num_threads(1)
    return load()


@pytest.fixture(scope="module")
def run(split: Split) -> History:
    """Return the chapter's long run: 7 000 images, 60 epochs; held-out, then test logits."""
    kept = (0, *six_seeds.SETTINGS["epochs"])
    watched = hold_out(split, HELD_OUT)
    return train(mlp(seed=0), watched, F.cross_entropy, epochs=60, checkpoints=kept)


@pytest.fixture(scope="module")
def held_out(run: History) -> History:
    return run.only(slice(HELD_OUT))


@pytest.fixture(scope="module")
def test(run: History) -> History:
    return run.only(slice(HELD_OUT, None))


def test_untrained_networks_start_near_ln_10(split: Split) -> None:
    X = torch.from_numpy(pixels(split.X_test))
    with torch.no_grad():
        losses = [nll_from_logits(mlp(seed)(X).numpy(), split.y_test) for seed in range(12)]
    assert min(losses) >= 2.25
    assert max(losses) <= 2.37
    assert 2.295 <= np.mean(losses) <= 2.315


def test_an_untrained_network_treats_the_images_of_a_digit_almost_as_one(split: Split) -> None:
    """What decides its loss is the digit's mean scores, and not one lean for all images."""
    X, y = torch.from_numpy(pixels(split.X_test)), split.y_test
    real, by_digit, by_all = [], [], []
    for seed in range(20):
        with torch.no_grad():
            z = mlp(seed)(X).numpy()
        means = np.stack([z[y == digit].mean(axis=0) for digit in range(10)])
        real.append(nll_from_logits(z, y))
        by_digit.append(nll_from_logits(means[y], y))
        by_all.append(nll_from_logits(np.broadcast_to(z.mean(axis=0), z.shape), y))
    assert np.corrcoef(real, by_digit)[0, 1] > 0.99
    assert np.corrcoef(real, by_all)[0, 1] < 0.7
    assert 2 < sum(np.array(real) < math.log(10)) < 18  # some below, some above


def test_a_bias_alone_finds_the_entropy_of_the_labels(split: Split) -> None:
    labels = np.concatenate([split.y_train, split.y_test])
    p_hat = np.bincount(labels) / len(labels)
    y = torch.from_numpy(labels)
    bias = torch.zeros(10, dtype=torch.float64, requires_grad=True)
    for _ in range(100):
        (gradient,) = torch.autograd.grad(F.cross_entropy(bias.expand(len(y), 10), y), bias)
        bias = (bias - gradient).detach().requires_grad_()
    loss = F.cross_entropy(bias.expand(len(y), 10), y).item()
    assert loss == pytest.approx(entropy(p_hat), abs=1e-4)
    assert entropy(p_hat) < math.log(10)


def test_twenty_epochs_suffice(test: History) -> None:
    i = test.epochs.tolist().index(20)
    assert test.accuracy[i] >= 0.93
    assert test.test_loss[i] <= 0.24


def test_the_loss_rises_while_the_accuracy_stands(test: History) -> None:
    i = test.epochs.tolist().index(20)
    assert test.test_loss[-1] >= test.test_loss.min() + 0.03
    assert abs(test.accuracy[-1] - test.accuracy[i]) <= 0.015
    assert np.abs(test.at(60)).max() > 1.5 * np.abs(test.at(5)).max()


def test_one_temperature_corrects_the_confidence(held_out: History, test: History) -> None:
    z = test.at(60)
    T = fit_temperature(held_out.at(60), held_out.labels)
    assert 1.5 <= T <= 3.5
    assert nll_from_logits(z / T, test.labels) < nll_from_logits(z, test.labels)
    np.testing.assert_array_equal((z / T).argmax(axis=1), z.argmax(axis=1))
    # Now it is under-confident, because the held-out images are harder than the test images.
    assert nll_from_logits(held_out.at(60) / T, held_out.labels) > nll_from_logits(
        z / T, test.labels
    )


def test_few_images_bear_the_loss(test: History) -> None:
    each = np.sort(nll_from_logits(test.at(60), test.labels, reduction="none"))[::-1]
    assert each[: len(each) // 100].sum() >= 0.33 * each.sum()


def test_softmax_twice_never_reports_less_than_its_floor(split: Split) -> None:
    floor, _ = double_softmax_bounds(10)
    twice = LOSSES["softmax twice"]
    few = replace(split, X_train=split.X_train[:200], y_train=split.y_train[:200])
    history = train(mlp(seed=0), few, twice, epochs=40)
    assert floor - 1e-12 <= history.train_loss.min() <= floor + 0.1
    z = torch.from_numpy(np.random.default_rng(0).normal(0, 50, size=(1000, 10)))
    at_its_best = twice(z, z.argmax(dim=1)).item()
    assert at_its_best >= floor - 1e-12


@pytest.mark.parametrize(
    ("loss", "lowest", "highest"),
    [("cross-entropy", 0.8, 1.0), ("squared error of softmax", 0.0, 0.3)],
)
def test_a_confident_wrong_start(split: Split, loss: str, lowest: float, highest: float) -> None:
    model = mlp(seed=0)
    last = model[2]
    assert isinstance(last, nn.Linear)
    with torch.no_grad():
        last.bias[0] += 10
    history = train(model, split, LOSSES[loss], epochs=3, lr=0.1, optimiser="sgd")
    assert lowest <= history.accuracy[-1] <= highest


def committed() -> dict[str, Any]:
    result: dict[str, Any] = json.loads(compare_losses.TARGET.read_text(encoding="utf-8"))
    return result


def test_the_committed_comparison_has_the_settings_of_its_script() -> None:
    stored = committed()
    assert stored["settings"] == compare_losses.SETTINGS
    assert list(stored["runs"]) == list(LOSSES)
    for rows in stored["runs"].values():
        assert len(rows) == len(compare_losses.SETTINGS["seeds"])


def test_a_committed_run_can_be_repeated(split: Split) -> None:
    # The chapter repeats a different one.
    name, seed = "squared error of outputs", 3
    row = committed()["runs"][name][compare_losses.SETTINGS["seeds"].index(seed)]
    assert compare_losses.run(split, name, seed) == row


def test_the_comparison_says_what_the_chapter_reads_from_it() -> None:
    mean = {
        name: {key: np.mean([row[key] for row in rows]) for key in rows[0]}
        for name, rows in committed()["runs"].items()
    }
    by_accuracy = sorted(mean, key=lambda name: -mean[name]["accuracy"])
    assert set(by_accuracy[:2]) == {"squared error of outputs", "label smoothing 0.1"}
    assert by_accuracy[2] == "cross-entropy"
    assert min(mean, key=lambda name: mean[name]["cross-entropy"]) == "cross-entropy"
    assert min(mean, key=lambda name: mean[name]["ece"]) == "squared error of softmax"


def committed_with_temperatures() -> dict[str, Any]:
    text = compare_losses.FITTED_TARGET.read_text(encoding="utf-8")
    result: dict[str, Any] = json.loads(text)
    return result


def fitted(name: str, epoch: int, key: str) -> np.ndarray:
    """Return a committed result of every seed, in the order of the seeds."""
    rows = committed_with_temperatures()["runs"][name]
    return np.array([row[key] for row in rows if row["epoch"] == epoch])


def test_the_committed_temperatures_have_the_settings_of_their_script() -> None:
    stored, settings = committed_with_temperatures(), compare_losses.FITTED_SETTINGS
    assert stored["settings"] == settings
    assert list(stored["runs"]) == list(settings["epochs"])
    for name, rows in stored["runs"].items():
        kept = [(row["seed"], row["epoch"]) for row in rows]
        assert kept == [(s, e) for s in settings["seeds"] for e in settings["epochs"][name]]


def test_a_committed_run_with_a_temperature_can_be_repeated(split: Split) -> None:
    # The chapter repeats a different one.
    name, seed = "label smoothing 0.1", 3
    rows = [row for row in committed_with_temperatures()["runs"][name] if row["seed"] == seed]
    assert compare_losses.fitted_run(split, name, seed) == rows


def test_the_committed_long_run_is_the_chapters(test: History, held_out: History) -> None:
    for epoch in (10, 20, 60):
        T = fit_temperature(held_out.at(epoch), held_out.labels)
        loss = nll_from_logits(test.at(epoch) / T, test.labels)
        assert fitted("cross-entropy", epoch, "cross-entropy at T")[0] == round(loss, 4)


@pytest.mark.parametrize("name", ["squared error of outputs", "label smoothing 0.1"])
def test_with_a_temperature_other_losses_win_with_every_seed(name: str) -> None:
    theirs, ours = (fitted(n, 20, "cross-entropy at T") for n in (name, "cross-entropy"))
    assert (theirs < ours - 0.01).all()


def test_five_seeds_agree_on_what_the_chapter_says_of_keeping_on() -> None:
    def at(epoch: int, key: str) -> np.ndarray:
        return fitted("cross-entropy", epoch, key)

    for key, lowest, highest in (
        ("cross-entropy", 0.03, 0.08),
        ("cross-entropy at T", -0.03, -0.005),
        ("accuracy", -0.001, 0.006),
    ):
        changes = at(60, key) - at(20, key)
        assert lowest <= changes.min() <= changes.max() <= highest
    assert (at(10, "cross-entropy at T") > at(10, "cross-entropy")).all()


def test_each_at_its_own_rate_both_losses_leave_the_bad_start(split: Split) -> None:
    ends = []
    for name, rate in (("cross-entropy", 0.3), ("squared error of softmax", 10)):
        model = mlp(seed=0)
        last = model[2]
        assert isinstance(last, nn.Linear)
        with torch.no_grad():
            last.bias[0] += 10
        loss = LOSSES[name]
        history = train(model, split, loss, epochs=10, lr=rate, optimiser="sgd")
        ends.append(history.accuracy[-1])
    assert min(ends) >= 0.93
    assert abs(ends[0] - ends[1]) < 0.02


def test_a_network_that_looked_expects_what_it_gets_only_at_its_temperature(
    held_out: History, test: History
) -> None:
    T = fit_temperature(held_out.at(60), held_out.labels)
    at_T = replace(held_out, logits=held_out.logits / T)
    np.testing.assert_allclose(at_T.expected_loss[-1], at_T.test_loss[-1], rtol=1e-9, atol=0)
    assert test.expected_loss[-1] < 0.3 * test.test_loss[-1]
    early = test.epochs.tolist().index(1)
    assert test.expected_loss[early] > 1.3 * test.test_loss[early]


def later(history: History) -> History:
    """Return a run without its first checkpoint, the one before training."""
    return replace(history, epochs=history.epochs[1:], logits=history.logits[1:])


def test_the_first_of_the_six_starts_is_the_chapters(held_out: History, test: History) -> None:
    stored = stored_runs("six_seeds")[0]
    held_out, test = later(held_out), later(test)
    assert six_seeds.rows(held_out, test) == stored["rows"]
    summary = six_seeds.change(held_out, test, *six_seeds.SETTINGS["change"])
    assert summary | {"first too sure": six_seeds.first_too_sure(test)} == stored["summary"]


def test_another_start_can_be_repeated(split: Split) -> None:
    seed, epochs = 4, [1, 2, 3]
    stored = stored_runs("six_seeds")[six_seeds.SETTINGS["seeds"].index(seed)]
    assert six_seeds.rows(*six_seeds.follow(split, seed, epochs)) == stored["rows"][:3]


def test_the_six_starts_have_the_settings_of_their_script() -> None:
    stored = json.loads(six_seeds.TARGET.read_text(encoding="utf-8"))
    assert stored["settings"] == six_seeds.SETTINGS
    assert [run["seed"] for run in stored["runs"]] == six_seeds.SETTINGS["seeds"]
    for run in stored["runs"]:
        assert [row["epoch"] for row in run["rows"]] == six_seeds.SETTINGS["epochs"]


def test_six_starts_agree_on_what_section_5_6_says() -> None:
    runs = stored_runs("six_seeds")
    assert len(runs) == 6
    for run in runs:
        summary = run["summary"]
        assert 10 <= summary["first too sure"] <= 12
        assert 3.5 < summary["gets"] / summary["standard error"] < 4.8
        assert summary["gets at T"] < -2 * summary["standard error at T"]
        assert -1 <= summary["newly right"] - summary["newly wrong"] <= 10
        rows = {row["epoch"]: row for row in run["rows"]}
        assert all(row["gets"] > row["expects"] for epoch, row in rows.items() if epoch >= 15)
        # The held-out images are harder: at T the network is too modest on the test images.
        assert rows[60]["gets at T"] < rows[60]["expects at T"] - 0.02


def test_five_starts_agree_on_what_section_5_7_says() -> None:
    runs = stored_runs("loss_comparison")
    base = runs.pop("cross-entropy")
    wins = {
        name: {
            key: sum(sign * (row[key] - own[key]) > 0 for row, own in zip(rows, base, strict=True))
            for key, sign in (("accuracy", 1), ("cross-entropy", -1), ("ece", -1))
        }
        for name, rows in runs.items()
    }
    assert {name for name, won in wins.items() if won["accuracy"] == 5} == {
        "squared error of outputs",
        "label smoothing 0.1",
    }
    assert all(won["cross-entropy"] == 0 for won in wins.values())
    assert wins["squared error of softmax"]["ece"] == 4


def chapter_functions() -> dict[str, Any]:
    """Return the training step written by hand in section 5.3."""
    names: dict[str, Any] = {"np": np, "torch": torch}
    exec("from scipy.special import log_softmax", names)
    for cell in read(CHAPTERS[5]).cells:
        if cell.cell_type == "code" and cell.source.startswith(("def backprop", "def step")):
            exec(cell.source, names)
    return names


@pytest.mark.parametrize("sizes", [(3, 4, 2), (7, 1, 5), (784, 128, 10)])
def test_the_backward_pass_by_hand_is_that_of_autograd(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    model = mlp(2, sizes)
    weights = [w.detach().numpy().T.copy() for w in model.parameters()]
    X, y = rng.normal(size=(9, sizes[0])), rng.integers(0, sizes[-1], size=9)
    loss, gradients = chapter_functions()["backprop"](weights, X, y)
    value: Tensor = F.cross_entropy(model(torch.from_numpy(X)), torch.from_numpy(y))
    value.backward()
    assert loss == pytest.approx(value.item(), rel=1e-13, abs=0)
    for gradient, w in zip(gradients, model.parameters(), strict=True):
        assert w.grad is not None
        np.testing.assert_allclose(gradient, w.grad.numpy().T, rtol=1e-12, atol=1e-15)


def test_a_step_by_hand_changes_the_weights_in_place_and_not_the_images() -> None:
    rng = np.random.default_rng(1)
    weights = [w.detach().numpy().T.copy() for w in mlp(0, (6, 5, 3)).parameters()]
    X, y = rng.random((8, 6)), rng.integers(0, 3, size=8)
    before, arrays = X.copy(), [w.copy() for w in weights]
    losses = [chapter_functions()["step"](weights, X, y, 0.5) for _ in range(50)]
    assert losses[-1] < losses[0]
    assert all((w != old).any() for w, old in zip(weights, arrays, strict=True))
    np.testing.assert_array_equal(X, before)
