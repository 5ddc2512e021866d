"""The figures of ``lib.figures.softmax``."""

from __future__ import annotations

import math
from collections.abc import Callable

from lib.mnist import seed_logits
from tests.figures.drawing import Draw, Drawn

SEED = seed_logits()


def three_rows__first_day(draw: Draw) -> Drawn:
    return draw(SEED.before, 7)


def three_rows__trained(draw: Draw) -> Drawn:
    return draw(SEED.after, 7, title="Trained")


def sigmoid_curve(draw: Draw) -> Drawn:
    return draw((0.01, 0.3, 0.6, 0.9))


def number_line(draw: Draw) -> Drawn:
    return draw([("First day", SEED.before, 7), ("Trained", SEED.after, 7)])


def tug_two_scales(draw: Draw) -> Drawn:
    return draw("wbwbb", (0.01, 0.3, 0.6, 0.9))


def plateau(draw: Draw) -> Drawn:
    def descend(push: Callable[[float], float]) -> list[float]:
        path = [-10.0]
        while path[-1] <= 0:
            path.append(path[-1] + push(1 / (1 + math.exp(-path[-1]))))
        return path

    return draw(descend(lambda q: 1 - q), descend(lambda q: 2 * q * (1 - q) ** 2))


def floor_line(draw: Draw) -> Drawn:
    return draw(10)
