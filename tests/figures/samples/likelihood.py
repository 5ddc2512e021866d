"""The figures of ``lib.figures.likelihood``."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.figures.drawing import Draw, Drawn


def estimates() -> Any:
    return np.random.default_rng(0).binomial(5, 0.5, size=10_000) / 5


def covered_dial(draw: Draw) -> Drawn:
    return draw("wbwbb")


def probability_tree(draw: Draw) -> Drawn:
    return draw("wbwbb", 0.6)


def splits(draw: Draw) -> Drawn:
    return draw("wbwbb", {"Ada": 0.5, "Ben": 0.6, "Cleo": 0.9})


def two_readings(draw: Draw) -> Drawn:
    return draw(5, theta_row=0.6, k_column=3)


def climbing_to_the_end__white(draw: Draw) -> Drawn:
    return draw("wwwww")


def climbing_to_the_end__black(draw: Draw) -> Drawn:
    return draw("bbb")


def sampling_histogram(draw: Draw) -> Drawn:
    return draw(estimates(), 5, 0.5)
