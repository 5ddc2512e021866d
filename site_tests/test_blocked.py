"""A browser that forbids storing, and one that forces its own colours."""

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

from scripts.browser import chromium
from site_tests.conftest import HTML, Visitor
from site_tests.test_site import CHAPTER

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
FRAME = """<!DOCTYPE html><html lang="en"><title>A frame</title>
<iframe sandbox="allow-scripts" style="width: 1280px; height: 800px" src="{}"></iframe>"""


@pytest.fixture
def no_cookies(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Give a browser in which the user has switched cookies off."""
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


def buttons_work(page: Any, frame: Any) -> None:
    """Assert that the theme, the copy button, the explorable and the search do what they say."""
    # The page's own scripts have run to their end, and what they ask for is there.
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
    host.get_by_role("button", name="300 of 500").click()
    assert "300/500" in host.locator(".say").inner_text()

    frame.locator("article h1").first.click()
    page.keyboard.press("Control+k")
    page.keyboard.type("perplexity")
    page.keyboard.press("Enter")
    frame.wait_for_url("**/search.html?q=perplexity")
    frame.get_by_text("Search finished").wait_for()
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


def test_the_first_script_answers_for_all_others() -> None:
    """Nothing is stored before it runs, and nothing in a way that it does not know."""
    [bundle] = (HTML / "_static").glob("book-*.js")
    text = bundle.read_text(encoding="utf-8")
    guard = re.sub(r"\s+", " ", (HTML / "_static" / "storage.js").read_text("utf-8"))
    first = re.sub(r"\s+", " ", text[: text.index("/* The first of") + len(guard) + 500])
    assert guard.strip() in first
    before = text[: text.index("/* The first of")]
    assert "Storage" not in before
    for name in ("searchtools.js", "language_data.js"):
        text += (HTML / "_static" / name).read_text(encoding="utf-8")
    for page in HTML.rglob("*.html"):
        if "_static" not in page.parts:
            inline = re.findall(r"<script\b[^>]*>(.*?)</script>", page.read_text("utf-8"), re.S)
            # In the head, before the bundle: the theme, which catches for itself.
            for script in inline:
                uses = len(re.findall(r"localStorage|sessionStorage", script))
                assert uses == len(re.findall(r"try \{[^}]*(?:local|session)Storage", script))
            text += "\n".join(inline)
    for other in ("document.cookie", "indexedDB", "cookieStore", "caches.", "openDatabase"):
        assert other not in text


#: How much of a ball's square is not of the colour around it: a disc is most of it, a ring little.
def ink(locator: Any) -> float:
    picture = np.asarray(Image.open(BytesIO(locator.screenshot())).convert("L"), dtype=float)
    around = np.median(np.concatenate([picture[0], picture[-1]]))
    rows, columns = np.nonzero(np.abs(picture - around) > 64)
    ball = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return float((np.abs(ball - around) > 64).mean())


#: Letters as large as a button and apart from one another, to tell a ring from a disc.
LARGE = """.ball:not(button) {
  display: inline-block; margin: 1rem; padding: 0; font-size: 40px; line-height: 1;
}"""


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
    }.items():
        visit = visitor.open(site + name, forced_colors="active", color_scheme=scheme)
        visit.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        # A letter as large as a button, to tell a ring from a disc.
        visit.page.add_style_tag(content=".ball:not(button) { font-size: 40px }")
        for place, css in places.items():
            balls = {c: visit.page.locator(css.format(c)).first for c in ("black", "white")}
            found[place] = {colour: ink(ball) for colour, ball in balls.items()}
    full = "white" if scheme == "dark" else "black"
    for place, inks in found.items():
        ring, disc = sorted(inks.values())
        assert disc > 1.5 * ring, (place, inks)
        assert inks[full] == disc, (place, inks)


def test_pictures_of_balls_are_told_apart_by_a_test(tmp_path: Path) -> None:
    """The measure itself: two discs of different colours are not different enough."""

    class Shot:
        def __init__(self, colour: int, hole: int) -> None:
            y, x = np.mgrid[-20:21, -20:21]
            picture = np.where(x**2 + y**2 < 18**2, colour, 0).astype(np.uint8)
            picture[x**2 + y**2 < hole**2] = 0
            Image.fromarray(picture).save(tmp_path / "ball.png")

        def screenshot(self) -> bytes:
            return (tmp_path / "ball.png").read_bytes()

    assert ink(Shot(255, 0)) == pytest.approx(ink(Shot(128, 0)))
    assert ink(Shot(255, 0)) > 1.5 * ink(Shot(255, 14))
