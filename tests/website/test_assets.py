"""Which files a page loads."""

import base64
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from website import assets
from website.theme import PageError

BUNDLES = ("book-1.css", "book-2.js")


def linked(head: str, body: str = "", root: str = "../") -> BeautifulSoup:
    page = BeautifulSoup(f"<html><head>{head}</head><body>{body}</body></html>", "html.parser")
    assets.link(page, root, BUNDLES, "const OPTIONS = 1;")
    return page


def addresses(page: BeautifulSoup) -> list[str]:
    return [str(e.get("src") or e.get("href")) for e in page.select("[src], [href]")]


def test_a_page_loads_one_style_sheet_and_one_script() -> None:
    page = linked(
        '<link rel="stylesheet" href="../_static/basic.css?v=1"/>'
        '<link rel="preload" as="script" href="../_static/scripts/bootstrap.js?digest=1"/>'
        '<script src="../_static/doctools.js?v=2"></script>'
        '<script src="../_static/sphinx-thebe.js"></script>'
        '<script>const THEBE_JS_URL = "https://example.org"</script><script>own()</script>',
        '<script defer src="../_static/scripts/bootstrap.js"></script>',
    )
    assert addresses(page) == ["../_static/book-1.css", "../_static/book-2.js"]
    assert [script.string for script in page.find_all("script")] == [
        "own()",
        "const OPTIONS = 1;",
        None,
    ]


def test_only_the_search_page_loads_the_search() -> None:
    sphinx = '<script src="searchindex.js"></script><script src="_static/searchtools.js"></script>'
    assert len(addresses(linked(sphinx, root=""))) == 2
    page = linked(sphinx, '<div id="search-results"></div>', root="")
    assert addresses(page)[2:] == [
        "_static/minisearch.js",
        "_static/sections.js",
        "_static/search.js",
    ]
    assert all(script.has_attr("defer") for script in page.select("script[src]"))


@pytest.mark.parametrize(
    "unknown",
    [
        '<script src="../_static/new.js"></script>',
        '<script src="https://example.org/x.js"></script>',
        '<link rel="stylesheet" href="../_static/new.css"/>',
    ],
)
def test_an_unknown_file_is_reported(unknown: str) -> None:
    # Mutation: without the `raise` in assets.link the file is silently left out.
    with pytest.raises(PageError, match="to bundle or to leave out"):
        linked(unknown)


def test_a_style_sheet_that_is_missing_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PageError, match=r"basic\.css is not one file"):
        assets.style_sheet(tmp_path, set())


def test_a_bundle_has_a_new_name_when_it_changes(tmp_path: Path) -> None:
    first = assets.save(tmp_path, ".css", "a")
    assert assets.save(tmp_path, ".css", "a") == first
    second = assets.save(tmp_path, ".css", "b")
    assert second != first
    assert [path.name for path in tmp_path.iterdir()] == [second]


# Mutations: another script before storage.js; storage.js without its `catch`.
@pytest.mark.parametrize("denied", ["throws", "null", "full", "works"])
def test_a_page_that_may_not_store_runs_all_of_its_scripts(tmp_path: Path, denied: str) -> None:
    racer = pytest.importorskip("py_mini_racer")
    for name in assets.SCRIPTS:
        own = Path(assets.__file__).parent / "static" / name
        text = own.read_text(encoding="utf-8") if name == "storage.js" else (
            f'if (localStorage.getItem("mode") === null) ran.push("{name}");'
            'sessionStorage.setItem("a", 1); sessionStorage.removeItem("a");'
        )  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    store = {
        "throws": 'throw new Error("denied")',
        "null": "return null",
        "full": "return {getItem: () => null, setItem() {throw new Error()}, removeItem() {}}",
        "works": "return {getItem: () => null, setItem() {}, removeItem() {}}",
    }[denied]
    page = (
        "var window = globalThis, ran = [];"
        'for (const name of ["localStorage", "sessionStorage"]) '
        f"Object.defineProperty(window, name, {{get() {{ {store} }}, configurable: true}});"
    )
    ran = racer.MiniRacer().eval(f"{page}\n{assets.script(tmp_path)}\n;ran.join()")
    assert ran.split(",") == [name for name in assets.SCRIPTS if name != "storage.js"]


def test_the_fonts_are_within_the_style_sheet() -> None:
    """Fonts that come later would move every line of a page."""
    css = (Path(assets.__file__).parent / "static" / "book.css").read_text(encoding="utf-8")
    found = re.findall(r'url\("data:font/woff2;base64,([^"]*)"\)', assets.embedded(css))
    assert [base64.b64decode(font)[:4] for font in found] == [b"wOF2"] * css.count("@font-face")
    assert found


def test_each_font_is_read_before_the_words() -> None:
    css = (Path(assets.__file__).parent / "static" / "book.css").read_text(encoding="utf-8")
    families = set(re.findall(r'@font-face \{\s*font-family: ("[^"]*")', css))
    assert families == set(re.findall(r'1em ("[^"]*")', assets.READ_FONTS))
