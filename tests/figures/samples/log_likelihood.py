"""The figures of ``lib.figures.log_likelihood``."""

from __future__ import annotations

from lib.mnist import seed_logits
from tests.figures.drawing import Draw, Drawn

CLIFF = {"float64": 1108, "float32": 156, "float16": 26}
SEED = seed_logits()


def cliff(draw: Draw) -> Drawn:
    return draw("wbwbb", 0.6, CLIFF)


def three_views(draw: Draw) -> Drawn:
    return draw("wbwbb")


def copies(draw: Draw) -> Drawn:
    return draw("wbwbb", (1, 10, 100))


def tug_of_war(draw: Draw) -> Drawn:
    return draw("wbwbb", (0.3, 0.6, 0.9))


def picked_cells(draw: Draw) -> Drawn:
    q = [[0.6, 0.2, 0.1, 0.1, 0.0], [0.1, 0.3, 0.2, 0.3, 0.1], [0.1, 0.1, 0.2, 0.1, 0.5]]
    return draw(q, [0, 2, 4])


def price_of_probability(draw: Draw) -> Drawn:
    before, after = (
        printed[SEED.label] for printed in (SEED.printed_softmax_before, SEED.printed_softmax_after)
    )
    coin, classes = (0.5, "a fair coin"), (0.2, "an article’s three classes")
    untrained = (before, "an article’s untrained network")
    return draw([coin, classes, untrained, (after, "the same network, trained")])
