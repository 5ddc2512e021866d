"""The figures of ``lib.figures.information``."""

from __future__ import annotations

from lib.bernoulli import counts
from tests.figures.drawing import Draw, Drawn

P_HAT = counts("wbwbb") / 5
FAIR = [0.5, 0.5]
BELIEFS = [0.1, 0.3, 0.5, 0.6, 0.8, 0.9, 0.99]
COLOURS = ["white", "black"]


def surprise_curve(draw: Draw) -> Drawn:
    events = [("desert rain,\n1/32", 1 / 32), ("1/8", 1 / 8), ("1/4", 1 / 4)]
    return draw([*events, ("fair coin", 1 / 2), ("certain", 1)])


def area_diagram(draw: Draw) -> Drawn:
    return draw([1 / 2, 1 / 4, 1 / 8, 1 / 8], "ABCD")


def binary_entropy_curve(draw: Draw) -> Drawn:
    return draw(0.6)


def contribution_curve(draw: Draw) -> Drawn:
    return draw(P_HAT)


def belief_boxes(draw: Draw) -> Drawn:
    return draw(P_HAT, FAIR, COLOURS)


def floor_and_fixable(draw: Draw) -> Drawn:
    return draw(P_HAT, BELIEFS)


def same_curve(draw: Draw) -> Drawn:
    return draw("wbwbb", BELIEFS)


def hatched_and_solid(draw: Draw) -> Drawn:
    return draw(P_HAT, FAIR, COLOURS)


def code_lengths(draw: Draw) -> Drawn:
    speakers = {"Bob": [1 / 2, 1 / 4, 1 / 8, 1 / 8], "Alice": [1 / 8, 1 / 2, 1 / 4, 1 / 8]}
    return draw(speakers, ["dog", "cat", "fish", "bird"])


def two_bars(draw: Draw) -> Drawn:
    return draw([0, 1, 0], [0.3, 0.5, 0.2])
