"""The figures of ``lib.figures.log_likelihood``."""

from __future__ import annotations

from tests.figures.drawing import Draw, Drawn

CLIFF = {"float64": 1108, "float32": 156, "float16": 26}


def cliff(draw: Draw) -> Drawn:
    return draw("wbwbb", 0.6, CLIFF)


def copies(draw: Draw) -> Drawn:
    return draw("wbwbb", (1, 10, 100))


def tug_of_war(draw: Draw) -> Drawn:
    return draw("wbwbb", (0.01, 0.3, 0.6, 0.9))


def picked_cells(draw: Draw) -> Drawn:
    moon, sun = [2 / 3, 1 / 3], [0.1, 0.9]
    rows = ["moon", "sun", "moon", "sun", "moon"]
    return draw([moon, sun, moon, sun, moon], [0, 1, 0, 1, 1], rows, ["white", "black"])
