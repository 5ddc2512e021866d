"""Make one PDF of the whole built book, with Chromium: outline, page numbers, links that work.

Run ``make book`` first. The pages are joined in the order of ``_toc.yml``; the formulas and the
figures are those of the web pages. An explorable is shown as its still picture. A quiz keeps its
questions and options; which of them are right, and why, stands at the end of the book. The book is
printed twice, because the contents name pages that are known only once it has been laid out.

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
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

from course.contents import ROOT, configuration, pages
from website import browser
from website.typography import new_tag

HTML = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "why-cross-entropy.pdf"
JOINED = "all-pages.html"  # as if it lay beside index.html: every path to a figure is right

ANSWERS = "answers"  # the anchor of the section with the quizzes' answers
NUMBERED = re.compile(r"(?:\d+|[A-Z])\.\d+\s")
PAGE = re.compile(r"\[\[([\w-]+)\]\]")  # stands for the number of the page with this anchor
UNKNOWN = "000"  # as wide as a page's number
PRINTS = 3  # the second time the numbers are there; a third if a line broke because of them

# Figures shrink as the text does, from 18 px on a screen to 14 px, and none is taller than half a
# page (in px): at full size many would not fit below their code, and leave half a page empty.
SHRUNK, TALLEST = 0.78, 490
LONG = 14  # lines of code: more may break across two pages
STYLE = """
body { font-size: 10.5pt; }
.listing, section.page { break-before: page; }
.front { text-align: center; padding-top: 5cm; }
.front img { width: 80%; margin: 2cm 0; }
.listing ul { padding: 0; }
.listing li { list-style: none; margin: 0; line-height: 1.5; break-inside: avoid; }
.listing a { display: flex; gap: 0.4em; color: inherit; text-decoration: none; }
.listing a::before {
  order: 1; flex: 1; margin-bottom: 0.4em; border-bottom: 1px dotted #767676; content: "";
}
.listing .number { order: 2; }
.listing > ul > li { margin-top: 0.35em; font-weight: bold; }
.listing > ul > li:has(+ li li) { break-after: avoid; }
.listing li li { padding-left: 1.2em; font-size: 9.5pt; line-height: 1.4; }
.listing > ul > li:has(li) { font-weight: normal; break-inside: auto; }
h1, h2, h3, h4 { break-after: avoid; break-inside: avoid; }
p, li { orphans: 3; widows: 3; }
img, div.math, tr, blockquote, .question, .solution { break-inside: avoid; }
table:not(:has(tr:nth-child(9))) { break-inside: avoid; }
div:is(.cell_input, .output):has(pre.long) { break-inside: auto; }
div.cell pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 7.5pt; }
table { font-size: 9pt; }
.pst-scrollable-table-container, div.math { overflow: visible; }
.question { margin-bottom: 1rem; }
.question p { margin-bottom: 0.3rem; }
.option { margin-left: 1.2em; text-indent: -1.2em; padding-left: 1.2em; }
.solution { margin-bottom: 0.8rem; }
.solution > * { margin-bottom: 0.15rem; }
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
    for section in found.select("section[id]"):
        # Where a heading moves to the next page its section still begins on this one.
        heading = section.find(re.compile("^h[1-6]$"), recursive=False)
        if isinstance(heading, Tag) and not heading.has_attr("id"):
            heading["id"] = section["id"]
            del section["id"]
    for code in found.find_all("pre"):
        if code.get_text().strip().count("\n") >= LONG:
            code["class"] = "long"
    for element in found.find_all(id=True):
        element["id"] = joined_anchor(page, str(element["id"]))
    for element in found.find_all(src=True):
        source = urljoin(f"{page}.html", str(element["src"]))
        element["src"] = source if ":" in source else normpath(source)
    for element in found.select("svg *"):  # the letters of a drawing, and what it is cut out by
        for attribute in list(element.attrs):
            value = str(element[attribute])
            if attribute == "href" and value.startswith("#"):
                element[attribute] = "#" + joined_anchor(page, value[1:])
            elif "url(#" in value:
                element[attribute] = value.replace("url(#", f"url(#{joined_anchor(page)}--")
    for drawing in found.select('div.cell_output svg[role="img"][height], .explorable img[height]'):
        zoom = min(SHRUNK, TALLEST / float(str(drawing["height"])))
        drawing["style"] = f"{drawing.get('style', '')}; zoom: {zoom:.3f}"
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


