"""Which rules of a style sheet are left out, and which stay."""

import pytest

from website.css import used_rules

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
    assert used_rules(css, {"used"}) == css


@pytest.mark.parametrize("css", DROPPED)
def test_a_rule_that_cannot_match_goes(css: str) -> None:
    assert used_rules(css, {"used"}) == ""


def test_of_a_list_the_useless_selectors_go() -> None:
    css = "@media (min-width: 9rem) { .unused, .used, a.unused:hover { top: 0 } /* x */ }"
    assert used_rules(css, {"used"}) == "@media (min-width: 9rem){.used{top: 0}}"


def test_a_licence_stays() -> None:
    css = "/*! (c) A */.used{top:0}/* no */"
    assert used_rules(css, {"used"}) == "/*! (c) A */\n.used{top:0}"


def test_an_invalid_style_sheet_is_reported() -> None:
    with pytest.raises(ValueError, match="line 2"):
        used_rules(".used{top:0}\n}.used", {"used"})
