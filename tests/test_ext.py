"""What the Sphinx extensions of _ext do to a page; test_slim.py has the style sheets."""

import doctest
import importlib
from collections import defaultdict
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from docutils import nodes
from nbformat.v4 import new_output

EXT = Path(__file__).resolve().parent.parent / "_ext"
ARTICLE = '<article class="bd-article">{}</article>'


@pytest.fixture
def ext(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give what imports an extension as Sphinx does: by its plain name."""
    monkeypatch.syspath_prepend(str(EXT))

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    return load


def test_the_example_of_the_balls_holds(ext: Any) -> None:
    result = doctest.testmod(ext("balls"))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("kept", ["<pre>●</pre>", "<script>'●'</script>", '<img alt="●" />'])
def test_only_balls_in_the_text_are_coloured(ext: Any, kept: str) -> None:
    assert ext("balls").coloured(ARTICLE.format(kept)) == ARTICLE.format(kept)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("in section 4.1", "in section~4.1"),
        ("7 000 images, 60 %", "7~000 images, 60~%"),
        ("0.5 nats or 1 bit", "0.5~nats or 1~bit"),
        ("chapter 4 · Softmax", "chapter~4~· Softmax"),
        ("<code>section 4</code> 12 dogs", "<code>section 4</code> 12 dogs"),
    ],
)
def test_where_a_line_does_not_break(ext: Any, before: str, after: str) -> None:
    bound = ext("book").bound(ARTICLE.format(before))
    assert bound == ARTICLE.format(after.replace("~", "\N{NO-BREAK SPACE}"))


def test_an_anchor_can_be_linked_to(ext: Any) -> None:
    environment = SimpleNamespace(docname="glossary", metadata=defaultdict(dict))
    page = nodes.section()
    page += nodes.raw("", '<a id="one-hot">', format="html")
    page += nodes.paragraph(text='<a id="no-anchor">')
    ext("anchors").tell(SimpleNamespace(env=environment), page)
    assert set(environment.metadata["glossary"]["myst_slugs"]) == {"one-hot"}


def test_options_of_a_picture_to_play_with(ext: Any) -> None:
    value = ext("picture").value
    assert [value(text) for text in ("0.5", "true", "[1, 2]", "wbwbb")] == [
        0.5,
        True,
        [1, 2],
        "wbwbb",
    ]


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["factor of epsilon^0:", " ", "0", "\n"], ["factor of epsilon^0: 0\n"]),
        (["one\n", "two\n"], ["one\ntwo\n"]),
        (["one\n", "\n", "  two"], ["one\n\n  two\n"]),
    ],
)
def test_a_printed_line_is_not_broken_where_the_kernel_cut_it(
    ext: Any, pieces: list[str], shown: list[str]
) -> None:
    from myst_nb.core import render

    ext("streams").setup(SimpleNamespace())
    outputs = [new_output("stream", text=piece) for piece in pieces]
    assert [output.text for output in render.coalesce_streams(outputs)] == shown


def test_the_example_of_the_streams_holds(ext: Any) -> None:
    result = doctest.testmod(ext("streams"))
    assert result.attempted > 0
    assert result.failed == 0