def part_quiz(body: Tag) -> list[Tag]:
    """Leave a quiz its questions and options; return the answers to it, one box for each question.

    Parameters
    ----------
    body : Tag
        A page of the joined book, with or without a quiz. It is changed.

    Raises
    ------
    ValueError
        If an option has no letter, or a question not exactly one right answer.
    """
    answers = []
    for question in body.select("div.question"):
        name = str(question["aria-labelledby"])
        title = question.select_one("p strong")
        box, right = new_tag("div", {"class": "solution"}), []
        for option in question.find_all("details", recursive=False):
            summary = option.find("summary")
            letter = re.match(r"\s*([a-z])\)", summary.get_text() if summary else "")
            if title is None or not isinstance(summary, Tag) or letter is None:
                raise ValueError(f"{name}: an option does not begin with its letter, as in a)")
            reasons = list(option.find_all(recursive=False))[1:]
            if reasons and reasons[0].get_text().startswith("Right."):
                right.append(letter[1])
            for reason in reasons:
                box.append(reason.extract())
            reasons[0].insert(0, f"{letter[1]}) ")
            summary.name, summary["class"] = "p", "option"
            option.replace_with(summary)
        if title is None or len(right) != 1:
            raise ValueError(f"{name}: {len(right)} answers are right, where one must be")
        heading = new_tag("p", {})
        link = new_tag("a", {"href": f"#{name}"}, title.get_text().rstrip("."))
        heading.extend([link, f": {right[0]})"])
        link.wrap(new_tag("strong", {}))
        box.insert(0, heading)
        answers.append(box)
        for line in question.select("p.result"):
            line.decompose()
    if answers:
        first = body.select_one("div.question")
        # On a screen it says how to open an answer.
        lead = first.find_previous_sibling("p") if first else None
        if lead is None:
            raise ValueError("a quiz has no sentence before its first question")
        lead.clear()
        link = new_tag("a", {"href": f"#{ANSWERS}"}, f"page [[{ANSWERS}]]")
        lead.append("Choose an answer to each question. Which one is right, and which belief ")
        lead.append("leads to the others, stands at the end of the book, from ")
        lead.extend([link, " on."])
    return answers


def entry(anchor: str, title: str, below: str = "") -> str:
    """Return a line of the contents, with the number of the page and the lines below it."""
    words = f'<span>{escape(title)}</span><span class="number">[[{anchor}]]</span>'
    line = f'<a href="#{anchor}">{words}</a>'
    return f"<li>{line}</li>" + (f"<li><ul>{below}</ul></li>" if below else "")


def joined(html: Path, order: tuple[str, ...], config: Mapping[str, Any]) -> str:
    """Return the whole book as one page of HTML; its name and author are in the configuration.

    In place of a page's number stands ``[[ANCHOR]]``.
    """
    known = set(order)
    sheet = next((html / "_static").glob("book-*.css")).name
    parts, contents, answers = [], [], []
    for page in order:
        body = article(html, page, known)
        heading = body.find("h1")
        title = heading.get_text().strip() if heading else page
        sections = [
            (str(h["id"]), " ".join(h.get_text().split()))
            for h in body.select("h2[id]")
            if NUMBERED.match(h.get_text())
        ]
        below = "".join(entry(anchor, words) for anchor, words in sections)
        contents.append(entry(joined_anchor(page), title, below))
        solved = part_quiz(body)
        if solved:
            answers.append(f"<h2>{escape(title)}</h2>" + "".join(map(str, solved)))
        parts.append(f'<section class="page" id="{joined_anchor(page)}">{body}</section>')
    title = "Answers to the quizzes"
    contents.append(entry(ANSWERS, title))
    parts.append(
        f'<section class="page" id="{ANSWERS}"><h1>{title}</h1>{"".join(answers)}</section>'
    )
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


def fill(text: str, numbers: Mapping[str, int]) -> str:
    """Return a text with page numbers in it, so far as they are known."""
    return PAGE.sub(lambda found: str(numbers.get(found[1], UNKNOWN)), text)


def page_numbers(pdf: PdfReader) -> dict[str, int]:
    """Return the number of the page on which each anchor stands, the first page being 1."""
    # A destination holds a reference to its page; asking the reader for each one's number is slow.
    places = {page.indirect_reference.idnum: n for n, page in enumerate(pdf.pages, start=1)
              if page.indirect_reference}  # fmt: skip
    return {
        name.removeprefix("/"): places[target.raw_get("/Page").idnum]
        for name, target in pdf.named_destinations.items()
    }


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
    source = joined(html, pages(), config)
    text, numbers = "", dict[str, int]()
    # The joined page is handed to the browser and never stands in the folder, so that two runs do
    # not take it from each other and no reader of the folder finds a page too many.
    with browser.served(html) as address, sync_playwright() as playwright:
        # No sandbox: containers run as root, and nothing foreign is opened.
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = chromium.new_context(java_script_enabled=False).new_page()
        page.route(
            address + JOINED, lambda route: route.fulfill(body=text, content_type="text/html")
        )
        for _ in range(PRINTS):
            text, before = fill(source, numbers), numbers
            page.goto(address + JOINED, wait_until="load")
            page.pdf(
                path=target, format="A4", outline=True, tagged=True, print_background=True,
                display_header_footer=True, header_template="<span></span>",
                footer_template=FOOTER,
                margin={"top": "18mm", "bottom": "18mm", "left": "18mm", "right": "18mm"},
            )  # fmt: skip
            numbers = page_numbers(PdfReader(target))
            if numbers == before:
                break
        else:
            raise ValueError("the pages moved when their numbers were filled in")
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
