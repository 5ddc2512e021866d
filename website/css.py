"""Leave out of a style sheet the rules that no page can use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any

import tinycss2

NESTED = {"media", "supports", "layer", "container"}


def can_match(selector: list[Any], words: set[str]) -> bool:
    """Return whether every class that a selector asks for is among the words.

    What stands in brackets is a block of its own: attributes, and ``:not(...)``, ``:is(...)`` and
    the like, which need not match or of which one choice is enough. A class that is written with an
    escape is taken to be used.
    """
    return all(
        name.value in words or re.search(r"[^\w-]", name.value)
        for dot, name in pairwise(selector)
        if dot == "." and name.type == "ident"
    )


def used_rules(css: str, words: set[str]) -> str:
    """Return a style sheet without the rules for classes that are nowhere named.

    Parameters
    ----------
    css : str
        The style sheet.
    words : set of str
        Every word of every page and script: a class that is not among them cannot be given to
        anything, neither in a page nor by a script.
    """
    return "\n".join(_kept(tinycss2.parse_stylesheet(css, skip_whitespace=True), words))


def _kept(rules: list[Any], words: set[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "comment":
            if rule.value.startswith("!"):  # a licence
                yield rule.serialize()
        elif rule.type == "error":
            raise ValueError(f"line {rule.source_line}: {rule.message}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTED and rule.content:
            inner = tinycss2.parse_rule_list(rule.content, skip_whitespace=True)
            body = "\n".join(_kept(inner, words))
            if body:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude).rstrip()}{{{body}}}"
        elif rule.type == "at-rule":
            yield rule.serialize()
        else:
            groups = [
                list(g) for comma, g in groupby(rule.prelude, lambda t: t == ",") if not comma
            ]
            parts = [tinycss2.serialize(g).strip() for g in groups if can_match(g, words)]
            body = tinycss2.serialize([t for t in rule.content if t.type != "comment"]).strip()
            if parts and body:
                yield f"{','.join(parts)}{{{body}}}"
