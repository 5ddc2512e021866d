"""The figures of ``lib.figures.language``."""

from __future__ import annotations

import numpy as np

from tests.figures.drawing import Draw, Drawn


def bill(draw: Draw) -> Drawn:
    sentence = "the queen of hearts she made some tarts all on a summers day"
    bits = np.array([(7 * i) % 11 + (i % 13 == 5) * 4.5 for i in range(len(sentence))])
    return draw(sentence, bits, lines=2)


def memory(draw: Draw) -> Drawn:
    return draw(tokens=8192, classes=256_000, width=2304, weights=2_614_341_888, chunk=256)
