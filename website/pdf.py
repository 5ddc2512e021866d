"""Make one PDF of the whole built book, with Chromium: outline, page numbers, links that work.

Run ``make book`` first. The pages are joined in the order of ``_toc.yml``; the formulas and the
figures are those of the web pages. An explorable is shown as its still picture.

Usage: python -m website.pdf [TARGET]          (default: _build/why-cross-entropy.pdf)
       python -m website.pdf --html FOLDER TARGET     a book that was built elsewhere
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from posixpath import normpath
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from pypdf import PdfWriter
from pypdf.generic import NameObject, TextStringObject

from course.contents import ROOT, configuration, pages
from website import browser

HTML = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "why-cross-entropy.pdf"
JOINED = "all-pages.html"  # as if it lay beside index.html: every path to a figure is right

STYLE = """
body { font-size: 10.5pt; }
.listing, section.page { break-before: page; }
.front { text-align: center; padding-top: 5cm; }
.front img { width: 80%; margin: 2cm 0; }
.listing li { list-style: none; line-height: 1.9; }
h1, h2, h3, h4 { break-after: avoid; break-inside: avoid; }
p, li { orphans: 3; widows: 3; }
pre, div.highlight, div.cell_input, div.cell_output, img, div.math, tr, blockquote {
  break-inside: avoid;
}
div.cell pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 7.5pt; }
table { font-size: 9pt; }
.pst-scrollable-table-container, div.math { overflow: visible; }
"""
FOOTER = (
    '<div style="width: 100%; font: 8pt sans-serif; color: #555; text-align: center">'
    '<span class="pageNumber"></span></div>'
)


def joined_anchor(page: str, anchor: str = "") -> str:
    """Return the anchor that a page, or an anchor on it, has in the joined book."""
    return re.sub(r"[^\w-]", "-", page) + (f"--{anchor}" if anchor else "")


def article(html: Path, page: str, known: set[str]) -> Tag:
    """Return the text of a page, with anchors and links that work in the joined book."""
    text = (html / f"{page}.html").read_text(encoding="utf-8")
    found = BeautifulSoup(text, "html.parser").find("article")
    if not isinstance(found, Tag):
        raise ValueError(f"{page}.html has no article")
    for element in found.select("script, a.headerlink, button, .moved"):
        element.decompose()
    for fold in found.find_all("details"):
        fold["open"] = ""
    for element in found.find_all(id=True):
        element["id"] = joined_anchor(page, str(element["id"]))
    for element in found.find_all(src=True):
        source = urljoin(f"{page}.html", str(element["src"]))
        element["src"] = source if ":" in source else normpath(source)
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        for element in found.select(f"[{attribute}]"):
            names = str(element[attribute]).split()
            element[attribute] = " ".join(joined_anchor(page, name) for name in names)
    for link in found.find_all("a", href=True):
        parts = urlsplit(urljoin(f"/{page}.html", str(link["href"])))
        target = unquote(parts.path).strip("/").removesuffix(".html")
        if parts.scheme in ("http", "https", "mailto"):
            continue
        if target in known:
            link["href"] = "#" + joined_anchor(target, unquote(parts.fragment))
        else:  # a file of the site: on paper its name is all there is
            link.unwrap()
    found.name = "div"
    return found


def joined(html: Path, order: tuple[str, ...], config: Mapping[str, Any]) -> str:
    """Return the whole book as one page of HTML; its name and author are in the configuration."""
    known = set(order)
    sheet = next((html / "_static").glob("book-*.css")).name
    parts, contents = [], []
    for page in order:
        body = article(html, page, known)
        heading = body.find("h1")
        title = heading.get_text().strip() if heading else page
        contents.append(f'<li><a href="#{joined_anchor(page)}">{escape(title)}</a></li>')
        parts.append(f'<section class="page" id="{joined_anchor(page)}">{body}</section>')
    name, author = escape(config["title"]), escape(config["author"])
    licence = escape(config["html"]["extra_footer"].strip())
    return f"""<!DOCTYPE html>
<html lang="en" data-theme="light" data-mode="light">
<head>
<meta charset="utf-8"><title>{name}</title><meta name="author" content="{author}">
<link rel="stylesheet" href="_static/{sheet}"><style>{STYLE}</style>
</head>
<body><main class="bd-content"><div class="bd-article">
<div class="front"><p style="font-size: 32pt; font-weight: bold">{name}</p>
<img src="_images/cover.svg" alt=""><p>{author}</p><p>{licence}</p></div>
<nav class="listing"><h1>Contents</h1><ul>{"".join(contents)}</ul></nav>
{"".join(parts)}
</div></main></body></html>
"""


def name_outline(target: Path, headings: list[str], title: str, author: str) -> None:
    """Give the outline the headings' own words.

    Chromium writes the words of a heading twice where it first laid it out at the foot of a page
    and then moved it to the next.
    """
    writer = PdfWriter(clone_from=target)

    def titles(item: Any) -> Iterator[Any]:
        while item is not None:
            item = item.get_object()
            yield item
            yield from titles(item.get("/First"))
            item = item.get("/Next")

    outlines: Any = writer.root_object["/Outlines"]
    entries = list(titles(outlines["/First"]))
    if len(entries) != len(headings):
        raise ValueError(f"{len(entries)} entries in the outline for {len(headings)} headings")
    for entry, heading in zip(entries, headings, strict=True):
        entry[NameObject("/Title")] = TextStringObject(heading)
    writer.add_metadata({"/Title": title, "/Author": author, "/Creator": "", "/Producer": ""})
    writer.write(target)


def write(html: Path, target: Path) -> None:
    """Write the PDF of the book that was built in a folder."""
    from playwright.sync_api import sync_playwright

    path = browser.chromium()
    if path is None:
        raise SystemExit("No Chromium here. Install it, or set CHROMIUM to its path.")
    if not (html / "index.html").is_file():
        raise SystemExit(f"There is no book in {html}. Run make book first.")
    config = configuration()
    text = joined(html, pages(), config)
    # The joined page is handed to the browser and never stands in the folder, so that two runs do
    # not take it from each other and no reader of the folder finds a page too many.
    with browser.served(html) as address, sync_playwright() as playwright:
        # No sandbox: containers run as root, and nothing foreign is opened.
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = chromium.new_context(java_script_enabled=False).new_page()
        page.route(
            address + JOINED, lambda route: route.fulfill(body=text, content_type="text/html")
        )
        page.goto(address + JOINED, wait_until="load")
        page.pdf(
            path=target, format="A4", outline=True, tagged=True, print_background=True,
            display_header_footer=True, header_template="<span></span>",
            footer_template=FOOTER,
            margin={"top": "18mm", "bottom": "18mm", "left": "18mm", "right": "18mm"},
        )  # fmt: skip
        chromium.close()
    soup = BeautifulSoup(text, "html.parser")
    headings = [" ".join(h.get_text().split()) for h in soup.find_all(re.compile("^h[1-6]$"))]
    name_outline(target, headings, config["title"], config["author"])


def main() -> int:
    """Write the PDF and say where it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("target", nargs="?", type=Path, default=TARGET)
    parser.add_argument("--html", type=Path, default=HTML, help="the folder of the built book")
    arguments = parser.parse_args()
    target: Path = arguments.target.resolve()
    write(arguments.html.resolve(), target)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
