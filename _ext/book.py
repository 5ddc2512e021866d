"""Sphinx extension: the last hand laid on the built pages.

Jupyter Book 1 and its theme send every page an icon library of 540 kB (compressed), a live-code
library that asks another host, scripts that hold up the drawing of the page, and pictures whose
size is unknown until they have come. After the build, each page is given what it needs and no
more. Each mend is tied to the theme's own markup: where that is not found, the build warns, and a
warning is an error here, so that a newer theme cannot silently undo one.

What would be worth mending upstream is marked with "Upstream:".
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slim
import typeset
from sphinx.util import logging

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils import nodes
    from sphinx.application import Sphinx

LOGGER = logging.getLogger(__name__)
ICONS = Path(__file__).resolve().parent / "icons"

# Nothing but this site, its own inline scripts and styles, and data that a page carries in itself.
# (default-src is not 'none': Firefox fetches the next page beforehand, and would be refused.)
# An address of another host cannot be loaded even if one slips into a page; links still lead out.
POLICY = (
    "default-src 'self'; object-src 'none'; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; "
    "frame-src 'self' data: blob:; media-src 'self' data: blob:; base-uri 'self'"
)
PICTURE = (
    "The cross-entropy of five balls for every belief about black: a valley whose lowest point is "
    "the entropy, 0.6730 nats."
)
# Without one, browsers ask for /favicon.ico. A white and a black ball.
FAVICON = (
    "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2032%2032'%3E"
    "%3Ccircle%20cx='9'%20cy='16'%20r='7'%20fill='%23fff'%20stroke='%23777'%20stroke-width='2'/%3E"
    "%3Ccircle%20cx='23'%20cy='16'%20r='8'%20stroke='%23777'/%3E%3C/svg%3E"
)
# In this order; theme.css only imports basic.css. Thebe's sheet is left out with Thebe.
SHEETS = (
    *("basic.css", "styles/pydata-sphinx-theme.css", "pygments.css"),
    *("styles/sphinx-book-theme.css", "togglebutton.css", "copybutton.css", "mystnb.*.css"),
    *("sphinx-design.min.css", "book.css"),
)
# doctools asks for the options, which are written into the page; the theme asks for bootstrap.
# storage.js comes first: it answers for the others where a browser forbids storing.
SCRIPTS = (
    *("storage.js", "doctools.js", "sphinx_highlight.js", "clipboard.min.js", "copybutton.js"),
    *("togglebutton.js", "scripts/sphinx-book-theme.js", "scripts/bootstrap.js"),
    *("scripts/pydata-sphinx-theme.js", "book.js"),
)
SEARCH = ("searchtools.js", "language_data.js", "searchindex.js")
STYLE_LINK = re.compile(r'[ \t]*<link\b[^>]*\brel="stylesheet"[^>]*>\n?')
SCRIPT = re.compile(r"[ \t]*<script\b([^>]*)>(.*?)</script>\n?", re.S)
# What follows the names of an icon: nothing of the theme's puts text inside.
ICON = re.compile(r'<(i|span) class="([^"]*\bfa[srb]?(?:-solid|-brands)? [^"]*)"([^>]*)></\1>')
ALIASES = {"pencil-alt": "pencil"}


class Faults(Exception):
    """The theme's markup is not what a mend was written for."""


@cache
def icon(name: str) -> tuple[str, str]:
    """Return the view box and the path of an icon."""
    text = (ICONS / f"{ALIASES.get(name, name)}.svg").read_text(encoding="utf-8")
    box, path = re.search(r'viewBox="([^"]+)"', text), re.search(r'<path d="[^"]+"/>', text)
    if box is None or path is None:
        raise Faults(f"the icon {name} has no path")
    return box[1], path[0]


def drawn(match: re.Match[str]) -> str:
    """Return an icon as inline SVG. Its button has a name: a listener need not hear of it."""
    classes = match[2].split()
    names = [c.removeprefix("fa-") for c in classes if c.startswith("fa-")]
    names = [name for name in names if name not in ("solid", "brands", "regular", "lg")]
    if len(names) != 1 or not (ICONS / f"{ALIASES.get(names[0], names[0])}.svg").is_file():
        raise Faults(f'no icon for class="{match[2]}": name it in scripts/vendor.py and run that')
    box, path = icon(names[0])
    rest = re.sub(r'\s*title="[^"]*"', "", match[3])
    kept = " ".join(["icon", *(c for c in classes if c not in ("fa-solid", "fas", "fab"))])
    return f'<svg class="{kept}" viewBox="{box}"{rest} aria-hidden="true">{path}</svg>'


