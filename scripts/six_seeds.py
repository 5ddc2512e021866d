"""Train the network of section 5.6 from six starts, and compare what it expects with what it gets.

Section 5.6 follows one run. What it says in general rests on the six runs stored here: seed 0 is
the chapter's own, the others differ from it in the initial weights and in the order of the images.
All six are judged on the same 2 000 test images, so they say how far the *start* matters, and
nothing about other test sets.

The runs take about two minutes, too long for a chapter.

Usage: python scripts/six_seeds.py              (writes the file)
       python scripts/six_seeds.py --check      (computes it again and compares)
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.special import softmax
from torch.nn import functional as F

from course.contents import ROOT
from course.stored import write_or_compare
from lib.information import entropy
from lib.losses import nll_from_logits
from lib.mnist import Split, hold_out, load
from lib.scoring import fit_temperature
from lib.training import History, mlp, train

TARGET = ROOT / "lib" / "data" / "six_seeds.json"

SETTINGS: dict[str, Any] = {
    "training images": 7000,
    "held-out images": 1000,
    "test images": 2000,
    "loss": "cross-entropy",
    "sizes": [784, 128, 10],
    "optimiser": "adam",
    "lr": 1e-3,
    "batch": 64,
    "epochs": [*range(1, 16), 20, 25, 30, 40, 50, 60],
    "seeds": [0, 1, 2, 3, 4, 5],
    "change": [20, 60],  # the two epochs between which the changes are counted
    "decimals": 4,
}
HELD_OUT: int = SETTINGS["held-out images"]


@dataclass(frozen=True)
class Judged:
    """What the starts are compared by: a row for each epoch, and a few numbers for the run."""

    rows: list[dict[str, float]]
    summary: dict[str, float]


def follow(split: Split, seed: int, epochs: Sequence[int]) -> tuple[History, History]:
    """Train from one start.

    Parameters
    ----------
    split : lib.mnist.Split
        The digits that come with the package.
    seed : int
        Seed of the initial weights and of the order of the images.
    epochs : sequence of int
        Epochs at which to keep the logits; the last ends the run.

    Returns
    -------
    held_out, test : History
        The logits of the 1 000 held-out images and of the 2 000 test images.
    """
    history = train(
        mlp(seed, tuple(SETTINGS["sizes"])),
        hold_out(split, HELD_OUT),
        F.cross_entropy,
        epochs=epochs[-1],
        lr=SETTINGS["lr"],
        batch=SETTINGS["batch"],
        seed=seed,
        checkpoints=epochs,
        optimiser=SETTINGS["optimiser"],
    )
    return history.only(slice(HELD_OUT)), history.only(slice(HELD_OUT, None))


def rounded(results: dict[str, float]) -> dict[str, float]:
    """Return results rounded to the decimals that agree on every processor."""
    return {key: round(value, SETTINGS["decimals"]) for key, value in results.items()}


def rows(held_out: History, test: History) -> list[dict[str, float]]:
    """Return what the network expects and gets at each checkpoint, in nats per test image.

    "T" is the temperature that is best on the held-out images; "at T" means after dividing all
    logits by it. Rounded to the decimals that agree on every processor.
    """
    found = []
    for i, epoch in enumerate(test.epochs):
        z, T = test.logits[i], fit_temperature(held_out.logits[i], held_out.labels)
        found.append(
            {
                "epoch": int(epoch),
                **rounded(
                    {
                        "accuracy": float(test.accuracy[i]),
                        "expects": float(test.expected_loss[i]),
                        "gets": float(test.test_loss[i]),
                        "T": T,
                        "expects at T": float(entropy(softmax(z / T, axis=1)).mean()),
                        "gets at T": nll_from_logits(z / T, test.labels),
                    }
                ),
            }
        )
    return found


def _mean_and_error(differences: Any) -> tuple[float, float]:
    """Return the mean over the images, and its standard error."""
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return float(differences.mean()), float(error)


def change(held_out: History, test: History, first: int, last: int) -> dict[str, float]:
    """Return what happened to the test images between two checkpoints.

    Each image is compared with itself, so the standard errors are those of paired differences.

    Parameters
    ----------
    held_out, test : History
        As :func:`follow` returns them.
    first, last : int
        The two epochs.

    Returns
    -------
    dict
        How many images are newly right and newly wrong; by how much the loss rose as it is and at
        T (nats per image; below 0 it fell), each with its standard error.
    """
    before, after = (test.at(e).argmax(axis=1) == test.labels for e in (first, last))
    plain, at_T = [], []
    for epoch in (first, last):
        z, T = test.at(epoch), fit_temperature(held_out.at(epoch), held_out.labels)
        plain.append(nll_from_logits(z, test.labels, reduction="none"))
        at_T.append(nll_from_logits(z / T, test.labels, reduction="none"))
    rise, error = _mean_and_error(plain[1] - plain[0])
    rise_at_T, error_at_T = _mean_and_error(at_T[1] - at_T[0])
    return {
        "newly right": int((after & ~before).sum()),
        "newly wrong": int((before & ~after).sum()),
        **rounded(
            {
                "gets": rise,
                "standard error": error,
                "gets at T": rise_at_T,
                "standard error at T": error_at_T,
            }
        ),
    }


def first_too_sure(test: History) -> int:
    """Return the first checkpoint at which the network gets more than it expects."""
    where = np.flatnonzero(test.test_loss > test.expected_loss)
    if not len(where):
        raise ValueError("the network is never too sure; keep more epochs")
    return int(test.epochs[where[0]])


def run(split: Split, seed: int) -> Judged:
    """Train from one start and judge the run."""
    held_out, test = follow(split, seed, SETTINGS["epochs"])
    first, last = SETTINGS["change"]
    summary = change(held_out, test, first, last) | {"first too sure": first_too_sure(test)}
    return Judged(rows(held_out, test), summary)


def written(runs: Sequence[Judged]) -> str:
    """Return the runs as JSON, one row a line."""
    blocks = []
    for seed, judged in zip(SETTINGS["seeds"], runs, strict=True):
        lines = ",\n   ".join(json.dumps(row) for row in judged.rows)
        head = f'{{"seed": {seed}, "summary": {json.dumps(judged.summary)}'
        blocks.append(f'{head},\n  "rows": [\n   {lines}]}}')
    joined = ",\n ".join(blocks)
    return f'{{"settings": {json.dumps(SETTINGS)},\n"runs": [\n {joined}]}}\n'


def main(arguments: Sequence[str]) -> int:
    """Compute the six runs; write them, or compare them with what is there."""
    torch.set_num_threads(1)  # several threads would be slower here
    split = load()
    text = written([run(split, seed) for seed in SETTINGS["seeds"]])
    return write_or_compare(TARGET, text, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
