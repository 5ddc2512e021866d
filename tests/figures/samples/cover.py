"""The picture on the first page."""

from __future__ import annotations

from tests.figures.drawing import Draw, Drawn


def cover(draw: Draw) -> Drawn:
    return draw("wbwbb", 0.5)
