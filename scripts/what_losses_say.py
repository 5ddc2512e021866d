"""Train with honest and dishonest losses from five starts, and judge what the networks say.

Chapter 6 trains three of these networks itself, from start 0. What it says in general rests on the
runs stored here: eight ways to train, five starts each. A start is the initial weights and the
order of the images; all are judged on the same 2 000 test images, so they say how far the *start*
matters, and nothing about other test sets.

The runs take four minutes, too long for a chapter.

Usage: python scripts/what_losses_say.py              (writes the file)
       python scripts/what_losses_say.py --check      (computes it again and compares)
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor
from torch.nn import functional as F

from course.contents import ROOT
from course.stored import write_or_compare
from lib.information import entropy
from lib.losses import nll_from_logits
from lib.mnist import Split, hold_out, load
from lib.scoring import ece, fit_temperature, recalibrate, reliability_table, two_bills
from lib.training import LOSSES, History, Loss, mlp, train

TARGET = ROOT / "lib" / "data" / "what_losses_say.json"

SETTINGS: dict[str, Any] = {
    "training images": 7000,
    "held-out images": 1000,
    "test images": 2000,
    "sizes": [784, 128, 10],
    "optimiser": "adam",
    "lr": 1e-3,
    "batch": 64,
    "seeds": [0, 1, 2, 3, 4],
    "share of lies": 0.4,  # a lie is one of the nine other digits, each as probable as the next
    "seed of the lies": 0,
    "weight of a seven": 10,
    "decimals": 4,
}
HELD_OUT: int = SETTINGS["held-out images"]
LIES: float = SETTINGS["share of lies"]
WEIGHT: float = SETTINGS["weight of a seven"]

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Results = dict[str, float]


def told(labels: Labels) -> Labels:
    """Return what the clerks write on all 10 000 images: 40 % of the labels are lies."""
    rng = np.random.default_rng(SETTINGS["seed of the lies"])
    lie = rng.random(len(labels)) < LIES
    return np.where(lie, (labels + rng.integers(1, 10, len(labels))) % 10, labels)


def told_split(split: Split) -> Split:
    """Return the digits with lies among the training labels; the test labels stay true."""
    said = told(np.concatenate([split.y_train, split.y_test]))
    return replace(split, y_train=said[: len(split.y_train)])


def weighted(z: Tensor, y: Tensor) -> Tensor:
    """Return cross-entropy in which an image of a seven counts ten times."""
    return (torch.where(y == 7, WEIGHT, 1.0) * F.cross_entropy(z, y, reduction="none")).mean()


def liar_in_the_model(z: Tensor, y: Tensor) -> Tensor:
    """Return the mean of -log of the probability of what was *told*, lies included."""
    q = z.softmax(1).gather(1, y[:, None])
    return -((1 - LIES) * q + LIES / 9 * (1 - q)).log().mean()


@dataclass(frozen=True)
class Way:
    """One way to train: the loss, when to judge, whether clerks lie, what else is judged."""

    loss: Loss
    epochs: tuple[int, ...]
    lies: bool
    also: Callable[[History, History, int], Results]


def _bills(_: History, test: History, epoch: int) -> Results:
    """Return calibration and refinement of "the answer is right", pooled and by ten equal bins."""
    said, right = answers(test.at(epoch), test.labels)
    calibration, refinement = pooled_bills(said, right)
    n, mean, p_hat = reliability_table(said, right)
    # Two bills need equal reports: let each of a bin say its mean.
    binned = two_bills(np.repeat(mean, n), np.concatenate(list(map(outcomes, n, p_hat))))
    return {
        "calibration": calibration,
        "refinement": refinement,
        "calibration, ten bins": binned[0],
        "refinement, ten bins": binned[1],
    }


def _smoothed(held_out: History, test: History, epoch: int) -> Results:
    """Return how far the network keeps to its ceiling, and where the recipe for T ends."""
    z, q = test.at(epoch), softmax(test.at(epoch), axis=1)
    T = recipe_temperature(held_out.at(epoch), held_out.labels)
    return {
        "above 0.91": float((q.max(axis=1) > 0.91).mean()),
        "truth below 0.01": int((q[np.arange(len(z)), test.labels] < 0.01).sum()),
        "recipe is negative": int(T < 0),
        "accuracy by the recipe": float(((z / T).argmax(axis=1) == test.labels).mean()),
    }


def _unbent_focal(_: History, test: History, epoch: int) -> Results:
    """Return loss and calibration error of the beliefs behind a focal network's reports."""
    p = belief_behind_focal(softmax(test.at(epoch), axis=1))
    return {
        "loss, undone": float(-np.log(p[np.arange(len(p)), test.labels]).mean()),
        "ece, undone": ece(p, test.labels),
    }


