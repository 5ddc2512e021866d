"""Where lines break, and which colours balls have, on a built page."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag

from website import typography


def changed(html: str, *changes: Callable[..., None]) -> str:
    """Apply changes to an article; return what is in it."""
    page = BeautifulSoup(f"<article>{html}</article>", "html.parser")
    for change in changes:
        change(page.article)
    assert isinstance(page.article, Tag)
    return page.article.decode_contents()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("in section 4.1", "in section~4.1"),
        ("7 000 images, 60 %", "7~000 images, 60~%"),
        ("0.5 nats or 1 bit", "0.5~nats or 1~bit"),
        ("chapter 4 · Softmax", "chapter~4~· Softmax"),
        ("<summary>It grows by 1 bit</summary>", "<summary>It grows by 1~bit</summary>"),
        ("<code>section 4</code> 12 dogs", "<code>section 4</code> 12 dogs"),
        ("<pre>section 4</pre><!-- section 4 -->", "<pre>section 4</pre><!-- section 4 -->"),
    ],
)
def test_where_a_line_does_not_break(before: str, after: str) -> None:
    expected = after.replace("~", "\N{NO-BREAK SPACE}")
    assert changed(before, typography.keep_together) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<td><code>cross_entropy</code></td>", "<td><code>cross_|entropy</code></td>"),
        ("<td><code>lib/data/x.csv</code></td>", "<td><code>lib/|data/|x.csv</code></td>"),
        ("<code>torch.nn.functional.CrossEntropyLoss</code>",
         "<code>torch.nn.|functional.|Cross|Entropy|Loss</code>"),
        ("<code>cross_entropy</code>", "<code>cross_entropy</code>"),
        ("<td><pre><code>cross_entropy</code></pre></td>",
         "<td><pre><code>cross_entropy</code></pre></td>"),
    ],
)  # fmt: skip
def test_where_a_name_may_be_broken(before: str, after: str) -> None:
    assert changed(before, typography.break_names) == after.replace("|", "<wbr/>")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<span class="math">x</span>), or',
         '<span class="held"><span class="math">x</span>),</span> or'),
        ('<span class="math">x</span> or', '<span class="math">x</span> or'),
        ('<span class="math">x</span><b>.</b>', '<span class="math">x</span><b>.</b>'),
        ('<div class="math">x</div>.', '<div class="math">x</div>.'),
    ],
)  # fmt: skip
def test_a_formula_keeps_its_punctuation(before: str, after: str) -> None:
    assert changed(before, typography.keep_punctuation) == after


def test_balls_have_their_colours() -> None:
    assert changed("<p>a○●</p>", typography.colour_balls) == (
        '<p>a<span class="ball white">○</span><span class="ball black">●</span></p>'
    )


@pytest.mark.parametrize(
    "kept",
    ["<pre>●</pre>", "<code>●</code>", "<script>'●'</script>", '<img alt="●"/>', "<math>●</math>"],
)
def test_only_balls_in_the_text_are_coloured(kept: str) -> None:
    assert changed(kept, typography.colour_balls) == kept
