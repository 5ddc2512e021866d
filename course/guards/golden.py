"""The golden numbers of the book: each is recomputed by an oracle and printed where it is taught.

A chapter must compute what it prints, so no code cell may contain a golden decimal as a literal.
"""

from __future__ import annotations

import ast
import dataclasses
import io
import re
import tokenize
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import mpmath

from course.golden import Golden, load
from course.golden.oracles import AFTER, BEFORE
from course.guards import Finding, output_texts, place, read
from course.guards.lint_code import constant, parse
from course.guards.tokens import Number, clean, is_rounding, numbers, printed, quotes

DIGITS = 4  # a golden number is printed, or recognised in code, with at least this many digits
FLOAT_DIGITS = 14  # beyond these, two floats of the same number may differ
LOGITS = set(f"{BEFORE} {AFTER}".replace("-", "").split())
# Other numbers in the articles, which code may contain for comparison.
PRINTED = (
    *("0.1031", "0.0958", "0.1021", "0.1005", "0.0996", "0.1009", "0.1043", "0.0948", "0.9948"),
    *("2.2604", "2.2936", "0.0053", "1.6094", "0.6931", "1.0732"),
)


GOLDEN = load()


def agrees(golden: Golden) -> bool:
    """Return whether the oracle's value rounds to the decimal in every digit."""
    (shown,) = numbers(golden.decimal)
    assert shown.place is not None
    return is_rounding(shown.value, shown.place, golden.number.value)


def shows(number: Number, golden: Golden) -> bool:
    """Return whether a printed number is this golden number, exactly or rounded to 4+ digits."""
    wanted = golden.number.value
    if number.place is None or number.value == wanted:
        return number.value == wanted
    return number.digits >= DIGITS and is_rounding(number.value, number.place, wanted)


def missing(path: Path, name: str) -> list[Finding]:
    """Find the golden numbers that the notebook of this name should print but does not."""
    found = [
        number
        for cell in read(path).cells
        if cell.cell_type == "code"
        for _, text in output_texts(cell)
        for number in printed(text)
        if number.text.lstrip("-") not in LOGITS  # 2.4612 is also a logit
    ]
    return [
        Finding(
            path.name,
            f"the golden number {golden.key} = {golden.decimal} {golden.unit}".rstrip()
            + " is in no output",
            f"print it from a computation, rounded correctly, with {DIGITS} digits or more.",
        )
        for golden in GOLDEN
        if name in golden.notebooks and not any(shows(number, golden) for number in found)
    ]


def code_literals(source: str) -> Iterator[str]:
    """Yield the numbers in code, including those in strings but not those in comments."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # a magic: use the plain text
        yield from (number.text for number in numbers(re.sub(r"#.*", "", source)))
        return
    for token in tokens:
        if token.type == tokenize.NUMBER:
            yield token.string.replace("_", "")
        elif tokenize.tok_name[token.type] in ("STRING", "FSTRING_MIDDLE"):
            yield from (number.text for number in numbers(clean(token.string)))


def constant_expressions(source: str) -> Iterator[tuple[str, Fraction, int]]:
    """Yield (text, value, digits) of arithmetic on plain numbers, such as 67.3012 / 100.

    ``digits`` is the number of significant digits of its longest decimal. An expression without a
    decimal of ``DIGITS`` digits is a genuine computation, such as 0.6**3 * 0.4**2 or 1 / 60, and is
    skipped. An integer counts as a decimal if all the rest is powers of ten: 673012 / 10**6.
    """
    tree, source = parse(source)
    for node in ast.walk(tree):
        value = constant(node) if isinstance(node, ast.BinOp) else None
        if not value:
            continue
        text = " ".join((ast.get_source_segment(source, node) or "").split())
        found = [number for number in numbers(text) if number.text not in LOGITS | set(PRINTED)]
        decimals = [n for n in found if "." in n.text or "e" in n.text.lower()]
        others = [n for n in found if n.digits >= DIGITS]
        if len(others) == 1 and all(n.digits <= 1 for n in found if n is not others[0]):
            decimals.append(others[0])
        digits = max((number.digits for number in decimals), default=0)
        if digits >= DIGITS:
            yield text, value, digits


def is_near(value: Fraction, digits: int, golden: Golden) -> bool:
    """Return whether a value is within one unit of its last digit of a golden number."""
    wanted = abs(golden.number.value)
    size = int(mpmath.floor(mpmath.log10(mpmath.mpf(wanted.numerator) / wanted.denominator)))
    return abs(abs(value) - wanted) < Fraction(10) ** (size + 1 - min(digits, FLOAT_DIGITS))


def is_typed(number: Number, golden: Golden) -> bool:
    """Return whether a number in code is golden: rounded, truncated, or a float's repr."""
    cut = dataclasses.replace(number, truncated=True)
    if quotes(number, golden.number) or quotes(cut, golden.number):
        return True
    return number.digits > FLOAT_DIGITS and is_near(number.value, FLOAT_DIGITS, golden)


def literals(path: Path) -> list[Finding]:
    """Find golden decimals that are typed into code cells instead of computed."""
    found = []
    for index, cell in enumerate(read(path).cells, start=1):
        if cell.cell_type != "code":
            continue
        typed = [
            (golden.key, text)
            for text in code_literals(cell.source)
            if text.lstrip("-") not in LOGITS | set(PRINTED)
            for number in numbers(text)
            if number.digits >= DIGITS
            for golden in GOLDEN
            if is_typed(number, golden)
        ] + [
            (golden.key, text)
            for text, value, digits in constant_expressions(cell.source)
            for golden in GOLDEN
            if is_near(value, digits, golden)
        ]
        keys = {text: key for key, text in reversed(typed)}  # the first match of each text
        found += [
            Finding(
                place(path, index, cell),
                f"the golden number {key} is typed in the code as {text}",
                "compute it; a figure's label takes it from an f-string.",
            )
            for text, key in keys.items()
        ]
    return found


def check(path: Path) -> list[Finding]:
    """Return the findings of this guard in one notebook."""
    return missing(path, path.stem) + literals(path)
