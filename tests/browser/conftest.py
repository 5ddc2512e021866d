"""Fixtures: the built book, a server for it, and a browser.

These tests need ``make book`` first, Chromium, Java and ``npm ci`` in this folder; ``make
test-site`` says what is missing. If the environment variable CI is set, anything missing is an
error; otherwise the tests are skipped.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from website.browser import chromium, served

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HTML = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html")).resolve()
PAGES = sorted(
    path.relative_to(HTML).as_posix()
    for path in HTML.rglob("*.html")
    if "_static" not in path.parts and "_sources" not in path.parts
)


def missing(what: str) -> None:
    """Skip the test, or fail if CI is set."""
    if os.environ.get("CI"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve the book and return its address, with a slash at the end."""
    if not (HTML / "index.html").is_file():
        missing(f"there is no book in {HTML}: run make book first")
    with served(HTML) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Start Chromium."""
    path = chromium()
    if path is None:
        missing("no Chromium here: install it, or set CHROMIUM to its path")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("the package playwright is not installed")
    with sync_playwright() as playwright:
        # Without a sandbox, because tests run as root in containers; only our own pages are opened.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page, and what happened while it was open."""

    page: object
    home: str
    outside: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=dict)
    asked: float = 0  # when the last request began

    def arrived(self, address: str | Callable[[str], bool] | None = None) -> None:
        """Wait until a page and everything that it needs are loaded.

        Leaving a page earlier aborts its requests, which would count as trouble: on a busy machine
        a font may still be loading after the page's load event. (Playwright's own "networkidle"
        once took more than 30 s, because it waits for the end of every request. Here it is enough
        that no request has begun for half a second.)
        """
        if address is not None:
            self.page.wait_for_url(address)
        self.page.wait_for_load_state()
        self.page.evaluate("document.fonts.ready.then(() => null)")
        while time.monotonic() - self.asked < 0.5:
            self.page.wait_for_timeout(100)

    def assert_no_trouble(self) -> None:
        """Assert that no other host was asked for anything, and that nothing went wrong."""
        assert not self.outside, "asked another host: " + ", ".join(self.outside)
        assert not self.trouble, "\n".join(self.trouble)


class Visitor:
    """Opens pages and records their requests and errors."""

    def __init__(self, browser: object) -> None:
        self.browser = browser
        self.contexts: list[object] = []

    def open(self, address: str, width: int = 1280, **context: object) -> Visit:
        """Open a page and wait until everything is loaded."""
        opened = self.browser.new_context(viewport={"width": width, "height": 900}, **context)
        self.contexts.append(opened)
        folder = address.startswith("file:")
        home = HTML.as_uri() if folder else "/".join(address.split("/")[:3])
        visit = Visit(opened.new_page(), home)

        def route(route: object) -> None:
            url = route.request.url
            if url.startswith((visit.home, "data:", "blob:")):
                route.continue_()
            else:
                visit.outside.append(url)
                route.abort()

        def console(message: object) -> None:
            if message.type in ("error", "warning"):
                visit.trouble.append(f"{message.type}: {message.text}")

        def response(response: object) -> None:
            if response.url.startswith("http"):
                length = int(response.headers.get("content-length", 0))
                visit.sent[response.url] = length
                if response.status >= 400:
                    visit.trouble.append(f"{response.status}: {response.url}")

        def request(request: object) -> None:
            visit.asked = time.monotonic()

        page = visit.page
        page.on("request", request)
        opened.route("**/*", route)
        page.on("console", console)
        page.on("pageerror", lambda error: visit.trouble.append(f"exception: {error}"))
        page.on("requestfailed", lambda r: visit.trouble.append(f"not loaded: {r.url}"))
        page.on("response", response)
        page.goto(address)
        visit.arrived()
        return visit


@pytest.fixture
def visitor(browser: object) -> Iterator[Visitor]:
    """Return an object that opens pages, and close them after the test."""
    visitor = Visitor(browser)
    yield visitor
    for context in visitor.contexts:
        context.close()
