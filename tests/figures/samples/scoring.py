"""The figures of ``lib.figures.scoring``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.figures.drawing import Draw, Drawn


def _log(q: Any, y: int) -> Any:
    return -np.log(q[y])


def _linear(q: Any, y: int) -> Any:
    return 1 - q[y]


def _focal(q: Any) -> Any:
    def slope(x: Any) -> Any:
        return (1 - x) ** 2 / x - 2 * (1 - x) * np.log(x)

    return slope(1 - q) / (slope(q) + slope(1 - q))


def tangents(draw: Draw) -> Drawn:
    return draw({"Log score": (_log, 0.9, "nats"), "Linear": (_linear, 0.6, "")}, chance=0.6)


def honesty(draw: Draw) -> Drawn:
    return draw(_focal, lambda q: (q - 0.05) / 0.9, lambda q: q / (q + 4.75 * (1 - q)))


def two_bills(draw: Draw) -> Drawn:
    return draw({"Climate": (0.0, 0.673), "Ben": (0.1573, 0.2502), "Cleo": (0.3, 0.05)})


def reliability(draw: Draw) -> Drawn:
    n = np.array([3, 40, 200])
    said, p_hat = np.array([0.35, 0.75, 0.96]), np.array([0.2, 0.6, 0.95])
    luck = np.array([0.4, 0.15, 0.03])
    gap = p_hat - said
    panels = {"Before": (n, said, p_hat, gap - luck, gap + luck)}
    return draw(panels | {"After": (2 * n, said, said + 0.02, 0.02 - luck, 0.02 + luck)})


def temperature_curve(draw: Draw) -> Drawn:
    return draw(lambda t: 0.2 + 1.3 * math.log(t / 0.6) ** 2 / (1 + t), 0.6, 1.5, start=1.52)


def learning_lies(draw: Draw) -> Drawn:
    return draw(1.15 + 0.8 * np.exp(-np.arange(20) / 8), know_all=1.5631)