THEME = """(() => {
      let mode = "auto";
      try {
        mode = localStorage.getItem("mode") || mode;
      } catch {}
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      document.documentElement.dataset.mode = mode;
      document.documentElement.dataset.theme = mode === "auto" ? (dark ? "dark" : "light") : mode;
    })();"""
# What is no prose, code within prose, a tag, prose.
PARTS = re.compile(
    r"<(pre|script|style|svg|template|mjx-container|iframe)\b.*?</\1>|"
    r"(?P<code><code\b[^>]*>.*?</code>)|<!--.*?-->|<[^>]*>|(?P<prose>[^<]+)",
    re.S,
)
# On one line: 7 000, 45 %, 0.5 nats, chapter 3, section 3.1. No line begins with a dot.
BOUND = re.compile(
    r"\b([Cc]hapters?|[Ss]ections?|Figure) (?=\d)|(?<=\d) (?=\d{3}\b|%|(?:nat|bit)s?\b)| (?=· )"
)
# Where a name may be broken: cross_|entropy, Cross|Entropy|Loss, lib/|data, nn.|Module; not .csv.
JOINT = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[A-Za-z][_/(=\[])(?=\w)|(?<=[A-Za-z]\.)(?=\w{4})")
LONG = 30
# Shown on a phone, where the letters of a figure are too small to read; see book.css and book.js.
LARGER = '<button type="button" class="larger">{icon}Larger</button>'
# (what, pattern, replacement, which pages must have it: "all", "some")
Mend = tuple[str, str, str, str]
MENDS: tuple[Mend, ...] = (
    # Upstream: pydata-sphinx-theme names its search buttons "Search" while they read "Search
    # Ctrl + K" (axe: label-content-name-mismatch). The visible text is the name.
    (
        "search button",
        r'(<button class="btn search-button-field [^"]*") title="Search" aria-label="Search"',
        r"\1",
        "all",
    ),
    # Upstream: sphinx-book-theme puts the place of an advertisement into every sidebar, outside
    # any landmark (axe: region).
    ("advertisement", r'<div class="sidebar-primary-item">\s*<div id="ethical-ad.*?</div>\s*</div>',
     "", "all"),
    # Upstream: sphinx-book-theme has its own header, but pydata-sphinx-theme's is still there. On a
    # wide window it shows, with a second search button; on a phone it is hidden, and because
    # its buttons come first, the visible buttons for the table of contents do nothing. Its script
    # asks how high it is.
    (
        "header",
        r'<header id="pst-header".*?</header>',
        '<div id="pst-header" class="bd-header" hidden></div>',
        "all",
    ),
    # Upstream: the title of the book lies outside any landmark of the page (axe: region).
    (
        "sidebar",
        r'<div id="pst-primary-sidebar"',
        r'\g<0> role="region" aria-label="Table of contents"',
        "all",
    ),
    # Upstream: Markdown's empty corner of a table becomes the heading of nothing (axe:
    # empty-table-header).
    ("corner", r'<th class="head"><p></p></th>', "<td></td>", "some"),
    # Upstream: three <meta name="viewport">, the same thing each time. The last one stays.
    ("viewport", r'\s*<meta name="viewport"[^>]*>(?=.*<meta name="viewport")', "", "all"),
    # Upstream: pydata-sphinx-theme decides only after the page has been read whether "auto" means
    # dark, so a dark reader sees a white flash; and where storing is forbidden it stops there.
    (
        "theme",
        r'document\.documentElement\.dataset\.mode = .*?dataset\.theme = [^;]*;',
        THEME,
        "all",
    ),
    # Colab opens a notebook alone; the exercises need the file of checks beside them.
    ("colab", r'<li><a href="https://colab[^"]*/exercises/(?:(?!</li>).)*</li>', "", "some"),
    # Only the theme's own search service reads these.
    ("docsearch", r'\s*<meta name="docsearch:[^>]*>', "", "all"),
    # The author is a name of its own everywhere but here, after "By".
    ("author", r'(<p class="component-author">\s*By )The ', r"\1the ", "some"),
)  # fmt: skip


def mended(page: str, name: str) -> str:
    """Return a page with the theme's faults mended and its icons drawn."""
    for what, pattern, replacement, where in MENDS:
        page, count = re.subn(pattern, replacement, page, flags=re.S)
        if not count and where == "all":
            raise Faults(f"the mend '{what}' finds nothing to mend in {name}")
    page = ICON.sub(drawn, page)
    if re.search(r'<(?:i|span) class="[^"]*\bfa-', page):
        raise Faults(f"an icon is written in an unknown way in {name}")
    return page


def bound(page: str) -> str:
    """Return a page whose lines break where a reader would break them.

    A name is broken in a narrow column of a table, or if it is as long as a line on a phone.
    """
    in_cell = False

    def part(match: re.Match[str]) -> str:
        nonlocal in_cell
        if match[0].startswith(("<td", "</td")):
            in_cell = match[0][1] == "t"
        if match["code"] and not in_cell and len(re.sub(r"<[^>]*>", "", match[0])) < LONG:
            return match[0]
        if match["code"]:
            return re.sub(r"(?<=>)[^<]+", lambda text: JOINT.sub("<wbr />", text[0]), match[0])
        if match["prose"]:
            return BOUND.sub(lambda found: f"{found[1] or ''}\N{NO-BREAK SPACE}", match[0])
        return match[0]

    head, start, rest = page.partition('<article class="bd-article"')
    article, end, foot = rest.rpartition("</article>")
    return head + start + PARTS.sub(part, article) + end + foot


def assets(page: str, name: str, root: str, static: dict[str, str], options: str) -> str:
    """Return a page that loads one style sheet and one script, and mathematics where there is some.

    Parameters
    ----------
    page : str
        The page as Sphinx wrote it.
    name : str
        Its name, ``chapters/index``.
    root : str
        The way from its folder to the top: ``"../"``.
    static : dict of str to str
        The bundles ``css`` and ``js``, as file names with a fingerprint.
    options : str
        The script that sets Sphinx's options; a few bytes, not worth a request.
    """
    late: list[str] = []
    to_typeset = typeset.INLINE.search(page) or typeset.DISPLAY.search(page)

    def keep_script(match: re.Match[str]) -> str:
        attributes, body = match[1], match[2]
        source = re.search(r'\bsrc="([^"?]*)', attributes)
        if source is None:
            theirs = ("THEBE_JS_URL", "DOCUMENTATION_OPTIONS", "toggle")
            mine = any(word in body for word in theirs)
            return "" if mine or ("window.MathJax =" in body and not to_typeset) else match[0]
        file = source[1].removeprefix(root).removeprefix("_static/")
        if file in SEARCH:
            if name == "search":
                late.append(f'<script defer src="{source[1]}"></script>')
            return ""
        mathjax = file.startswith("vendor/mathjax/")
        if file == "vendor/mathjax/mathjax.js" and to_typeset:
            late.append(f'<script defer src="{source[1]}"></script>')
        known = mathjax or file in SCRIPTS or file == "documentation_options.js"
        if known or "thebe" in file or "fontawesome" in file or file == "design-tabs.js":
            return ""
        raise Faults(f"{source[1]} is a script that nobody has decided about; see _ext/book.py")

    head, body = page.split("</head>", 1)
    head = STYLE_LINK.sub("", SCRIPT.sub(keep_script, head))
    head = re.sub(r'\s*<link rel="preload" as="script"[^>]*>', "", head)
    body = re.sub(
        r'\s*<script defer src="[^"]*scripts/(?:bootstrap|pydata-sphinx-theme)\.js[^"]*"></script>',
        "", body)  # fmt: skip
    mine = [
        f'<link rel="stylesheet" href="{root}_static/{static["css"]}" />',
        f"<script>{options}</script>",
        f'<script defer src="{root}_static/{static["js"]}"></script>',
        *dict.fromkeys(late),  # Sphinx names MathJax once for the text and once for the cells
    ]
    return f"{head.rstrip()}\n    " + "\n    ".join(mine) + f"\n  </head>{body}"


def card(title: str, description: str, picture: str, address: str) -> str:
    """Return the policy and what a page looks like when somebody shares its address."""
    facts = {
        "og:type": "article", "og:title": title, "og:description": description,
        "og:image": picture, "og:image:alt": PICTURE,
    }  # fmt: skip
    if address:
        facts["og:url"] = address
    lines = [
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}" />',
        f'<meta name="description" content="{html.escape(description)}" />',
        *(f'<meta property="{k}" content="{html.escape(v)}" />' for k, v in facts.items()),
        '<meta name="twitter:card" content="summary_large_image" />',
        f'<link rel="icon" href="{FAVICON}" />',
    ]
    return "\n    ".join(lines)


