"""A browser without storage, and one with forced colours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browser.conftest import HTML, Visitor
from tests.browser.explorables import OPENING
from tests.browser.test_site import CHAPTER
from website.browser import chromium

BLOCKED = "() => { try { localStorage.length; return false; } catch { return true; } }"
STORAGE = """() => {
  const kept = [];
  for (const store of [localStorage, sessionStorage]) {
    store.clear();
    store.setItem("a", 1);
    kept.push(store.getItem("a"), store.length, store.key(0), store.getItem("b"));
    store.removeItem("a");
    kept.push(store.length);
  }
  return kept;
}"""
COPIED = "(button) => button.classList.contains('success')"
PLACE = """(element) => {
  element.scrollIntoView({block: "center", behavior: "instant"});
  const {x, y, width, height} = element.getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
}"""
FRAME = """<!DOCTYPE html><html lang="en"><title>A frame</title>
<iframe sandbox="allow-scripts" style="width: 1280px; height: 800px" src="{}"></iframe>"""


@pytest.fixture
def no_cookies(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Return a browser in which cookies are blocked."""
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    off = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    preferences.write_text(json.dumps(off), encoding="utf-8")
    context = browser.browser_type.launch_persistent_context(
        tmp_path,
        executable_path=chromium(),
        args=["--no-sandbox"],
        viewport={"width": 1280, "height": 900},
    )
    yield context
    context.close()


def predict(dial: Any) -> None:
    """Lock the guesses of the dial: its presets, and balls that can be flipped, come after them."""
    for button in OPENING["dial"]:
        dial.get_by_role("button", name=button).click()


def buttons_work(page: Any, frame: Any) -> None:
    """Assert that the theme, the copy button, the explorable and the search work."""
    # The page's scripts have finished, and their requests are complete.
    assert frame.evaluate(STORAGE) == ["1", 1, "a", None, 0] * 2

    button = frame.locator(".theme-switch-button:visible").first
    seen = set()
    for _ in range(3):
        button.click()
        seen.add(frame.evaluate("document.documentElement.dataset.mode"))
    assert seen == {"light", "dark", "auto"}

    cell = frame.locator("div.highlight").first
    cell.hover()
    copy = cell.locator("button.copybtn")
    copy.click()
    frame.wait_for_function(COPIED, arg=copy.element_handle())

    host = frame.locator("[data-explorable][data-live]").first
    predict(host)
    host.get_by_role("button", name="300 of 500").click()
    assert "300/500" in host.locator(".say").inner_text()

    frame.locator("article h1").first.click()
    page.keyboard.press("Control+k")
    page.keyboard.type("perplexity")
    page.keyboard.press("Enter")
    frame.wait_for_url("**/search.html?q=perplexity")
    frame.get_by_text("the best first").wait_for()
    frame.locator("#search-results li a").first.click()
    frame.wait_for_url(re.compile(r"/(chapters|exercises)/"))
    frame.locator("main h1:visible").first.wait_for()


