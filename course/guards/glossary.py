"""Terms of the glossary: each is linked where a chapter first uses it.

The first use of a term is in the first paragraph, list item or table row of a chapter's sections
that contains it; the opening cell, headings, code, formulas, quizzes and folded answers do not
count. There it links to its entry, ``glossary.md#one-hot``, and the entry links to the section that
explains it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from course.contents import ROOT
from course.guards import Finding, place, read, snippet

GLOSSARY = ROOT / "chapters" / "glossary.md"
ENTRY = re.compile(r'^<a id="([\w-]+)"></a>\*\*([^*]+)\.\*\* (.+)$', re.M)
# How a term is written in running text, if its name with an optional s would miss a form or match
# something else. Everyday words match only where they are used as terms.
FORMS = {
    "argmax": r"argmax|arg max",
    "batch": r"(?:mini)?batch(?:es)?",
    "bernoulli-distribution": r"Bernoulli(?: distributions?)?",
    "bias": r"(?<!without )bias(?:es)?",
    "bit": r"(?<!out of )bits",  # "out of 52 bits" means digits
    "calibration": r"calibration|calibrated",
    "categorical-distribution": r"categorical(?: distributions?)?",
    "density": r"densit(?:y|ies)",
    "distribution": r"distributions?",
    "double-softmax": r"double softmax|softmax twice|second softmax",
    "entropy": r"entrop(?:y|ies)",
    "cross-entropy": r"cross-entrop(?:y|ies)",
    "expects-and-gets": r"(?<=[^*]\*)expects|(?<=[^*]\*\[)expects",
    "expected-calibration-error": r"(?:expected )?calibration error|ECE",
    "focal-loss": r"focal loss",
    "gradient": r"gradients?(?! descent)",
    "held-out-data": r"held[ -]out(?: data)?",
    "iid": r"i\.i\.d\.",
    "independence": r"independen(?:ce|t|tly)",
    "kl-divergence": r"KL(?: divergence)?|Kullback–Leibler divergence",
    "likelihood": r"(?<!Log )likelihoods?",
    "log-loss": r"log loss",
    "log-odds": r"log-odds",
    "logit": r"logits?",
    "loss": r"loss(?:es)?",
    "maximum-likelihood-estimate": r"maximum-likelihood estimates?|MLE",
    "mean-squared-error": r"(?:mean )?squared errors?",
    "model": r"(?<=\*\*)model|(?<=\*\*\[)model",
    "negative-log-likelihood": r"(?:mean )?negative log-likelihoods?|NLLs?",
    "one-hot": r"one-hot",
    "overflow": r"overflow(?:s|ed)?",
    "prequential-code": r"prequential",
    "record": r"(?<=\*\*)record|(?<=\*\*\[)record",
    "score": r"(?<=\*\*)score|(?<=\*\*\[)score",
    "smoothing": r"smoothing",
    "support": r"support",
    "surprise": r"(?<!small )(?<!second )(?<!would )surprise",
    "temperature": r"(?<!predicts a )temperature",
    "underflow": r"underflow(?:s|ed)?",
    "uniform-distribution": r"uniform(?: distribution)?",
    "world": r"(?<=\*\*)world|(?<=\*\*\[)world",
}  # fmt: skip
# Longer terms are matched first; a shorter term inside one does not count as used.
NOT_READ = re.compile(
    r"<details>.*?</details>|```.*?```|^#.*?$|\$\$.*?\$\$|\$[^$]+\$|`[^`]+`|<!--.*?-->|"
    r"<[^>]+>|!\[[^\]]*\]\([^)]*\)",
    re.S | re.M,
)
LINK = re.compile(r"\[([^\[\]]*)\]\(([^)]*)\)")


def entries(text: str) -> dict[str, str]:
    """Return the terms of a glossary by their anchors."""
    return {match[1]: match[2] for match in ENTRY.finditer(text)}


def pattern(anchor: str, term: str) -> re.Pattern[str]:
    """Return the pattern of a term in running text."""
    form = FORMS.get(anchor) or re.escape(re.sub(r" \(.*", "", term).lower()) + "s?"
    return re.compile(rf"(?<![\w-])(?:{form})(?![\w-])", 0 if "KL" in form else re.I)


def mask_unread(text: str) -> str:
    """Blank out what is not running text, keeping the length."""
    return NOT_READ.sub(lambda match: re.sub(r"[^\n]", "\0", match[0]), text)


def first_uses(cells: list[str], terms: dict[str, str]) -> dict[str, tuple[int, int, int]]:
    """Return where each term is first used: the cell, the start and the end."""
    found: dict[str, tuple[int, int, int]] = {}
    texts = [mask_unread(text) for text in cells]
    patterns = {anchor: pattern(anchor, term) for anchor, term in terms.items()}
    for number, text in enumerate(texts):
        hits = [
            (match.start(), -match.end(), anchor)
            for anchor, wanted in patterns.items()
            for match in wanted.finditer(text)
            if not inside_another_link(text, match, anchor)
        ]
        covered = 0
        for start, end, anchor in sorted(hits):
            if start >= covered:
                covered = -end
                found.setdefault(anchor, (number, start, -end))
    return found


def inside_another_link(text: str, match: re.Match[str], anchor: str) -> bool:
    """Return whether a match is in a link that does not lead to the glossary."""
    return any(
        link.start() <= match.start() < link.end()
        and (match.start() >= link.start(2) or not link[2].startswith("glossary.md#"))
        for link in LINK.finditer(text)
    )


def check(path: Path) -> Iterator[Finding]:
    """Find terms whose first use in a chapter does not link to the glossary."""
    terms = entries(GLOSSARY.read_text(encoding="utf-8"))
    cells = [
        (number, cell)
        for number, cell in enumerate(read(path).cells, start=1)
        if cell.cell_type == "markdown"
        and number > 1
        and "quiz" not in cell.metadata.get("tags", [])
    ]
    sources = [str(cell.source) for _, cell in cells]
    for anchor, (which, start, end) in first_uses(sources, terms).items():
        linked = any(
            link.start() < start and end <= link.end(1) and link[2] == f"glossary.md#{anchor}"
            for link in LINK.finditer(sources[which])
        )
        if not linked:
            yield Finding(
                place(path, *cells[which]),
                f"the first {sources[which][start:end]!r} of the chapter has no link",
                f"write [{sources[which][start:end]}](glossary.md#{anchor}).",
                snippet(sources[which], start, end),
            )
