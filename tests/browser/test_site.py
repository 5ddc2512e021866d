"""The book as a whole: links, search, buttons, policy, and the preview of shared links."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from course import contents
from scripts import repository
from tests.browser.conftest import HERE, HTML, PAGES, ROOT, Visitor, missing
from website import moved

CHAPTER = "chapters/01_likelihood.html"


class Links(HTMLParser):
    """The links of a page, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.targets: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value or "")
            elif name in ("href", "src", "action") and value is not None:
                self.targets.append(value)


def toc_pages() -> list[str]:
    """Return the pages of the table of contents, in its order."""
    return [f"{page}.html" for page in contents.pages()]


def test_every_internal_link_and_anchor_resolves() -> None:
    read = {name: Links((HTML / name).read_text(encoding="utf-8")) for name in PAGES}
    wrong = []
    for name, links in read.items():
        for target in links.targets:
            if urlsplit(target).scheme or target.startswith("//"):
                continue
            parts = urlsplit(urljoin(f"/{name}", target))
            path = unquote(parts.path).lstrip("/")
            fragment = unquote(parts.fragment)
            # An explorable keeps its setting in the fragment, so name:setting is not an anchor.
            known = not fragment or path not in read or fragment in read[path].anchors
            if not (HTML / path).is_file() or not known:
                wrong.append(f"{name}: {target}")
    assert wrong == []


