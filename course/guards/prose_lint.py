"""Phrases and lines of code that teach something false or that nobody would say, and filler.

A phrase shown in order to be corrected carries the comment ``<!-- lint: quoted -->`` in the same
paragraph, list item or table row; a code cell carries the tag ``lint-quoted``. Readers see
neither. The mark applies to that one block only.

The texts that the book corrects are named on the pages of ``SOURCES`` and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.guards import Finding, alt_text, output_texts, place, read, snippet
from course.guards.lint_code import comments, forbidden_calls, strings
from course.guards.lint_rules import ARTICLE, BY_NAME, MULTILABEL, RULES, Rule

MARK = re.compile(r"<!--\s*lint:\s*quoted\s*-->")
TAG = "lint-quoted"
GLOSSARIES = ("glossary.md", "notation.md")
SOURCES = ("errata.ipynb", "references.md")
ENTRY = re.compile(
    r"\s*(?:[-*+]\s+)?(?:<a id=\"[\w-]+\"></a>)?\*\*multi-?label(?:[.:]\*\*|\*\*[.:])", re.I
)
# The point in "ch. 6" does not end a sentence.
SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\bch\.)(?<!\bchs\.)(?<!\bchap\.)(?<!\bchaps\.)\s+", re.I)
DIRECTIVE = re.compile(r"^\s*(?:`{3,}|:{3,})\{.*", re.M)


@dataclass(frozen=True)
class Block:
    """A paragraph, a list item, a table row, a heading or fenced code of a Markdown text."""

    line: int
    headings: str  # the headings above it, outermost first
    text: str


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a Markdown text. Fenced code belongs to the paragraph it touches."""
    trail: list[tuple[int, str]] = []
    block: list[str] = []
    first, fenced = 1, False

    def flush() -> Iterator[Block]:
        if block:
            yield Block(first, " / ".join(title for _, title in trail), "\n".join(block))
            block.clear()

    for number, line in enumerate(text.splitlines(), start=1):
        fence = line.lstrip().startswith(("```", "~~~"))
        code = fenced or fence
        heading = None if code else re.match(r"(#{1,6})\s+(.*)", line)
        if not code and re.match(r"\s*(?:#|[-*+]\s|\d+[.)]\s|\||(?:>\s*)?$)", line):
            yield from flush()
        if heading:
            trail = [(level, title) for level, title in trail if level < len(heading[1])]
            trail.append((len(heading[1]), heading[2]))
        if line.strip():
            first = first if block else number
            block.append(line)
        if heading:
            yield from flush()
        fenced ^= fence
    yield from flush()


def sentences(block: str) -> Iterator[str]:
    """Yield the sentences of a block, without marks, emphasis, link targets and line breaks."""
    plain = re.sub(r"<!--.*?-->", " ", block, flags=re.S)
    plain = re.sub(r"\]\([^)\s]*\)", "]", plain)
    plain = re.sub(r"(?m)^\s*(?:[-*+]|\d+[.)]|>|\||#+)\s+", "", plain)
    plain = re.sub(r"\\(?:text|mathrm)\s*\{([^{}]*)\}", r" \1 ", plain)
    plain = re.sub(r"\\cdot(?![a-z])|\\times(?![a-z])", "·", plain)
    plain = re.sub(r"\\(?=log|ln)", "", plain)
    plain = re.sub(r"\\[,;! ]|\u00a0", " ", plain)
    plain = re.sub(r"[*`$]", "", plain)
    yield from re.split(SENTENCE_END, re.sub(r"\s+", " ", plain).strip())


def lint(
    text: str,
    headings: str = "",
    *,
    multilabel: bool = False,
    glossary: bool = False,
    article: bool = False,
) -> Iterator[tuple[Rule, str]]:
    """Yield (rule, snippet) for each forbidden phrase of a Markdown text.

    ``headings`` are those above the text; ``multilabel`` and ``article`` allow these words
    everywhere, ``glossary`` allows multilabel in the entry that explains it.
    """
    always = RULES if article else (*RULES, ARTICLE)
    for block in blocks(text):
        if MARK.search(block.text):
            continue
        allowed = (
            multilabel
            or MULTILABEL.search(f"{headings} / {block.headings}")
            or (glossary and ENTRY.match(block.text))
        )
        for sentence in sentences(block.text):
            for rule in always if allowed else (*always, MULTILABEL):
                match = rule.search(sentence)
                if match:
                    yield rule, snippet(sentence, *match.span())


def lint_code(source: str, *, article: bool = False) -> Iterator[tuple[Rule, str]]:
    """Yield (rule, snippet) for each forbidden line of code, comment or string."""
    yield from ((BY_NAME[name], line) for name, line in forbidden_calls(source))
    yield from lint_words(source, article=article)


def lint_words(source: str, *, article: bool = False) -> Iterator[tuple[Rule, str]]:
    """Yield (rule, snippet) for each forbidden phrase in the comments and strings of code."""
    for text in comments(source) + strings(source):
        yield from lint(text, multilabel=True, article=article)


def _findings(where: str, hits: Iterator[tuple[Rule, str]], *, code: bool) -> list[Finding]:
    how = f"tag the cell {TAG}" if code else "put <!-- lint: quoted --> into the same block"
    return [
        Finding(
            where, rule.name, f"{rule.mend} (Shown in order to be corrected? Then {how}.)", piece
        )
        for rule, piece in hits
    ]


def check(path: Path) -> list[Finding]:
    """Return the findings of this guard in a notebook, in a page, or in the words of code."""
    article = path.name in SOURCES
    if path.suffix == ".py":
        hits = lint_words(path.read_text(encoding="utf-8"))
        return _findings(path.name, hits, code=False)
    if path.suffix == ".md":
        source = path.read_text(encoding="utf-8")
        hits = lint(source, glossary=path.name in GLOSSARIES, article=article)
        return _findings(path.name, hits, code=False)
    found: list[Finding] = []
    headings = ""
    for number, cell in enumerate(read(path).cells, start=1):
        where = place(path, number, cell)
        if cell.cell_type == "code":
            if TAG not in cell.metadata.get("tags", []):
                hits = lint_code(cell.source, article=article)
                found += _findings(where, hits, code=True)
                for text in [alt_text(cell), *(text for _, text in output_texts(cell))]:
                    hits = lint(text, multilabel=True, article=article)
                    found += _findings(where, hits, code=True)
            continue
        hits = lint(cell.source, headings, article=article)
        found += _findings(where, hits, code=False)
        match = DIRECTIVE.search(cell.source)
        if match:
            mend = "write plain Markdown, which JupyterLab and GitHub show too."
            found.append(Finding(where, "a raw directive in a notebook", mend, match[0]))
        headings = next((b.headings for b in reversed(list(blocks(cell.source)))), "") or headings
    return found
