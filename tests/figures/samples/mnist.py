"""The figures of ``lib.figures.mnist``."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files

import numpy as np

from lib.losses import nll_from_logits
from lib.mnist import load, seed_logits
from tests.figures.drawing import Draw, Drawn

SEED = seed_logits()
digits = cache(load)


def digit_grid(draw: Draw) -> Drawn:
    images, labels = digits().X_test, digits().y_test
    return draw(images, labels, marked=int(np.flatnonzero(labels == 7)[0]))


def loss_ladder__short(draw: Draw) -> Drawn:
    rungs = [("ten equal guesses", math.log(10)), ("label frequencies", 2.3003)]
    return draw(rungs, title="Two rungs, and a long way down")


def loss_ladder__long(draw: Draw) -> Drawn:
    rungs = [
        ("ten equal guesses", math.log(10)),
        ("label frequencies", 2.3003),
        ("test set, after 1 epoch", 0.3955),
        ("test set after 20 epochs", 0.1838),
        ("the book's 7, before", nll_from_logits(SEED.before, 7)),
        ("the book's 7, trained", nll_from_logits(SEED.after, 7)),
    ]
    return draw(rungs, title="The loss ladder: from ten choices down to one")


def untrained(draw: Draw) -> Drawn:
    return draw(math.log(10) + np.random.default_rng(0).normal(0.002, 0.007, 20), classes=10)


def lorenz(draw: Draw) -> Drawn:
    rng = np.random.default_rng(0)
    early, late = rng.lognormal(-3, 1.4, 2000), rng.lognormal(-5, 2.2, 2000)
    return draw({"epoch 5": early, "epoch 60": late}, late > np.quantile(late, 0.95))


def gallery(draw: Draw) -> Drawn:
    labels = digits().y_test[:9]
    z = np.random.default_rng(0).normal(size=(9, 10))
    z[np.arange(9), (labels + 1) % 10] += np.linspace(24, 2, 9)  # sure, and wrong
    return draw(digits().X_test[:9], labels, z, share=0.27)


def expects_gets(draw: Draw) -> Drawn:
    epochs = np.array([1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60])
    columns = (
        [0.6232, 0.2909, 0.1841, 0.1175, 0.0820, 0.0468],
        [0.3955, 0.2457, 0.1932, 0.1838, 0.1965, 0.2374],
        [0.3545, 0.2450, 0.1949, 0.1781, 0.1724, 0.1653],
    )
    return draw(epochs, *(np.interp(epochs, [1, 5, 10, 20, 30, 60], row) for row in columns))


def compare_losses(draw: Draw) -> Drawn:
    stored = (files("lib") / "data" / "loss_comparison.json").read_text(encoding="utf-8")
    return draw(json.loads(stored)["runs"])