def sized(page: str, folder: Path, sizes: dict[Path, tuple[int, int] | None]) -> str:
    """Return a page whose pictures say how large they are: nothing moves when they come."""

    def with_size(match: re.Match[str]) -> str:
        source = re.search(r'\bsrc="([^":]+)"', match[0])
        if source is None or re.search(r"\b(?:width|height)=", match[0]):
            return match[0]
        path = (folder / source[1]).resolve()
        if path not in sizes and path.suffix == ".svg" and path.is_file():
            sizes[path] = slim.svg_size(path.read_text(encoding="utf-8"))
        size = sizes.get(path)
        if size is None:
            return match[0]
        image = match[0].replace("<img", f'<img width="{size[0]}" height="{size[1]}"', 1)
        box, path_of_icon = icon("expand")
        drawing = f'<svg class="icon" viewBox="{box}" aria-hidden="true">{path_of_icon}</svg>'
        return f'<span class="figure">{image}</span>{LARGER.format(icon=drawing)}'

    return re.sub(r"<img\b[^>]*>", with_size, page)


def bundle_css(static: Path, words: set[str]) -> str:
    """Put the style sheets behind one another, without the rules that no page can use."""
    parts = []
    for pattern in SHEETS:
        paths = list(static.glob(pattern))
        if len(paths) != 1:
            raise Faults(f"{pattern} is not one file in _static")
        text = paths[0].read_text(encoding="utf-8")
        text = re.sub(r'@charset "[^"]*";', "", text)
        above = paths[0].parent.relative_to(static).as_posix()
        if above != ".":
            # The bundle lies above: url(../x) is x from there.
            text = re.sub(r"url\(\.\./", "url(", text)
        parts.append(slim.used_rules(text, words))
    return '@charset "utf-8";\n' + "\n".join(parts)