def _unweighted(_: History, test: History, epoch: int) -> Results:
    """Return how much a network says for a seven, and how much with its odds divided by ten."""
    z = test.at(epoch).copy()
    said = softmax(z, axis=1)[:, 7].mean()
    z[:, 7] -= np.log(WEIGHT)
    return {
        "mean of q7": float(said),
        "mean of q7, undone": float(softmax(z, axis=1)[:, 7].mean()),
        "share of sevens": float((test.labels == 7).mean()),
        "loss, undone": nll_from_logits(z, test.labels),
    }


def _nothing(*_: Any) -> Results:
    return {}


#: The eight ways, by name. "Linear" is the loss 1 - q_y, without the 1: a constant teaches nothing.
WAYS: Mapping[str, Way] = {
    "cross-entropy": Way(F.cross_entropy, (5, 20, 60), False, _bills),
    "linear": Way(LOSSES["log forgotten"], (20,), False, _nothing),
    "label smoothing 0.1": Way(LOSSES["label smoothing 0.1"], (20,), False, _smoothed),
    "focal, gamma 2": Way(LOSSES["focal, gamma 2"], (20,), False, _unbent_focal),
    "sevens count ten times": Way(weighted, (1, 20), False, _unweighted),
    "lies, cross-entropy": Way(F.cross_entropy, (5, 10, 20), True, _nothing),
    "lies, linear": Way(LOSSES["log forgotten"], (5, 10, 20), True, _nothing),
    "lies, liar in the model": Way(liar_in_the_model, (5, 10, 20), True, _nothing),
}


def answers(z: Floats, y: Labels) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how sure each answer is, and whether it is right."""
    q = softmax(z, axis=1)
    return np.asarray(q.max(axis=1)), np.asarray(q.argmax(axis=1) == y)


def pooled_bills(said: Floats, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the refinement of the recalibrated confidences, and what the confidences cost more."""
    cost = float(np.mean(-np.log(np.where(right, said, 1 - said))))
    best = recalibrate(said, right)
    refinement = float(np.mean(entropy(np.stack([1 - best, best], axis=1))))
    return cost - refinement, refinement


def outcomes(n: int, p_hat: float) -> NDArray[np.bool_]:
    """Return n outcomes of which the share p_hat happened."""
    return np.asarray(np.arange(n) < round(n * p_hat))


def belief_behind_focal(q: Floats) -> Floats:
    """Return the beliefs p that make a forecaster say q under focal loss, gamma 2.

    They are proportional to 1 / |phi'(q_k)| with phi(q) = -(1 - q)**2 log q (Charoenphakdee et al.
    2021, theorem 11).
    """
    slope = (1 - q) ** 2 / q - 2 * (1 - q) * np.log(q)
    return np.asarray((1 / slope) / (1 / slope).sum(axis=1, keepdims=True))


def recipe_temperature(z: Floats, y: Labels) -> float:
    """Return the temperature of a widely copied recipe: 50 steps of LBFGS in T, from 1.5."""
    T = torch.nn.Parameter(torch.tensor([1.5], dtype=torch.float64))
    optimiser = torch.optim.LBFGS([T], lr=0.01, max_iter=50)
    scores, labels = torch.from_numpy(z), torch.from_numpy(y)

    def closure() -> float:
        optimiser.zero_grad()
        loss = F.cross_entropy(scores / T, labels)
        loss.backward()
        return loss.item()

    optimiser.step(closure)
    return T.item()


