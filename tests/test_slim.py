"""What _ext/slim.py takes out of style sheets and drawings, and what it leaves."""

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).resolve().parent.parent / "_ext" / "slim.py"
spec = importlib.util.spec_from_file_location("slim", PATH)
assert spec is not None
assert spec.loader is not None
slim = importlib.util.module_from_spec(spec)
spec.loader.exec_module(slim)

KEPT = [
    ".used{color:red}",
    "p{margin:0}",
    "#anchor .used:hover>a{top:0}",
    ".used:not(.unused){top:0}",
    ":is(.used,.unused) p{top:0}",
    '[class*=".unused"]{top:0}',
    '.used::before{content:"}.x{"}',
    ".used{background:url(data:image/svg+xml;a{b}c)}",
    "@font-face{font-family:F;src:url(f.woff)}",
    "@keyframes k{from{top:0}to{top:1px}}",
    '@charset "utf-8";',
    ".sm\\:p{top:0}",
]
DROPPED = [
    ".unused{top:0}",
    ".used .unused{top:0}",
    "p.unused::after{top:0}",
    "@media print{.unused{top:0}}",
]


@pytest.mark.parametrize("css", KEPT)
def test_a_rule_that_can_match_stays_as_it_is(css: str) -> None:
    assert slim.used_rules(css, {"used"}) == css


@pytest.mark.parametrize("css", DROPPED)
def test_a_rule_that_cannot_match_goes(css: str) -> None:
    assert slim.used_rules(css, {"used"}) == ""


def test_of_a_list_the_useless_selectors_go() -> None:
    css = "@media (min-width: 9rem) { .unused, .used, a.unused:hover { top: 0 } /* x */ }"
    assert slim.used_rules(css, {"used"}) == "@media (min-width: 9rem){.used{top: 0}}"


def test_a_licence_stays() -> None:
    assert (
        slim.used_rules("/*! (c) A */.used{top:0}/* no */", {"used"}) == "/*! (c) A */.used{top:0}"
    )


def test_a_drawing_loses_what_nobody_sees() -> None:
    text = (
        '<?xml version="1.0"?>\n<svg width="72pt" height="36pt">\n <!-- note -->\n'
        " <metadata>\n  <x/>\n </metadata>\n"
        ' <path d="M 1.23456 -0.001 \nL 10 2.5 \n" transform="scale(0.015625)"/>\n</svg>'
    )
    assert slim.svg(text) == (
        '<?xml version="1.0"?><svg width="72pt" height="36pt">'
        '<path d="M 1.23 -0 L 10 2.5 " transform="scale(0.015625)"/></svg>'
    )
    assert slim.svg_size(text) == (96, 48)
    assert slim.svg_size('<svg viewBox="0 0 1 1"/>') is None