def bundle_js(static: Path) -> str:
    """Put the scripts behind one another; each stays what it is."""
    texts = [(static / name).read_text(encoding="utf-8") for name in SCRIPTS]
    # sphinx-togglebutton asks for these; Sphinx writes them into each page. As the first statement
    # they also keep a "use strict" from holding for all of the scripts.
    settings = (
        'var togglebuttonSelector = ".toggle, .admonition.dropdown", toggleOpenOnPrint = "true", '
        'toggleHintShow = "Click to show", toggleHintHide = "Click to hide";\n'
    )
    return settings + "\n;\n".join(re.sub(r"(?m)^//# sourceMappingURL.*$", "", t) for t in texts)


def save(folder: Path, stem: str, suffix: str, text: str) -> str:
    """Write a bundle under a name that changes with what is in it."""
    for old in folder.glob(f"{stem}-*{suffix}"):
        old.unlink()
    name = f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:10]}{suffix}"
    (folder / name).write_text(text, encoding="utf-8")
    return name


def words_of(texts: Iterable[str]) -> set[str]:
    """Return every word that could be a class."""
    return {word for text in texts for word in re.findall(r"[\w-]+", text)}


def first_words(doctree: nodes.document, limit: int = 200) -> str:
    """Return the beginning of a page's first paragraph, to its last full sentence if it has one."""
    from docutils import nodes

    for paragraph in doctree.findall(nodes.paragraph):
        if any(paragraph.findall(nodes.math)):
            continue
        text = " ".join(paragraph.astext().split())
        if isinstance(paragraph.parent, (nodes.section, nodes.document)) and len(text) > 40:
            if len(text) <= limit:
                return text
            end = text.rfind(". ", 60, limit)
            return text[: end + 1] if end > 0 else text[: text.rfind(" ", 0, limit - 1)] + "…"
    return ""


