"""Follow 30 test images through the training of chapter 5, for the explorable "scrubber".

The training takes a quarter of a minute, too long for a page, so what the explorable shows is
committed in ``lib/explorables/scrubber/data.json``. Seeds and settings are those of section 5.6.

Usage: python scripts/scrubber_data.py             (writes the file)
       python scripts/scrubber_data.py --check     (computes it again and compares)
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch.nn import functional as F

from course.contents import ROOT
from course.stored import write_or_compare
from lib.information import entropy
from lib.losses import nll_from_logits
from lib.mnist import Split, hold_out, load
from lib.scoring import fit_temperature
from lib.training import History, mlp, train

TARGET = ROOT / "lib/explorables/scrubber/data.json"

HELD_OUT = 1_000  # the last of the training images, kept for the temperature
CHECKPOINTS = (0, 1, 2, 3, 5, 10, 15, 20, 30, 40, 50, 60)  # all of them are chapter 5's too
#: Of the logits and of everything else. Two runs agree to 1e-13, whatever the processor.
DECIMALS = 4


def follow(split: Split, checkpoints: Sequence[int]) -> tuple[History, History]:
    """Train as section 5.6 does, up to the last checkpoint.

    Parameters
    ----------
    split : lib.mnist.Split
        The digits that come with the package.
    checkpoints : sequence of int
        Epochs at which to keep the logits.

    Returns
    -------
    held_out, test : History
        The logits, rounded, of the 1 000 held-out images and of the test images.
    """
    watched, last = hold_out(split, HELD_OUT), max(checkpoints)
    run = train(mlp(seed=0), watched, F.cross_entropy, epochs=last, checkpoints=checkpoints)
    run = replace(run, logits=run.logits.round(DECIMALS) + 0.0)  # no minus zero
    return run.only(slice(HELD_OUT)), run.only(slice(HELD_OUT, None))


def choose(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> list[int]:
    """Choose 30 images by what they cost at the end, in three rows of ten.

    Parameters
    ----------
    logits : ndarray, shape (N, 10)
        At the last checkpoint.
    labels : ndarray, shape (N,)
        True classes.

    Returns
    -------
    list of int
        The first image of each digit that is read right; the ten that cost most; five of the other
        errors, at equal steps in cost from the highest to the lowest, and the five costliest of the
        remaining images that are read right.
    """
    right = logits.argmax(axis=1) == labels
    costliest = np.argsort(-nll_from_logits(logits, labels, reduction="none"), kind="stable")
    first = [int(np.flatnonzero(right & (labels == digit))[0]) for digit in range(10)]
    errors = costliest[~right[costliest]]
    others = errors[10:]
    steps = others[np.linspace(0, len(others) - 1, 5).round().astype(int)]
    unsure = [int(i) for i in costliest[right[costliest]] if i not in first][:5]
    return [*first, *errors[:10].tolist(), *steps.tolist(), *unsure]


def temperature(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return the best temperature, rounded; infinity where the logits are worse than none.

    Before training the true class has no larger logit than the others, on average: the loss then
    falls as T grows, towards log K.
    """
    true = logits[np.arange(len(labels)), labels]
    if (true - logits.mean(axis=1)).mean() <= 0:
        return float("inf")
    return round(fit_temperature(logits, labels), DECIMALS)


def collect(split: Split, held_out: History, test: History, rows: Sequence[int]) -> dict[str, Any]:
    """Return what the explorable shows.

    Parameters
    ----------
    split : lib.mnist.Split
        The digits.
    held_out, test : History
        As :func:`follow` returns them.
    rows : sequence of int
        Positions of the chosen images in the test set.

    Returns
    -------
    dict
        Ready for JSON: null is an infinite temperature. What the network expects (the mean entropy
        of its predictions), the loss that it gets, and ranks are given twice for each checkpoint,
        without and with the temperature; the first two in nats. The rank of an image is one more
        than the number of test images that cost more.
    """
    scales = [temperature(z, held_out.labels) for z in held_out.logits]
    expects, loss, rank = [], [], []
    for scale in (np.ones(len(scales)), np.array(scales)):
        logits = test.logits / scale[:, None, None]
        each = np.array([nll_from_logits(z, test.labels, reduction="none") for z in logits])
        loss.append(each.mean(axis=1).round(DECIMALS).tolist())
        own = np.array([entropy(softmax(z, axis=1)).mean() for z in logits])
        expects.append(own.round(DECIMALS).tolist())
        rank.append([[int((e > e[i]).sum()) + 1 for i in rows] for e in each])
    return {
        "rows": list(rows),
        "labels": test.labels[list(rows)].tolist(),
        "images": base64.b64encode(split.X_test[list(rows)].tobytes()).decode("ascii"),
        "size": len(test.labels),
        "held_out": len(held_out.labels),
        "epochs": test.epochs.tolist(),
        "temperature": [None if np.isinf(scale) else scale for scale in scales],
        "accuracy": test.accuracy.tolist(),
        "expects": expects,
        "loss": loss,
        "rank": rank,
        "logits": test.logits[:, list(rows)].tolist(),
    }


def written(data: dict[str, Any]) -> str:
    """Return the data as JSON, one entry a line and one line for each image's logits."""
    entries = []
    for key, value in data.items():
        text = json.dumps(value, separators=(",", ":"))
        if key == "logits":
            text = text.replace("],[", "],\n[")
        entries.append(f"{json.dumps(key)}:{text}")
    return "{\n" + ",\n".join(entries) + "\n}\n"


def main(arguments: Sequence[str]) -> int:
    """Compute the data; write them, or compare them with what is there."""
    torch.set_num_threads(1)  # sums are then taken in the same order everywhere
    split = load()
    held_out, test = follow(split, CHECKPOINTS)
    text = written(collect(split, held_out, test, choose(test.logits[-1], test.labels)))
    return write_or_compare(TARGET, text, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
