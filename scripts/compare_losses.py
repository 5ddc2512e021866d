"""Train the same network with seven losses and five seeds, for section 5.9.

The runs take about two minutes, too long for a chapter, so their results are committed in
``lib/data/loss_comparison.json``. The chapter reads that file and repeats one of the runs.

Usage: python scripts/compare_losses.py      (writes the file)
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import torch
from scipy.special import softmax
from torch import Tensor
from torch.nn import functional as F

from lib.mnist import Split, load
from lib.scoring import ece
from lib.training import Loss, mlp, train

TARGET = Path(__file__).resolve().parent.parent / "lib" / "data" / "loss_comparison.json"

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


def one_hot(y: Tensor) -> Tensor:
    """Return labels (n,) as rows (n, 10) of a one and nine zeros, in float64."""
    return F.one_hot(y, 10).double()


def focal(z: Tensor, y: Tensor, gamma: float = 2.0) -> Tensor:
    """Return the mean of ``-(1 - q_y) ** gamma * log q_y`` (Lin et al. 2017)."""
    log_q = -F.cross_entropy(z, y, reduction="none")
    return -((1 - log_q.exp()) ** gamma * log_q).mean()


LOSSES: dict[str, Loss] = {
    "cross-entropy": F.cross_entropy,
    "softmax twice": lambda z, y: F.cross_entropy(z.softmax(1), y),
    "log forgotten": lambda z, y: F.nll_loss(z.softmax(1), y),
    "squared error of softmax": lambda z, y: F.mse_loss(z.softmax(1), one_hot(y)),
    "squared error of outputs": lambda z, y: F.mse_loss(z, one_hot(y)),
    "label smoothing 0.1": lambda z, y: F.cross_entropy(z, y, label_smoothing=0.1),
    "focal, gamma 2": focal,
}


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
    history = train(
        mlp(seed, tuple(SETTINGS["sizes"])),
        split,
        LOSSES[name],
        epochs=SETTINGS["epochs"],
        lr=SETTINGS["lr"],
        batch=SETTINGS["batch"],
        seed=seed,
        optimiser=SETTINGS["optimiser"],
    )
    probabilities = softmax(history.logits[-1], axis=1)
    results = {
        "accuracy": float(history.accuracy[-1]),
        "cross-entropy": float(history.test_loss[-1]),
        "ece": ece(probabilities, history.labels),
    }
    return {key: round(value, SETTINGS["decimals"]) for key, value in results.items()}


def main() -> int:
    """Compute all runs and write them to the file, one run a line."""
    torch.set_num_threads(1)  # sums are then taken in the same order everywhere
    split = load()
    start = time.perf_counter()
    runs = {}
    for name in LOSSES:
        runs[name] = [run(split, name, seed) for seed in SETTINGS["seeds"]]
        print(f"{time.perf_counter() - start:6.1f} s  {name}", flush=True)
    lines = ["{", f' "settings": {json.dumps(SETTINGS)},', ' "runs": {']
    for i, (name, rows) in enumerate(runs.items()):
        lines.append(f"  {json.dumps(name)}: [")
        lines += [f"   {json.dumps(row)}{',' * (row is not rows[-1])}" for row in rows]
        lines.append("  ]" + "," * (i < len(runs) - 1))
    TARGET.write_text("\n".join([*lines, " }", "}"]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