def on_page(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page its policy, its description and its card."""
    title = re.sub(r"<[^>]*>", "", html.unescape(context.get("title") or ""))
    site = str(app.config.html_title)
    described = first_words(doctree) if doctree else ""
    described = described or f"{title}. A page of the course book {site}"
    base = published(app)
    root = "../" * name.count("/")
    picture = f"{base or root}_static/social.png"
    address = f"{base}{name}.html" if base else ""
    shown = title if site in title else f"{title} · {site}"
    context["metatags"] = card(shown, described, picture, address) + context.get("metatags", "")


def published(app: Sphinx) -> str:
    """Return the address where GitHub Pages shows the book; empty while it is not decided."""
    url = str((app.config.html_theme_options or {}).get("repository_url") or "")
    found = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+)", url)
    return f"https://{found[1]}.github.io/{found[2]}/" if found else ""


def front(app: Sphinx, out: Path) -> str:
    """Return the page at the top, which leads on to the first chapter's contents at once."""
    target = f"{app.config.root_doc}.html"
    first = (out / target).read_text(encoding="utf-8")
    facts = "\n    ".join(
        re.findall(
            r'<(?:meta (?:name="(?:desc|tw)|property|http-equiv)|link rel="icon")[^>]*>', first
        )
    )
    facts = facts.replace("../_static", "_static")
    title = html.escape(str(app.config.html_title))
    return f"""<!DOCTYPE html>
<html lang="{app.config.language}">
  <head>
    <meta charset="utf-8" />
    {facts}
    <meta http-equiv="refresh" content="0; url={target}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>{title}</title>
  </head>
  <body>
    <main>
      <h1>{title}</h1>
      <p><a href="{target}">To the book</a></p>
    </main>
  </body>
</html>
"""


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Mend every page that was written."""
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    sizes: dict[Path, tuple[int, int] | None] = {}
    for path in sorted((out / "_images").glob("*.svg")):
        text = path.read_text(encoding="utf-8")
        sizes[path.resolve()] = slim.svg_size(text)
        path.write_text(slim.svg(text), encoding="utf-8")

    pages = {
        path: path.read_text(encoding="utf-8")
        for path in sorted(out.rglob("*.html"))
        if not path.is_relative_to(static) and path != out / "index.html"
    }
    try:
        pages = {path: mended(text, path.name) for path, text in pages.items()}
        packages = app.config.mathjax3_config["tex"]["packages"]
        pages, math_css = typeset.typeset_pages(pages, static / "vendor" / "mathjax", packages)
        js = bundle_js(static)
        words = words_of([*pages.values(), js])
        css = bundle_css(static, words) + "\n" + slim.used_rules(math_css, words)
        bundles = {
            "css": save(static, "book", ".css", css),
            "js": save(static, "book", ".js", js),
        }
        options = (static / "documentation_options.js").read_text(encoding="utf-8")
        options = re.sub(r"\s+", " ", options)
        for path, text in pages.items():
            name = path.relative_to(out).with_suffix("").as_posix()
            mine = f"{options} DOCUMENTATION_OPTIONS.pagename = {json.dumps(name)};"
            if name == "search":
                # A page opened from the file system, or in a frame that belongs to no site, may not
                # fetch the others for their summaries.
                mine += (
                    ' if (location.protocol === "file:" || origin === "null")'
                    " DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;"
                )
            page = assets(text, name, "../" * name.count("/"), bundles, mine)
            path.write_text(sized(bound(page), path.parent, sizes), encoding="utf-8")
        # What no page asks for any more.
        for name in ("scripts/fontawesome.js", "sphinx-thebe.js", "sphinx-thebe.css"):
            (static / name).unlink(missing_ok=True)
        if math_css:
            for name in typeset.SCRIPTS:
                (static / "vendor" / "mathjax" / name).unlink(missing_ok=True)
        for path in static.rglob("*.map"):
            path.unlink()
        (out / "index.html").write_text(front(app, out), encoding="utf-8")
    except (Faults, typeset.Misprint) as fault:
        LOGGER.warning("the pages are not finished: %s", fault)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", on_page, priority=900)
    app.connect("build-finished", finish, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
