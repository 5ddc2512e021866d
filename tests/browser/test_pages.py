"""Every page, in both themes, on a wide window and on a phone, from a server and from a folder."""

from __future__ import annotations

import gzip
import re

import pytest

from course import contents
from tests.browser.conftest import HERE, HTML, PAGES, Visit, Visitor, missing
from website import search

READ = [page for page in PAGES if page != "index.html"]  # it redirects at once
THEMES = ("light", "dark")

SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 200);
})"""
FIGURES = """() => [...document.images].filter((image) =>
    !(image.complete && image.naturalWidth > 0 && image.alt.length > 20
      && image.hasAttribute("width") && image.hasAttribute("height"))
    && !image.closest("header, nav, .dropdown-menu"))
  .concat([...document.querySelectorAll("article svg[role=img]")].filter((drawing) =>
    !((drawing.getAttribute("aria-label") ?? "").length > 20
      && drawing.hasAttribute("width") && drawing.hasAttribute("height"))))
  .map((figure) => figure.outerHTML.slice(0, 200))"""
# Formulas that were not typeset completely, and TeX that is visible as text.
RAW = r"""() => {
  const raw = [...document.querySelectorAll(".math")]
    .filter((e) => !e.querySelector("mjx-container mjx-math, mjx-container svg"))
    .concat([...document.querySelectorAll("mjx-merror, .mjx-error")]);
  const texts = [];
  const main = document.querySelector("main") ?? document.body;
  const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (/\\\(|\\\[|\\(frac|theta|mathrm|sum)\b/.test(node.data)
        && !node.parentElement.closest("pre, code, script, style")) texts.push(node.data);
  }
  return raw.map((e) => e.outerHTML.slice(0, 120)).concat(texts.map((t) => t.slice(0, 80)));
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

# MathJax's fonts come with the book, so formulas have the same width everywhere.
SPACED = """article *:not(mjx-container, mjx-container *) {
  letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important;
  line-height: 1.5 !important;
}"""
HEARD = """() => Math.max(0, ...[...document.querySelectorAll("mjx-assistive-mml")]
  .map((e) => e.offsetWidth))"""


def whole(visit: Visit) -> None:
    """Assert what must hold on every page."""
    page = visit.page
    assert page.evaluate(RAW) == []
    assert page.evaluate(FIGURES) == []
    visit.assert_no_trouble()


def accessible(visit: Visit) -> None:
    """Assert that axe finds no violation, of any kind."""
    axe = HERE / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        missing("axe-core is not installed: run npm ci in tests/browser")
    visit.page.evaluate(axe.read_text(encoding="utf-8"))
    found = visit.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [(v["id"], [n["html"][:150] for n in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", READ)
def test_page_from_a_server(name: str, theme: str, site: str, visitor: Visitor) -> None:
    visit = visitor.open(site + name, color_scheme=theme)
    page = visit.page
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert page.evaluate(SHIFT) <= 0.1
    figures = {url: size for url, size in visit.sent.items() if "/_images/" in url}
    # Standard Jupyter Book 1 sends about 1.2 MB for a page with formulas. An explorable may have
    # 60 kB before compression, and one of them 250 kB of data.
    explorables = page.locator(".explorable").count()
    # Figures do not count, those that are drawn in the page neither.
    drawn = re.findall(r'<div class="drawing">.*?</svg>', (HTML / name).read_text("utf-8"), re.S)
    drawings = len(gzip.compress("".join(drawn).encode()))
    # The search page loads every sentence of the book, which grows with its chapters.
    sentences = sum(size for url, size in visit.sent.items() if url.endswith(search.SECTIONS))
    assert sentences <= 20_000 * len(contents.chapters())
    words = sum(visit.sent.values()) - sum(figures.values()) - drawings - sentences
    assert words <= 250_000 + explorables * 100_000
    assert len(visit.sent) - len(figures) <= 12
    whole(visit)
    accessible(visit)


@pytest.mark.parametrize("name", READ)
def test_page_from_a_folder(name: str, visitor: Visitor) -> None:
    whole(visitor.open((HTML / name).as_uri()))


@pytest.mark.parametrize("name", READ)
def test_page_on_a_phone(name: str, site: str, visitor: Visitor) -> None:
    """The width of a small phone, which is also that of a laptop at 400 %: WCAG 1.4.10."""
    visit = visitor.open(site + name, width=320)
    assert visit.page.evaluate(SIDEWAYS) <= 0
    assert visit.page.evaluate(SHIFT) <= 0.1
    visit.assert_no_trouble()
    accessible(visit)


@pytest.mark.parametrize("name", READ)
def test_no_page_is_wider_than_the_window(name: str, site: str, visitor: Visitor) -> None:
    """At three widths, with normal text spacing and with the largest of WCAG 1.4.12.

    The second is wider than any font that a machine may have in place of another.
    """
    page = visitor.open(site + name).page
    wide = {}
    for spaced in (False, True):
        if spaced:
            page.add_style_tag(content=SPACED)
        for width in (320, 375, 768):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(100)
            wide[width, spaced] = page.evaluate(SIDEWAYS)
            # Text for screen readers takes no space, whether or not a browser draws MathML.
            assert page.evaluate(HEARD) <= 1
    assert {how: by for how, by in wide.items() if by > 0} == {}


@pytest.mark.parametrize("name", READ)
def test_nothing_delays_rendering(name: str) -> None:
    """One style sheet, no blocking script, and the policy first."""
    head = (HTML / name).read_text(encoding="utf-8").split("</head>")[0]
    scripts = re.findall(r"<script\b[^>]*\bsrc=[^>]*>", head)
    assert [script for script in scripts if " defer" not in script] == []
    assert len(re.findall(r'rel="stylesheet"', head)) == 1
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', head)
    assert policy is not None
    assert "http" not in policy[1]
    assert policy.start() < head.index("<script")
    assert policy.start() < head.index("<title")


def test_a_chapter_without_scripts(site: str, visitor: Visitor) -> None:
    """Text, figures and formulas need no script."""
    name = "chapters/03_information_theory.html"
    page = visitor.open(site + name, java_script_enabled=False).page
    assert page.locator("main h1:visible").count() == 1
    assert page.locator("mjx-math:visible").count() > 100
    assert page.locator("button.search-button__button:visible").count() == 0