def test_with_cookies_switched_off(no_cookies: Any, site: str) -> None:
    page = no_cookies.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.route("**/blank.html", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto(site + "blank.html")
    assert page.evaluate(BLOCKED), "this browser stores in spite of its settings"
    page.goto(site + CHAPTER)
    buttons_work(page, page.main_frame)
    assert trouble == []


def test_in_a_frame_that_belongs_to_no_site(site: str, visitor: Visitor) -> None:
    visit = visitor.open(site + CHAPTER)
    page = visit.page
    body = FRAME.format(CHAPTER)
    page.route("**/frame.html", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(site + "frame.html")
    frame = page.frames[1]
    frame.wait_for_load_state()
    assert frame.evaluate("origin") == "null"
    buttons_work(page, frame)
    assert [line for line in visit.trouble if line.startswith("exception")] == []


def test_the_first_script_protects_all_others() -> None:
    """It runs before any access to storage, and handles every kind of access."""
    [bundle] = (HTML / "_static").glob("book-*.js")
    text = bundle.read_text(encoding="utf-8")
    guard = re.sub(r"\s+", " ", (HTML / "_static" / "storage.js").read_text("utf-8"))
    first = re.sub(r"\s+", " ", text[: text.index("/* The first of") + len(guard) + 500])
    assert guard.strip() in first
    before = text[: text.index("/* The first of")]
    assert "Storage" not in before
    for name in ("minisearch.js", "search.js"):
        text += (HTML / "_static" / name).read_text(encoding="utf-8")
    for page in HTML.rglob("*.html"):
        if "_static" not in page.parts:
            inline = re.findall(r"<script\b[^>]*>(.*?)</script>", page.read_text("utf-8"), re.S)
            # In the head, before the bundle, is the theme's script, which catches errors itself.
            for script in inline:
                uses = len(re.findall(r"localStorage|sessionStorage", script))
                assert uses == len(re.findall(r"try ?\{[^}]*(?:local|session)Storage", script))
            text += "\n".join(inline)
    for other in ("document.cookie", "indexedDB", "cookieStore", "caches.", "openDatabase"):
        assert other not in text


def ink(picture: np.ndarray) -> float:
    """Return the share of a ball's square that differs from the surrounding colour.

    A disc is most of it, a ring little.
    """
    around = np.median(np.concatenate([picture[0], picture[-1]]))
    rows, columns = np.nonzero(np.abs(picture - around) > 64)
    ball = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return float((np.abs(ball - around) > 64).mean())


def photograph(page: Any, css: str) -> np.ndarray:
    """Return a picture of the first element that matches, with a pixel around it.

    The element is scrolled into view and measured before its picture is taken, and nothing may
    have moved in between. (A picture of the whole page is laid out anew for its size: what was
    measured afterwards was elsewhere once.)
    """
    element = page.locator(f"{css}:visible").first
    where = None
    while where != (where := element.evaluate(PLACE)):
        page.wait_for_timeout(100)
    x, y, width, height = where
    assert min(width, height) > 0, css
    clip = {"x": x - 1, "y": y - 1, "width": width + 2, "height": height + 2}
    shot = page.screenshot(clip=clip)
    assert element.evaluate(PLACE) == where, f"{css} has moved"
    return np.asarray(Image.open(BytesIO(shot)).convert("L"), dtype=float)


#: Letters as large as a button and well apart, to distinguish a ring from a disc, with nothing that
#: could cover or cut them.
LARGE = """.ball:not(button) {
  display: inline-block; margin: 1rem; padding: 0; font-size: 40px; line-height: 1;
}
.bd-header-article { display: none !important; }
div.math, span.math { overflow: visible !important; }"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_balls_where_the_system_forces_its_colours(
    scheme: str, theme: str, site: str, visitor: Visitor
) -> None:
    """One is a disc, the other a ring: in prose, formulas, buttons and drawings."""
    found: dict[str, dict[str, float]] = {}
    for name, places in {
        CHAPTER: {
            "prose": "article p > .ball.{}",
            "formula": "mjx-container .ball.{}",
            "button": "button.ball.{}",
            "word on a button": "button .letter.{}",
        },
        "chapters/02_log_likelihood.html": {"ball that pulls": "button.ball.{}"},
        "chapters/index.html": {"ball that waits for a guess": "[role=img].ball.{}"},
    }.items():
        visit = visitor.open(
            site + name, forced_colors="active", color_scheme=scheme, reduced_motion="reduce"
        )
        visit.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        if name == CHAPTER:
            predict(visit.page.locator("[data-explorable][data-live]").first)
        visit.page.add_style_tag(content=LARGE)
        for place, css in places.items():
            found[place] = {
                colour: ink(photograph(visit.page, css.format(colour)))
                for colour in ("black", "white")
            }
    full = "white" if scheme == "dark" else "black"
    for place, inks in found.items():
        ring, disc = sorted(inks.values())
        assert disc > 1.5 * ring, (place, inks)
        assert inks[full] == disc, (place, inks)


def test_two_discs_have_the_same_ink() -> None:
    """The measurement itself: a different colour does not matter, a hole does."""
    y, x = np.mgrid[-22:23, -22:23]
    disc = np.where(x**2 + y**2 < 18**2, 255.0, 0.0)
    ring = np.where(x**2 + y**2 < 14**2, 0.0, disc)
    assert ink(disc) == ink(0.5 * disc) > 1.5 * ink(ring)
