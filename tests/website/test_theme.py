"""Each fix of the theme's markup: what it finds, its result, and that a missing match is reported.

That ``make book`` stops then is tested in test_build.py.
"""

import pytest
from bs4 import BeautifulSoup, Tag

from website import theme

# The theme's markup that each fix finds, and its result.
EXAMPLES = {
    "search button": (
        '<button class="search-button-field" title="Search" aria-label="Search"></button>',
        '<button class="search-button-field"></button>',
    ),
    "advertisement": (
        '<div class="sidebar-primary-item">\n<div id="ethical-ad-placement"></div></div>',
        "",
    ),
    "header": (
        '<header class="bd-header navbar" id="pst-header"><button></button></header>',
        '<div class="bd-header" hidden="" id="pst-header"></div>',
    ),
    "sidebar": (
        '<div id="pst-primary-sidebar"></div>',
        '<div aria-label="Table of contents" id="pst-primary-sidebar" role="region"></div>',
    ),
    "corner of a table": (
        '<tr><th class="head"><p></p></th><th class="head"><p>a</p></th></tr>',
        '<tr><td></td><th class="head"><p>a</p></th></tr>',
    ),
    "viewport": (
        '<head><meta content="1" name="viewport"/><meta content="2" name="viewport"/></head>',
        '<head><meta content="1" name="viewport"/></head>',
    ),
    "theme": (
        '<script>document.documentElement.dataset.theme = localStorage.getItem("theme")</script>',
        theme.THEME,
    ),
    "Colab": (
        '<ul><li><a href="https://colab.research.google.com/x/exercises/y.ipynb">C</a></li>'
        '<li><a href="https://colab.research.google.com/x/chapters/y.ipynb">C</a></li></ul>',
        '<ul><li><a href="https://colab.research.google.com/x/chapters/y.ipynb">C</a></li></ul>',
    ),
    "docsearch": ('<meta content="en" name="docsearch:language"/><p></p>', "<p></p>"),
}


def parsed(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def attributes_sorted(page: BeautifulSoup) -> str:
    for element in page.find_all(True):
        element.attrs = dict(sorted(element.attrs.items()))
    return str(page)


def test_every_mend_has_an_example() -> None:
    assert set(EXAMPLES) == set(theme.MENDS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_mend_is_made(name: str) -> None:
    before, after = EXAMPLES[name]
    page = parsed(before)
    theme.mend(page, "page.html", {name: theme.MENDS[name]})
    assert attributes_sorted(page) == after


# Mutation: without the `raise` in theme.mend this fails for all of them.
@pytest.mark.parametrize("name", [name for name, mend in theme.MENDS.items() if mend.everywhere])
def test_a_mend_that_finds_nothing_is_reported(name: str) -> None:
    with pytest.raises(theme.PageError, match=f"'{name}' finds no .* in page.html"):
        theme.mend(parsed("<p></p>"), "page.html", {name: theme.MENDS[name]})


@pytest.mark.parametrize(
    "name", [name for name, mend in theme.MENDS.items() if not mend.everywhere]
)
def test_a_mend_that_few_pages_need_may_find_nothing(name: str) -> None:
    page = parsed("<p></p>")
    theme.mend(page, "page.html", {name: theme.MENDS[name]})
    assert str(page) == "<p></p>"


class TestIcons:
    def drawn(self, html: str) -> Tag:
        page = parsed(html)
        theme.mend(page, "page.html", {})
        assert page.svg is not None
        return page.svg

    @pytest.mark.parametrize(
        ("html", "classes"),
        [
            ('<i class="fa-solid fa-sun fa-lg theme-switch" title="Light"></i>',
             ["icon", "fa-sun", "fa-lg", "theme-switch"]),
            ('<i class="fas fa-pencil-alt"></i>', ["icon", "fa-pencil-alt"]),
            ('<span class="fa-brands fa-github"></span>', ["icon", "fa-github"]),
        ],
    )  # fmt: skip
    def test_an_icon_is_drawn(self, html: str, classes: list[str]) -> None:
        svg = self.drawn(html)
        assert " ".join(svg.get_attribute_list("class")).split() == classes
        assert svg["aria-hidden"] == "true"
        assert "title" not in svg.attrs
        assert svg["viewBox"].startswith("0 0 ")
        assert svg.path is not None

    @pytest.mark.parametrize(
        ("html", "problem"),
        [
            ('<i class="fa-solid fa-skull"></i>', "no icon skull: name it in"),
            ('<i class="fa-solid fa-sun">text</i>', "unknown way"),
            ('<b class="fa-solid fa-sun"></b>', "unknown way"),
            ('<i class="fa-solid fa-sun fa-moon"></i>', "one icon expected"),
        ],
    )
    def test_an_unknown_icon_is_reported(self, html: str, problem: str) -> None:
        with pytest.raises(theme.PageError, match=problem):
            theme.mend(parsed(html), "page.html", {})


def test_the_summary_of_a_folded_cell_is_a_line_and_named_by_its_words() -> None:
    page = parsed(
        '<details class="hide"><summary aria-label="Toggle hidden content">'
        '<p class="collapsed admonition-title">Show</p></summary><p>code</p></details>'
    )
    theme.mend(page, "x.html", {})
    assert str(page) == (
        '<details class="hide"><summary><span class="collapsed admonition-title">Show</span>'
        "</summary><p>code</p></details>"
    )
