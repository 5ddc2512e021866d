"""A search finds sections, the glossary's entry first, with a sentence that says something."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from website import search

HERE = Path(__file__).parent
PAGE = """<article class="bd-article"><section id="top"><h1>Softmax<a class="headerlink">#</a></h1>
<p>Scores become shares.</p>
<section id="one"><h2>4.1 Ten scores</h2>
<p>Every logit counts. The loss is <span>in nats</span>.</p>
<div class="cell"><div class="cell_input"><pre>import numpy</pre></div>
<div class="cell_output">2.2941</div></div>
<ul><li>First.</li><li>Second.</li></ul>
<section id="deep"><h3>A detail</h3><p>Only here.</p></section>
</section></section></article>"""
GLOSSARY = """<article class="bd-article"><section id="glossary"><h1>Glossary</h1>
<p>Each term in a sentence.</p>
<p><a id="log-loss"></a><strong>Log loss.</strong> Another name of the mean NLL.</p>
<p><a id="logit"></a><strong>Logit.</strong> An input of softmax. See loss and log.</p>
</section></article>"""


def found(html: str, name: str) -> list[search.Place]:
    return list(search.places(BeautifulSoup(html, "html.parser"), name))


def test_every_section_is_a_place_with_its_own_prose() -> None:
    top, one, deep = found(PAGE, "chapters/04_softmax")
    assert top == search.Place(
        "Softmax", "Softmax", "chapters/04_softmax.html", "Scores become shares."
    )
    assert one.address == "chapters/04_softmax.html#one"
    assert one.text == "Every logit counts. The loss is in nats.\nFirst.\nSecond."
    assert (deep.title, deep.text) == ("A detail", "Only here.")


def text(inner: str) -> str:
    return search.plain(BeautifulSoup(f"<div>{inner}</div>", "html.parser").div)


def test_cells_of_a_table_are_kept_apart_and_rows_have_lines() -> None:
    rows = "<tr><th>You may\n hear</th><th>Rather</th></tr><tr><td>One.</td><td>Two</td></tr>"
    assert text(f"<table>{rows}</table><p>End.</p>") == "You may hear · Rather\nOne. · Two\nEnd."


LIKELIHOOD = """<msup><mi>θ</mi><mi>k</mi></msup><msup><mrow><mo>(</mo><mn>1</mn><mo>−</mo>
<mi>θ</mi><mo>)</mo></mrow><mrow><mi>N</mi><mo>−</mo><mi>k</mi></mrow></msup>"""
FRACTION = """<mfrac><mi>k</mi><mi>θ</mi></mfrac><mo>−</mo><mfrac><mrow><mi>N</mi><mo>−</mo>
<mi>k</mi></mrow><mrow><mn>1</mn><mo>−</mo><mi>θ</mi></mrow></mfrac>"""
SUM = """<munderover><mo>∑</mo><mrow><mi>k</mi><mo>=</mo><mn>1</mn></mrow><mi>K</mi></munderover>
<msub><mi>p</mi><mi>k</mi></msub><mi>log</mi><mo>\u2061</mo><msub><mi>q</mi><mi>k</mi></msub>"""


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        (LIKELIHOOD, "θ^k(1−θ)^(N−k)"),
        (FRACTION, "k/θ−(N−k)/(1−θ)"),
        (SUM, "∑_(k=1)^K p_klog q_k"),
        ("<mover><mi>p</mi><mo>^</mo></mover>", "p\u0302"),
        ("<msqrt><mi>N</mi></msqrt>", "√N"),
        ("<msubsup><mi>z</mi><mi>k</mi><mn>2</mn></msubsup>", "z_k^2"),
    ],
)
def test_a_formula_is_shown_as_one_would_type_it(formula: str, shown: str) -> None:
    assert text(f"<p>It is <math>{formula}</math>.</p>") == f"It is {shown}."


def test_no_script_looks_behind() -> None:
    """Safari before 16.4 stops the whole script at such an expression."""
    root = HERE.parents[1]
    folders = ("website/static", "lib/explorables")
    scripts = [path for folder in folders for path in (root / folder).rglob("*.js")]
    assert len(scripts) > 6
    assert not [path.name for path in scripts if re.search(r"\(\?<[=!]", path.read_text("utf-8"))]


def test_entries_of_the_glossary_are_places() -> None:
    loss, logit = found(GLOSSARY, "chapters/glossary")
    assert loss.entry
    assert loss.title == "Log loss"
    assert loss.address == "chapters/glossary.html#log-loss"
    assert logit.text == "An input of softmax. See loss and log."


def test_the_page_is_not_changed() -> None:
    page = BeautifulSoup(PAGE, "html.parser")
    list(search.places(page, "chapters/04_softmax"))
    assert str(page) == str(BeautifulSoup(PAGE, "html.parser"))


def answers(places: list[search.Place], queries: list[str]) -> list[list[tuple[str, str]]]:
    """Return what the page's script finds, best first: addresses and sentences."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("no node here, and CI is set: the search must be tested")
        pytest.skip("no node here: the search is not tested")
    request = {
        "minisearch": str(search.MINISEARCH),
        "script": str(HERE.parents[1] / "website" / "static" / "search.js"),
        "rows": [[p.title, p.page, p.address, p.text, p.entry] for p in places],
        "queries": queries,
    }
    done = subprocess.run(
        [node, str(HERE / "search.js")],
        input=json.dumps(request),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [[(a, s) for a, s in hits] for hits in json.loads(done.stdout)]


def test_the_glossary_comes_first_and_the_sentence_has_the_word() -> None:
    places = found(PAGE, "chapters/04_softmax") + found(GLOSSARY, "chapters/glossary")
    queries = ["logits", "log loss", "LOSS log", "4.1", "detail", "sofmax", "qqq", "?!"]
    logits, loss, turned, number, detail, misspelt, nothing, signs = answers(places, queries)
    assert logits[0] == ("chapters/glossary.html#logit", "An input of softmax.")
    assert logits[1] == ("chapters/04_softmax.html#one", "Every logit counts.")
    assert loss[0][0] == turned[0][0] == "chapters/glossary.html#log-loss"
    assert number[0][0] == "chapters/04_softmax.html#one"
    assert detail == [("chapters/04_softmax.html#deep", "Only here.")]
    assert "chapters/04_softmax.html" in [address for address, _ in misspelt]
    assert nothing == signs == []
