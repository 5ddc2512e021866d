"""Every figure function of ``lib`` still draws its picture in ``tests/baseline``.

Figures of training runs get small numbers that are made up here; nothing is trained. A failure
names three pictures in ``_build/figures``: the expected one, the new one and the difference. Look
at them. If the new one is right, renew the picture and commit it (``-k`` picks some of them):

    .venv/bin/python -m pytest tests/test_figures.py --mpl-generate-path=tests/baseline
"""

from __future__ import annotations

import json
import math
import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.resources import files
from inspect import getmembers, isfunction
from pathlib import Path
from typing import Any, get_args, get_type_hints

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text
from scipy.special import expit

import lib.figures
from lib.bernoulli import counts
from lib.figures import (
    cover,
    information,
    likelihood,
    log_likelihood,
    mnist,
    softmax,
    use_house_style,
)
from lib.figures.style import SECOND
from lib.information import entropy
from lib.losses import nll_from_logits
from lib.mnist import load, seed_logits

Drawn = tuple[Figure, Any]
Draw = Callable[..., Drawn]
Call = Callable[[Draw], Drawn]

BASELINE = Path(__file__).parent / "baseline"

# In grey levels of 255, the root of the mean square over all pixels. In the pinned environment
# nothing differs at all. On another processor an edge may be shaded differently, far below this;
# one changed digit in a small label makes about 0.5, so pytest-mpl's default of 2 would miss it.
TOLERANCE = 0.3
SAVE = {"dpi": 50, "pil_kwargs": {"optimize": True}}

P_HAT = counts("wbwbb") / 5
FAIR = [0.5, 0.5]
BELIEFS = [0.1, 0.3, 0.5, 0.6, 0.8, 0.9, 0.99]
COLOURS = ["white", "black"]
CLIFF = {"float64": 1108, "float32": 156, "float16": 26}
SEED = seed_logits()
digits = cache(load)


def estimates() -> Any:
    return np.random.default_rng(0).binomial(5, 0.6, size=10_000) / 5


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


def surprise_curve(draw: Draw) -> Drawn:
    events = [("desert rain,\n1/32", 1 / 32), ("1/8", 1 / 8), ("1/4", 1 / 4)]
    return draw([*events, ("fair coin", 1 / 2), ("certain", 1)])


def code_lengths(draw: Draw) -> Drawn:
    speakers = {"Bob": [1 / 2, 1 / 4, 1 / 8, 1 / 8], "Alice": [1 / 8, 1 / 2, 1 / 4, 1 / 8]}
    return draw(speakers, ["dog", "cat", "fish", "bird"])


def landing(draw: Draw) -> Drawn:
    weight, losses = 0.0, []
    for _ in range(30):
        q = float(expit(weight))
        losses.append(-0.6 * math.log(q) - 0.4 * math.log(1 - q))
        weight -= q - 0.6
    return draw(losses, floor=entropy(P_HAT))


def digits_correct(draw: Draw) -> Drawn:
    margins = np.arange(-800.0, 801.0, 4.0)
    falling = 15.5 * np.clip(1 - margins / 36, 0, 1)
    one_sided = np.where(margins > -745, falling, 0)
    best = np.full(len(margins), 15.5)
    return draw(margins, {"softmax, then log": one_sided, "shifted": falling, "with log1p": best})


def plateau(draw: Draw) -> Drawn:
    def descend(push: Callable[[float], float]) -> list[float]:
        t, path = -10.0, []
        while t <= 0:
            t += push(1 / (1 + math.exp(-t)))
            path.append(t)
        return path

    return draw(descend(lambda q: 1 - q), descend(lambda q: 2 * q * (1 - q) ** 2), start=-10)


def digit_grid(draw: Draw) -> Drawn:
    images, labels = digits().X_test, digits().y_test
    return draw(images, labels, marked=int(np.flatnonzero(labels == 7)[0]))


def short_ladder(draw: Draw) -> Drawn:
    rungs = [("ten equal guesses", math.log(10)), ("label frequencies", 2.3003)]
    return draw(rungs, title="Two rungs, and a long way down")


def long_ladder(draw: Draw) -> Drawn:
    rungs = [
        ("ten equal guesses", math.log(10)),
        ("label frequencies", 2.3003),
        ("test set, after 1 epoch", 0.3955),
        ("test set after 20 epochs", 0.1838),
        ("the article's 7, trained", nll_from_logits(SEED.after, 7)),
    ]
    return draw(rungs, title="The loss ladder: from ten choices down to one")


def untrained(draw: Draw) -> Drawn:
    return draw(math.log(10) + np.random.default_rng(0).normal(0.002, 0.007, 20), classes=10)


