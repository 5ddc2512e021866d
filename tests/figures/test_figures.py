"""Every figure function of ``lib`` still draws its picture in ``baseline``.

Their arguments are in ``samples``. A failure names three pictures in ``_build/figures``:
the expected one, the new one and the difference. Look at them. If the new one is right, renew the
picture and commit it (``-k`` picks some of them):

    .venv/bin/python -m pytest tests/figures --mpl-generate-path=tests/figures/baseline
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable
from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text

import lib.figures
from course import contents
from lib.figures import use_house_style
from lib.figures.style import SECOND
from tests.figures import samples
from tests.figures.drawing import Draw, Drawn

BASELINE = Path(__file__).parent / "baseline"

# Root mean square over all pixels, in grey levels of 255. In the pinned environment there is no
# difference. On another processor an edge may be shaded differently, far below this limit; one
# changed digit in a small label gives about 0.5, so pytest-mpl's default of 2 would miss it.
TOLERANCE = 0.3
SAVE = {"dpi": 50, "pil_kwargs": {"optimize": True}}


def modules(package: ModuleType) -> dict[str, ModuleType]:
    """Return the modules of a package, by their names."""
    names = [info.name for info in pkgutil.iter_modules(package.__path__)]
    return {name: import_module(f"{package.__name__}.{name}") for name in names}


def functions(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Return the public functions that a module defines, in order."""
    found = {
        name: function
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    return dict(sorted(found.items(), key=lambda item: item[1].__code__.co_firstlineno))


def figure_functions() -> dict[str, Draw]:
    """Return every public function of ``lib.figures`` that returns a figure, by dotted name."""
    found = {}
    for topic, module in modules(lib.figures).items():
        for name, function in functions(module).items():
            result = get_type_hints(function).get("return")
            if Figure in (result, *get_args(result)):
                found[f"{topic}.{name}"] = function
    return found


def cases() -> list[Any]:
    """Return a parameter set for each sample: its picture's name, the function, the call."""
    drawn = figure_functions()
    found = []
    for topic, module in modules(samples).items():
        for name, call in functions(module).items():
            if get_type_hints(call).get("return") != Drawn:
                continue  # a helper of the samples
            function, _, variant = name.partition("__")
            title = f"{topic}.{function}" + (f"-{variant}" if variant else "")
            # "default" and not pytest-mpl's "classic": the book adds its style to the default.
            compare = pytest.mark.mpl_image_compare(
                filename=f"{title}.png", style="default", tolerance=TOLERANCE, savefig_kwargs=SAVE
            )
            draw = drawn.get(f"{topic}.{function}")
            found.append(pytest.param(draw, call, id=title, marks=compare))
    return found


CASES = cases()


@pytest.mark.parametrize(("draw", "call"), CASES)
def test_figure_is_as_before(draw: Draw | None, call: Callable[[Draw], Drawn]) -> Figure:
    assert draw is not None, f"lib.figures has no function for the sample {call.__name__}"
    use_house_style()  # pytest-mpl resets the style before and after each test
    fig, _ = call(draw)
    return fig


def test_figures_are_compared(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.getoption("mpl"), (
        "Without --mpl the figures are drawn, and compared with nothing. "
        "Mend: put --mpl back into addopts in pyproject.toml, or give it on the command line."
    )


def test_every_figure_function_has_a_sample() -> None:
    missing = figure_functions().keys() - {case.id.partition("-")[0] for case in CASES}
    assert not missing, f"give each a function in tests/figures/samples: {sorted(missing)}"


def test_every_figure_function_is_drawn_by_its_own_page() -> None:
    """One that moved with its section would stay behind unseen, drawn by nobody."""
    paths = [*(note.path for note in contents.notebooks()), contents.ROOT / "scripts/cover.py"]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    drawn = [name.partition(".") for name in figure_functions()]
    missing = [
        f"{topic}.{function}"
        for topic, _, function in drawn
        if not any(
            re.search(rf"lib\.figures(?: import {topic}|\.{topic} import)\b", text)
            and re.search(rf"\b{function}\(", text)
            for text in texts
        )
    ]
    assert missing == []


def test_every_picture_belongs_to_a_sample() -> None:
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
        fig, _ = samples.log_likelihood.cliff(lib.figures.log_likelihood.cliff)
        change(fig)
        fig.savefig(tmp_path / "new.png", **SAVE)
        plt.close(fig)
    expected = str(BASELINE / "log_likelihood.cliff.png")
    assert compare_images(expected, str(tmp_path / "new.png"), tol=TOLERANCE) is not None
