"""The math renderer: MathJax while the book is built."""

from collections.abc import Iterator

import pytest

from website import math

pytest.importorskip("py_mini_racer", reason="no V8 here: formulas are typeset by the browser")


@pytest.fixture(scope="module")
def typesetter() -> Iterator[math.Typesetter]:
    typesetter = math.Typesetter({"[+]": ["ams"]})
    yield typesetter
    typesetter.v8.close()


def test_a_formula_is_typeset_and_has_mathml(typesetter: math.Typesetter) -> None:
    done = typesetter.typeset(r"\frac{1}{2}", display=False)
    assert done.startswith("<mjx-container")
    assert "<mfrac>" in done  # for screen readers
    assert 'display="true"' not in done


def test_a_displayed_formula_says_so(typesetter: math.Typesetter) -> None:
    assert 'display="true"' in typesetter.typeset("x", display=True)


def test_the_style_sheet_has_what_the_formulas_need(typesetter: math.Typesetter) -> None:
    typesetter.typeset(r"\theta", display=False)
    css = typesetter.style_sheet()
    assert "mjx-c.mjx-c1D703" in css
    assert "vendor/mathjax/output/chtml/fonts/woff-v2" in css


@pytest.mark.parametrize("tex", [r"\frac{1}{", r"\nosuchmacro x"])
def test_what_is_no_formula_is_named(typesetter: math.Typesetter, tex: str) -> None:
    with pytest.raises(ValueError, match="cannot typeset"):
        typesetter.typeset(tex, display=False)