def printed_intervals(draw: Draw) -> Drawn:
    half = 0.00005
    up = np.where(np.arange(10) == 8, half, -half)
    low, high = (nll_from_logits(SEED.before + shift, 8) for shift in (up, -up))
    return draw({8: (low, high)}, SEED.printed_loss_before, half)


def live_loss(draw: Draw) -> Drawn:
    noise = np.random.default_rng(0).normal(0, 0.06, 330)
    losses = 0.35 + 1.95 * np.exp(-np.arange(330) / 60) + noise
    return draw(losses, 110, {"ln 10: knows nothing": math.log(10)})


def before_after(draw: Draw) -> Drawn:
    image = digits().X_test[digits().y_test == 7][0]
    rows = [
        ("the article's 7", None, SEED.before, SEED.after),
        ("our 7", image, SEED.before[::-1], 12.0 * (np.arange(10) == 7)),
    ]
    return draw(rows, 7)


def lorenz(draw: Draw) -> Drawn:
    rng = np.random.default_rng(0)
    early, late = rng.lognormal(-3, 1.4, 2000), rng.lognormal(-5, 2.2, 2000)
    return draw({"epoch 5": early, "epoch 60": late}, late > np.quantile(late, 0.95))


def gallery(draw: Draw) -> Drawn:
    labels = digits().y_test[:12]
    z = np.random.default_rng(0).normal(size=(12, 10))
    z[np.arange(12), (labels + 1) % 10] += np.linspace(24, 2, 12)  # sure, and wrong
    return draw(digits().X_test[:12], labels, z, share=0.36)


def keep_training(draw: Draw) -> Drawn:
    epochs = np.array([1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60])
    columns = (
        [0.3955, 0.2457, 0.1932, 0.1838, 0.1965, 0.2374],
        [0.3545, 0.2450, 0.1949, 0.1781, 0.1724, 0.1653],
        [0.8970, 0.9305, 0.9435, 0.9480, 0.9505, 0.9530],
        [11.9, 19.7, 22.6, 29.9, 35.8, 48.8],
    )
    rows = (np.interp(epochs, [1, 5, 10, 20, 30, 60], row) for row in columns)
    return draw(epochs, *rows, stop=20)


def compare_losses(draw: Draw) -> Drawn:
    stored = (files("lib") / "data" / "loss_comparison.json").read_text(encoding="utf-8")
    return draw(json.loads(stored)["runs"])


def bad_start(draw: Draw) -> Drawn:
    epochs = np.arange(11)
    rises = {
        "cross-entropy": 1 - np.exp(-2.0 * epochs),
        "squared error, mean": 0.0 * epochs,
        "squared error, summed": np.clip((epochs - 7) / 3.4, 0, 1),
    }
    accuracy = {name: 0.1 + 0.83 * rise for name, rise in rises.items()}
    return draw(accuracy, {name: 8.95 - 8.6 * rise for name, rise in rises.items()})


def name(function: Draw) -> str:
    """Return "likelihood.cliff" for that function of ``lib.figures.likelihood``."""
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def case(function: Draw, call: Call, variant: str = "") -> Any:
    """Return the parameters of one comparison; a variant tells two pictures of one function."""
    title = name(function) + (f"-{variant}" if variant else "")
    # "default" and not pytest-mpl's "classic", because the book adds its style to the default.
    compare = pytest.mark.mpl_image_compare(
        filename=f"{title}.png", style="default", tolerance=TOLERANCE, savefig_kwargs=SAVE
    )
    return pytest.param(function, call, id=title, marks=compare)


