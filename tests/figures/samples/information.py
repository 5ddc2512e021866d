"""The figures of ``lib.figures.information``."""

from __future__ import annotations

from tests.figures.drawing import Draw, Drawn


def strips(draw: Draw) -> Drawn:
    return draw([24, 12, 6, 6], [(2, 2, 2, 2), (1, 2, 3, 3), (1, 2, 2, 3)], "♥♠♦♣")


def same_curve(draw: Draw) -> Drawn:
    return draw("wbwbb", (0.5, 0.9))
