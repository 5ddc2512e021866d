"""The figures of ``lib.figures.likelihood``."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.figures.drawing import Draw, Drawn


def estimates() -> Any:
    return np.random.default_rng(0).binomial(5, 0.6, size=10_000) / 5


def balls_and_dial(draw: Draw) -> Drawn:
    return draw("wbwbb")


def probability_tree(draw: Draw) -> Drawn:
    return draw("wbwbb", 0.6)


def all_sequences(draw: Draw) -> Drawn:
    return draw("wbwbb", 0.6)


def likelihood_curve(draw: Draw) -> Drawn:
    return draw("wbwbb")


def two_readings(draw: Draw) -> Drawn:
    return draw(5, theta_row=0.6, k_column=3)


def top_of_the_curve(draw: Draw) -> Drawn:
    return draw("wbwbb")


def family_of_likelihoods(draw: Draw) -> Drawn:
    return draw(5)


def sampling_histogram(draw: Draw) -> Drawn:
    return draw(estimates(), 5, 0.6)


def climbing_to_the_end(draw: Draw) -> Drawn:
    return draw("bbb")
