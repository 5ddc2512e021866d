"""Each term of the glossary is linked at its first use; missing links are found."""

import re
from pathlib import Path

import pytest

from course.guards import CHAPTERS, NOTEBOOKS, read
from course.guards.glossary import ENTRY, FORMS, GLOSSARY, check, entries, first_uses
from course.guards.samples import save, text

TEXT = GLOSSARY.read_text(encoding="utf-8")
TERMS = entries(TEXT)


@pytest.mark.parametrize("path", CHAPTERS.values(), ids=lambda path: path.stem)
def test_first_uses_are_linked(path: Path) -> None:
    found = "\n".join(str(finding) for finding in check(path))
    assert not found, found


@pytest.mark.parametrize("path", CHAPTERS.values(), ids=lambda path: path.stem)
def test_links_to_the_glossary_lead_to_an_entry(path: Path) -> None:
    sources = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    used = re.findall(r"\]\(glossary\.md#([^)]*)\)", sources)
    assert set(used) <= set(TERMS)
    assert len(used) == len(set(used)), "a term is linked once in a chapter"


def test_every_entry_has_an_anchor_and_stands_in_order() -> None:
    lines = [line for line in TEXT.splitlines() if "**" in line]
    assert len(lines) == len(TERMS)
    assert [term.lower() for term in TERMS.values()] == sorted(t.lower() for t in TERMS.values())
    assert set(FORMS) <= set(TERMS)


def test_an_entry_leads_to_a_page_that_uses_its_term() -> None:
    used = {}
    for path in NOTEBOOKS:
        cells = [c.source for c in read(path).cells[1:] if c.cell_type == "markdown"]
        used[path.name] = first_uses(cells, TERMS)
    wrong = []
    for match in ENTRY.finditer(TEXT):
        (name,) = re.findall(r"\]\((\w+\.ipynb)#[\w-]+\)", match[3])
        if match[1] not in used[name]:
            wrong.append(f"{match[2]}: {name} does not use it")
    assert wrong == []


def found(tmp_path: Path, *sources: str) -> list[str]:
    notebook = save(tmp_path, text("# 1 · A likelihood in the opening cell"), *map(text, sources))
    return [re.findall(r"first '(.*)' of", finding.problem)[0] for finding in check(notebook)]


def test_a_use_without_a_link_is_found(tmp_path: Path) -> None:
    assert found(tmp_path, "## Softmax\n\nA likelihood is no *softmax*.") == [
        "likelihood",
        "softmax",
    ]


def test_a_longer_term_does_not_count_as_the_shorter_one(tmp_path: Path) -> None:
    assert found(tmp_path, "Cross-entropy.", "Label smoothing.") == [
        "Cross-entropy",
        "Label smoothing",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "A [**likelihood**](glossary.md#likelihood), and the likelihood again.",
        "`entropy(p)`, $\\mathrm{KL}$ and a [chapter on entropy](03_information_theory.ipynb).",
        "<details><summary>Answer</summary>\n\nThe entropy.\n</details>",
        "```\nentropy\n```",
    ],
)
def test_what_is_linked_or_not_read_is_not_found(tmp_path: Path, source: str) -> None:
    assert found(tmp_path, source) == []


def test_a_link_to_another_entry_is_found(tmp_path: Path) -> None:
    assert found(tmp_path, "The [entropy](glossary.md#likelihood).") == ["entropy"]