@pytest.mark.parametrize("page", sorted({this.page for this in moved.anchors()}))
def test_anchors_of_earlier_editions_lead_to_their_place(page: str) -> None:
    built = BeautifulSoup((HTML / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    there = moved.sections(ROOT)
    for this in moved.anchors():
        if this.page != page:
            continue
        target, here = moved.place(this, there), built.find(id=this.anchor)
        assert here is not None, this
        if target.page == page and target.anchor:
            assert built.find(id=target.anchor) in (here, here.parent), this
        elif target.page != page:
            address = urljoin(f"/{page}.html", str(here.find("a")["href"]))
            assert address == f"/{target.page}.html#{target.anchor}", this
            text = (HTML / f"{target.page}.html").read_text(encoding="utf-8")
            assert f'id="{target.anchor}"' in text, this


def test_the_html_checker_finds_no_error() -> None:
    jar = HERE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    java = shutil.which("java")
    if java is None:
        missing("the HTML checker needs Java")
    if not jar.is_file():
        missing("the HTML checker is not installed: run npm ci in tests/browser")
    files = [str(HTML / name) for name in PAGES]
    done = subprocess.run(
        [str(java), "-jar", str(jar), "--errors-only", *files], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_policy_forbids_other_hosts(site: str, visitor: Visitor) -> None:
    visit = visitor.open(site + CHAPTER)
    refused = visit.page.evaluate(
        """async () => {
          const refused = [];
          addEventListener("securitypolicyviolation", (e) => refused.push(e.effectiveDirective));
          const add = (tag, set) => {
            const element = Object.assign(document.createElement(tag), set);
            document.body.append(element);
          };
          add("img", {src: "https://example.org/x.png"});
          add("script", {src: "https://example.org/x.js"});
          add("link", {rel: "stylesheet", href: "https://example.org/x.css"});
          add("iframe", {src: "https://example.org/"});
          await fetch("https://example.org/").catch(() => {});
          await new Promise((done) => setTimeout(done, 300));
          return refused.sort();
        }"""
    )
    assert refused == ["connect-src", "frame-src", "img-src", "script-src-elem", "style-src-elem"]
    assert visit.outside == []


@pytest.mark.parametrize("where", ["server", "folder"])
@pytest.mark.parametrize("word", ["logits", "temperature", "log loss", "perplexity", "KL"])
def test_search(word: str, where: str, site: str, visitor: Visitor) -> None:
    home = site if where == "server" else HTML.as_uri() + "/"
    visit = visitor.open(home + CHAPTER)
    page = visit.page
    page.keyboard.press("Control+k")
    page.keyboard.type(word)
    page.keyboard.press("Enter")
    visit.arrived("**/search.html?q=*")
    page.get_by_text("the best first").wait_for()
    found = page.locator("#search-results li a").evaluate_all("all => all.map((a) => a.href)")
    assert "chapters/glossary.html#" in found[0]
    assert any(re.search(r"chapters/0\d_.*#", link) for link in found)
    page.locator("#search-results li a").first.click()
    visit.arrived(lambda address: "search.html" not in address)
    top = page.locator(":target").evaluate("(target) => target.getBoundingClientRect().top")
    assert 0 <= top < page.viewport_size["height"]
    visit.assert_no_trouble()


def test_a_question_knows_whether_it_was_answered(site: str, visitor: Visitor) -> None:
    visit = visitor.open(site + CHAPTER)
    question = visit.page.get_by_role("group", name="Question 1").first
    options = question.locator("details")
    verdicts = options.evaluate_all("all => all.map((o) => o.querySelector('strong').textContent)")
    right, wrong = verdicts.index("Right."), verdicts.index("Not quite.")
    result = question.get_by_role("status")
    expect(result).to_be_empty()
    # A `toggle` comes after the click that causes it, so wait for what it writes.
    options.nth(wrong).locator("summary").click()
    expect(result).to_contain_text("Not quite")
    expect(result).to_contain_text("1 of ")
    expect(result).to_contain_text("0 right at once")
    options.nth(right).locator("summary").click()
    expect(result).to_contain_text("Right.")
    expect(result).to_contain_text("0 right at once")
    visit.assert_no_trouble()


def test_one_copy_button_a_cell(site: str, visitor: Visitor) -> None:
    page = visitor.open(site + CHAPTER).page
    cells = page.locator("div.cell:has(div.cell_input)")
    assert page.locator("div.cell button.copybtn").count() == cells.count()
    assert page.locator("div.cell_output button.copybtn").count() == 0
    button = page.locator("div.cell button.copybtn").first
    button.focus()
    # It fades in.
    shown = "(b) => Number(getComputedStyle(b).opacity) > 0.5"
    page.wait_for_function(shown, arg=button.element_handle())


def test_previous_and_next_follow_the_table_of_contents(site: str, visitor: Visitor) -> None:
    pages = toc_pages()
    visit = visitor.open(site + pages[0])
    for following in pages[1:]:
        visit.page.locator("a.right-next").click()
        visit.arrived(f"**/{following}")
    for before in reversed(pages[:-1]):
        visit.page.locator("a.left-prev").click()
        visit.arrived(f"**/{before}")
    visit.assert_no_trouble()


def test_the_buttons_of_a_chapter(site: str, visitor: Visitor) -> None:
    visit = visitor.open(site + CHAPTER, permissions=["clipboard-read", "clipboard-write"])
    page = visit.page

    # Copy.
    cell = page.locator("div.highlight").first
    cell.hover()
    cell.locator("button.copybtn").click()
    code = page.evaluate("navigator.clipboard.readText()")
    assert code.startswith("from fractions import Fraction\n")

    # The theme changes from the system's to light to dark, and is kept on the next page.
    button = page.locator(".theme-switch-button:visible").first
    seen = set()
    for _ in range(3):
        button.click()
        seen.add(page.evaluate("document.documentElement.dataset.mode"))
    assert seen == {"light", "dark", "auto"}
    while page.evaluate("document.documentElement.dataset.mode") != "dark":
        button.click()
    page.locator("a.right-next").click()
    visit.arrived("**/02_*")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.go_back()
    visit.arrived("**/01_*")

    # Download as a notebook.
    page.locator(".dropdown-download-buttons > button").click()
    link = page.locator(".btn-download-source-button")
    assert link.is_visible()
    target = urljoin(page.url, link.get_attribute("href"))
    notebook = HTML / urlsplit(target).path.lstrip("/")
    assert json.loads(notebook.read_text(encoding="utf-8"))["nbformat"] == 4
    page.keyboard.press("Escape")

    # The table of contents is hidden and shown again.
    sidebar = page.locator("#pst-primary-sidebar")
    toggle = page.locator(".bd-header-article .primary-toggle")
    toggle.click()
    sidebar.wait_for(state="hidden")
    toggle.click()
    sidebar.wait_for(state="visible")
    visit.assert_no_trouble()


def test_the_menus_of_a_phone(site: str, visitor: Visitor) -> None:
    visit = visitor.open(site + CHAPTER, width=375)
    page = visit.page
    page.locator(".bd-header-article .primary-toggle").click()
    page.wait_for_selector("#pst-primary-sidebar-modal[open]")
    link = page.locator("#pst-primary-sidebar-modal a", has_text="Glossary")
    assert link.is_visible()
    link.click()
    visit.arrived("**/glossary.html")
    visit.assert_no_trouble()


def test_every_icon_is_drawn(site: str, visitor: Visitor) -> None:
    """A button without its icon would be empty."""
    page = visitor.open(site + CHAPTER).page
    shown = page.locator("button svg.icon:visible, .bd-toc svg.icon:visible")
    assert shown.count() >= 5
    for icon in shown.all():
        box = icon.bounding_box()
        assert box is not None
        assert box["width"] > 8
        assert box["height"] > 8


def test_on_paper(site: str, visitor: Visitor) -> None:
    """In print there are no buttons, folded answers are open, and pictures are white."""
    visit = visitor.open(site + CHAPTER, color_scheme="dark")
    page = visit.page
    page.emulate_media(media="print", color_scheme="light")
    for gone in (".bd-sidebar-primary", ".bd-header-article", ".copybtn", ".prev-next-footer"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    answers = page.locator("article details > :not(summary)").all()
    assert len(answers) > 30
    for answer in answers:
        assert answer.bounding_box()["height"] > 0
    # Code stands open below its name; what one could do with it is of no use.
    assert page.get_by_text("Hide code cell").locator("visible=true").count() == 0
    assert page.get_by_text("Show code cell").locator("visible=true").count() == 0
    # A dark theme chosen by hand does not apply to print.
    theme = "document.documentElement.dataset.theme"
    page.evaluate(f"{theme} = 'dark'")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(theme) == "light"
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(theme) == "dark"
    visit.assert_no_trouble()


class TestCard:
    """The preview that is shown for a shared link."""

    @pytest.mark.parametrize("name", PAGES)
    def test_title_description_and_picture(self, name: str) -> None:
        text = (HTML / name).read_text(encoding="utf-8")
        facts = dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)"', text))
        assert "Why Cross-Entropy?" in facts["og:title"]
        assert 20 <= len(facts["og:description"]) <= 250
        assert "\\" not in facts["og:description"]
        assert facts["description"] == facts["og:description"]
        picture = facts["og:image"]
        if not picture.startswith("https://"):
            assert (HTML / name).parent.joinpath(picture).resolve().is_file()

    def test_descriptions_differ(self) -> None:
        found = [
            re.search(r'name="description" content="([^"]*)"', (HTML / name).read_text("utf-8"))
            for name in toc_pages()
        ]
        texts = [match[1] for match in found if match]
        assert len(set(texts)) == len(toc_pages())


class TestLaunch:
    """Launch buttons exist only if the repository's address is known, and open the chapter."""

    def test_none_while_the_address_is_undecided(self) -> None:
        config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
        if config["repository"]["url"]:
            pytest.skip("the address is decided")
        for name in PAGES:
            text = (HTML / name).read_text(encoding="utf-8")
            assert "mybinder.org" not in text
            assert "colab.research" not in text

    def test_they_open_the_right_chapter(self, tmp_path: Path) -> None:
        shutil.copytree(ROOT / "chapters", tmp_path / "chapters")
        config = (ROOT / "_config.yml").read_text(encoding="utf-8")
        config = repository.config_text(config, "https://github.com/some/book")
        config = config.replace("execute_notebooks: force", 'execute_notebooks: "off"')
        (tmp_path / "_config.yml").write_text(config, encoding="utf-8")
        (tmp_path / "_toc.yml").write_text(
            "format: jb-book\nroot: chapters/index\nchapters:\n- file: chapters/01_likelihood\n",
            encoding="utf-8",
        )
        # Not strict, because these two pages link to others, which do not exist here.
        subprocess.run(
            [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", "."],
            cwd=tmp_path, check=True, capture_output=True,
        )  # fmt: skip
        text = (tmp_path / "_build" / "html" / CHAPTER).read_text(encoding="utf-8")
        notebook = CHAPTER.replace(".html", ".ipynb")
        assert f"https://mybinder.org/v2/gh/some/book/main?urlpath=lab/tree/{notebook}" in text
        assert f"https://colab.research.google.com/github/some/book/blob/main/{notebook}" in text
        assert 'content="https://some.github.io/book/_static/social.png"' in text
        assert "fa-" not in re.sub(r'class="icon[^"]*"', "", text)
