"""The figures of ``lib.figures.coding``."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from tests.figures.drawing import Draw, Drawn


def one_piece(draw: Draw) -> Drawn:
    return draw("wbwbb", Fraction(3, 5))


def one_piece__short(draw: Draw) -> Drawn:
    return draw("bw", Fraction(1, 2))


def files_and_losses(draw: Draw) -> Drawn:
    epochs = np.array([1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60])
    loss = 60 + 85 * np.exp(-epochs / 4) + epochs / 2.5
    files = np.ceil(loss - np.maximum(0, epochs - 30) / 8).astype(int)
    at_T = np.ceil(60 + 70 * np.exp(-epochs / 5)).astype(int)
    return draw(epochs, loss, files, at_T, without=831)


def wrong_digits(draw: Draw) -> Drawn:
    rng = np.random.default_rng(0)
    card = np.arange(2000)
    wrong = {
        "the file": np.zeros(2000, dtype=bool),
        "best guesses": rng.random(2000) < 0.05,
        "one unit off": (rng.random(2000) < 0.065) & (card >= 157),
        "coin flips": rng.random(2000) < 0.07,
    }
    return draw(wrong)
