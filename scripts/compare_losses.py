"""Train the same network with several losses and five seeds, for section 5.7 and Appendix B.

There are two protocols. In the first, seven losses train on all 8 000 training images, and the
network's outputs are judged as they are; the results are in ``lib/data/loss_comparison.json``. In
the second, 1 000 training images are held out to fit a temperature; the results, before and after,
are in ``lib/data/fitted_temperatures.json``.

The runs take about four minutes, too long for a chapter. Chapter 5 reads the first file; Appendix B
reads both and repeats single runs.

Usage: python scripts/compare_losses.py      (writes both files)
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from scipy.special import softmax

from course.contents import ROOT
from lib.losses import nll_from_logits
from lib.mnist import Split, hold_out, load
from lib.scoring import ece, fit_temperature
from lib.training import LOSSES, History, mlp, train

DATA = ROOT / "lib" / "data"
TARGET = DATA / "loss_comparison.json"
FITTED_TARGET = DATA / "fitted_temperatures.json"

SETTINGS: dict[str, Any] = {
    "training images": 8000,
    "test images": 2000,
    "sizes": [784, 128, 10],
    "optimiser": "adam",
    "lr": 1e-3,
    "batch": 64,
    "epochs": 20,
    "seeds": [0, 1, 2, 3, 4],
    "decimals": 4,
}
# The second protocol differs from the first in what is named here: the last thousand training
# images are held out, and results are kept at these epochs, the last of which ends the run.
FITTED_SETTINGS: dict[str, Any] = {
    **SETTINGS,
    "training images": 7000,
    "held-out images": 1000,
    "epochs": {
        "cross-entropy": [10, 20, 60],
        "squared error of outputs": [20],
        "label smoothing 0.1": [20],
    },
}


def trained(split: Split, name: str, seed: int, epochs: Sequence[int]) -> History:
    """Train one network with a loss of ``LOSSES``; keep its test logits at these epochs."""
    return train(
        mlp(seed, tuple(SETTINGS["sizes"])),
        split,
        LOSSES[name],
        epochs=epochs[-1],
        lr=SETTINGS["lr"],
        batch=SETTINGS["batch"],
        seed=seed,
        checkpoints=epochs,
        optimiser=SETTINGS["optimiser"],
    )


def rounded(results: dict[str, float]) -> dict[str, float]:
    """Return results rounded to the decimals that agree on every processor."""
    return {key: round(value, SETTINGS["decimals"]) for key, value in results.items()}


def run(split: Split, name: str, seed: int) -> dict[str, float]:
    """Train one network and judge its test predictions, taken as softmax of its logits.

    Parameters
    ----------
    split : lib.mnist.Split
        The digits.
    name : str
        A key of ``LOSSES``.
    seed : int
        Seed of the initial weights and of the order of the images.

    Returns
    -------
    dict
        Accuracy, cross-entropy (nats per image) and expected calibration error, rounded to the
        decimals that agree on every processor.
    """
    history = trained(split, name, seed, [SETTINGS["epochs"]])
    probabilities = softmax(history.logits[-1], axis=1)
    return rounded(
        {
            "accuracy": float(history.accuracy[-1]),
            "cross-entropy": float(history.test_loss[-1]),
            "ece": ece(probabilities, history.labels),
        }
    )


def fitted_run(split: Split, name: str, seed: int) -> list[dict[str, float]]:
    """Train one network, fit a temperature on the held-out images, judge on the test images.

    Parameters
    ----------
    split : lib.mnist.Split
        The digits, as for :func:`run`; the last of the training images are held out here.
    name : str
        A key of ``FITTED_SETTINGS["epochs"]``.
    seed : int
        Seed of the initial weights and of the order of the images.

    Returns
    -------
    list of dict
        For each epoch that is kept: the seed, the epoch, the test accuracy, the test cross-entropy
        (nats per image) of the outputs as they are, the temperature T that is best on the held-out
        images, and the test cross-entropy at T. Rounded as in :func:`run`.
    """
    count = FITTED_SETTINGS["held-out images"]
    epochs = FITTED_SETTINGS["epochs"][name]
    history = trained(hold_out(split, count), name, seed, epochs)
    held_out, test = history.only(slice(count)), history.only(slice(count, None))
    rows = []
    for i, epoch in enumerate(epochs):
        z, y = test.at(epoch), test.labels
        T = fit_temperature(held_out.at(epoch), held_out.labels)
        results = {
            "accuracy": float(test.accuracy[i]),
            "cross-entropy": nll_from_logits(z, y),
            "T": T,
            "cross-entropy at T": nll_from_logits(z / T, y),
        }
        rows.append({"seed": seed, "epoch": epoch, **rounded(results)})
    return rows


def write(path: Path, settings: dict[str, Any], runs: dict[str, list[dict[str, float]]]) -> None:
    """Write settings and results to a file, one result a line."""
    one_a_line = {
        name: ",\n   ".join(json.dumps(row) for row in rows) for name, rows in runs.items()
    }
    lists = ",\n  ".join(
        f"{json.dumps(name)}: [\n   {rows}\n  ]" for name, rows in one_a_line.items()
    )
    text = f'{{\n "settings": {json.dumps(settings)},\n "runs": {{\n  {lists}\n }}\n}}\n'
    path.write_text(text, encoding="utf-8")


def main() -> int:
    """Compute all runs of both protocols and write them to the two files."""
    torch.set_num_threads(1)  # several threads would be slower here
    split = load()
    start = time.perf_counter()
    seeds = SETTINGS["seeds"]
    runs = {}
    for name in LOSSES:
        runs[name] = [run(split, name, seed) for seed in seeds]
        print(f"{time.perf_counter() - start:6.1f} s  {name}", flush=True)
    write(TARGET, SETTINGS, runs)
    fitted = {}
    for name in FITTED_SETTINGS["epochs"]:
        fitted[name] = [row for seed in seeds for row in fitted_run(split, name, seed)]
        print(f"{time.perf_counter() - start:6.1f} s  {name}, with a temperature", flush=True)
    write(FITTED_TARGET, FITTED_SETTINGS, fitted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
