"""The head of each page."""

import doctest
import re

import pytest
from docutils import nodes

from course import links
from lib.information import entropy
from website import head


def document(*texts: str) -> nodes.document:
    section = nodes.section("", *(nodes.paragraph(text=text) for text in texts))
    document = nodes.document(None, None)  # type: ignore[arg-type]
    document += section
    return document


def test_the_example_of_the_address_holds() -> None:
    result = doctest.testmod(links)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("url", ["", "https://example.org/a/b", "https://github.com/a"])
def test_other_addresses_are_no_site(url: str) -> None:
    assert links.book(url) == ""


def test_a_description_is_the_first_whole_sentences() -> None:
    first = "A sentence that is long enough to describe a page, and that ends here."
    assert head.first_words(document("Too short.", first)) == first
    assert head.first_words(document(f"{first} {'more ' * 40}.")) == first
    assert head.first_words(document("word " * 60)) == "word " * 38 + "word…"


def test_a_paragraph_with_a_formula_describes_nothing() -> None:
    page = document("A sentence that is long enough to describe a page, but has a formula: ")
    page[0][0] += nodes.math("", "x")
    assert head.first_words(page) == ""


def test_the_card_is_escaped() -> None:
    tags = head.metatags('A "title"', "a < b", "x.png", "")
    assert 'content="A &quot;title&quot;"' in tags
    assert 'content="a &lt; b"' in tags
    assert "og:url" not in tags
    assert 'property="og:url" content="https://x/"' in head.metatags("", "", "", "https://x/")


def test_the_number_on_the_card_is_the_computed_one() -> None:
    found = re.search(r"entropy, ([\d.]+) nats", head.PICTURE)
    assert found is not None
    assert float(found[1]) == pytest.approx(entropy([0.4, 0.6]), abs=5e-5)


def test_the_policy_names_no_other_host() -> None:
    assert "http" not in head.POLICY
    assert "*" not in head.POLICY
