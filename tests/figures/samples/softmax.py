"""The figures of ``lib.figures.softmax``."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import expit

from lib.bernoulli import counts
from lib.information import entropy
from lib.mnist import seed_logits
from tests.figures.drawing import Draw, Drawn

P_HAT = counts("wbwbb") / 5
SEED = seed_logits()


def sigmoid_curve(draw: Draw) -> Drawn:
    return draw(math.log(3 / 2))


def landing(draw: Draw) -> Drawn:
    weight, losses = 0.0, []
    for _ in range(30):
        q = float(expit(weight))
        losses.append(-0.6 * math.log(q) - 0.4 * math.log(1 - q))
        weight -= q - 0.6
    return draw(losses, floor=entropy(P_HAT))


def three_rows__shifted(draw: Draw) -> Drawn:
    return draw(SEED.before, 7, shift=0.05)


def three_rows__trained(draw: Draw) -> Drawn:
    return draw(SEED.after, 7, title="Trained")


def number_line(draw: Draw) -> Drawn:
    return draw([("Before", SEED.before, 7), ("After", SEED.after, 7)])


def digits_correct(draw: Draw) -> Drawn:
    margins = np.arange(-800.0, 801.0, 4.0)
    falling = 15.5 * np.clip(1 - margins / 36, 0, 1)
    one_sided = np.where(margins > -745, falling, 0)
    best = np.full(len(margins), 15.5)
    return draw(margins, {"softmax, then log": one_sided, "shifted": falling, "with log1p": best})


def gradient_arrows(draw: Draw) -> Drawn:
    return draw(np.log([0.6, 0.2, 0.2]), 2)


def plateau(draw: Draw) -> Drawn:
    def descend(push: Callable[[float], float]) -> list[float]:
        t, path = -10.0, []
        while t <= 0:
            t += push(1 / (1 + math.exp(-t)))
            path.append(t)
        return path

    return draw(descend(lambda q: 1 - q), descend(lambda q: 2 * q * (1 - q) ** 2), start=-10)


def floor_line(draw: Draw) -> Drawn:
    return draw(10)
