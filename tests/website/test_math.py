"""The math renderer: MathJax while the book is built."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from website import math


@pytest.fixture(scope="module")
def renderer() -> Iterator[math.Renderer]:
    config = SimpleNamespace(mathjax3_config={"tex": {"packages": {"[+]": ["ams"]}}})
    renderer = math.Renderer(SimpleNamespace(config=config))  # type: ignore[arg-type]
    yield renderer
    renderer.v8.close()


def test_a_formula_is_typeset_and_has_mathml(renderer: math.Renderer) -> None:
    done = renderer.typeset(r"\frac{1}{2}", display=False)
    assert done.startswith("<mjx-container")
    assert "<mfrac>" in done  # for screen readers
    assert 'display="true"' not in done


def test_a_displayed_formula_says_so(renderer: math.Renderer) -> None:
    assert 'display="true"' in renderer.typeset("x", display=True)


def test_the_style_sheet_has_what_the_formulas_need(renderer: math.Renderer) -> None:
    renderer.typeset(r"\theta", display=False)
    css = renderer.v8.eval("styleSheet()")
    assert "mjx-c.mjx-c1D703" in css
    assert "vendor/mathjax/output/chtml/fonts/woff-v2" in css


@pytest.mark.parametrize("tex", [r"\frac{1}{", r"\nosuchmacro x"])
def test_an_invalid_formula_is_named(renderer: math.Renderer, tex: str) -> None:
    with pytest.raises(ValueError, match="cannot typeset"):
        renderer.typeset(tex, display=False)