CASES = [
    case(cover.cover, lambda draw: draw("wbwbb", 0.5)),
    # chapter 1
    case(likelihood.balls_and_dial, lambda draw: draw("wbwbb")),
    case(likelihood.probability_tree, lambda draw: draw("wbwbb", 0.6)),
    case(likelihood.all_sequences, lambda draw: draw("wbwbb", 0.6)),
    case(likelihood.likelihood_curve, lambda draw: draw("wbwbb")),
    case(likelihood.two_readings, lambda draw: draw(5, theta_row=0.6, k_column=3)),
    case(likelihood.top_of_the_curve, lambda draw: draw("wbwbb")),
    case(likelihood.family_of_likelihoods, lambda draw: draw(5)),
    case(likelihood.sampling_histogram, lambda draw: draw(estimates(), 5, 0.6)),
    case(likelihood.climbing_to_the_end, lambda draw: draw("bbb")),
    # chapter 2
    case(
        log_likelihood.cliff,
        lambda draw: draw("wbwbb", 0.6, CLIFF),
    ),
    case(log_likelihood.three_views, lambda draw: draw("wbwbb")),
    case(log_likelihood.copies, lambda draw: draw("wbwbb", (1, 10, 100))),
    case(log_likelihood.tug_of_war, lambda draw: draw("wbwbb", (0.3, 0.6, 0.9))),
    case(log_likelihood.picked_cells, picked_cells),
    case(log_likelihood.price_of_probability, price_of_probability),
    # chapter 3
    case(information.surprise_curve, surprise_curve),
    case(information.area_diagram, lambda draw: draw([1 / 2, 1 / 4, 1 / 8, 1 / 8], "ABCD")),
    case(information.binary_entropy_curve, lambda draw: draw(0.6)),
    case(information.contribution_curve, lambda draw: draw(P_HAT)),
    case(information.belief_boxes, lambda draw: draw(P_HAT, FAIR, COLOURS)),
    case(information.floor_and_fixable, lambda draw: draw(P_HAT, BELIEFS)),
    case(information.same_curve, lambda draw: draw("wbwbb", BELIEFS)),
    case(information.hatched_and_solid, lambda draw: draw(P_HAT, FAIR, COLOURS)),
    case(information.code_lengths, code_lengths),
    case(information.two_bars, lambda draw: draw([0, 1, 0], [0.3, 0.5, 0.2])),
    # chapter 4
    case(softmax.sigmoid_curve, lambda draw: draw(math.log(3 / 2))),
    case(softmax.landing, landing),
    case(softmax.three_rows, lambda draw: draw(SEED.before, 7, shift=0.05), "shifted"),
    case(softmax.three_rows, lambda draw: draw(SEED.after, 7, title="Trained"), "trained"),
    case(
        softmax.number_line,
        lambda draw: draw([("Before", SEED.before, 7), ("After", SEED.after, 7)]),
    ),
    case(softmax.digits_correct, digits_correct),
    case(softmax.gradient_arrows, lambda draw: draw(np.log([0.6, 0.2, 0.2]), 2)),
    case(softmax.plateau, plateau),
    case(softmax.floor_line, lambda draw: draw(10)),
    # chapter 5
    case(mnist.digit_grid, digit_grid),
    case(mnist.loss_ladder, short_ladder, "short"),
    case(mnist.loss_ladder, long_ladder, "long"),
    case(mnist.untrained, untrained),
    case(mnist.printed_intervals, printed_intervals),
    case(mnist.live_loss, live_loss),
    case(mnist.before_after, before_after),
    case(mnist.lorenz, lorenz),
    case(mnist.gallery, gallery),
    case(mnist.keep_training, keep_training),
    case(mnist.compare_losses, compare_losses),
    case(mnist.bad_start, bad_start),
]


@pytest.mark.parametrize(("function", "call"), CASES)
def test_figure_is_as_before(function: Draw, call: Call) -> Figure:
    use_house_style()  # pytest-mpl has set the style aside, and puts it back
    fig, _ = call(function)
    return fig


def test_figures_are_compared(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.getoption("mpl"), (
        "Without --mpl the figures are drawn, and compared with nothing. "
        "Mend: put --mpl back into addopts in pyproject.toml, or give it on the command line."
    )


def figure_functions() -> set[str]:
    """Return the name of every public function of ``lib.figures`` that returns a figure."""
    found = set()
    for info in pkgutil.iter_modules(lib.figures.__path__):
        module = import_module(f"lib.figures.{info.name}")
        for plain, function in getmembers(module, isfunction):
            result = get_type_hints(function).get("return")
            own = function.__module__ == module.__name__ and not plain.startswith("_")
            if own and Figure in (result, *get_args(result)):
                found.add(name(function))
    return found


def test_every_figure_function_has_a_case() -> None:
    missing = figure_functions() - {name(case.values[0]) for case in CASES}
    assert not missing, f"Give each a line in CASES, and its picture: {sorted(missing)}"


def test_every_picture_belongs_to_a_case() -> None:
    pictures = {path.name for path in BASELINE.iterdir()}
    assert pictures == {f"{case.id}.png" for case in CASES}


def one_digit(fig: Figure) -> None:
    """Change the last digit of one label of the cliff."""
    [label] = [text for text in fig.findobj(Text) if "ball 1108" in text.get_text()]
    label.set_text(label.get_text().replace("1108", "1109"))


def one_colour(fig: Figure) -> None:
    """Change the colour of the smallest dots of the cliff."""
    dots = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    dots[0].set_color(SECOND)


@pytest.mark.parametrize("change", [one_digit, one_colour])
def test_a_small_change_shows(change: Callable[[Figure], None], tmp_path: Path) -> None:
    with plt.style.context("default", after_reset=True):
        use_house_style()
        fig, _ = log_likelihood.cliff("wbwbb", 0.6, CLIFF)
        change(fig)
        fig.savefig(tmp_path / "new.png", **SAVE)
        plt.close(fig)
    expected = str(BASELINE / "log_likelihood.cliff.png")
    assert compare_images(expected, str(tmp_path / "new.png"), tol=TOLERANCE) is not None
