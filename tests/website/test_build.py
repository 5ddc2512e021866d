"""A tiny book, built with this book's settings, and with a theme that has changed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from bs4 import BeautifulSoup
from docutils import nodes

from website import anchors, explorables

ROOT = Path(__file__).resolve().parents[2]
PAGE = """# A page

The first paragraph of a page is what describes it: black ● and white ○.

An <a id="entry"></a>entry. [Link](first.md#entry). A formula $x^2$, and

$$
\\sum_i p_i
$$ (eq:sum)

{eq}`eq:sum` is in section 1.1.
"""


def build(folder: Path, **config: object) -> subprocess.CompletedProcess[str]:
    """Build a book of one page in a folder, a warning being an error."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings["sphinx"]["config"] |= config
    (folder / "_config.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: pages/first\n", encoding="utf-8")
    (folder / "pages").mkdir()
    (folder / "pages" / "first.md").write_text(PAGE, encoding="utf-8")
    command = "from jupyter_book.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", command, "build", "-W", "-n", "--keep-going", "."],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "_build" / "html"


@pytest.fixture(scope="module")
def page(built: Path) -> BeautifulSoup:
    return BeautifulSoup((built / "pages/first.html").read_text(encoding="utf-8"), "html.parser")


@pytest.mark.slow
def test_formulas_are_typeset_and_numbered(built: Path, page: BeautifulSoup) -> None:
    assert len(page.select(".math > mjx-container")) == 2
    assert page.select_one("div.math[id] .eqno") is not None
    assert "\\(" not in page.get_text()
    assert page.select_one(".held").get_text().endswith(",")
    sheet = next((built / "_static").glob("book-*.css")).read_text(encoding="utf-8")
    fonts = set(re.findall(r'url\("?(vendor/(?:mathjax|fonts)/[^")]+)', sheet))
    assert {font.split("/")[1] for font in fonts} == {"mathjax"}
    assert "data:font/woff2" in sheet  # the book's own
    assert all((built / "_static" / font).is_file() for font in fonts)


@pytest.mark.slow
def test_a_page_is_finished(page: BeautifulSoup) -> None:
    assert len(page.select('link[rel="stylesheet"]')) == 1
    assert len(page.select("script[src]")) == 1
    assert len(page.select('meta[name="viewport"]')) == 1
    assert page.select_one(".ball.black") is not None
    assert "section\N{NO-BREAK SPACE}1.1" in page.get_text()
    assert "Text and figures: CC BY 4.0. Code: MIT." in page.get_text()
    assert "By the authors" not in page.get_text()


@pytest.mark.slow
def test_attributes_keep_their_order(built: Path) -> None:
    text = (built / "pages/first.html").read_text(encoding="utf-8")
    assert '<meta property="og:title" content="A page · Why Cross-Entropy?"/>' in text


@pytest.mark.slow
def test_the_page_at_the_top_leads_on(built: Path) -> None:
    page = BeautifulSoup((built / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert page.select_one('meta[http-equiv="refresh"]')["content"] == "0; url=pages/first.html"
    assert page.select_one('meta[http-equiv="Content-Security-Policy"]') is not None
    assert "what describes it" in page.select_one('meta[name="description"]')["content"]
    assert page.select_one('link[rel="icon"]')["href"].startswith("data:image/svg+xml,%3Csvg")
    assert (built / page.select_one('meta[property="og:image"]')["content"]).is_file()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{% block docs_navbar %}{% endblock %}", "the mend 'header' finds no"),
        ("{% block docs_navbar %}{{ super() }}<i class='fa-solid fa-skull'></i>{% endblock %}",
         "no icon skull"),
        ("{% block extrahead %}{{ super() }}<script src='new.js'></script>{% endblock %}",
         "new.js: name it in website/assets.py"),
    ],
    ids=["header", "icon", "script"],
)  # fmt: skip
def test_a_theme_that_has_changed_stops_the_build(
    template: str, problem: str, tmp_path: Path
) -> None:
    # Mutation: with `pass` for the warning in pages.on_build_finished, each of these builds passes.
    (tmp_path / "templates").mkdir()
    text = '{% extends "!layout.html" %}\n' + template
    (tmp_path / "templates" / "layout.html").write_text(text, encoding="utf-8")
    done = build(tmp_path, templates_path=["templates"])
    assert done.returncode != 0
    assert problem in done.stderr


@pytest.mark.slow
def test_a_misprint_in_a_formula_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "PAGE", PAGE.replace("\\sum", "\\smu"))
    done = build(tmp_path)
    assert done.returncode != 0
    assert re.search(r"first\.md:\d+: WARNING: MathJax cannot typeset \\smu", done.stderr)


def test_an_anchor_can_be_linked_to() -> None:
    environment = SimpleNamespace(docname="glossary", metadata={"glossary": {}})
    page = nodes.section()
    page += nodes.raw("", '<a id="one-hot">', format="html")
    page += nodes.paragraph(text='<a id="no-anchor">')
    anchors.register_anchors(SimpleNamespace(env=environment), page)  # type: ignore[arg-type]
    assert set(environment.metadata["glossary"]["myst_slugs"]) == {"one-hot"}


@pytest.mark.parametrize(
    ("text", "value"), [("0.5", 0.5), ("true", True), ("[1, 2]", [1, 2]), ("wbwbb", "wbwbb")]
)
def test_options_of_an_explorable(text: str, value: object) -> None:
    assert explorables.parse_option(text) == value