def first_epoch_below_the_know_all(history: History, split: Split, truth: Labels) -> int:
    """Return when the training loss falls below that of one who knows each digit and the lies.

    The know-all gives 0.6 to the true digit and 0.4 / 9 to each other, and pays on these labels.
    """
    lied = split.y_train[: len(truth)] != truth
    know_all = float(np.mean(np.where(lied, -np.log(LIES / 9), -np.log(1 - LIES))))
    below = np.flatnonzero(history.train_loss < know_all)
    if not len(below):
        raise ValueError("the training loss stays above the know-all's; train longer")
    return int(below[0]) + 1


def row(held_out: History, test: History, way: Way, epoch: int) -> Results:
    """Return what one network says after an epoch: a number for each name, rounded."""
    z = test.at(epoch)
    said, right = answers(z, test.labels)
    results: Results = {
        "accuracy": float(right.mean()),
        "confidence": float(said.mean()),
        "median confidence": float(np.median(said)),
        "wrong above 0.99": int((~right & (said > 0.99)).sum()),
        "loss": nll_from_logits(z, test.labels),
        "ece": ece(softmax(z, axis=1), test.labels),
    }
    if not way.lies:
        T = fit_temperature(held_out.at(epoch), held_out.labels)
        results |= {"T": T, "loss at T": nll_from_logits(z / T, test.labels)}
    results |= way.also(held_out, test, epoch)
    return {k: round(v, SETTINGS["decimals"]) for k, v in results.items()}


def run(split: Split, name: str, seed: int) -> list[Results]:
    """Train one way from one start.

    Parameters
    ----------
    split : lib.mnist.Split
        The digits that come with the package.
    name : str
        One of :data:`WAYS`.
    seed : int
        Seed of the initial weights and of the order of the images.

    Returns
    -------
    list of dict
        A row for each epoch at which the network is judged. Losses are in nats per test image,
        with true labels.
    """
    way = WAYS[name]
    watched = hold_out(told_split(split) if way.lies else split, HELD_OUT)
    history = train(
        mlp(seed, tuple(SETTINGS["sizes"])),
        watched,
        way.loss,
        epochs=way.epochs[-1],
        lr=SETTINGS["lr"],
        batch=SETTINGS["batch"],
        seed=seed,
        checkpoints=way.epochs,
        optimiser=SETTINGS["optimiser"],
    )
    held_out, test = history.only(slice(HELD_OUT)), history.only(slice(HELD_OUT, None))
    rows = [{"seed": seed, "epoch": e, **row(held_out, test, way, e)} for e in way.epochs]
    if name == "lies, cross-entropy":
        truth = split.y_train[: len(watched.y_train)]
        rows[-1]["below the know-all"] = first_epoch_below_the_know_all(history, watched, truth)
    return rows


def written(runs: Mapping[str, Sequence[Results]]) -> str:
    """Return the runs as JSON, one row a line."""
    blocks = []
    for name, rows in runs.items():
        lines = ",\n  ".join(json.dumps(each) for each in rows)
        blocks.append(f"{json.dumps(name)}: [\n  {lines}]")
    joined = ",\n ".join(blocks)
    return f'{{"settings": {json.dumps(SETTINGS)},\n"runs": {{\n {joined}}}}}\n'


def main(arguments: Sequence[str]) -> int:
    """Compute all runs; write them, or compare them with what is there."""
    torch.set_num_threads(1)  # several threads would be slower here
    split = load()
    runs = {
        name: [each for seed in SETTINGS["seeds"] for each in run(split, name, seed)]
        for name in WAYS
    }
    text = written(runs)
    return write_or_compare(TARGET, text, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
